"""Exchanges of any shape, with parts missing and bytes of any kind: what hypothesis feeds to everything that explains."""

from __future__ import annotations

import datetime as dt

from explain_fakes import CHROME, CLIENT, CONNECT, EPOCH, ESTABLISHED, SERVER
from hypothesis import strategies as st

from inspector.exchange.model import (
    Attempt,
    Body,
    Connection,
    Decision,
    Exchange,
    Fault,
    HandshakeMessage,
    Leg,
    Message,
    Timeline,
    Tls,
)
from inspector.explain.case import Case

NAMES = (
    "Accept", "Accept-Encoding", "Accept-Language", "Access-Control-Allow-Credentials", "Access-Control-Allow-Headers",
    "Access-Control-Allow-Methods", "Access-Control-Allow-Origin", "Access-Control-Max-Age", "Access-Control-Request-Headers",
    "Access-Control-Request-Method", "Age", "Allow", "Alt-Svc", "Authorization", "Cache-Control", "Clear-Site-Data", "Connection",
    "Content-Disposition", "Content-Encoding", "Content-Language", "Content-Length", "Content-Range", "Content-Security-Policy",
    "Content-Type", "Cookie", "Cross-Origin-Opener-Policy", "Date", "ETag", "Expect", "Expires", "Forwarded", "From", "Host",
    "If-Match", "If-Modified-Since", "If-None-Match", "If-Range", "Last-Modified", "Link", "Location", "NEL", "Origin",
    "Permissions-Policy", "Pragma", "Prefer", "Priority", "Proxy-Authenticate", "Range", "Referer", "Referrer-Policy", "Refresh",
    "Report-To", "Reporting-Endpoints", "Retry-After", "Sec-CH-UA", "Sec-CH-UA-Platform", "Sec-Fetch-Dest", "Sec-Fetch-Mode",
    "Sec-Fetch-Site", "Sec-WebSocket-Key", "Sec-WebSocket-Accept", "Server", "Server-Timing", "Set-Cookie", "SourceMap",
    "Strict-Transport-Security", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "Upgrade-Insecure-Requests", "User-Agent",
    "Vary", "Via", "WWW-Authenticate", "Warning", "X-Content-Type-Options", "X-Frame-Options", "X-Forwarded-For", "X-Powered-By",
    "traceparent", "tracestate", "X-Whatever", "DNT", "Digest",
)  # fmt: skip

VALUES = (
    "", "*", "0", "-1", "60", "max-age=60", 'private, max-age="x", no-cache="Set-Cookie"', "no-store", "a=b; Path=/; Secure",
    "__Host-a=b; Domain=example", "sid=1; SameSite=None", "a=b; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "text/html; charset=utf-8",
    "application/json", "gzip", "br, gzip", "chunked", "close", "keep-alive, Upgrade", "bytes=0-10,-5", "bytes 0-9/100", 'W/"x"', '"y"',
    "Thu, 01 Jan 2026 00:00:00 GMT", "Thursday, 01-Jan-26 00:00:00 GMT", "tomorrow", "https://shop.example/x", "/there?a=b#c", "null",
    "Basic YTpi", "Basic !!!", "Bearer eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjF9.c2ln", 'Digest username="x"', "default-src 'self' 'nonce-x' data:",
    "script-src 'unsafe-inline' https: *.example.com; sandbox", "cross-site", "navigate", "document", "?1", '"Chromium";v="156"',
    "gzip;q=0.5, *;q=0", "de-CH, en;q=0.8", CHROME, "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", 'dur;dur=12.5;desc="x"',
    "max-age=31536000; includeSubDomains; preload", "<a.css>; rel=preload; as=style", 'h3=":443"; ma=60', "nosniff", "DENY",
    'geolocation=(self "https://x.example"), camera=()', '{"a": 1}', "x" * 9000, ',,,;;=="', "é\x80\xff",
)  # fmt: skip

field = st.tuples(
    st.sampled_from(NAMES) | st.text("Aa-_\x00 é", max_size=8),
    st.sampled_from(VALUES) | st.text(max_size=30).map(lambda text: text.encode().decode("latin-1")),
)
body = st.builds(
    lambda data, extra, complete, note: Body(len(data) + extra, len(data) + extra, data, (), complete, note),
    st.binary(max_size=60)
    | st.sampled_from([b"<form method=post><input type=password name=p></form>", b'{"a": 1}']),
    st.integers(0, 5),
    st.booleans(),
    st.sampled_from(["", "capped", "lost", "off", "same"]),
)


@st.composite
def messages(draw, start):
    if draw(st.integers(0, 9)) == 0:
        return Message(draw(st.binary(max_size=200)), draw(body), draw(st.binary(max_size=40)))
    lines = [draw(st.sampled_from(start))]
    lines += [f"{name}: {value}" for name, value in draw(st.lists(field, max_size=8))]
    return Message("\r\n".join([*lines, "", ""]).encode("latin-1", "replace"), draw(body))


requests = messages(
    ["GET /cart?item=17 HTTP/1.1", "POST http://shop.example/log-in HTTP/1.1", "OPTIONS * HTTP/1.0", "é", ""]
)
responses = messages(["HTTP/1.1 200 OK", "HTTP/1.1 302 Found", "HTTP/1.1 304 ", "HTTP/1.0 401 x", "ICY"])
moment = st.none() | st.floats(-5, 5)
legs = st.none() | st.builds(
    Leg,
    st.sampled_from([CLIENT, SERVER, b""]),
    requests,
    st.none() | responses,
    st.lists(responses, max_size=1).map(tuple),
    st.lists(
        st.builds(
            Attempt,
            st.sampled_from(["192.0.2.9", "2001:db8::1", ""]),
            st.just(443),
            st.just(0.0),
            st.just(0.1),
            st.just("no"),
        ),
        max_size=1,
    ).map(tuple),
    st.integers(0, 3),
)
CODES = [
    "",
    "",
    "",
    "dns-unknown",
    "connect-refused",
    "tls-untrusted",
    "tls-client-alert",
    "server-no-response",
    "nul",
    "from-the-future",
]
STAGES = [
    "request-head",
    "request-body",
    "refused",
    "dns",
    "connect",
    "proxy",
    "tls",
    "response-head",
    "response-body",
    "tunnel",
]


@st.composite
def exchanges(draw, n: int | None = None):
    code = draw(st.sampled_from(CODES))
    fault = None
    if code and draw(st.booleans()):
        fault = Fault(
            code,
            draw(st.sampled_from(["client", "server", "network", "us"])),
            draw(st.sampled_from(STAGES)),
            draw(st.none() | st.integers(-3, 500)),
            "x",
        )
    return Exchange(
        (n if n is not None else draw(st.integers(1, 50))).to_bytes(16, "big"), 1,
        draw(st.sampled_from(["open", "done", "failed"])),
        draw(st.sampled_from(["http", "http", "websocket", "tunnel", "tls", "page"])),
        draw(st.sampled_from(["browser", "composer", "gateway", "rule", "import"])),
        EPOCH + draw(st.floats(0, 100)), draw(st.none() | st.floats(0, 5)),
        draw(st.sampled_from(["GET", "POST", "HEAD", "OPTIONS", "CONNECT", "", "BREW"])),
        draw(st.sampled_from(["http", "https", "ws", "wss", ""])),
        draw(st.sampled_from(["shop.example", "localhost", "192.0.2.7", "2001:db8::1", "", "a.b.co.uk", "github.io"])),
        draw(st.sampled_from([0, 80, 443, 8080])),
        draw(st.sampled_from(["/cart?item=17", "/", "", "*", "/%ff%00?a&b=&=c&é"])), "HTTP/1.1",
        draw(st.sampled_from([0, 100, 101, 200, 204, 206, 301, 302, 304, 401, 403, 404, 500, 502, 999])), "OK", "text/html", "page",
        0, 0, "127.0.0.1:51234", draw(st.sampled_from(["Chrome 156", "curl 8.5", ""])),
        draw(st.sampled_from(["none", "decrypted", "sealed"])), "TLSv1.3", "", False, code, 0,
        draw(legs), draw(legs), draw(st.builds(Timeline, *[moment] * 13)),
        draw(st.lists(st.builds(Decision, st.sampled_from(["answered", "hop-by-hop", "left-encrypted", "new-one"]), st.just("x")), max_size=2).map(tuple)),
        fault,
    )  # fmt: skip


handshakes = st.lists(
    st.builds(HandshakeMessage, st.sampled_from(["client", "server"]), st.sampled_from([20, 21, 22]), st.integers(0, 255), st.integers(0, 99), st.floats(0, 1)),
    max_size=6,
).map(tuple)  # fmt: skip
tlses = st.none() | st.builds(
    Tls, version=st.sampled_from(["", "TLSv1.2", "TLSv1.3", "x"]), cipher=st.sampled_from(["", "TLS_AES_128_GCM_SHA256", "AES128-SHA"]),
    sni=st.sampled_from(["", "shop.example"]), chain=st.lists(st.binary(max_size=30), max_size=2).map(tuple), resumed=st.booleans(),
    verified=st.none() | st.booleans(), why_not=st.sampled_from(["", "certificate has expired"]), alert=st.sampled_from(["", "unknown_ca"]),
    alert_by=st.sampled_from(["", "client", "server"]), handshake=handshakes, verify_code=st.sampled_from([0, 10, 20]),
)  # fmt: skip


def connections(side: str):
    return st.none() | st.builds(
        lambda tls, asked, closed, via, peer: Connection(
            CLIENT if side == "client" else SERVER, side, EPOCH, peer, 443, "127.0.0.1", 8080, "shop.example", via, tls,
            asked, ESTABLISHED, closed,
        ),
        tlses, st.sampled_from([b"", CONNECT, b"\x00"]), st.none() | st.floats(0, 100), st.sampled_from(["", "proxy.example:3128"]),
        st.sampled_from(["127.0.0.1", "192.0.2.7", "::1", ""]),
    )  # fmt: skip


cases = st.builds(
    lambda exchange, client, server, siblings: Case(exchange, client, server, tuple(siblings), EPOCH + 200, dt.UTC),
    exchanges(), connections("client"), connections("server"), st.lists(exchanges(), max_size=3),
)  # fmt: skip
