"""Connections: kept alive, used again, pipelined, half closed, retried; never confused."""

from __future__ import annotations

import threading

import pytest
from peers import Answer, answering, get, in_turn, ok, request


def post(site, body=b"12345", *lines):
    return request(
        b"POST",
        b"http://" + site.authority + b"/",
        b"Host: a",
        b"Content-Length: %d" % len(body),
        *lines,
        body=body,
    )


# -- kept alive, and the pool


def test_one_connection_to_the_site_serves_many_requests(talk, site, engine):
    here = site(answering(ok()))
    wire = talk()
    for _ in range(3):
        assert wire.ask(get(here)).status == 200
    exchanges = engine.records.finished(3)
    assert here.visits == 1
    assert [each.server_leg.turn for each in exchanges] == [1, 2, 3]
    assert [each.client_leg.turn for each in exchanges] == [1, 2, 3]
    assert [each.timeline.connect_start is None for each in exchanges] == [False, True, True]


def test_browsers_share_the_connections_to_a_site(talk, site):
    here = site(answering(ok()))
    for _ in range(3):
        assert talk().ask(get(here)).status == 200
    assert here.visits == 1


def test_sites_do_not_share_connections(talk, site, hosts):
    one, two = site(answering(ok(b"one"))), site(answering(ok(b"two")))
    hosts["one.test"] = ["127.0.0.1"]
    wire = talk()
    assert wire.ask(get(one)).body == b"one"
    assert wire.ask(get(two)).body == b"two"
    by_name = b"one.test:%d" % one.port
    assert wire.ask(request(b"GET", b"http://" + by_name + b"/", b"Host: " + by_name)).body == b"one"
    assert one.visits == 2, "the name is another origin than the address"


def test_a_site_that_says_close_is_not_asked_again_on_that_connection(talk, site):
    here = site(answering(ok(b"x", b"Connection: close")))
    wire = talk()
    wire.ask(get(here))
    assert wire.ask(get(here)).body == b"x"
    assert here.visits == 2


def test_a_browser_that_says_close_is_closed(talk, site):
    here = site(answering(ok()))
    wire = talk()
    assert wire.ask(get(here, b"/", b"Connection: close")).field("connection") == b"close"
    assert wire.rest() == b""
    assert talk().ask(get(here)).status == 200
    assert here.visits == 1, "the site's connection stays"


def test_bytes_after_a_response_end_the_connection_to_the_site(talk, site, engine):
    here = site(answering(ok(b"mine") + ok(b"NOT YOURS")))
    wire = talk()
    assert wire.ask(get(here)).body == b"mine"
    assert wire.ask(get(here)).body == b"mine"
    assert here.visits == 2
    assert b"NOT YOURS" not in wire.heard


def test_bytes_that_nobody_asked_for_end_an_idle_connection(talk, site, engine):
    def script(wire):
        wire.head()
        wire.send(ok(b"mine"))
        again.acquire()
        wire.send(ok(b"NOT YOURS"))
        wire.rest()

    again = threading.Semaphore(0)
    here = site(script)
    wire = talk()
    assert wire.ask(get(here)).body == b"mine"
    again.release()
    here.ended()
    again.release()
    assert wire.ask(get(here)).body == b"mine"
    assert here.visits == 2


def test_a_body_in_the_answer_to_head_is_not_the_next_answer(talk, site):
    here = site(answering(ok(b"NOT A BODY"), ok(b"right")))
    wire = talk()
    wire.ask(request(b"HEAD", b"http://" + here.authority + b"/", b"Host: a"), "HEAD")
    assert wire.ask(get(here)).body == b"NOT A BODY", "a new connection begins with the first answer"
    assert here.visits == 2


def test_a_browser_that_is_slow_to_the_end_leaves_a_connection_that_works(talk, site, engine):
    may = threading.Semaphore(0)
    here = site(
        lambda wire: (
            wire.head(),
            may.acquire(),
            wire.send(ok(b"first")),
            wire.head(),
            wire.send(ok(b"next")),
        )
    )
    slow = talk().send(get(here))
    here.visited()
    browser = engine.browser()
    browser.writable = False  # as the answer's last bytes would make it, if it were larger
    may.release()
    assert slow.reply().body == b"first"
    engine.records.finished(1)
    assert talk().ask(get(here)).body == b"next"
    assert here.visits == 1


# -- retried


def test_a_stale_connection_is_replaced_without_the_browser_noticing(talk, site, engine):
    here = site(in_turn(answering(ok(b"first"), Answer((), "close")), answering(ok(b"second"))))
    wire = talk()
    wire.ask(get(here))
    assert wire.ask(get(here)).body == b"second"
    exchange = engine.records.finished(2)[1]
    assert [each.code for each in exchange.decisions] == ["origin-form", "retried"]
    assert (exchange.state, exchange.server_leg.turn) == ("done", 1)


@pytest.mark.parametrize("end", ["close", "reset"])
@pytest.mark.parametrize("method", [b"PUT", b"DELETE", b"OPTIONS", b"HEAD"])
def test_idempotent_methods_are_retried(talk, site, engine, method, end):
    here = site(in_turn(answering(ok(b"first"), Answer((), end)), answering(ok(b""))))
    wire = talk()
    wire.ask(get(here))
    assert (
        wire.ask(request(method, b"http://" + here.authority + b"/", b"Host: a"), method.decode()).status
        == 200
    )


@pytest.mark.parametrize("lines", [(b"Content-Length: 0",), (b"Content-Length: 5",)])
def test_a_post_is_never_sent_twice(talk, site, engine, lines):
    here = site(answering(ok(b"first"), Answer((), "close")))
    wire = talk()
    wire.ask(get(here))
    reply = wire.ask(post(here, b"12345" if b"5" in lines[0] else b""))
    assert reply.body == b"fault server-no-response\n"
    assert here.seen.count(b"POST") == 1
    exchange = engine.records.finished(2)[1]
    assert (exchange.error.code, exchange.error.who, exchange.state) == (
        "server-no-response",
        "server",
        "failed",
    )


def test_a_post_does_not_take_a_connection_that_has_idled(talk, site, engine):
    here = site(answering(ok()))
    wire = talk()
    wire.ask(get(here))

    def age():
        (idle,) = engine.context.pool._idle.values()
        idle[0].deadline -= 10

    engine.thread.do(age)
    assert wire.ask(post(here)).status == 200
    assert here.visits == 2


def test_a_request_is_retried_only_once(talk, site, engine):
    here = site(in_turn(answering(ok(b"first"), Answer((), "close")), answering(Answer((), "close"))))
    wire = talk()
    wire.ask(get(here))
    assert wire.ask(get(here)).body == b"fault server-no-response\n"
    assert here.visits == 2


def test_a_fresh_connection_that_closes_is_the_sites_fault(talk, site, engine):
    here = site(answering(Answer((), "close")))
    assert talk().ask(get(here)).body == b"fault server-no-response\n"
    assert here.visits == 1


def test_a_response_that_has_begun_is_not_asked_for_again(talk, site, engine):
    here = site(answering(ok(), Answer((b"HTTP/1.1 200 OK\r\nX",), "close")))
    wire = talk()
    wire.ask(get(here))
    assert wire.ask(get(here)).body == b"fault server-closed-early\n"
    exchange = engine.records.finished(2)[1]
    assert exchange.error.offset == len(b"HTTP/1.1 200 OK\r\nX")
    assert exchange.error.stage == "response-head"


# -- pipelined


def test_pipelined_requests_are_answered_in_order(talk, site, engine):
    here = site(answering(ok(b"1"), ok(b"2"), ok(b"3")))
    wire = talk().send(get(here, b"/1") + get(here, b"/2") + get(here, b"/3"))
    assert [wire.reply().body for _ in range(3)] == [b"1", b"2", b"3"]
    assert [each.path for each in engine.records.finished(3)] == ["/1", "/2", "/3"]


def test_pipelined_requests_with_bodies_and_own_pages_keep_their_order(talk, site, engine):
    here = site(answering(ok(b"1"), ok(b"2"), ok(b"3")))
    own = request(b"GET", b"http://inspector.test/own", b"Host: inspector.test")
    chunked = request(
        b"PUT",
        b"http://" + here.authority + b"/",
        b"Host: a",
        b"Transfer-Encoding: chunked",
        body=b"2\r\nhi\r\n0\r\n\r\n",
    )
    wire = talk().send(own + post(here) + own + own + chunked + get(here) + own)
    bodies = [wire.reply().body for _ in range(7)]
    page = b"not-found /own\n"
    assert bodies == [page, b"1", page, page, b"2", b"3", page]
    assert len(engine.records.finished(7)) == 7


def test_pipelined_requests_before_a_half_close_are_all_answered(talk, site, engine):
    here = site(answering(ok(b"1"), ok(b"2"), ok(b"3")))
    wire = talk().send(get(here) + get(here) + get(here)).half_close()
    assert [wire.reply().body for _ in range(3)] == [b"1", b"2", b"3"]
    assert wire.rest() == b""
    assert [each.state for each in engine.records.finished(3)] == ["done"] * 3


def test_nothing_is_read_after_a_request_that_says_close(talk, site, engine):
    here = site(answering(ok()))
    wire = talk().send(get(here, b"/", b"Connection: close") + get(here, b"/never"))
    assert wire.reply().status == 200
    assert wire.rest() == b""
    assert b"/never" not in here.seen


def test_a_malformed_request_in_the_pipeline_is_answered_in_its_turn(talk, site, engine):
    here = site(answering(ok(b"1")))
    wire = talk().send(get(here) + b"GET / HTTP/1.1\r\nHost : a\r\n\r\n" + get(here, b"/never"))
    assert wire.reply().body == b"1"
    assert wire.reply().body == b"fault space-before-colon\n"
    assert wire.rest() == b""
    assert b"/never" not in here.seen


def test_pipelined_requests_wait_while_the_answers_are_not_read(talk, site, engine):
    body = b"x" * 200_000
    here = site(answering(ok(body)))
    wire = talk().send(get(here) * 80)
    browser = engine.browser()

    def full():
        engine.thread.do(lambda: None)
        return not browser.writable

    while not full():
        pass
    engine.thread.settle(lambda: len(engine.records.exchanges))
    assert browser.transport.get_write_buffer_size() < 1_000_000
    assert len(engine.records.exchanges) < 70
    assert [len(wire.reply().body) for _ in range(80)] == [len(body)] * 80


# -- half closed and cut off


def test_a_browser_may_half_close_after_its_request(talk, site, engine):
    here = site(answering(ok()))
    wire = talk().send(get(here)).half_close()
    assert wire.reply().body == b"hello"
    assert wire.rest() == b""
    assert engine.records.only().state == "done"


def test_a_browser_may_half_close_after_its_request_over_a_long_answer(talk, site, engine):
    body = b"y" * 2_000_000
    here = site(answering(ok(body)))
    wire = talk().send(post(here)).half_close()
    assert wire.reply().body == body


def test_a_half_close_in_the_middle_of_a_head_is_a_fault(talk, engine):
    wire = talk().send(b"GET http://a.test/ HTTP/1.1\r\nHo").half_close()
    assert wire.reply().body == b"fault head-cut-short\n"
    exchange = engine.records.only()
    assert (exchange.status, exchange.error.offset) == (400, 31)
    assert exchange.client_leg.request.head == b"GET http://a.test/ HTTP/1.1\r\nHo"


def test_a_half_close_in_the_middle_of_a_pipelined_head_is_a_fault(talk, site, engine):
    here = site(answering(ok()))
    wire = talk().send(get(here) + b"GET http://a.te").half_close()
    assert wire.reply().body == b"hello"
    assert wire.reply().body == b"fault head-cut-short\n"
    assert wire.rest() == b""


def test_a_half_close_in_the_middle_of_a_body_is_a_fault(talk, site, engine):
    here = site(lambda wire: wire.rest())
    wire = talk().send(post(here)[:-2]).half_close()
    assert wire.reply().body == b"fault client-closed-early\n"
    exchange = engine.records.only()
    assert (exchange.error.stage, exchange.error.who) == ("request-body", "client")
    assert not exchange.client_leg.request.body.complete


def test_a_browser_that_goes_away_during_its_upload_takes_the_site_along(talk, site, engine):
    here = site(lambda wire: (wire.head(), wire.exactly(10), wire.rest()))
    wire = talk().send(post(here, b"x" * 100)[:-90])
    here.visited()
    wire.reset()
    exchange = engine.records.only()
    assert (exchange.state, exchange.fault, exchange.error.stage) == (
        "failed",
        "client-closed-early",
        "request-body",
    )
    here.ended()


def test_a_browser_that_goes_away_during_its_download_takes_the_site_along(talk, site, engine):
    def script(wire):
        wire.head()
        with pytest.raises(OSError):
            wire.send(b"HTTP/1.1 200 OK\r\n\r\n", *[b"x" * 100_000] * 10_000)

    here = site(script)
    wire = talk().send(get(here))
    wire.exactly(100_000)
    wire.reset()
    here.ended()
    exchange = engine.records.only()
    assert (exchange.fault, exchange.error.stage, exchange.error.did) == (
        "client-closed-early",
        "response-body",
        "closed",
    )
    body = exchange.server_leg.response.body
    assert body.size >= 100_000
    assert body.captured == min(body.size, engine.context.limits.captured_body)


def test_a_browser_that_goes_away_before_the_answer_is_on_record(talk, site, engine):
    here = site(lambda wire: (wire.head(), wire.rest()))
    wire = talk().send(get(here))
    here.visited()
    engine.records.wait(lambda: [each for each in engine.records.snapshots if each.state == "open"])
    wire.reset()
    exchange = engine.records.only()
    assert (exchange.fault, exchange.error.stage, exchange.status) == (
        "client-closed-early",
        "response-head",
        0,
    )


# -- a site that breaks off


def test_a_reset_in_a_body_without_a_length_is_passed_on_as_a_reset(talk, site, engine):
    here = site(
        lambda wire: (wire.head(), wire.send(b"HTTP/1.1 200 OK\r\n\r\nsome"), told.acquire(), wire.reset())
    )
    told = threading.Semaphore(0)
    wire = talk().send(get(here))
    assert wire.head()
    assert wire.exactly(4) == b"some"
    told.release()
    with pytest.raises(ConnectionResetError):
        wire.rest()
    exchange = engine.records.only()
    assert (exchange.state, exchange.fault, exchange.status) == ("failed", "server-closed-early", 200)
    assert not exchange.server_leg.response.body.complete


@pytest.mark.parametrize(
    "begun",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nsome",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nsome\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nsome",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nsome\r\n0\r\n",
    ],
)
def test_an_answer_that_is_cut_off_stays_incomplete(talk, site, engine, begun):
    here = site(answering(Answer((begun,), "close")))
    wire = talk().send(get(here))
    wire.head()
    came = wire.rest()
    assert begun.endswith(came)
    exchange = engine.records.only()
    assert (exchange.state, exchange.fault, exchange.error.stage) == (
        "failed",
        "server-closed-early",
        "response-body",
    )
    assert exchange.error.did == "closed"
    body = exchange.server_leg.response.body
    assert (engine.records.body(body), body.complete) == (b"some", False)


def test_a_long_answer_that_is_cut_off_is_kept_to_its_last_byte(talk, site, engine):
    begun = b"z" * 150_001
    here = site(answering(Answer((b"HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n", begun), "close")))
    wire = talk().send(get(here))
    wire.head()
    assert wire.rest() == begun
    body = engine.records.only().server_leg.response.body
    assert engine.records.body(body) == begun
