"""The story of each kind of exchange: what its steps say, and that none says more than is on record."""

from __future__ import annotations

import datetime as dt
import time
import zlib

import msgspec
import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from explain_any import cases
from explain_fakes import (
    CLIENT,
    EPOCH,
    POOLED,
    SERVER,
    case,
    client,
    failed,
    hand,
    made,
    message,
    plain_http,
    request,
    response,
    server,
    tls,
)
from hypothesis import HealthCheck, given, settings

from inspector.exchange.model import Attempt, Body, Decision, Fault, Leg, Message, Timeline
from inspector.explain.story import Story, tell
from inspector.pki import certificates


def words(story: Story, id: str) -> str:
    step = story.step(id)
    assert step is not None, f"no step {id} in {[each.id for each in story.steps]}"
    said = (step.plain, step.precise, step.why, *step.marks, *(each.plain for each in step.parts))
    return " ".join(str(part) for part in said if part)


def states(story: Story) -> dict[str, str]:
    return {step.id: step.state for step in story.steps}


@pytest.fixture(scope="module")
def chain() -> tuple[bytes, ...]:
    """A site's certificate for shop.example, signed by an authority of Inspector's making."""
    key, begin = certificates.new_key(), dt.datetime(2025, 12, 1, tzinfo=dt.UTC)
    end = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)
    root = certificates.root(key, host="test", made=begin, starts=begin, ends=end)
    leaf = certificates.leaf(
        ["shop.example"], certificates.new_key().public_key(), signed_by=root, key=key, starts=begin, ends=end
    )
    return (leaf.public_bytes(Encoding.DER), root.public_bytes(Encoding.DER))


# --- kinds of exchange, each with sentences that its story must hold, and others that it must not ------------

POOLED_LEGS = {
    "client_leg": Leg(CLIENT, request(), response("Content-Type: text/html"), turn=3),
    "server_leg": Leg(SERVER, request(), response("Content-Type: text/html"), turn=2),
    "timeline": POOLED,
}
REDIRECT = response(
    "Location: /account",
    "Set-Cookie: sid=1; HttpOnly; Secure",
    "Content-Length: 0",
    status="302 Found",
    body=b"",
)
NOT_MODIFIED = response('ETag: "a"', "Cache-Control: max-age=60", status="304 Not Modified", body=b"")
SEALED = made(
    kind="tunnel", method="CONNECT", path="", protection="sealed", request_size=2048, response_size=90_112, resource="tunnel",
    client_leg=Leg(CLIENT, message("CONNECT shop.example:443 HTTP/1.1", "Host: shop.example:443"), message("HTTP/1.1 200 Connection established")),
    server_leg=Leg(SERVER, Message(b"")), decisions=(Decision("left-encrypted", "you asked for it with --passthrough shop.example"),),
)  # fmt: skip
REFUSED_HANDSHAKE = made(
    kind="tls", method="CONNECT", path="", state="failed", status=0, protection="sealed", fault="tls-client-alert", server_leg=None,
    error=Fault("tls-client-alert", "client", "tls", None, "unknown_ca", "closed"),
    client_leg=Leg(CLIENT, message("CONNECT shop.example:443 HTTP/1.1"), message("HTTP/1.1 200 Connection established")),
    timeline=Timeline(client_tls_start=-0.01, client_tls_end=0.0),
)  # fmt: skip
WEBSOCKET = made(
    kind="websocket", scheme="wss", asked=request("Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: x"),
    answered=response("Upgrade: websocket", "Connection: Upgrade", status="101 Switching Protocols", body=b""),
    request_size=100, response_size=5000,
)  # fmt: skip
NEVER_SENT = Leg(b"", Message(b""), attempts=(Attempt("192.0.2.7", 443, 0.004, 0.001, "connection refused"),))

PACKED = zlib.compress(b"x" * 1000)

TOLD = {
    "plain http": (
        case(plain_http(), client=client(asked=b""), server=server(None)),
        {
            "address": ["Anyone on the way can read and change it"],
            "tunnel": ["Over plain http the browser simply hands the proxy the whole address"],
            "tls-browser": ["Plain http has no TLS"],
            "request": ["GET http://shop.example/cart HTTP/1.1", "a site itself is told the path only"],
            "name": ["Inspector looked this name up, your browser did not.", "went to 192.0.2.7"],
            "connection": ["198.51.100.4:40312 to 192.0.2.7:443", "8.0 ms at most"],
            "tls-site": ["Plain http has no TLS on this half either"],
        },
    ),
    "TLS 1.3": (
        case(),
        {
            "tunnel": ["CONNECT shop.example:443 HTTP/1.1", "Inspector agreed at once, before it had called the site"],
            "tls-browser": ["TLS 1.3 needs one round trip", "It went on and asked, so it accepted", "stand-in certificate"],
            "tls-site": ["keys of their own", "could read the name shop.example in the first message (SNI), and then only"],
            "wait": ["45 ms passed", "the site was at work for about 37 ms of it"],
            "body": ["18 B of text/html, a web page, followed"],
        },
    ),
    "TLS 1.2": (
        case(client=client(tls("TLSv1.2")), server=server(tls("TLSv1.2", verified=True))),
        {
            "tls-site": ["two round trips", "AES with a 128-bit key", "forward secrecy", "the certificate, and then only"],
        },
    ),
    "resumed": (
        case(server=server(tls(resumed=True, verified=True))),
        {"tls-site": ["They had met before, and took a short cut"]},
    ),
    "pooled": (
        case(made(**POOLED_LEGS)),
        {
            "arrival": ["the 3rd exchange on the connection from your browser"],
            "tunnel": ["was there already"],
            "tls-browser": ["its keys are still in use"],
            "name": ["connected to shop.example already"],
            "connection": ["the 2nd exchange on the connection to shop.example"],
            "tls-site": ["its keys are still in use"],
            "certificate": ["shown and checked when the connection was made"],
            "wait": ["is not visible from here"],
        },
    ),
    "redirect": (
        case(made(answered=REDIRECT), made(5, path="/account", started=EPOCH + 1.1, agent="Chrome 156")),
        {
            "status": ["302 Found", "The next address is https://shop.example/account", "asked for 20 ms later"],
            "body": ["The answer has an empty body"],
            "kept": ["A browser keeps the cookie sid until the browser is closed", "to shop.example only"],
        },
    ),
    "304": (
        case(made(asked=request('If-None-Match: "a"'), answered=NOT_MODIFIED)),
        {
            "status": ["your copy is still good", "had named its copy by its ETag"],
            "body": ["the browser has the body already"],
            "kept": ["The copy that the browser has is renewed", "for 58 seconds, until 00:01:00"],
        },
    ),
    "an answer out of a cache": (
        case(made(answered=response("Age: 120", "Cache-Control: max-age=3600", "Content-Type: text/css"))),
        {"status": ["out of a cache on the way: 120 seconds before, the site had made it"]},
    ),
    "a failed handshake": (
        case(REFUSED_HANDSHAKE, client=client(tls("", alert="unknown_ca", alert_by="client", handshake=hand(("client", 1, 0.0), ("server", 2, 0.001))))),
        {
            "tls-browser": ["did not come to its end", "with the alert unknown_ca"],
            "address": ["wanted to talk to shop.example, port 443"],
        },
    ),
    "a refused connection": (
        case(failed("connect-refused", "server", "connect", server_leg=NEVER_SENT, timeline=Timeline(0.0001, 0.0002, 0.004, 0.004, 0.005)), server=None),
        {
            "name": ["asked for the address of shop.example"],
            "connection": ["tried to open a TCP connection", "refused the connection on port 443", "192.0.2.7:443 was tried, for 1.0 ms: connection refused"],
            "passing-on": ["It never came to this"],
            "status": ["Inspector, in the site's place, answered 502", "the site never said it"],
        },
    ),
    "a name that doesn't exist": (
        case(failed("dns-unknown", "network", "dns"), server=None),
        {"name": ["There is no address for the name shop.example."], "connection": ["It never came to this."]},
    ),
    "our own page": (
        case(
            made(kind="page", scheme="http", host="inspector.test", port=80, asked=message("GET http://inspector.test/ HTTP/1.1"), server_leg=None,
                 decisions=(Decision("answered", "200 OK"),)),
            client=client(asked=b""), server=None,
        ),
        {"address": ["asked Inspector itself"], "arrival": ["that is who was asked"], "passing-on": ["no site was asked"], "status": ["Inspector answered 200"]},
    ),
    "left encrypted": (
        case(SEALED, client=client(None), server=server(None)),
        {"inside": ["left what passed encrypted and did not look inside: you asked for it", "2.0 KB went there and 88 KB came back", "not visible from here"]},
    ),
    "websocket": (case(WEBSOCKET), {"inside": ["both sides may speak at any time", "100 B went there"], "status": ["speaks the other protocol"], "after": ["ended with it"]}),
    "open": (
        case(made(state="open", duration=None, status=0, answered=message(""), timeline=Timeline(0.0001, send_start=0.001, send_end=0.002),
                  client_leg=Leg(CLIENT, request()), server_leg=Leg(SERVER, request(), turn=2)), server=server(tls(verified=True))),
        {"wait": ["waited for an answer"], "status": ["No answer has come yet"], "after": ["still on its way"]},
    ),
    "a malformed request": (
        case(failed("nul", "client", "request-head", error=Fault("nul", "client", "request-head", 5, "", "answered 400"),
                    client_leg=Leg(CLIENT, message("GET /\0 HTTP/1.1"), message("HTTP/1.1 400 Bad Request"))), server=None),
        {"request": ["began to say what it wanted", "There is a NUL", "GET /\\x00 HTTP/1.1"]},
    ),
    "an upstream proxy": (
        case(server=server(tls(verified=True), via="proxy.school.example:3128", peer="10.0.0.1", peer_port=3128)),
        {
            "name": ["asked for the address of proxy.school.example", "the other proxy does that"],
            "upstream-proxy": ["asked it for a tunnel to shop.example", "not visible from here"],
            "tls-site": ["without being able to read it"],
        },
    ),
    "reverse mode": (
        case(plain_http(client_leg=Leg(CLIENT, message("GET /cart HTTP/1.1", "Host: shop.example"), response("Content-Type: text/html"))),
             client=client(asked=b""), server=server(None)),
        {"arrival": ["stands in front of the site here, as a reverse proxy"]},
    ),
    "an untrusted certificate": (
        case(failed("tls-untrusted", "server", "tls", detail="certificate has expired", server_leg=Leg(SERVER, Message(b"")),
                    timeline=Timeline(0.0001, 0.0002, 0.004, 0.004, 0.012, 0.012, 0.03)),
             server=server(tls("", verified=False, why_not="certificate has expired", verify_code=10))),
        {"certificate": ["certificate has expired"], "tls-site": ["did not come to its end"]},
    ),
    "a practice site": (
        case(server=server(tls(verified=True), peer="127.0.0.1")),
        {"tls-site": ["nothing left it. On a real network these bytes would have crossed it"], "connection": ["leads to this computer itself"]},
    ),
    "imported": (case(made(origin="import"), client=None, server=None), {"arrival": ["came from a file"]}),
    "compressed": (
        case(made(answered=response("Content-Type: text/plain", "Content-Encoding: deflate", "Transfer-Encoding: chunked",
                                    body=Body(len(PACKED), len(PACKED) + 9, PACKED)))),
        {"body": ["packed for the way (deflate)", "in chunks"]},
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", TOLD)
def test_the_story_tells(kind):
    looked_at, expected = TOLD[kind]
    story = tell(looked_at)
    for id, sentences in expected.items():
        told = words(story, id)
        for sentence in sentences:
            assert sentence in told, f"{sentence!r} not in: {told}"


def test_every_step_of_a_first_exchange_is_done():
    found = states(tell(case(server=server(tls(verified=True)))))
    assert [id for id, state in found.items() if state != "done"] == ["certificate"]


def test_a_certificate_is_told_with_why_it_was_believed(chain):
    told = words(tell(case(server=server(tls(verified=True, chain=chain)))), "certificate")
    assert "says that this key belongs to shop.example" in told
    assert "valid until 1 December 2026" in told
    assert "Inspector believed it" in told
    assert "never saw this certificate" in told


def test_an_expired_certificate_is_told_with_why_not(chain):
    facts = tls("", verified=False, why_not="certificate has expired", verify_code=10, chain=chain)
    broken = failed("tls-untrusted", "server", "tls", server_leg=Leg(SERVER, Message(b"")))
    told = words(tell(case(broken, server=server(facts), now=EPOCH + 500 * 86_400)), "certificate")
    assert "did not believe it" in told
    assert "Inspector believed it" not in told


def test_a_step_that_failed_says_where_in_the_bytes():
    looked_at, _ = TOLD["a malformed request"]
    step = tell(looked_at).step("request")
    assert step.state == "failed"
    assert (step.places[0].side, step.places[0].half, step.places[0].offset) == ("browser", "request", 5)


def test_the_ladder_has_both_handshakes_in_the_order_of_time():
    ladder = tell(case()).ladder
    assert [(rung.sender, rung.name) for rung in ladder][:2] == [
        ("browser", "client_hello"),
        ("inspector", "server_hello"),
    ]
    assert [rung.at for rung in ladder] == sorted(rung.at for rung in ladder)
    assert {(rung.sender, rung.receiver) for rung in ladder} == {
        ("browser", "inspector"), ("inspector", "browser"), ("inspector", "site"), ("site", "inspector"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("version", "sealed"),
    [
        (
            "TLSv1.3",
            [
                "encrypted_extensions",
                "certificate",
                "certificate_verify",
                "finished",
                "finished",
                "new_session_ticket",
            ],
        ),
        ("TLSv1.2", ["finished", "finished"]),
    ],
)
def test_what_of_a_handshake_passes_encrypted(version, sealed):
    story = tell(case(client=client(None, asked=b""), server=server(tls(version))))
    assert [rung.name for rung in story.ladder if rung.sealed] == sealed


def test_a_second_hello_is_in_the_open_and_costs_a_round_trip():
    again = hand(
        ("client", 1, 0), ("server", 2, 0.01), ("client", 1, 0.011), ("server", 2, 0.02), ("server", 8, 0.02)
    )
    story = tell(case(client=client(None, asked=b""), server=server(tls(handshake=again))))
    assert [rung.sealed for rung in story.ladder] == [False, False, False, False, True]
    assert "two round trips here" in words(story, "tls-site")


def test_a_pooled_exchange_shows_no_ladder():
    looked_at, _ = TOLD["pooled"]
    assert tell(looked_at).ladder == ()


@pytest.mark.parametrize(
    ("closed", "fields", "told"),
    [
        (None, (), "stayed open, ready"),
        (0.1313, ("Connection: close",), "was closed with it, as the answer had announced"),
        (60.0, (), "was closed 59.87 s later"),
        (None, ("Connection: close",), "was to be closed after this answer"),
    ],
)
def test_what_became_of_the_connection(closed, fields, told):
    exchange = made(answered=response(*fields, "Content-Type: text/html", "Content-Length: 18"))
    assert told in words(tell(case(exchange, client=client(tls(), closed=closed), server=None)), "after")


def test_a_body_without_a_length_ends_with_its_connection():
    told = words(tell(case(made(answered=response("Content-Type: text/html")))), "after")
    assert "that is how this answer ends" in told
    assert "stayed open" not in told


def test_after_a_failure_nothing_is_claimed_of_the_sites_connection():
    broken = failed("tls-untrusted", "server", "tls", server_leg=Leg(SERVER, Message(b"")))
    assert "connection with shop.example" not in words(tell(case(broken)), "after")


def test_the_next_exchange_on_the_connection_is_named():
    later = made(2, started=EPOCH + 3, client_leg=Leg(CLIENT, request(), turn=2))
    assert "the next exchange on it, the 2nd, began 1.92 s later" in words(tell(case(made(), later)), "after")


def test_nothing_is_known_of_connections_that_are_not_on_record():
    story = tell(case(client=None, server=None))
    assert states(story)["arrival"] == "unseen"
    assert states(story)["tls-browser"] == "unseen"
    assert states(story)["after"] == "unseen"


def test_a_tunnel_that_was_asked_for_on_another_connection_is_not_made_up():
    story = tell(case(client=None))
    assert "not on record" in words(story, "tunnel")


def test_sentences_name_curl_by_its_name():
    asked = message("GET http://shop.example/ HTTP/1.1", "User-Agent: curl/8.5.0")
    story = tell(
        case(
            plain_http(agent="curl 8.5", client_leg=Leg(CLIENT, asked, response())), client=client(asked=b"")
        )
    )
    assert "curl opened a TCP connection" in words(story, "arrival")
    assert "What curl keeps is not visible from here" in words(story, "kept")


def test_no_sentence_holds_a_mark():
    """Templates are read, not shown."""
    for looked_at, _ in TOLD.values():
        for step in tell(looked_at).steps:
            told = words(tell(looked_at), step.id)
            assert "[[" not in told
            assert "{" not in told


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases)
def test_any_exchange_has_a_story(looked_at):
    story = tell(looked_at)
    for step in story.steps:
        assert step.title
        assert step.plain or step.why
        assert step.state == "done" or step.why or step.plain


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases)
def test_no_story_claims_a_handshake_or_a_certificate_that_is_not_on_record(looked_at):
    story = tell(looked_at)
    if looked_at.server is None or looked_at.server.tls is None:
        told = " ".join(str(step.plain) for step in story.steps)
        assert "Inspector believed it" not in told
        assert "keys of their own" not in told
    if looked_at.server is None:
        assert not any("From " in str(step.precise) for step in story.steps if step.id == "connection")


def test_a_story_is_told_quickly():
    looked_at = case()
    tell(looked_at)
    begun = time.process_time()
    for _ in range(20):
        tell(case(msgspec.structs.replace(made())))
    assert (time.process_time() - begun) / 20 < 0.02


@pytest.mark.parametrize(
    ("codes", "says"),
    [
        (("hop-by-hop",), "just the changes that every proxy has to make"),
        (("app-asked", "hop-by-hop"), "and a field that the app there asked for"),
        (("trace-begun",), "and a field that the app there asked for"),
        (("local-site",), "as it was"),
        ((), "as it was"),
    ],
)
def test_what_was_changed_on_the_way_to_the_site(codes, says):
    asked = made(asked=request("Connection: keep-alive"))
    told = tell(
        case(msgspec.structs.replace(asked, decisions=tuple(Decision(each, "Connection") for each in codes)))
    )
    assert says in words(told, "passing-on")
