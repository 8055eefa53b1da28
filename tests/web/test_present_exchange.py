"""The pure part of an exchange's page: phases, differences, the sentence, the head."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from web_fakes import made, message, with_response

from inspector.exchange.model import Decision, Message, Timeline
from inspector.web.present.changes import difference, said
from inspector.web.present.heads import head, raw_lines
from inspector.web.present.phases import timing
from inspector.web.present.sentence import sentence
from inspector.web.words import day, phrase, plural, size, took, visible

MOMENT = st.none() | st.floats(-5, 5)


@given(st.lists(MOMENT, min_size=13, max_size=13), st.none() | st.floats(0, 10))
def test_any_timeline_has_a_bar_within_its_bounds(moments, duration):
    found = timing(made(1, timeline=Timeline(*moments), duration=duration))
    for segment in found.segments:
        assert segment.width > 0
    assert found.text


def test_the_phases_of_a_first_exchange():
    found = {phase.words: phase.took for phase in timing(made(1)).phases}
    assert found["Connecting"] == pytest.approx(0.004)
    assert found["Waiting for the first byte"] == pytest.approx(0.0058)
    assert timing(made(1)).alone == pytest.approx(0.0002)


def test_a_phase_that_still_lasts_goes_to_the_end():
    found = timing(
        made(
            1,
            state="open",
            duration=None,
            timeline=Timeline(send_start=0.1, send_end=0.2, response_start=None),
        )
    )
    assert found.segments[-1].code == "waiting"
    assert found.alone is None


def test_an_answer_before_the_request_was_sent_waited_for_nothing():
    line = Timeline(send_start=0.0, send_end=0.5, response_start=0.2, response_end=0.6)
    waiting = next(phase for phase in timing(made(1, timeline=line)).phases if phase.code == "waiting")
    assert waiting.took == 0


def test_a_difference_names_every_line():
    came = message("GET http://a/ HTTP/1.1", "Host: a", "Proxy-Connection: keep-alive", "Accept: */*")
    went = message("GET / HTTP/1.1", "Host: a", "Accept: */*", "Via: x")
    found = difference(came, went)
    assert found is not None
    assert found.lines == (
        ("gone", "GET http://a/ HTTP/1.1"), ("new", "GET / HTTP/1.1"), ("same", "Host: a"), ("gone", "Proxy-Connection: keep-alive"),
        ("same", "Accept: */*"), ("new", "Via: x"),
    )  # fmt: skip
    assert found.changed


def test_there_is_no_difference_without_two():
    assert difference(None, message("GET / HTTP/1.1")) is None


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_any_two_heads_can_be_compared(came, went):
    found = difference(Message(came), Message(went))
    assert found is not None
    assert found.changed or visible(came).strip() == visible(went).strip() or True


@given(st.binary(max_size=300))
def test_any_head_can_be_shown(data):
    head(Message(data, trailers=data))
    raw_lines(data)


def test_raw_lines_say_how_they_end():
    assert raw_lines(b"GET / HTTP/1.1\r\nA: b\n\r\n") == (
        ("GET / HTTP/1.1", "CRLF"),
        ("A: b", "LF"),
        ("", "CRLF"),
    )
    assert raw_lines(b"cut off") == (("cut off", ""),)


def test_decisions_that_change_something_come_first():
    rows = said(
        (
            Decision("hop-by-hop", "TE"),
            Decision("space-before-colon", "Server"),
            Decision("of-the-future", "x"),
        )
    )
    assert [row.routine for row in rows] == [False, False, True]
    assert rows[1].sentence == "of-the-future x"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"method": "POST", "request_size": 48}, "sent 48 B to shop.inspector.test"),
        (
            {"kind": "websocket", "status": 101, "duration": 1.5},
            "a WebSocket to shop.inspector.test; it was closed after 1.50 s",
        ),
        ({"kind": "websocket", "status": 101, "state": "open"}, "it is still open"),
        ({"decisions": (Decision("answered"),)}, "; in its place Inspector answered"),
        ({"decisions": (Decision("ruled"), Decision("answered"))}, "; in its place a rule of yours answered"),
        ({"decisions": (Decision("ruled"),)}, "; it answered"),
        ({"method": "HEAD"}, "for the head of an answer only"),
        ({"method": "OPTIONS"}, "what it allows"),
        ({"method": "PROPFIND"}, "sent PROPFIND to"),
        ({"agent": ""}, "A program that doesn't say its name"),
        ({"agent": "curl 8.5"}, "curl 8.5 asked"),
        ({"resource": "other", "path": "/x"}, "for /x"),
        ({"state": "open", "status": 0, "duration": None}, "no answer came yet"),
        ({"fault": "dns-unknown"}, "There is no address for the name shop.inspector.test."),
        ({"kind": "page"}, "asked Inspector itself for /cart"),
        (
            {"kind": "tunnel", "protection": "sealed", "request_size": 2048, "response_size": 4096},
            "2.0 KB went there and 4.0 KB came back",
        ),
    ],
)
def test_the_sentence_says_what_was(changes, words):
    assert words in sentence(made(1, **changes))


def test_a_redirect_and_its_cookies_are_told():
    moved = message("HTTP/1.1 302 Found", "Location: /account", "Set-Cookie: a=1", "Set-Cookie: b=2")
    told = sentence(with_response(moved, status=302, reason="Found"))
    assert "set 2 cookies and sent it on to /account" in told


def test_a_stored_copy_is_told():
    assert "the stored copy is still good" in sentence(
        with_response(message("HTTP/1.1 304 Not Modified"), status=304)
    )


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, ""),
        (0.00042, "0.4 ms"),
        (0.024, "24 ms"),
        (1.237, "1.24 s"),
        (200, "3 min 20 s"),
        (-1, "0.0 ms"),
    ],
)
def test_times(seconds, words):
    assert took(seconds) == words


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1.0 KB"),
        (5214, "5.1 KB"),
        (12 << 20, "12 MB"),
        (3 << 30, "3.0 GB"),
    ],
)
def test_sizes(count, words):
    assert size(count) == words


def test_words():
    assert phrase(404) == "Not Found"
    assert phrase(404, "Gone fishing") == "Gone fishing"
    assert phrase(799) == ""
    assert plural(1, "field") == "1 field"
    assert plural(1200, "entry", "entries") == "1,200 entries"
    assert visible(b"a\0\tb\xff\x80") == "a\\x00\tb\xff\\x80"
    assert day(1_767_225_600.0).endswith(("2025", "2026"))


def test_every_moment_of_a_struct_is_a_field():
    assert len(Timeline.__struct_fields__) == 13
    assert msgspec.structs.asdict(Timeline())
