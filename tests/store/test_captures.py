from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from store_samples import IDS, Played, take_in

from inspector.exchange.model import Body, Exchange, Fault
from inspector.store.captures import ArchiveGone, Captures, Page, StoreProblem
from inspector.store.database import index_path
from inspector.store.recorder import Recorder

Make = Callable[..., Played]


@pytest.fixture
def listed(played: Make, recorder: Recorder) -> list[Exchange]:
    """Twenty-five exchanges, taken in."""
    engine = played()
    put = [engine.put(path=f"/{number}") for number in range(25)]
    engine.on_disk()
    take_in(recorder)
    return put


def numbers(page: Page) -> list[int]:
    return [int(row.path[1:]) for row in page.rows]


def test_an_empty_home_has_an_empty_list(captures: Captures) -> None:
    assert captures.page() == Page((), False, False)
    assert captures.totals()[:2] == (0, 0)
    assert captures.totals().oldest is None
    assert captures.row(IDS.next()) is None
    assert captures.exchange(IDS.next()) is None
    assert captures.connection(IDS.next()) is None
    assert captures.neighbours(IDS.next()) == (None, None)


def test_pages_by_key_in_both_directions(captures: Captures, listed: list[Exchange]) -> None:
    newest = captures.page(limit=10)
    assert numbers(newest) == list(range(15, 25))
    assert (newest.has_older, newest.has_newer) == (True, False)
    older = captures.page(before=newest.rows[0].id, limit=10)
    assert numbers(older) == list(range(5, 15))
    assert (older.has_older, older.has_newer) == (True, True)
    oldest = captures.page(before=older.rows[0].id, limit=10)
    assert numbers(oldest) == list(range(5))
    assert (oldest.has_older, oldest.has_newer) == (False, True)
    back = captures.page(after=oldest.rows[-1].id, limit=10)
    assert back == older
    last = captures.page(after=listed[-1].id)
    assert last == Page((), True, False)


def test_pages_of_exactly_the_limit_know_their_ends(captures: Captures, listed: list[Exchange]) -> None:
    assert not captures.page(limit=25).has_older
    assert captures.page(limit=24).has_older
    assert not captures.page(after=listed[0].id, limit=24).has_newer
    assert captures.page(after=listed[0].id, limit=23).has_newer


def test_neighbours(captures: Captures, listed: list[Exchange]) -> None:
    assert captures.neighbours(listed[3].id) == (listed[2].id, listed[4].id)
    assert captures.neighbours(listed[0].id) == (None, listed[1].id)
    assert captures.neighbours(listed[-1].id) == (listed[-2].id, None)


def test_a_row_says_what_the_summary_says(captures: Captures, listed: list[Exchange]) -> None:
    row = captures.row(listed[5].id)
    assert row is not None
    for field in row.__struct_fields__[:-1]:
        assert getattr(row, field) == getattr(listed[5], field)
    assert row.changed is False
    assert row.engine == 1


def test_totals(captures: Captures, listed: list[Exchange], home: Path) -> None:
    totals = captures.totals()
    assert (totals.exchanges, totals.open) == (25, 0)
    assert (totals.oldest, totals.newest) == (listed[0].started, listed[-1].started)
    assert totals.bytes_on_disk > 25 * 300


def test_bodies_inline_and_in_pieces(played: Make, recorder: Recorder, captures: Captures) -> None:
    engine = played(segment_size=100_000)
    data = [bytes([n]) * 60_000 for n in range(5)]
    pieces = tuple(filter(None, (engine.body(part) for part in data)))
    put = engine.put()
    engine.on_disk()
    take_in(recorder)
    assert len({piece.segment for piece in pieces}) > 1
    assert list(captures.body(put.id, Body(300_000, 300_000, b"", pieces))) == data
    assert list(captures.body(put.id, Body(5, 5, b"hello"))) == [b"hello"]
    assert list(captures.body(put.id, Body())) == []
    with pytest.raises(ArchiveGone):
        list(captures.body(IDS.next(), Body(300_000, 300_000, b"", pieces)))


def test_a_fault_of_its_own_is_kept_when_the_engine_dies(
    played: Make, recorder: Recorder, captures: Captures
) -> None:
    engine = played()
    fault = Fault("server-timeout", "server", "response-head")
    put = engine.put(state="failed", fault="server-timeout", error=fault)
    engine.on_disk()
    take_in(recorder)
    assert captures.exchange(put.id) == put


def test_a_removed_record_says_so(captures: Captures, listed: list[Exchange], home: Path) -> None:
    for path in home.glob("captures/*/*.seg"):
        path.unlink()
    with pytest.raises(ArchiveGone, match="no longer kept"):
        captures.exchange(listed[0].id)
    assert captures.row(listed[0].id)


def test_a_damaged_index_is_said_in_a_sentence(home: Path) -> None:
    index_path(home).parent.mkdir(parents=True)
    index_path(home).write_bytes(b"x" * 5000)
    captures = Captures(home)
    with pytest.raises(StoreProblem, match="is damaged and is made again"):
        captures.page()
    captures.close()


def test_many_threads_read_while_it_is_written(played: Make, recorder: Recorder, captures: Captures) -> None:
    engine, stop, wrong = played(), threading.Event(), []

    def read() -> None:
        cursor = ""
        while not stop.is_set():
            try:
                changes = captures.changes(cursor)
                cursor = changes.cursor
                for row in captures.page(limit=5).rows:
                    found = captures.exchange(row.id)
                    assert found
            except Exception as error:
                wrong.append(error)
                return

    readers = [threading.Thread(target=read) for _ in range(6)]
    for reader in readers:
        reader.start()
    for _ in range(20):
        for _ in range(50):
            engine.put()
        engine.on_disk()
        take_in(recorder)
    stop.set()
    for reader in readers:
        reader.join()
    assert wrong == []


# -- the feed


def test_the_feed_begins_now_and_tells_what_changes(
    played: Make, recorder: Recorder, captures: Captures, listed: list[Exchange]
) -> None:
    begin = captures.changes("")
    assert (begin.rows, begin.skipped, begin.forgotten) == ((), 0, False)
    assert captures.changes(begin.cursor) == begin
    engine = played(worker=2)
    first, second = engine.put(state="open", duration=None), engine.put()
    engine.on_disk()
    take_in(recorder)
    told = captures.changes(begin.cursor)
    assert {row.id for row in told.rows} == {first.id, second.id}
    engine.again(first)
    engine.on_disk()
    take_in(recorder)
    again = captures.changes(told.cursor)
    assert [(row.id, row.state) for row in again.rows] == [(first.id, "done")]
    assert captures.changes(again.cursor).rows == ()
    both = captures.changes(begin.cursor)
    assert {row.id for row in both.rows} == {first.id, second.id}


def test_too_many_changes_give_the_newest_and_say_how_many_more(
    captures: Captures, played: Make, recorder: Recorder
) -> None:
    begin = captures.changes("").cursor
    engines = [played(worker=number) for number in range(3)]
    put = [engine.put() for _ in range(40) for engine in engines]
    for engine in engines:
        engine.on_disk()
    take_in(recorder)
    told = captures.changes(begin, limit=10)
    assert [row.id for row in told.rows] == [each.id for each in put[-10:]]
    assert told.skipped == 110
    assert captures.changes(told.cursor).rows == ()


def test_an_engine_that_ends_between_two_looks_is_told_whole(
    captures: Captures, played: Make, recorder: Recorder
) -> None:
    cursor, put = captures.changes("").cursor, []
    told = []
    for _ in range(4):
        engine = played()
        put += [engine.put(), engine.put()]
        engine.on_disk()
        take_in(recorder)
        changes = captures.changes(cursor)
        told += changes.rows
        put.append(engine.put())
        engine.writer.close()
        between = played()
        put.append(between.put())
        between.writer.close()
        take_in(recorder)
        changes = captures.changes(changes.cursor)
        told, cursor = told + list(changes.rows), changes.cursor
    assert sorted(row.id for row in told) == sorted(each.id for each in put)
    assert cursor.count("-") == 1, "engines that are over are not carried along"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(st.one_of(st.text(), st.from_regex(r"[0-9a-f]{8}\.[0-9]{1,30}(\.[0-9-]{1,40}){0,3}", fullmatch=True)))
def test_a_cursor_that_is_none_begins_anew(captures: Captures, cursor: str) -> None:
    changes = captures.changes(cursor)
    assert changes.rows == ()
    assert captures.changes(changes.cursor).cursor == changes.cursor


def test_another_homes_cursor_has_the_list_loaded_anew(captures: Captures, listed: list[Exchange]) -> None:
    assert captures.changes("00000000.0.1-3").forgotten
    assert not captures.changes("nonsense").forgotten
