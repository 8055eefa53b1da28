"""Held messages: put, decided once, taken once, over in every other way, and bounded."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.dialects import postgresql

from inspector.exchange.consulting import Draft
from inspector.exchange.held import Content, Row, Word, name_of
from inspector.store import held as module
from inspector.store.held import HeldMessages
from inspector.store.schema import held as table

A, B, C = (bytes(15) + bytes([n]) for n in (1, 2, 3))
ENGINE, OTHER = b"e" * 16, b"o" * 16
HEAD = b"POST /pay HTTP/1.1\r\nHost: shop.test\r\nCookie: \xff\r\n\r\n"
DRAFT = Draft(HEAD, b"\x00the-secret-word\xff")
NEW = Draft(HEAD.replace(b"pay", b"tip"), b"\xfe", body_here=False)


def row(exchange: bytes, since: float = 1000.0, **other: object) -> Row:
    name = name_of(exchange, "request")
    usual = Row(name, exchange, "request", "http://shop.test/pay", "POST", "mine", since, since + 600, 17, True)  # fmt: skip
    return usual._replace(**other)


@pytest.fixture
def held(home: Path):
    made = HeldMessages(home)
    yield made
    made.close()


def put(held: HeldMessages, each: Row, engine: bytes = ENGINE, draft: Draft = DRAFT) -> bool:
    return held.put(each, Content(draft, b"GET / HTTP/1.1\r\n\r\n"), engine=engine, worker=1)


def test_what_is_put_waits_for_others_oldest_first_with_its_bytes(home: Path, held: HeldMessages) -> None:
    pages = HeldMessages(home)
    assert pages.waiting() == ()
    assert put(held, row(B, 2000.0))
    assert put(held, row(A))
    assert [each.exchange for each in pages.waiting()] == [A, B]
    assert pages.row(name_of(A, "request")) == row(A)
    assert pages.content(name_of(A, "request")) == Content(DRAFT, b"GET / HTTP/1.1\r\n\r\n")
    assert pages.of_exchange(B) == (row(B, 2000.0),)
    assert pages.row("no-such") is None
    assert pages.content("no-such") is None
    pages.close()


@pytest.mark.parametrize(("do", "draft"), [("go-on", None), ("go-on", NEW), ("drop", None), ("answer", NEW)])
def test_a_decision_is_made_once_and_taken_once_by_the_engine_it_is_for(held, do, draft) -> None:
    name = name_of(A, "request")
    put(held, row(A))
    assert held.decide(name, do, draft)
    assert held.decide(name, "go-on", DRAFT) is False
    assert held.content(name) is None
    assert held.waiting() == ()
    assert held.take(OTHER) == ()
    assert held.take(ENGINE) == (Word(name, do, draft),)
    assert held.take(ENGINE) == ()
    over = held.row(name)
    assert (over.state, over.decision, over.edited) == ("decided", do, draft is not None)
    assert over.decided > 0


def test_a_message_that_is_over_leaves_its_row_and_none_of_its_bytes(home: Path, held: HeldMessages) -> None:
    put(held, row(A))
    assert held.end(name_of(A, "request"), "gone", "browser-left")
    assert held.row(name_of(A, "request")).state == "gone"
    assert held.decide(name_of(A, "request"), "go-on") is False
    assert b"the-secret-word" not in (home / "control.db").read_bytes()
    held.forget()
    assert held.row(name_of(A, "request")) is None


def test_whoever_decides_before_the_time_is_up_wins(held: HeldMessages) -> None:
    put(held, row(A))
    assert held.decide(name_of(A, "request"), "drop")
    assert held.end(name_of(A, "request"), "decided", "timed-out") is False
    assert held.take(ENGINE) == (Word(name_of(A, "request"), "drop", None),)


def test_a_message_can_be_given_more_time_up_to_an_hour_from_now(held: HeldMessages, monkeypatch) -> None:
    monkeypatch.setattr(module.time, "time", lambda: 1000.0)
    name = name_of(A, "request")
    put(held, row(A))
    assert held.extend(name, 60)
    assert held.row(name).until == 1660
    assert held.time_up(name, 1600) == 1660
    assert held.extend(name, 9999)
    assert held.row(name).until == 4600
    assert held.time_up(name, 4600) == 4600
    assert (held.row(name).state, held.row(name).decision) == ("decided", "timed-out")
    assert held.extend(name, 60) is False
    assert held.time_up(name, 4600) is None


def test_what_waited_for_an_earlier_engine_is_lost_also_if_it_was_decided_too_late(
    held: HeldMessages,
) -> None:
    for exchange in (A, B):
        put(held, row(exchange), OTHER)
    put(held, row(C), ENGINE)
    held.decide(name_of(B, "request"), "go-on", NEW)
    assert held.lost_from_earlier(ENGINE, 2) == 0  # another worker's are none of its business
    assert held.lost_from_earlier(ENGINE, 1) == 2
    assert [held.row(name_of(each, "request")).state for each in (A, B, C)] == ["lost", "lost", "waiting"]


def test_all_or_those_of_one_rule_go_on_together(held: HeldMessages) -> None:
    for exchange, rule in ((A, "mine"), (B, "other"), (C, "mine")):
        put(held, row(exchange, rule=rule))
    assert held.decide_all("go-on", "mine") == 2
    assert [each.exchange for each in held.waiting()] == [B]
    assert held.decide_all("drop") == 1
    assert {each.do for each in held.take(ENGINE)} == {"go-on", "drop"}


def test_there_are_bounds_in_number_and_in_bytes_and_for_what_is_over(held, monkeypatch) -> None:
    monkeypatch.setattr(module, "MOST", 2)
    assert put(held, row(A))
    assert put(held, row(B))
    assert put(held, row(C)) is False
    held.decide_all("go-on")
    held.take(ENGINE)
    monkeypatch.setattr(module, "MOST_BYTES", 10)
    assert put(held, row(C)) is False
    assert put(held, row(C, size=0), draft=Draft(HEAD))
    held.end(name_of(C, "request"), "gone", "browser-left")
    monkeypatch.setattr(module, "KEPT", 1)
    assert put(held, row(bytes(16), size=0), draft=Draft(HEAD))
    assert sum(held.row(name_of(each, "request")) is not None for each in (A, B, C)) == 1


def test_forgetting_leaves_what_waits_and_no_trace_of_the_rest(home: Path, held: HeldMessages) -> None:
    put(held, row(A, url="http://shop.test/?key=the-other-word"))
    put(held, row(B))
    held.decide(name_of(A, "request"), "go-on")
    held.take(ENGINE)
    held.forget()
    assert [each.exchange for each in held.waiting()] == [B]
    assert b"the-other-word" not in (home / "control.db").read_bytes()


def test_the_statements_are_postgresqls_too() -> None:
    said = table.update().where(table.c.state == "decided", ~table.c.taken).values(taken=True)
    assert "NOT held.taken" in str(said.compile(dialect=postgresql.dialect()))
