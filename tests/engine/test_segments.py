"""However the network cuts a conversation: the same bytes go through, and the same is on record."""

from __future__ import annotations

import threading

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from peers import PATIENCE, Wire, ok, request

from inspector.exchange.model import Exchange

HOST = b"Host: a.test"
CHUNKS = b"4;name=value\r\nWiki\r\n5\r\npedia\r\n0\r\nX-Sum: 9\r\n\r\n"

# requests, and for each the responses (interim ones first) that answer it
TURNS = [
    (request(b"GET", b"/1", HOST), b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + ok(b"one")),
    (request(b"POST", b"/2", HOST, b"Content-Length: 5", body=b"12345"), ok(b"", b"X : spaced")),
    (
        request(b"PUT", b"/3", HOST, b"Transfer-Encoding: chunked", body=CHUNKS),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNKS,
    ),
    (request(b"HEAD", b"/4", HOST), b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n"),
    (request(b"GET", b"/5", HOST, b"Connection: close"), b"HTTP/1.1 204 No Content\r\n\r\n"),
]
ASKED = b"".join(asked for asked, _ in TURNS)


def cuts(length):
    """Where to cut so many bytes: often everywhere, often in few places."""
    return st.one_of(
        st.just(list(range(1, length))),
        st.lists(st.integers(1, length - 1), max_size=12).map(lambda found: sorted(set(found))),
    )


def pieces(data, places):
    return [data[begin:end] for begin, end in zip([0, *places], [*places, len(data)], strict=True)]


def cut_at(data, share):
    """The same cuts for something shorter."""
    return [place for place in share if place < len(data)]


class Conversation:
    """Browser and site on one connection each; both are fed piece by piece, past the sockets' own cutting."""

    def __init__(self, talk, site, engine):
        self._engine = engine
        self._turn = threading.Semaphore(0)
        self.here = site(self._answer)
        self._talk = talk

    def _answer(self, wire: Wire) -> None:
        while wire.more():
            self._turn.release()

    def play(self, places_up, places_down):
        """The whole conversation; what the site saw, what the browser saw, and what is on record."""
        engine, thread = self._engine, self._engine.thread
        before, visits = len(engine.records.exchanges), self.here.visits
        thread.do(engine.context.pool.close)
        wire = self._talk().connect(self.here.authority)
        browser = thread.do(lambda: next(each for each in engine.context.streams if hasattr(each, "talk")))
        parts = pieces(ASKED, places_up)
        for turn, (_, answer) in enumerate(TURNS):
            upto = sum(len(each) for each, _ in TURNS[: turn + 1])
            while parts and sum(map(len, parts)) > len(ASKED) - upto:
                self._feed(browser, parts.pop(0))
            self.here.visited(visits + 1)
            self._arrived(self.here.wires[visits], turn)
            server = browser.talk.flow.server
            for part in pieces(answer, cut_at(answer, places_down)):
                self._feed(server, part)
        seen = wire.rest()
        found = engine.records.finished(before + len(TURNS))[before:]
        site_saw = self.here.wires[-1].heard
        wire.close()
        return site_saw, seen, [essence(each) for each in found]

    def _feed(self, connection, part):
        self._engine.thread.do(lambda: connection.data_received(part))

    def _arrived(self, wire, turn):
        """Wait until the request has reached the site, all of it."""
        end = sum(len(passed(asked)) for asked, _ in TURNS[: turn + 1])
        while len(wire.heard) < end:
            assert self._turn.acquire(timeout=PATIENCE), (turn, wire.heard)


def passed(asked):
    return asked.replace(b"Connection: close\r\n", b"")


def essence(exchange: Exchange):
    """What must not depend on how it was cut: everything but times and identities."""
    plain = msgspec.to_builtins(exchange)
    assert isinstance(plain, list)
    names = Exchange.__struct_fields__
    values = dict(zip(names, plain, strict=True))
    for name in ("id", "change", "started", "duration", "timeline", "client", "remote", "port"):
        values.pop(name)
    for leg in ("client_leg", "server_leg"):
        values[leg][0] = ""
    values["decisions"] = [decision[:3] for decision in values["decisions"]]
    return values


@pytest.fixture
def conversation(talk, site, engine):
    return Conversation(talk, site, engine)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(up=cuts(len(ASKED)), down=cuts(200))
def test_any_segmentation_gives_the_same_bytes_and_the_same_record(conversation, up, down):
    if not hasattr(conversation, "whole"):
        conversation.whole = conversation.play([], [])
    assert conversation.play(up, down) == conversation.whole


def test_the_whole_conversation_is_what_it_should_be(conversation):
    site_saw, browser_saw, found = conversation.play([], [])
    assert site_saw == passed(ASKED)
    assert browser_saw.count(b"HTTP/1.1 200") == 4
    assert browser_saw.endswith(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
    assert [each["state"] for each in found] == ["done"] * 5
