"""Plain HTTP through the proxy: what goes on to the site, and what comes back."""

from __future__ import annotations

import pytest
from peers import Answer, answering, get, ok, request

CHUNKED = b'4;name=value\r\nWiki\r\n5 ; q="a;b"\r\npedia\r\n0;last\r\nX-Sum: 9\r\nX-Other: b\r\n\r\n'
CHUNKED_OK = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNKED


def codes(exchange):
    return [each.code for each in exchange.decisions]


# -- heads


def test_an_absolute_form_request_goes_on_in_origin_form(talk, site, engine):
    here = site(answering(ok()))
    reply = talk().ask(get(here, b"/a?b=c", b"X-Odd:  kept  ", b"Accept: */*"))
    assert reply.raw == ok()
    assert here.seen == request(
        b"GET", b"/a?b=c", b"Host: " + here.authority, b"X-Odd:  kept  ", b"Accept: */*"
    )
    exchange = engine.records.only()
    assert (exchange.state, exchange.status, exchange.path) == ("done", 200, "/a?b=c")
    assert codes(exchange) == ["origin-form"]


def test_both_legs_are_kept_as_they_were_said(talk, site, engine):
    here = site(answering(ok(b"hi", b"Connection: keep-alive", b"X: y")))
    asked = get(here, b"/", b"Proxy-Connection: keep-alive")
    reply = talk().ask(asked)
    exchange = engine.records.only()
    client, server = exchange.client_leg, exchange.server_leg
    assert client.request.head == asked
    assert server.request.head == here.seen == request(b"GET", b"/", b"Host: " + here.authority)
    assert server.response.head + engine.records.body(server.response.body) == ok(
        b"hi", b"Connection: keep-alive", b"X: y"
    )
    assert client.response.head == reply.head == b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX: y\r\n\r\n"
    assert codes(exchange) == ["origin-form", "hop-by-hop", "hop-by-hop"]
    assert not exchange.changed


def test_a_host_that_contradicts_the_request_line_is_replaced(talk, site, engine):
    here = site(answering(ok()))
    talk().ask(request(b"GET", b"http://" + here.authority + b"/", b"Host: other.test"))
    assert b"Host: " + here.authority in here.seen
    assert b"other.test" not in here.seen
    assert "host-replaced" in codes(engine.records.only())


def test_fields_that_connection_names_end_here(talk, site):
    here = site(answering(ok()))
    talk().ask(
        get(
            here,
            b"/",
            b"Connection: X-Mine, close",
            b"X-Mine: 1",
            b"Keep-Alive: 5",
            b"TE: gzip",
            b"X-Stays: 1",
        )
    )
    assert here.seen == request(b"GET", b"/", b"Host: " + here.authority, b"X-Stays: 1")


def test_via_is_added_when_the_setting_asks_for_it(talk, site, start):
    here = site(answering(ok()))
    talk(start(via=True)).ask(get(here, b"/", b"Via: 1.0 fred"))
    assert here.seen.endswith(b"Via: 1.0 fred\r\nVia: 1.1 inspector\r\n\r\n")


def test_max_forwards_is_counted_down(talk, site):
    here = site(answering(ok()))
    talk().ask(request(b"TRACE", b"http://" + here.authority + b"/", b"Host: a", b"Max-Forwards: 3"))
    assert b"Max-Forwards: 2\r\n" in here.seen


def test_a_trace_that_may_go_no_further_is_answered_here_without_secrets(talk, site, engine):
    here = site(answering(ok()))
    lines = (b"Host: a", b"Max-Forwards: 0", b"Cookie: a=b", b"Authorization: Basic x", b"X-Mine: yes")
    wire = talk()
    reply = wire.ask(request(b"TRACE", b"http://" + here.authority + b"/", *lines))
    assert reply.field("content-type") == b"message/http"
    assert b"X-Mine: yes" in reply.body
    assert b"Basic" not in reply.body
    assert b"a=b" not in reply.body
    assert here.visits == 0
    assert wire.ask(get(here)).status == 200, "the connection stays open"
    assert engine.records.finished(2)[0].status == 200


def test_options_for_the_whole_server_goes_on_as_an_asterisk(talk, site):
    here = site(answering(ok()))
    talk().ask(request(b"OPTIONS", b"http://" + here.authority, b"Host: a"))
    assert here.seen.startswith(b"OPTIONS * HTTP/1.1\r\nHost: " + here.authority)


def test_options_that_may_go_no_further_is_answered_here(talk, site):
    here = site(answering(ok()))
    wire = talk()
    reply = wire.ask(request(b"OPTIONS", b"http://" + here.authority + b"/", b"Host: a", b"Max-Forwards: 0"))
    assert (reply.status, here.visits) == (204, 0)
    assert wire.ask(get(here)).status == 200


# -- bodies


def test_a_body_with_a_length_passes_both_ways(talk, site, engine):
    here = site(answering(ok(b"x" * 1000)))
    reply = talk().ask(
        request(b"POST", b"http://" + here.authority + b"/", b"Host: a", b"Content-Length: 5", body=b"12345")
    )
    assert reply.body == b"x" * 1000
    assert here.seen.endswith(b"Content-Length: 5\r\n\r\n12345")
    exchange = engine.records.only()
    assert engine.records.body(exchange.client_leg.request.body) == b"12345"
    assert (exchange.request_size, exchange.response_size) == (5, 1000)


def test_chunks_extensions_and_trailers_pass_to_the_byte_both_ways(talk, site, engine):
    here = site(answering(CHUNKED_OK))
    reply = talk().ask(
        request(
            b"POST",
            b"http://" + here.authority + b"/",
            b"Host: a",
            b"Transfer-Encoding: chunked",
            body=CHUNKED,
        )
    )
    assert reply.raw == CHUNKED_OK
    assert here.seen.endswith(b"\r\n\r\n" + CHUNKED)
    exchange = engine.records.only()
    for message in (exchange.client_leg.request, exchange.server_leg.response):
        assert engine.records.body(message.body) == b"Wikipedia"
        assert message.body.wire == len(CHUNKED)
        assert message.trailers == b"X-Sum: 9\r\nX-Other: b\r\n"
        assert message.body.complete


def test_a_body_without_a_length_ends_with_its_connection(talk, site, engine):
    here = site(answering(Answer((b"HTTP/1.1 200 OK\r\nX: y\r\n\r\n", b"all ", b"of it"), "close")))
    wire = talk()
    reply = wire.ask(get(here))
    assert reply.raw == b"HTTP/1.1 200 OK\r\nX: y\r\nConnection: close\r\n\r\nall of it"
    exchange = engine.records.only()
    assert exchange.state == "done"
    assert exchange.server_leg.response.body.complete
    assert "connection-close" in codes(exchange)


@pytest.mark.parametrize("status", [b"204 No Content", b"304 Not Modified"])
def test_a_status_without_content_ends_with_its_head(talk, site, engine, status):
    here = site(answering(b"HTTP/1.1 " + status + b"\r\nETag: x\r\n\r\n", ok()))
    wire = talk()
    assert wire.ask(get(here)).raw == b"HTTP/1.1 " + status + b"\r\nETag: x\r\n\r\n"
    assert wire.ask(get(here)).body == b"hello"
    assert here.visits == 1


def test_a_204_with_a_length_loses_the_length(talk, site, engine):
    here = site(answering(b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n", ok()))
    wire = talk()
    assert wire.ask(get(here)).raw == b"HTTP/1.1 204 No Content\r\n\r\n"
    assert wire.ask(get(here)).body == b"hello"
    assert "no-content" in codes(engine.records.finished(2)[0])


def test_a_304_keeps_the_length_of_what_it_stands_for(talk, site):
    here = site(answering(b"HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\n\r\n", ok()))
    wire = talk()
    assert wire.ask(get(here)).field("content-length") == b"99"
    assert wire.ask(get(here)).body == b"hello"


def test_the_answer_to_head_has_a_length_and_no_body(talk, site, engine):
    here = site(answering(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", ok()))
    wire = talk()
    reply = wire.ask(request(b"HEAD", b"http://" + here.authority + b"/", b"Host: a"), "HEAD")
    assert reply.field("content-length") == b"1000"
    assert wire.ask(get(here)).body == b"hello"
    assert engine.records.finished(2)[0].response_size == 0
    assert here.visits == 1


def test_the_answer_to_head_may_speak_of_chunks(talk, site):
    here = site(answering(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", ok()))
    wire = talk()
    assert wire.ask(request(b"HEAD", b"http://" + here.authority + b"/", b"Host: a"), "HEAD").status == 200
    assert wire.ask(get(here)).body == b"hello"


# -- interim responses


INTERIM = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n"


def test_interim_responses_pass_and_are_kept(talk, site, engine):
    here = site(answering((INTERIM, b"HTTP/1.1 100 Continue\r\n\r\n" + ok())))
    wire = talk().send(get(here))
    assert wire.reply().raw == INTERIM
    assert wire.reply().status == 100
    assert wire.reply().raw == ok()
    legs = engine.records.only().server_leg, engine.records.only().client_leg
    assert [each.head for each in legs[0].interim] == [INTERIM, b"HTTP/1.1 100 Continue\r\n\r\n"]
    assert [each.head for each in legs[1].interim] == [INTERIM, b"HTTP/1.1 100 Continue\r\n\r\n"]


def test_interim_responses_do_not_reach_a_client_of_http_1_0(talk, site, engine):
    here = site(answering(INTERIM + ok()))
    reply = talk().ask(request(b"GET", b"http://" + here.authority + b"/", version=b"HTTP/1.0"))
    assert reply.status == 200
    assert len(engine.records.only().server_leg.interim) == 1


def test_a_client_may_wait_for_100_continue(talk, site, engine):
    def script(wire):
        wire.head()
        wire.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        assert wire.exactly(5) == b"12345"
        wire.send(ok())

    here = site(script)
    wire = talk().send(
        request(
            b"PUT",
            b"http://" + here.authority + b"/",
            b"Host: a",
            b"Content-Length: 5",
            b"Expect: 100-continue",
        )
    )
    assert wire.reply().status == 100
    assert wire.ask(b"12345").raw == ok()
    assert engine.records.only().state == "done"


@pytest.mark.parametrize("status", [b"417 Expectation Failed", b"401 Unauthorized"])
def test_a_final_answer_in_place_of_100_continue_ends_both_connections(talk, site, engine, status):
    answer = b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\n\r\n"

    def script(wire):
        wire.head()
        wire.send(answer)
        assert wire.rest() == b""

    here = site(script)
    wire = talk()
    reply = wire.ask(
        request(
            b"PUT",
            b"http://" + here.authority + b"/",
            b"Host: a",
            b"Content-Length: 5",
            b"Expect: 100-continue",
        )
    )
    # whether the body still comes is open: what follows might be read as a request by one side and not by the other
    assert reply.field("connection") == b"close"
    assert wire.rest() == b""
    here.ended()
    exchange = engine.records.only()
    assert (exchange.state, exchange.status) == ("done", int(status[:3]))


def test_an_early_answer_goes_back_while_the_upload_goes_on(talk, site, engine):
    def script(wire):
        wire.head()
        wire.send(ok(b"early"))
        assert wire.exactly(10) == b"0123456789"
        wire.message()
        wire.send(ok(b"second"))

    here = site(script)
    wire = talk().send(
        request(b"POST", b"http://" + here.authority + b"/", b"Host: a", b"Content-Length: 10", body=b"01234")
    )
    assert wire.reply().body == b"early"
    wire.send(b"56789")
    assert wire.ask(get(here)).body == b"second"
    here.ended()
    first, second = engine.records.finished(2)
    assert (first.state, first.request_size) == ("done", 10)
    assert second.server_leg.turn == 2


def test_an_early_answer_from_a_site_that_closes_ends_the_upload(talk, site, engine):
    here = site(
        lambda wire: (
            wire.head(),
            wire.send(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
        )
    )
    wire = talk().send(
        request(
            b"POST", b"http://" + here.authority + b"/", b"Host: a", b"Content-Length: 1000", body=b"01234"
        )
    )
    reply = wire.reply()
    assert reply.status == 413
    assert wire.rest() == b""
    exchange = engine.records.only()
    assert (exchange.status, exchange.client_leg.request.body.complete) == (413, False)


# -- versions


def test_a_client_of_http_1_0_gets_a_closed_connection(talk, site, engine):
    here = site(answering(ok()))
    wire = talk()
    reply = wire.ask(request(b"GET", b"http://" + here.authority + b"/", b"X: y", version=b"HTTP/1.0"))
    assert reply.field("connection") == b"close"
    assert wire.rest() == b""
    assert here.seen == request(b"GET", b"/", b"Host: " + here.authority, b"X: y")
    assert engine.records.only().version == "HTTP/1.0"


def test_an_absolute_form_client_of_http_1_0_is_never_kept_alive(talk, site):
    # RFC 9112 §9.3: a proxy must not keep a connection with an HTTP/1.0 client
    here = site(answering(ok()))
    wire = talk()
    wire.ask(
        request(b"GET", b"http://" + here.authority + b"/", b"Connection: keep-alive", version=b"HTTP/1.0")
    )
    assert wire.rest() == b""


def test_a_client_of_http_1_0_inside_a_tunnel_may_stay(talk, site):
    here = site(answering(ok()))
    wire = talk().connect(here.authority)
    asked = request(b"GET", b"/", b"Host: a", b"Connection: keep-alive", version=b"HTTP/1.0")
    assert wire.ask(asked).field("connection") == b"keep-alive"
    assert wire.ask(asked).body == b"hello"


def test_chunks_are_taken_off_for_a_client_of_http_1_0(talk, site, engine):
    here = site(answering(CHUNKED_OK))
    wire = talk()
    reply = wire.ask(request(b"GET", b"http://" + here.authority + b"/", version=b"HTTP/1.0"))
    assert (reply.field("transfer-encoding"), reply.body) == (None, b"Wikipedia")
    exchange = engine.records.only()
    assert "dechunked" in codes(exchange)
    assert exchange.server_leg.response.body.wire == len(CHUNKED)


def test_a_site_of_http_1_0_is_answered_for_in_http_1_1(talk, site, engine):
    here = site(answering(Answer((b"HTTP/1.0 200 Fine\r\nContent-Length: 2\r\n\r\nok",), "close")))
    wire = talk()
    assert wire.ask(get(here)).raw == b"HTTP/1.1 200 Fine\r\nContent-Length: 2\r\n\r\nok"
    assert wire.ask(get(here)).status == 200, "the browser's connection stays"
    assert here.visits == 2
    assert "version" in codes(engine.records.finished(2)[0])


def test_a_site_of_http_1_0_may_be_kept_alive(talk, site):
    here = site(answering(b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok"))
    wire = talk()
    assert wire.ask(get(here)).field("connection") is None
    wire.ask(get(here))
    assert here.visits == 1


# -- addresses and names


def test_an_ipv6_literal_is_reached(talk, site, engine):
    here = site(answering(ok()), host="::1")
    assert talk().ask(get(here)).body == b"hello"
    exchange = engine.records.only()
    assert (exchange.host, exchange.remote) == ("::1", f"[::1]:{here.port}")
    assert b"Host: [::1]:%d" % here.port in here.seen


def test_a_tunnel_leads_to_an_ipv6_literal(talk, site, engine):
    here = site(answering(ok()), host="::1")
    assert talk().connect(here.authority).ask(request(b"GET", b"/", b"Host: " + here.authority)).status == 200
    assert (engine.records.only().host, engine.records.only().port) == ("::1", here.port)


def test_an_international_name_is_asked_for_as_an_a_label(talk, site, engine, hosts):
    here = site(answering(ok()))
    hosts["xn--bcher-kva.example"] = ["127.0.0.1"]
    authority = b"XN--Bcher-KVA.example:%d" % here.port
    assert talk().ask(request(b"GET", b"http://" + authority + b"/", b"Host: " + authority)).status == 200
    assert engine.records.only().host == "xn--bcher-kva.example"


def test_a_dead_first_address_costs_an_attempt_and_nothing_more(talk, site, engine, hosts):
    here = site(answering(ok()))
    hosts["two.test"] = ["::1", "127.0.0.1"]
    authority = b"two.test:%d" % here.port
    assert talk().ask(request(b"GET", b"http://" + authority + b"/", b"Host: " + authority)).status == 200
    exchange = engine.records.only()
    (attempt,) = exchange.server_leg.attempts
    assert (attempt.address, attempt.port, attempt.error) == ("::1", here.port, "connection refused")
    assert exchange.remote == f"127.0.0.1:{here.port}"
    assert exchange.timeline.dns_end is not None


def test_a_name_without_an_address_says_so(talk, engine, hosts):
    reply = talk().ask(request(b"GET", b"http://nowhere.test/", b"Host: nowhere.test"))
    assert (reply.status, reply.body) == (502, b"fault dns-unknown\n")
    exchange = engine.records.only()
    assert (exchange.state, exchange.error.stage, exchange.error.who) == ("failed", "dns", "network")
    assert exchange.timeline.dns_start is not None
    assert exchange.timeline.send_start is None


def test_a_port_where_nobody_listens_says_so(talk, site, engine):
    here = site(answering(ok()))
    here.close()
    reply = talk().ask(get(here))
    assert reply.body == b"fault connect-refused\n"
    exchange = engine.records.only()
    assert exchange.error.did == "answered 502"
    assert [each.error for each in exchange.server_leg.attempts] == ["connection refused"]
    assert exchange.server_leg.request.head == b"", "nothing was sent"
    assert engine.records.body(exchange.client_leg.response.body) == reply.body
