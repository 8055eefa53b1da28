"""Rules at work: what the site gets, what the browser gets, and what stands on record of both."""

from __future__ import annotations

import gzip

import pytest
from peers import Answer, answering, ok, request

from inspector.exchange.decisions import say

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: text/plain\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"


@pytest.fixture
def ruled(engine):
    """The engine with these rules: each is (what it does, its scope, its lines)."""

    def choosing(*rules, **names):
        given = [
            {"name": f"{number} {do}", "when": when, "do": do} | lines
            for number, (do, when, lines) in enumerate(rules)
        ]
        engine.thread.do(lambda: engine.engine.apply({"rules": given}))
        return engine

    return choosing


def absolute(site, path=b"/", *fields, method=b"GET", body=b""):
    lines = (b"Host: " + site.authority, *fields)
    if body:
        lines += (b"Content-Length: %d" % len(body),)
    return request(method, b"http://" + site.authority + path, *lines) + body


def unchunked(body):
    """What a body in chunks says."""
    said = b""
    while size := int((line := body.partition(b"\r\n")[0]), 16):
        said += body[len(line) + 2 : len(line) + 2 + size]
        body = body[len(line) + 4 + size :]
    return said


def told(exchange):
    """What stands on record of the rules: (rule, code)."""
    return [
        (each.rule, each.code) for each in exchange.decisions if each.rule or each.code.startswith("rule")
    ]


# -- in the site's place


@pytest.mark.parametrize(
    ("do", "lines", "status", "body"),
    [
        ("block", {}, 403, b"Blocked by a rule of Inspector: 403 Forbidden\n"),
        (
            "block",
            {"status": 451},
            451,
            b"Blocked by a rule of Inspector: 451 Unavailable For Legal Reasons\n",
        ),
        ("answer", {"text": "made up"}, 200, b"made up"),
        ("answer", {"status": 204}, 204, b""),
        ("answer", {"status": 503, "text": "{}", "type": "application/json"}, 503, b"{}"),
    ],
)
def test_a_rule_answers_and_the_site_is_not_asked(ruled, talk, site, do, lines, status, body):  # noqa: PLR0917 (fixtures and a table)
    here, engine = site(answering(ok())), ruled((do, "path:/api", lines))
    wire = talk(engine)
    for _ in range(2):  # the connection stays
        reply = wire.ask(absolute(here, b"/api/x"))
        assert (reply.status, reply.body) == (status, body)
    assert here.visits == 0
    exchange = engine.records.finished(2)[0]
    assert (exchange.state, exchange.status, exchange.changed, exchange.server_leg) == (
        "done",
        status,
        True,
        None,
    )
    assert told(exchange) == [(f"0 {do}", "ruled")]


def test_a_request_that_no_rule_fits_is_none_of_their_business(ruled, talk, site):
    here, engine = (
        site(answering(ok())),
        ruled(("block", "path:/api", {}), ("delay", "host:other.test", {"time": "9s"})),
    )
    assert talk(engine).ask(absolute(here, b"/page")).body == b"hello"
    exchange = engine.records.only()
    assert not exchange.changed
    assert told(exchange) == []


def test_a_form_is_read_to_its_end_before_a_rule_answers_it(ruled, talk, site):
    here, engine = site(answering(ok())), ruled(("answer", "method:POST", {"text": "thanks"}))
    wire = talk(engine)
    head, body = absolute(here, method=b"POST", body=b"x" * 300_000).split(b"\r\n\r\n", 1)
    wire.send(head + b"\r\n\r\n")
    assert wire.waits()
    wire.send(body)
    assert wire.reply().body == b"thanks"
    assert wire.ask(absolute(here, method=b"POST", body=b"again")).body == b"thanks"
    first = engine.records.finished(2)[0]
    assert first.request_size == 300_000
    assert first.client_leg.request.body.complete


def test_who_waits_to_be_asked_for_a_body_is_answered_at_once(ruled, talk, site):
    here, engine = site(answering(ok())), ruled(("block", "", {}))
    wire = talk(engine)
    wire.send(
        request(
            b"POST",
            b"http://" + here.authority + b"/",
            b"Host: " + here.authority,
            b"Content-Length: 5",
            b"Expect: 100-continue",
        )
    )
    reply = wire.reply()
    assert (reply.status, reply.field("Connection")) == (403, b"close")


def test_a_file_answers_and_is_read_each_time(ruled, talk, site, tmp_path):
    file = tmp_path / "stock.json"
    file.write_text('{"left": 3}')
    here, engine = site(answering(ok())), ruled(("answer", "", {"file": str(file)}))
    wire = talk(engine)
    reply = wire.ask(absolute(here))
    assert (reply.field("Content-Type"), reply.body) == (b"application/json", b'{"left": 3}')
    file.write_text('{"left": 0}')
    assert wire.ask(absolute(here)).body == b'{"left": 0}'
    file.unlink()
    reply = wire.ask(absolute(here))
    assert reply.status == 502
    exchange = engine.records.finished(3)[2]
    assert (exchange.fault, exchange.error.who) == ("rule-file", "us")
    assert "No such file" in exchange.error.detail


@pytest.mark.parametrize(
    ("path", "status", "body"),
    [
        (b"/static/a.css", 200, b"a {}"),
        (b"/static/", 200, b"front"),
        (b"/static/sub/%C3%A9.txt?v=1", 200, b"accent"),
        (b"/static/none.css", 404, None),
        (b"/static/../secret.txt", 404, None),
        (b"/static/..%2fsecret.txt", 404, None),
        (b"/static/%2e%2e/secret.txt", 404, None),
        (b"/static//etc/passwd", 404, None),
        (b"/static/link.txt", 404, None),
        (b"/static/%00", 404, None),
        (b"/static/sub", 404, None),
        (b"/elsewhere", 200, b"hello"),
    ],
)
def test_a_folder_answers_with_what_lies_in_it_and_nothing_else(  # noqa: PLR0917 (fixtures and a table)
    ruled, talk, site, tmp_path, path, status, body
):
    folder = tmp_path / "static"
    (folder / "sub").mkdir(parents=True)
    (folder / "a.css").write_text("a {}")
    (folder / "index.html").write_text("front")
    (folder / "sub" / "é.txt").write_text("accent")
    (tmp_path / "secret.txt").write_text("secret")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    here, engine = (
        site(answering(ok())),
        ruled(("folder", "path:/static/", {"folder": str(folder), "under": "/static/"})),
    )
    reply = talk(engine).ask(absolute(here, path))
    assert reply.status == status
    assert b"secret\n" not in reply.body
    assert body is None or reply.body == body


def test_a_folder_may_leave_what_it_lacks_to_the_site(ruled, talk, site, tmp_path):
    here = site(answering(ok()))
    engine = ruled(("folder", "", {"folder": str(tmp_path), "missing": "site"}))
    wire = talk(engine)
    assert wire.ask(absolute(here, b"/none")).body == b"hello"
    assert wire.ask(absolute(here, b"/none", method=b"POST", body=b"form")).body == b"hello"
    assert b"form" in here.seen


@pytest.mark.parametrize("how", ["close", "reset"])
def test_a_blocked_connection_just_ends(ruled, talk, site, how):
    here, engine = site(answering(ok())), ruled(("block", "", {"how": how}))
    wire = talk(engine)
    wire.send(absolute(here))
    if how == "close":
        assert wire.rest() == b""
    else:
        with pytest.raises(ConnectionError):
            wire.rest()
    exchange = engine.records.only()
    assert (exchange.state, exchange.fault, exchange.error.did) == (
        "failed",
        "rule-refused",
        {"close": "closed"}.get(how, "reset"),
    )
    assert here.visits == 0


def test_only_the_first_that_answers_does_and_the_other_is_told_of(ruled, talk, site):
    here = site(answering(ok()))
    engine = ruled(("answer", "", {"text": "first"}), ("block", "", {}), ("delay", "", {"time": "1s"}))
    assert talk(engine).ask(absolute(here)).body == b"first"
    exchange = engine.records.only()
    assert told(exchange) == [
        ("0 answer", "ruled"),
        ("1 block", "rule-passed-over"),
        ("2 delay", "rule-passed-over"),
    ]
    assert "“0 answer” had answered already" in say("rule-passed-over", exchange.decisions[1].detail)


# -- another server


def test_another_server_is_asked_in_the_sites_place(ruled, talk, site):
    here, there = site(answering(ok(b"here"))), site(answering(ok(b"there")))
    engine = ruled(("send-elsewhere", "path:/api", {"to": f"http://127.0.0.1:{there.port}/v2/"}))
    wire = talk(engine)
    assert wire.ask(absolute(here, b"/api/x?q=1")).body == b"there"
    assert wire.ask(absolute(here, b"/page")).body == b"here"
    assert there.seen.startswith(b"GET /v2/api/x?q=1 HTTP/1.1\r\n")
    assert b"Host: " + there.authority in there.seen
    exchange = engine.records.finished(2)[0]
    assert (exchange.port, exchange.path, exchange.remote) == (
        here.port,
        "/api/x?q=1",
        f"127.0.0.1:{there.port}",
    )


def test_host_may_stay_as_the_browser_wrote_it(ruled, talk, site):
    here, there = site(answering(ok(b"here"))), site(answering(ok(b"there")))
    engine = ruled(("send-elsewhere", "", {"to": f"http://127.0.0.1:{there.port}", "keep-host": True}))
    assert talk(engine).ask(absolute(here)).body == b"there"
    assert b"Host: " + here.authority in there.seen


def test_https_can_be_asked_of_a_server_with_plain_http(ruled, talk, site, hosts, browser_tls):
    hosts["shop.test"] = ["127.0.0.1"]
    there = site(answering(ok(b"mine")))
    engine = ruled(("send-elsewhere", "host:shop.test", {"to": f"http://127.0.0.1:{there.port}"}))
    wire = talk(engine).connect(b"shop.test:443")
    wire.secure(browser_tls, "shop.test")
    assert wire.ask(request(b"GET", b"/", b"Host: shop.test")).body == b"mine"
    assert engine.records.only().scheme == "https"


def test_a_rule_is_no_way_to_the_dashboard(ruled, talk, site, engine):
    here = site(answering(ok()))
    ruled(("send-elsewhere", "", {"to": f"http://127.0.0.1:{engine.port}"}))
    assert talk(engine).ask(absolute(here)).status in (403, 502, 508)
    assert engine.records.finished(1)[0].fault


# -- fields


def test_fields_of_the_request_are_changed_for_the_site_alone(ruled, talk, site):
    here = site(answering(ok()))
    lines = {
        "set": {"Accept-Language": "fr", "X-New": "1"},
        "add": {"X-Again": ["a", "b"]},
        "remove": ["cookie"],
    }
    engine = ruled(("request-fields", "", lines))
    talk(engine).ask(
        absolute(here, b"/", b"accept-language: en", b"Cookie: a=1", b"Accept-Language: de", b"cookie: b=2")
    )
    head = here.seen
    assert b"\r\naccept-language: fr\r\n" in head
    assert head.lower().count(b"accept-language") == 1
    assert b"\r\nX-New: 1\r\n" in head
    assert b"\r\nX-Again: a\r\nX-Again: b\r\n" in head
    assert b"cookie" not in head.lower()
    exchange = engine.records.only()
    assert b"Cookie: a=1" in exchange.client_leg.request.head
    assert exchange.server_leg.request.head == head


def test_fields_and_status_of_the_response_are_changed_for_the_browser_alone(ruled, talk, site):
    here = site(answering(ok(b"body", b"ETag: x", b"Set-Cookie: a=1", b"Set-Cookie: b=2")))
    engine = ruled(
        ("response-fields", "", {"set": {"Set-Cookie": "c=3"}, "remove": ["ETag"]}),
        ("status", "status:200", {"status": 500}),
    )
    reply = talk(engine).ask(absolute(here))
    assert (reply.status, reply.body) == (500, b"body")
    assert reply.head.startswith(b"HTTP/1.1 500 Internal Server Error\r\n")
    assert (reply.all("Set-Cookie"), reply.field("ETag")) == ([b"c=3"], None)
    exchange = engine.records.only()
    assert b"ETag: x" in exchange.server_leg.response.head
    assert b" 500 " in exchange.client_leg.response.head
    assert exchange.client_leg.response.body.note == "same"


def test_a_status_without_a_body_can_become_one_with_one(ruled, talk, site):
    here = site(answering(b"HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n"))
    wire = talk(ruled(("status", "", {"status": 404})))
    for _ in range(2):
        reply = wire.ask(absolute(here))
        assert (reply.status, reply.body, reply.field("Content-Length")) == (404, b"", b"0")


def test_no_cache_asks_anew_and_lets_nothing_be_kept(ruled, talk, site):
    here = site(answering(ok(b"x", b"ETag: y", b"Cache-Control: max-age=99", b"Expires: never")))
    reply = talk(ruled(("no-cache", "", {}))).ask(
        absolute(here, b"/", b"If-None-Match: y", b"If-Modified-Since: z")
    )
    assert b"if-none-match" not in here.seen.lower()
    assert b"if-modified-since" not in here.seen.lower()
    assert (reply.all("Cache-Control"), reply.field("ETag"), reply.field("Expires")) == (
        [b"no-store"],
        None,
        None,
    )


# -- bodies

REPLACE = {"find": "hello world", "by": "good night"}
PACKED = gzip.compress(b"hello world " * 1000, mtime=0)


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        (ok(b"<hello world>", b"ETag: x", b"Content-Type: text/html"), b"<good night>"),
        (CHUNKED, b"good night"),
        (ok(PACKED, b"Content-Encoding: gzip"), b"good night " * 1000),
        (Answer((b"HTTP/1.1 200 OK\r\n\r\nhello ", b"world"), "close"), b"good night"),
    ],
    ids=["length", "chunked", "gzip", "until it closes"],
)
def test_text_in_a_body_is_replaced_however_it_was_framed(ruled, talk, site, answer, body):
    here, engine = site(answering(answer)), ruled(("replace", "", REPLACE))
    reply = talk(engine).ask(absolute(here))
    assert reply.body == body
    assert reply.field("Content-Length") == b"%d" % len(body)
    assert (reply.field("ETag"), reply.field("Content-Encoding"), reply.field("Transfer-Encoding")) == (
        None,
        None,
        None,
    )
    exchange = engine.records.only()
    assert engine.records.body(exchange.client_leg.response.body) == body
    assert engine.records.body(exchange.server_leg.response.body) != body
    assert exchange.response_size == exchange.server_leg.response.body.size


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (ok(b"nothing of it"), "rule-found-nothing"),
        (ok(b"not gzip", b"Content-Encoding: gzip"), "rule-unable"),
        (ok(b"hello world", b"Content-Encoding: nonsense"), "rule-unable"),
        (
            b"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-10/99\r\nContent-Length: 11\r\n\r\nhello world",
            "rule-unable",
        ),
    ],
)
def test_a_body_in_which_nothing_can_be_replaced_goes_on_as_it_was(ruled, talk, site, answer, code):
    here, engine = site(answering(answer)), ruled(("replace", "", REPLACE))
    reply = talk(engine).ask(absolute(here))
    assert reply.body == answer.partition(b"\r\n\r\n")[2]
    exchange = engine.records.only()
    assert code in [each.code for each in exchange.decisions]
    assert exchange.client_leg.response.body.note == "same"


def test_a_body_that_is_too_large_streams_on(ruled, talk, site):
    body = b"hello world" * 1_000_000
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    pieces = [body[at : at + 100_000] for at in range(0, len(body), 100_000)]
    chunks = [head, *(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces), b"0\r\n\r\n"]
    here, engine = site(answering(chunks)), ruled(("replace", "", REPLACE))
    assert unchunked(talk(engine).ask(absolute(here)).body) == body
    assert "larger than 8 MiB" in next(
        each.detail for each in engine.records.only().decisions if each.code == "rule-unable"
    )


@pytest.mark.parametrize("method", ["HEAD", "GET"])
def test_a_response_without_a_body_is_left_alone(ruled, talk, site, method):
    answer = (
        b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n"
        if method == "HEAD"
        else b"HTTP/1.1 204 No Content\r\n\r\n"
    )
    wire = talk(ruled(("replace", "", REPLACE), ("delay-response", "", {"time": "1ms"})))
    here = site(answering(answer))
    for _ in range(2):
        assert wire.ask(absolute(here, method=method.encode()), method).body == b""


# -- time


def test_a_request_waits_and_its_body_with_it(ruled, talk, site):
    here, engine = site(answering(ok())), ruled(("delay", "", {"time": "60ms"}))
    wire = talk(engine)
    assert wire.ask(absolute(here, method=b"POST", body=b"f" * 400_000)).body == b"hello"
    assert wire.ask(absolute(here)).body == b"hello"
    for exchange in engine.records.finished(2):
        assert exchange.timeline.send_start >= 0.058  # the loop counts in milliseconds


def test_a_response_waits(ruled, talk, site):
    here, engine = site(answering(CHUNKED)), ruled(("delay-response", "type:text", {"time": "60ms"}))
    assert unchunked(talk(engine).ask(absolute(here)).body) == b"hello world"
    exchange = engine.records.only()
    assert exchange.duration - exchange.timeline.response_start >= 0.058  # the loop counts in milliseconds


def test_a_throttled_body_takes_its_time_and_arrives_whole(ruled, talk, site):
    here, engine = (
        site(answering(ok(b"z" * 30_000))),
        ruled(("throttle", "", {"down": "100kb/s", "up": "100kb/s"})),
    )
    wire = talk(engine)
    assert wire.ask(absolute(here)).body == b"z" * 30_000
    assert wire.ask(absolute(here, method=b"POST", body=b"u" * 20_000)).body == b"z" * 30_000
    first, second = engine.records.finished(2)
    assert first.duration >= 0.1
    assert second.duration >= 0.1
    assert not {"failed"} & {first.state, second.state}


@pytest.mark.parametrize(
    "rule", [("delay", {"time": "9s"}), ("delay-response", {"time": "9s"}), ("throttle", {"down": "1kb/s"})]
)
def test_a_browser_that_leaves_meanwhile_leaves_nothing_behind(ruled, talk, site, rule):
    here, engine = site(answering(ok(b"z" * 100_000))), ruled((rule[0], "", rule[1]))
    wire = talk(engine)
    wire.send(absolute(here))
    if rule[0] != "delay":
        here.visited()
    wire.reset()
    assert engine.records.only().fault == "client-closed-early"
    engine.stop()
    assert engine.settled() == (0, 0, 0)


# -- breaking off


@pytest.mark.parametrize("how", ["close", "reset"])
def test_an_answer_breaks_off_where_it_was_told_to(ruled, talk, site, how):
    here, engine = (
        site(answering(ok(b"0123456789" * 10))),
        ruled(("break-off", "", {"after": 25, "how": how})),
    )
    wire = talk(engine)
    wire.send(absolute(here))
    assert b"Content-Length: 100" in wire.head()
    assert wire.exactly(25) == b"0123456789012345678901234"
    if how == "close":
        assert wire.rest() == b""
    else:
        with pytest.raises(ConnectionError):
            wire.rest()
    exchange = engine.records.only()
    assert (exchange.state, exchange.fault, exchange.error.offset) == ("failed", "rule-broke-off", 25)
    assert engine.records.body(exchange.client_leg.response.body) == b"0123456789012345678901234"
    assert not exchange.client_leg.response.body.complete


# -- together, and changing


def test_a_scope_that_asks_of_the_response_is_told_when_that_is_there(ruled, talk, site):
    here = site(answering(ok(b"a", b"Content-Type: text/html"), ok(b"b", b"Content-Type: image/png")))
    wire = talk(ruled(("response-fields", "type:image", {"set": {"X-Seen": "yes"}})))
    assert wire.ask(absolute(here)).field("X-Seen") is None
    assert wire.ask(absolute(here)).field("X-Seen") == b"yes"


def test_interim_responses_go_before_an_answer_that_waits(ruled, talk, site):
    here = site(answering(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + ok(b"hello world")))
    wire = talk(ruled(("replace", "", REPLACE)))
    wire.send(absolute(here))
    assert b" 103 " in wire.head()
    assert wire.reply().body == b"good night"


def test_pipelined_requests_are_answered_in_order(ruled, talk, site):
    here = site(answering(ok(b"one"), ok(b"two"), ok(b"three")))
    wire = talk(
        ruled(("delay-response", "path:/slow", {"time": "30ms"}), ("answer", "path:/mock", {"text": "mock"}))
    )
    wire.send(absolute(here, b"/slow") + absolute(here, b"/mock") + absolute(here, b"/fast"))
    assert [wire.reply().body for _ in range(3)] == [b"one", b"mock", b"two"]


def test_a_websocket_passes_rules_about_answers_by(ruled, talk, site):
    here = site(
        answering(
            b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\nping"
        )
    )
    wire = talk(ruled(("throttle", "", {"down": "9kb/s"}), ("response-fields", "", {"set": {"X-New": "1"}})))
    wire.send(absolute(here, b"/", b"Connection: upgrade", b"Upgrade: websocket"))
    assert b"\r\nUpgrade: websocket" in wire.head()
    assert wire.exactly(4) == b"ping"


def test_rules_that_cannot_be_read_leave_those_that_were_there(ruled, talk, site, engine):
    here = site(answering(ok()))
    ruled(("block", "", {}))
    engine.thread.do(lambda: engine.engine.apply({"rules": [{"name": "x", "do": "nonsense"}]}))
    assert talk(engine).ask(absolute(here)).status == 403
    assert engine.complaints.pop().startswith("the rules stay as they were: rule “x”, do:")
    engine.thread.do(lambda: engine.engine.apply({"rules": []}))
    assert talk(engine).ask(absolute(here)).body == b"hello"
