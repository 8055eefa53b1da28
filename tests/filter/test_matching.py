"""What each field finds, and what it doesn't."""

from __future__ import annotations

import gzip
import time

import pytest
from filter_samples import NOW, RESPONSE, body, fits, head, made
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.exchange.model import Leg, Message
from inspector.filter.fields import FIELDS
from inspector.filter.matching import matcher
from inspector.filter.parsing import parse
from inspector.filter.subject import Subject

FITTING = """
host:shop.inspector.test | host:inspector.test | host:TEST | host:=shop.inspector.test | host:shop.* | host:*
port:8443 | port:>443 | port:8000..9000
path:/static | path:cart | path:*.js | path:=/static/cart.js | path:/STATIC/C | path:"/static"
query:item=17 | query:"a b" | query:* | query.item:17 | query.size:xl | query.q:"a b" | query.ITEM:=17 | query.q:*
url:shop.inspector.test:8443/static | url:https://*item=17* | url:"q=a b"
scheme:https | method:post | method:P* | version:1.1 | version:>=1.0
header.set-cookie:* | header.set-cookie:seen | header.Set-Cookie:*httponly | header.x-empty:* | header.server:=nginx/1.25
request.header.accept:text/html | response.header.server:NGINX | request.header.cookie:*
cookie.session:abc | cookie.theme:=DARK | set-cookie.session:new | set-cookie.seen:*
body:"out of stock" | body:größe | body:GRÖSSE | body:password | body:out*stock | request.body:hunter2 | response.body:stock | body:*
status:404 | status:>=400 | status:4xx | status:400..499 | status:[400 TO 499] | status:{403 TO 405} | status:<405 | status:*
reason:found | type:html | type:text/html | type:text | kind:page | size:>1mb | size:<=2000000 | size:1.5mb..3mb | request.size:25
time:>500ms | time:<1s | time:>=750ms | time:0.5s..1s | since:10m | since:1h | before:1m
from:chrome | client:127.0.0.1 | remote:192.0.2.7 | remote:192.0.* | origin:browser
tls.version:1.2 | tls.version:<1.3 | tls:1.2 | tls.cipher:aes128 | tls.alpn:http | tls.sni:shop
is:failed | is:decrypted | -is:open | -is:broken | -is:changed | -is:tunnel | -is:websocket | -is:readable | -is:encrypted | -is:inspector
decision:hop-by-hop | decision:answered | rule:slow* | rule:* | -fault:*
pinned:yes | pinned:* | -pinned:no | colour:red | color:* | tag:todo | tag:log* | comment:ADA | note:"ask ada" | comment:*
stock | "Out of Stock" | nginx | shop.inspector.test | item=17 | hunter2 | set-cookie | µm | STOCK | "Content-Type: text/html"
stock -missing | missing OR stock | NOT missing | !missing | (missing OR stock) AND status:404 | -(missing stock) | host:(a.test OR inspector.test)
"""
NOT_FITTING = """
host:shop | host:hop.inspector.test | host:=inspector.test | host:inspector.test.evil | host:*.com
port:443 | port:<1000 | path:/cart | path:item | path:=/static | path:*.css | query:cart | query.item:18 | query.other:* | query.tem:17
url:shop.inspector.test/static | scheme:http | method:GET | method:POS | version:1.0 | version:2
header.cookies:* | request.header.server:* | response.header.accept:* | header.server:=nginx | header.x-empty:x
cookie.seen:* | cookie.session:new | set-cookie.session:abc | set-cookie.theme:*
request.body:stock | response.body:password | body:"stock of" | body:stock*out | body:gzip
status:200 | status:>404 | status:{404 TO 500} | status:5xx | type:json | kind:image | size:<1mb | size:0 | time:<500ms | time:>1s
since:1m | before:10m | from:firefox | remote:198.* | origin:import | tls.version:1.3 | tls.version:>1.2 | tls.cipher:chacha20
pinned:no | colour:blue | tag:tod | tag:other | comment:bob | -comment:*
is:open | is:broken | is:changed | fault:* | decision:retried | rule:fast* | missing | stock missing | -stock | NOT (stock OR missing)
"""


def listed(block: str) -> list[str]:
    return [each for line in block.split("\n") if line for each in line.split(" | ")]


@pytest.mark.parametrize("text", listed(FITTING))
def test_it_fits(text):
    assert fits(text)


@pytest.mark.parametrize("text", listed(NOT_FITTING))
def test_it_does_not_fit(text):
    assert not fits(text)


def test_every_field_is_tried():
    tried = FITTING + NOT_FITTING
    assert [field.name for field in FIELDS if f"{field.name}" not in tried] == []


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("is:failed", {"state": "failed", "status": 0}), ("is:open -time:* -time:<1s", {"state": "open", "duration": None}),
        ("is:broken", {"fault": "server-closed-early"}), ("fault:closed", {"fault": "server-closed-early"}), ("is:changed", {"changed": True}),
        ("is:readable", {"protection": "none"}), ("is:encrypted", {"protection": "sealed"}), ("is:tunnel", {"kind": "tunnel"}),
        ("is:websocket", {"kind": "websocket"}), ("is:inspector", {"kind": "page"}), ("-status:*", {"status": 0}),
        ("status:0", {"status": 0}), ("url:http://[::1]/", {"scheme": "http", "host": "::1", "port": 80, "path": "/"}),
        ("-tls.version:*", {"tls": ""}), ("host:xn--bcher-kva.example host:bücher.example", {"host": "xn--bcher-kva.example"}),
        ("query:grün", {"path": "/?q=gr%C3%BCn"}), ("path:/größe", {"path": "/gr%C3%B6%C3%9Fe"}), ("-query:*", {"path": "/plain"}),
    ],
)  # fmt: skip
def test_other_states(text, changes):
    assert fits(text, made(**changes))


def answered(*fields: str, data: bytes):
    leg = Leg(
        b"c" * 16, Message(b"GET / HTTP/1.1\r\n\r\n"), Message(head("HTTP/1.1 200 OK", *fields), body(data))
    )
    return made(client_leg=leg, server_leg=None, request_size=0, response_size=len(data))


@pytest.mark.parametrize(
    ("fields", "data", "found"),
    [
        (("Content-Type: text/plain; charset=iso-8859-1",), "Größe".encode("latin-1"), "größe"),
        (("Content-Type: text/plain",), "Größe".encode("cp1252"), "größe"),
        (("Content-Type: text/plain; charset=utf-16le",), "Größe".encode("utf-16-le"), "größe"),
        (("Content-Type: text/plain",), "Größe".encode("utf-16"), "größe"),
        (("Content-Type: text/plain; charset=punycode",), b"plain", "plain"),
        (("Content-Type: application/problem+json",), b'{"title": "no"}', "title"),
        ((), b"unlabelled", "unlabelled"),
        (("Content-Type: image/svg+xml",), b"<svg>drawn</svg>", "drawn"),
        (("Content-Encoding: gzip, gzip", "Content-Type: text/css"), gzip.compress(gzip.compress(b"twice", mtime=0), mtime=0), "twice"),
        (("Content-Type: text/plain",), "ab\N{KELVIN SIGN}".encode(), "abk"),
        (("Content-Type: text/plain",), "cut ü".encode()[:-1], "cut"),
    ],
)  # fmt: skip
def test_texts_of_all_sorts_are_read(fields, data, found):
    assert fits(f"body:{found}", answered(*fields, data=data))


@pytest.mark.parametrize(
    ("fields", "data"),
    [
        (("Content-Type: image/png",), b"secret"),
        ((), b"\0secret"),
        (("Content-Encoding: unheard-of",), b"secret"),
        (("Content-Encoding: gzip",), b"secret"),
    ],
)
def test_what_is_no_text_is_not_read(fields, data):
    assert not fits("body:secret", answered(*fields, data=data))
    assert fits("body:*", answered(*fields, data=data))


def test_a_body_on_the_other_leg_is_found():
    kept = made()
    same = Message(RESPONSE.head, RESPONSE.body.__class__(5, 5, note="same"))
    turned = made(server_leg=Leg(b"s" * 16, Message(b""), same), client_leg=kept.client_leg)
    assert fits("response.body:stock", turned)


def test_a_bomb_is_read_for_two_mebibytes_only():
    began = time.perf_counter()
    bomb = gzip.compress(b"a" * 500_000_000 + b"needle", 1)
    began = time.perf_counter()
    assert not fits("body:needle", answered("Content-Encoding: gzip", "Content-Type: text/plain", data=bomb))
    assert time.perf_counter() - began < 2


def test_a_row_alone_has_neither_heads_nor_bodies():
    row = Subject(made())
    for text, verdict in [
        ("host:inspector.test", True),
        ("header.server:*", False),
        ("-body:stock", True),
        ("cart.js", True),
    ]:
        assert matcher(parse(text), NOW)(row) is verdict


def test_patterns_of_many_stars_are_quick():
    exchange = answered("Content-Type: text/plain", data=b"a" * 1_000_000)
    began = time.perf_counter()
    assert not fits("body:" + "a*" * 40 + "b", exchange)
    assert time.perf_counter() - began < 1


@given(st.lists(st.sampled_from("ab*"), max_size=9).map("".join), st.text("ab", max_size=9))
@settings(max_examples=300, deadline=None)
def test_patterns_are_what_regular_expressions_say(pattern, path):
    import re

    if "*" not in pattern or pattern == "*":
        return
    expected = re.fullmatch(pattern.replace("*", ".*"), "/" + path) is not None
    assert fits(f"path:{pattern}", made(path="/" + path)) is expected
    somewhere = re.search(pattern.replace("*", ".*"), path) is not None
    assert fits(f"body:{pattern}", answered("Content-Type: text/plain", data=path.encode())) is (
        (somewhere and path != "") or pattern.strip("*") == ""
    )
