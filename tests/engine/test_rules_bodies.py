"""Rules that need a body whole: scopes that ask for it, texts in it, and what becomes of bodies that can't be waited for."""

from __future__ import annotations

import gzip
import json

import pytest
from peers import Answer, answering, ok, request

MEGABYTE = b"0123456789abcdef" * 65_536


@pytest.fixture
def ruled(engine):
    """The engine with these rules: each is (what it does, its scope, its lines)."""

    def choosing(*rules):
        given = [
            {"name": f"{number} {do}", "when": when, "do": do} | lines
            for number, (do, when, lines) in enumerate(rules)
        ]
        engine.thread.do(lambda: engine.engine.apply({"rules": given}))
        return engine

    return choosing


def post(site, body, *fields, path=b"/form"):
    lines = (b"Host: " + site.authority, b"Content-Length: %d" % len(body), *fields)
    return request(b"POST", b"http://" + site.authority + path, *lines) + body


def chunked(site, body, *fields):
    lines = (b"Host: " + site.authority, b"Transfer-Encoding: chunked", *fields)
    pieces = [body[at : at + 65_000] for at in range(0, len(body), 65_000)]
    framed = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
    return request(b"POST", b"http://" + site.authority + b"/form", *lines) + framed


def told(exchange):
    return [
        (each.code, each.rule) for each in exchange.decisions if each.rule or each.code.startswith("rule")
    ]


SECRET = "request.body:secret"


@pytest.mark.parametrize("send", [post, chunked])
@pytest.mark.parametrize(
    ("do", "lines", "fitting"),
    [
        ("block", {}, lambda reply, seen: (reply.status, seen) == (403, b"")),
        ("answer", {"text": "made up"}, lambda reply, seen: (reply.body, seen) == (b"made up", b"")),
        ("request-fields", {"set": {"X-New": "1"}}, lambda _, seen: b"X-New: 1" in seen),
        ("response-fields", {"set": {"X-New": "1"}}, lambda reply, _: reply.field("X-New") == b"1"),
        ("replace", {"side": "request", "find": "secret", "by": "open"}, lambda _, seen: seen.endswith(b"\r\n\r\nan open word")),
        ("replace", {"find": "hello", "by": "good day"}, lambda reply, _: reply.body == b"good day"),
        ("status", {"status": 500}, lambda reply, _: reply.status == 500),
        ("delay", {"time": "1ms"}, lambda reply, _: reply.body == b"hello"),
        ("delay-response", {"time": "1ms"}, lambda reply, _: reply.body == b"hello"),
        ("no-cache", {}, lambda reply, seen: reply.field("Cache-Control") == b"no-store" and b"Pragma" in seen),
        ("hold", {}, lambda reply, _: reply.body == b"hello"),
    ],
)  # fmt: skip
def test_a_rule_may_ask_for_what_the_request_says(ruled, talk, site, send, do, lines, fitting):  # noqa: PLR0917 (fixtures and a table)
    here, engine = site(answering(ok())), ruled((do, SECRET, lines))
    wire = talk(engine)
    assert fitting(
        wire.ask(
            send(here, b"a Secret word" if do != "replace" else b"a secret word".replace(b"a s", b"an s"))
        ),
        here.seen,
    )
    other = wire.ask(send(here, b"another word"))
    assert (other.status, other.body, other.field("X-New")) == (200, b"hello", None)
    first, second = engine.records.finished(2)
    assert told(first) == [("rule-held" if do == "hold" else "ruled", f"0 {do}")]
    assert first.changed == (do != "hold")
    assert told(second) == []
    assert engine.thread.do(lambda: engine.context.room.taken) == 0


@pytest.mark.parametrize(
    "answer",
    [ok(b"an error came", b"Content-Type: text/plain"), b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nan err\r\n7\r\nor came\r\n0\r\n\r\n", Answer((b"HTTP/1.1 200 OK\r\n\r\nan error came",), "close"),
     ok(gzip.compress(b"an error came"), b"Content-Encoding: gzip", b"Content-Type: text/plain")],
    ids=["length", "chunked", "until-close", "gzip"],
)  # fmt: skip
@pytest.mark.parametrize(
    ("do", "lines", "fitting"),
    [
        ("response-fields", {"set": {"X-New": "1"}}, lambda reply: reply.field("X-New") == b"1"),
        ("replace", {"find": "error", "by": "surprise"}, lambda reply: reply.body == b"an surprise came"),
        ("status", {"status": 500}, lambda reply: reply.status == 500),
        ("delay-response", {"time": "1ms"}, lambda reply: reply.status == 200),
        ("hold", {"side": "response"}, lambda reply: reply.status == 200),
    ],
)
def test_a_rule_may_ask_for_what_the_response_says(ruled, talk, site, answer, do, lines, fitting):  # noqa: PLR0917 (fixtures and a table)
    here, engine = (
        site(answering(answer)),
        ruled((do, "response.body:error", lines), (do, "response.body:missing", lines)),
    )
    assert fitting(talk(engine).ask(post(here, b"x")))
    exchange = engine.records.only()
    assert told(exchange) == [("rule-held" if do == "hold" else "ruled", f"0 {do}")]


def test_a_scope_of_sizes_and_of_what_is_not_there(ruled, talk, site):
    here = site(answering(ok(b"x" * 3000), ok(b"x" * 10)))
    engine = ruled(
        ("status", "size:>1kb", {"status": 500}),
        ("response-fields", "-response.body:xx", {"set": {"X-None": "1"}}),
    )
    wire = talk(engine)
    first, second = wire.ask(post(here, b"")), wire.ask(post(here, b""))
    assert (first.status, second.status) == (500, 200)
    assert (first.field("X-None"), second.field("X-None")) == (None, None)


def test_bodies_that_no_rule_may_ask_for_stream(ruled, talk, site):
    here = site(answering(ok()))
    engine = ruled(
        ("block", "host:other.test request.body:x", {}),
        ("status", "host:other.test response.body:x", {"status": 500}),
    )
    wire = talk(engine)
    head, _, body = post(here, b"x" * 10).partition(b"\r\n\r\n")
    wire.send(head + b"\r\n\r\n" + body[:5])
    here.visited()
    wire.send(body[5:])
    assert wire.reply().body == b"hello"


def test_a_rule_may_ask_for_both_bodies(ruled, talk, site):
    here = site(answering(ok(b"an error")))
    engine = ruled(
        ("status", "request.body:first response.body:error", {"status": 500}),
        ("response-fields", "request.body:first status:200", {"set": {"X-New": "1"}}),
    )
    wire = talk(engine)
    large = b"first" + b" " * 200_000
    reply = wire.ask(post(here, large))
    assert (reply.status, reply.field("X-New")) == (500, b"1")
    reply = wire.ask(post(here, b"second" + b" " * 200_000))
    assert (reply.status, reply.field("X-New")) == (200, None)
    assert engine.thread.do(lambda: engine.context.room.taken) == 0


def test_the_first_that_fits_answers_also_where_it_had_to_wait(ruled, talk, site):
    here = site(answering(ok()))
    engine = ruled(("answer", SECRET, {"text": "first"}), ("answer", "", {"text": "second"}))
    wire = talk(engine)
    assert wire.ask(post(here, b"a secret")).body == b"first"
    assert wire.ask(post(here, b"nothing")).body == b"second"
    first, second = engine.records.finished(2)
    assert told(first) == [("ruled", "0 answer"), ("rule-passed-over", "1 answer")]
    assert told(second) == [("ruled", "1 answer")]


@pytest.mark.parametrize("how", ["length", "chunked"])
def test_a_request_too_large_to_be_asked_for_passes_and_says_so(ruled, talk, site, how):
    here = site(answering(ok()))
    engine = ruled(
        ("block", SECRET, {}), ("replace", "method:POST", {"side": "request", "find": "0123", "by": ""})
    )
    body = MEGABYTE * 9
    assert talk(engine).ask((post if how == "length" else chunked)(here, body)).body == b"hello"
    exchange = engine.records.only()
    assert exchange.request_size == len(body)
    assert [code for code, _ in told(exchange)] == ["rule-untold", "ruled", "rule-unable"]
    assert exchange.server_leg.request.body.note == "same"


def test_a_rule_that_asks_for_both_bodies_is_not_judged_by_the_beginning_of_one(ruled, talk, site):
    here = site(answering(ok(b"an error")))
    engine = ruled(
        ("status", "request.body:0123 response.body:error", {"status": 500}),
        ("status", "-request.body:0123 status:200", {"status": 501}),
        ("response-fields", "response.body:error", {"set": {"X-New": "1"}}),
    )
    reply = talk(engine).ask(post(here, MEGABYTE * 9))
    assert (reply.status, reply.field("X-New")) == (200, b"1")
    assert told(engine.records.only()) == [
        ("rule-untold", "0 status"),
        ("rule-untold", "1 status"),
        ("ruled", "2 response-fields"),
    ]


@pytest.mark.parametrize("kind", ["large", "events"])
def test_a_response_that_cannot_be_whole_passes_and_says_so(ruled, talk, site, kind):
    body = MEGABYTE * 20 if kind == "large" else b"data: error\n\n"
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/%b\r\n\r\n" % (
        b"plain" if kind == "large" else b"event-stream"
    )
    here = site(answering(Answer((head, body), "close")))
    engine = ruled(
        ("status", "response.body:error", {"status": 500}),
        ("replace", "", {"find": "0123", "by": ""}),
        ("response-fields", "", {"set": {"X-New": "1"}}),
    )
    reply = talk(engine).ask(post(here, b""))
    assert (reply.status, reply.field("X-New"), reply.body) == (200, b"1", body)
    exchange = engine.records.only()
    assert ("rule-untold", "0 status") in told(exchange)
    assert ("rule-unable", "") in told(exchange)


@pytest.mark.parametrize(
    ("body", "fields", "after"),
    [
        (b"a=secret&b=2", (b"Content-Type: application/x-www-form-urlencoded",), b"a=open&b=2"),
        (gzip.compress(b"a secret", mtime=0), (b"Content-Encoding: gzip", b"Content-MD5: x"), b"a open"),
        (json.dumps({"é": "secret"}, ensure_ascii=False).encode("latin-1"), (b"Content-Type: application/json; charset=latin-1",), '{"é": "open"}'.encode("latin-1")),
        (b"", (), None),
        (b"nothing", (), None),
        (b"secret", (b"Content-Encoding: nonsense",), None),
    ],
)  # fmt: skip
def test_text_in_a_requests_body_is_replaced_for_the_site_alone(ruled, talk, site, body, fields, after):  # noqa: PLR0917 (fixtures and a table)
    here, engine = (
        site(answering(ok())),
        ruled(("replace", "", {"side": "request", "find": "secret", "by": "open"})),
    )
    wire = talk(engine)
    for _ in range(2):
        assert wire.ask(post(here, body, *fields)).body == b"hello"
    assert here.seen.endswith(b"\r\n\r\n" + (body if after is None else after))
    exchange = engine.records.finished(2)[1]
    assert engine.records.body(exchange.client_leg.request.body) == body
    if after is None:
        assert exchange.server_leg.request.body.note in ("same", "")
    else:
        assert engine.records.body(exchange.server_leg.request.body) == after
        assert b"encoding" not in exchange.server_leg.request.head.lower()
        assert b"\r\nContent-Length: %d\r\n" % len(after) in exchange.server_leg.request.head


def test_who_waits_to_be_asked_is_asked_by_inspector_and_then_answered_by_the_rule(ruled, talk, site):
    here, engine = site(answering(ok())), ruled(("answer", SECRET, {"text": "made up"}))
    wire = talk(engine)
    head, _, body = post(here, b"a secret", b"Expect: 100-continue").partition(b"\r\n\r\n")
    wire.send(head + b"\r\n\r\n")
    assert wire.reply().status == 100
    assert wire.ask(body).body == b"made up"
    assert wire.ask(post(here, b"nothing")).body == b"hello"
