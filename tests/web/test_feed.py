"""The live feed: who hears what, what a slow or returning reader gets, and that nobody listening costs nothing."""

from __future__ import annotations

import json
import queue
import threading

import pytest
from web_fakes import FakeCaptures, FakeSettings, board, made

from inspector.web.feed import BACKLOG, Feeder, Reader, event, stream
from inspector.web.lamp import Lamps


class Ears:
    """Reads a stream of events in the test's own thread."""

    def __init__(self, feeder, cursor="", gone=lambda: False):
        self.reader = feeder.join()
        assert self.reader is not None
        self.pieces = stream(feeder, self.reader, cursor, gone)
        self.heard = []
        self.buffer = b""

    def next(self, name):
        while True:
            for kind, data, id in self.heard:
                if kind == name:
                    self.heard.remove((kind, data, id))
                    return data, id
            self._take(next(self.pieces))

    def _take(self, piece):
        for block in piece.decode().split("\n\n"):
            fields = dict(
                line.split(": ", 1) for line in block.split("\n") if ": " in line and not line.startswith(":")
            )
            if "event" in fields:
                self.heard.append((fields["event"], json.loads(fields["data"]), fields.get("id", "")))

    def close(self):
        self.pieces.close()


@pytest.fixture
def captures():
    return FakeCaptures(made(1))


@pytest.fixture
def settings():
    return FakeSettings()


@pytest.fixture
def feeder(captures, settings):
    boards = [board(), board("recorder")]
    feeder = Feeder(captures, Lamps(lambda: boards, settings.read), limit=3, interval=0.005)
    yield feeder
    feeder.close()


def test_a_reader_hears_the_lamp_first_and_then_what_changes(feeder, captures):
    ears = Ears(feeder, cursor="1")
    lamp, _ = ears.next("lamp")
    assert lamp["state"] == "capturing"
    captures.add(made(2))
    rows, id = ears.next("rows")
    assert [row["id"] for row in rows["rows"]] == ["0" * 31 + "2"]
    assert id == rows["cursor"] == "2"
    ears.close()


def test_a_returning_reader_hears_what_it_missed(feeder, captures):
    for n in (2, 3):
        captures.add(made(n))
    ears = Ears(feeder, cursor="1")
    rows, _ = ears.next("rows")
    assert [row["change"] for row in rows["rows"]] == [2, 3]
    ears.close()


def test_more_than_two_hundred_are_counted_instead_of_sent(feeder, captures):
    for n in range(2, 302):
        captures.add(made(n))
    rows, _ = Ears(feeder, cursor="1").next("rows")
    assert len(rows["rows"]) == 200
    assert rows["skipped"] == 100
    assert rows["rows"][-1]["change"] == 301


def test_a_cursor_that_is_gone_means_a_gap(feeder):
    ears = Ears(feeder, cursor="of another life")
    gap, id = ears.next("gap")
    assert gap["cursor"] == id == "1"
    ears.close()


def test_switching_is_told_at_once(feeder, settings):
    ears = Ears(feeder)
    ears.next("lamp")
    settings.values["capturing"] = False
    feeder.nudge()
    while ears.next("lamp")[0]["state"] != "paused":
        pass
    ears.close()


def test_there_are_as_many_readers_as_allowed(feeder):
    readers = [feeder.join() for _ in range(4)]
    assert readers[3] is None
    feeder.leave(readers[0])
    assert feeder.join() is not None


def test_nobody_listening_costs_nothing(feeder, captures):
    ears = Ears(feeder)
    ears.next("lamp")
    ears.close()
    assert feeder.readers == 0
    for thread in threading.enumerate():
        if thread.name == "feed":
            thread.join(5)
    looks = captures.looks
    captures.add(made(7))
    assert captures.looks == looks


def test_a_slow_reader_loses_its_backlog_for_a_gap():
    reader = Reader()
    for n in range(BACKLOG + 1):
        reader.tell(b"%d" % n, b"gap")
    assert reader.next(0) == b"gap"
    with pytest.raises(queue.Empty):
        reader.next(0)
    reader.tell(b"after", b"gap")
    assert reader.next(0) == b"after"


def test_the_end_is_heard_even_by_a_slow_reader():
    reader = Reader()
    for n in range(BACKLOG):
        reader.tell(b"%d" % n)
    reader.tell(None)
    assert reader.next(0) is None


def test_closing_ends_every_stream(feeder):
    ears = Ears(feeder)
    next(ears.pieces)
    feeder.close()
    list(ears.pieces)
    assert feeder.readers == 0
    assert feeder.join() is None


def test_a_reader_that_is_gone_leaves(feeder):
    gone = []
    ears = Ears(feeder, gone=lambda: bool(gone))
    next(ears.pieces)
    gone.append(True)
    assert list(ears.pieces) == [] or feeder.readers == 0


def test_a_store_in_trouble_ends_nothing(feeder, captures, caplog):
    ears = Ears(feeder, cursor="1")
    ears.next("lamp")
    captures.fails = RuntimeError("locked")
    captures.fails = None
    captures.add(made(2))
    assert ears.next("rows")[0]["rows"]
    ears.close()


def test_an_event_is_one_line_of_data():
    told = event("rows", {"path": "/a\nb\r\nevent: forged"}, "7")
    assert told.count(b"\n") == 4
    assert told.endswith(b"\n\n")


@pytest.mark.parametrize("path", ["/feed", "/api/v1/feed"])
def test_the_view_streams_events(desk, browser, path):
    answer = browser.get(f"{path}?cursor=1", buffered=False)
    assert answer.mimetype == "text/event-stream"
    first = next(answer.response)
    assert b"retry: 2000" in first
    assert b"event: rows" in first
    answer.close()


def test_too_many_streams_are_told_to_poll(desk, browser):
    open_ones = [browser.get("/feed", buffered=False) for _ in range(24)]
    answer = browser.get("/feed")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert answer.get_json()["detail"]
    for one in open_ones:
        one.close()
    browser.get("/feed", buffered=False).close()
