"""Each field by its value: a line in, sentences out."""

from __future__ import annotations

import base64
import gzip
import json
import time

import pytest
from explain_any import cases
from explain_fakes import CHROME, EPOCH, case, made, message, plain_http, request, response
from hypothesis import HealthCheck, given, settings

from inspector.exchange.model import Body
from inspector.explain.case import Case
from inspector.explain.fields import explain_fields
from inspector.explain.fields.model import FieldNote
from inspector.explain.fields.table import FIELDS


def one(looked_at: Case, half: str, name: str) -> FieldNote:
    said = looked_at.request if half == "request" else looked_at.response
    return next(note for note in explain_fields(looked_at, said) if note.name.lower() == name.lower())


def told(note: FieldNote) -> str:
    parts = (piece for part in note.parts for piece in (part.plain, part.precise))
    return " ".join(str(each) for each in (note.plain, note.precise, *parts) if each)


def asked(line: str, *others: str, **changes) -> str:
    return told(one(case(made(asked=request(line, *others), **changes)), "request", line.partition(":")[0]))


def answered(line: str, *others: str, sent: tuple[str, ...] = (), status: str = "200 OK", **changes) -> str:
    return told(answered_note(line, *others, sent=sent, status=status, **changes))


def answered_note(
    line: str, *others: str, sent: tuple[str, ...] = (), status: str = "200 OK", **changes
) -> FieldNote:
    exchange = made(asked=request(*sent), answered=response(line, *others, status=status), **changes)
    return one(case(exchange), "response", line.partition(":")[0])


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("Cache-Control: private, max-age=60", "for 58 seconds, until 00:01:00"),
        ("Cache-Control: private, max-age=60", "Only the browser of whoever asked may keep this"),
        ("Cache-Control: no-store", "keeps no copy: the site forbids it"),
        ("Cache-Control: no-cache", "has to ask each time whether it is still good"),
        ("Cache-Control: max-age=tomorrow", "wants a whole number of seconds"),
        ("Cache-Control: max-age=0, must-revalidate", "A copy is too old at once"),
        ("Cache-Control: max-age=31536000, immutable", "will not change"),
        ("Cache-Control: s-maxage=600", "In shared caches a copy may be used for 10 minutes"),
        ('Cache-Control: no-cache="Set-Cookie"', "only for the fields that it names: Set-Cookie"),
        ("Cache-Control: max-age=1, max-age=2", "stands here more than once"),
        ("Cache-Control: whatever", "no directive that is known here"),
        ("Pragma: no-cache", "has no meaning by the standard"),
        ("Expires: Thu, 01 Jan 2026 01:00:00 GMT", "until 01:00:00, by the server's clock"),
        ("Expires: 0", "counts as past"),
        ("Expires: Thu, 01 Jan 2020 00:00:00 GMT", "was past already"),
        ("Age: 90", "made, or last asked about, 90 seconds before"),
        ('ETag: "a"', "strong"),
        ('ETag: W/"a"', "W/ says that it is weak"),
        ("ETag: a", "not written as it must be"),
        ("Last-Modified: Wed, 31 Dec 2025 00:00:00 GMT", "31 December 2025, 00:00, 1 day before"),
        ("Last-Modified: Fri, 02 Jan 2026 00:00:00 GMT", "that cannot be"),
        ("Vary: *", "no copy may be used for another request"),
        ("Vary: Accept-Encoding", "packed answers differ from plain ones"),
        ("Content-Type: text/html; charset=utf-8", "a web page"),
        ("Content-Type: text/html", "No charset is named"),
        ("Content-Type: x", "no media type"),
        ("Content-Type: application/vnd.x+json", "data as JSON, in a form of its own"),
        ("Content-Length: 18", "The body has 18 B"),
        ("Content-Length: 20", "But 18 B came"),
        ("Content-Length: x", "no length"),
        ('Content-Disposition: attachment; filename="a b.pdf"', "save this instead of showing it, as a b.pdf."),
        ("Content-Disposition: attachment; filename=x; filename*=UTF-8''%C3%A9.txt", "as é.txt"),
        ("Content-Range: bytes 0-9/100", "10 B from the 1st byte on, 10 % of 100 B"),
        ("Content-Range: bytes 90-109/100", "cannot be"),
        ("Accept-Ranges: bytes", "a download can go on where it broke off"),
        ("Accept-Ranges: none", "does not send parts"),
        ("Transfer-Encoding: chunked", "each with its own length before it"),
        ("Transfer-Encoding: gzip", "nobody can tell where this body ends"),
        ("Connection: close", "After this exchange the connection is closed."),
        ("Keep-Alive: timeout=5, max=99", "kept open for 5 seconds. It takes 99 more"),
        ("Strict-Transport-Security: max-age=31536000; includeSubDomains", "For 1 year, until 1 January 2027"),
        ("Strict-Transport-Security: includeSubDomains", "browsers ignore this"),
        ("Strict-Transport-Security: max-age=0", "forgets that this host wanted https only"),
        ("Strict-Transport-Security: max-age=60; preload", "wants a year at least, and includeSubDomains"),
        ("Content-Security-Policy: default-src 'none'", "nothing is allowed"),
        ("Content-Security-Policy: script-src 'self' 'unsafe-inline'", "allows scripts in the page itself"),
        ("Content-Security-Policy: script-src 'nonce-a' 'unsafe-inline'", "'unsafe-inline' is for old browsers here"),
        ("Content-Security-Policy: script-src self", "is taken for a host of that name"),
        ("Content-Security-Policy: img-src *; img-src 'self'", "only the first counts"),
        ("Content-Security-Policy: frame-src *.example.com", "any host below example.com"),
        ("Content-Security-Policy: default-src 'self', img-src *", "There are 2 policies here"),
        ("Content-Security-Policy-Report-Only: default-src 'self'", "on trial: the browser blocks nothing"),
        ("X-Frame-Options: DENY", "clickjacking"),
        ("X-Frame-Options: ALLOW-FROM https://x", "No browser obeys"),
        ("X-Content-Type-Options: nosniff", "not guess from the bytes"),
        ("X-XSS-Protection: 1; mode=block", "today it does nothing"),
        ("Referrer-Policy: unsafe-url", "to everybody, even over plain http"),
        ("Referrer-Policy: no-referrer, strict-origin", "the last one that a browser knows counts: strict-origin"),
        ("Permissions-Policy: geolocation=(), camera=(self)", "Switched off for all: geolocation"),
        ("Cross-Origin-Opener-Policy: same-origin", "get no hold of its window"),
        ("Cross-Origin-Resource-Policy: same-site", "Only pages of the same site may load this"),
        ('Clear-Site-Data: "cookies"', "the cookies of the whole registered domain"),
        ("Clear-Site-Data: cookies", "must stand in double quotes"),
        ("Access-Control-Allow-Origin: https://a.example, https://b.example", "a list is taken for wrong"),
        ("Access-Control-Allow-Credentials: TRUE", "Only the word true means something"),
        ("Access-Control-Max-Age: 86400", "Chrome remembers it for 2 hours at most"),
        ("Access-Control-Expose-Headers: X-Total", "Scripts may also read the fields X-Total"),
        ('Alt-Svc: h3=":443"; ma=60', "HTTP/3 on the same host, port 443, to be remembered for 1 minute"),
        ("Alt-Svc: clear", "forget the other ways"),
        ("Link: </a.css>; rel=preload; as=style", "/a.css will be needed for this page"),
        ("Allow: GET, HEAD", "takes the methods GET and HEAD"),
        ("Retry-After: 120", "Try again after 2 minutes"),
        ("Server: Werkzeug/3.1 Python/3.12", "the server that Flask starts while one develops"),
        ("X-Powered-By: PHP/8.2", "those who look for known holes"),
        ('WWW-Authenticate: Basic realm="Staff"', "with name and password (Basic) for Staff"),
        ("WWW-Authenticate: Bearer", "with a token (Bearer)"),
        ('Server-Timing: db;dur=12.5;desc="Database"', "Database (db): 12.5 ms"),
        ("traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "trace 4bf92f3577b34da6a3ce929d0e0e4736"),
        ("traceparent: 00-0", "not written as the standard wants"),
        ("Via: 1.1 varnish, 1.1 squid", "through 2 others on the way"),
        ("X-Cache: HIT from x", "came out of the CDN's cache"),
        ("Refresh: 5; url=/there", "goes on to /there after 5 seconds"),
        ("X-Whatever: 1", "made up by somebody for their own use"),
        ("Whatever: 1", "not a field that is known here"),
        ("NEL: {", "should be JSON and isn't"),
        ("Date: Thu, 01 Jan 2026 00:10:00 GMT", "ahead of this computer's clock"),
        ("Date: Wed, 31 Dec 2025 00:00:00 GMT", "a copy that somebody kept, or one of the two clocks is wrong"),
        ("Date: yesterday", "no date in the form that HTTP uses"),
    ],
)  # fmt: skip
def test_a_field_of_an_answer_is_told_by_its_value(line, words):
    name = line.partition(":")[0]
    if name == "Date":
        answer = message("HTTP/1.1 200 OK", line, body=b"x")
        assert words in told(one(case(made(answered=answer)), "response", "Date"))
    else:
        assert words in answered(line)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("Accept: text/html;q=0.5, application/json", "would like application/json best, then text/html"),
        ("Accept: */*", "takes any type"),
        ("Accept: text/html;q=7", "Its weight is no number from 0 to 1"),
        ("Accept-Encoding: gzip, br;q=0", "it can unpack gzip."),
        ("Accept-Encoding: gzip, br;q=0", "not this, please"),
        ("Accept-Language: de-CH, en;q=0.5", "in German (de-CH) and English, in this order"),
        ('If-None-Match: "v1"', 'It has a copy, marked "v1".'),
        ("If-None-Match: *", "only if there is nothing there yet"),
        ("If-None-Match: v1", "not a mark in double quotes"),
        ("If-Modified-Since: Wed, 31 Dec 2025 00:00:00 GMT", "has a copy from 31 December 2025"),
        ("If-Modified-Since: x", "must ignore this"),
        ("Range: bytes=0-99", "100 B from the 1st byte on"),
        ("Range: bytes=-5", "the last 5 B"),
        ("Range: bytes=x", "must ignore all of this"),
        ("Origin: https://other.example", "another site"),
        ("Origin: https://api.shop.example", "the same site, but another origin"),
        ("Origin: https://shop.example", "of the same origin"),
        ("Origin: null", "hides where it is from"),
        ("Referer: https://other.example/", "a page of other.example; which one, it doesn't say"),
        ("Sec-Fetch-Site: cross-site", "another site asked for this"),
        ("Sec-Fetch-Dest: empty", "a script's own use"),
        ("Sec-CH-UA-Mobile: ?1", "a page for phones"),
        ('Sec-CH-UA: "Chromium";v="156", "Not=A?Brand";v="24"', "The browser is Chromium 156."),
        ("Upgrade-Insecure-Requests: 1", "over https"),
        ("Authorization: Basic YW5uYTpzZWNyZXQ=", "the name is anna, the password has 6 characters"),
        ("Authorization: Basic !!", "not written rightly"),
        ("Authorization: Bearer abc", "whoever has it is let in"),
        ("Cache-Control: no-cache", "reloaded by force"),
        ("Cache-Control: max-age=0", "just asked about"),
        ("Cache-Control: max-stale", "however old"),
        ("Cookie: sid=1; theme=dark", "gives back 2 cookies"),
        ("Cookie: sid=1", "Who set sid is not visible from here"),
        ("DNT: 1", "asks not to be tracked"),
        ("Priority: u=0, i", "most urgent of all"),
        ("Expect: 100-continue", "holds back the body"),
        ("TE: trailers", "fields that come after the body"),
        ("Upgrade: websocket", "opens a WebSocket"),
        ("X-Requested-With: XMLHttpRequest", "A script in the page asks"),
        ("Set-Cookie: a=b", "Only a server sets cookies"),
    ],
)
def test_a_field_of_a_request_is_told_by_its_value(line, words):
    assert words in asked(line)


@pytest.mark.parametrize(
    ("cookie", "words", "good"),
    [
        ("sid=1; Path=/; Secure; HttpOnly; SameSite=Lax", "keeps the cookie sid until the browser is closed. It sends it to shop.example only.", True),
        ("sid=1; Max-Age=3600", "until 01:00:01", True),
        ("sid=1; Domain=shop.example", "to shop.example and everything below it", True),
        ("sid=1; Domain=other.example", "its Domain does not cover the host", False),
        ("sid=1; Domain=example", "public suffix", False),
        ("sid=1; Max-Age=0", "This deletes the cookie sid", True),
        ("sid=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "This deletes the cookie sid", True),
        ("sid=1; Expires=whenever", "no date that a browser can read", True),
        ("__Host-sid=1; Secure", "wants Secure and Path=/ and no Domain", False),
        ("__Host-sid=1; Secure; Path=/", "this host alone set it", True),
        ("__Secure-sid=1", "wants the attribute Secure", False),
        ("sid=1; SameSite=None", "SameSite=None wants Secure as well", False),
        ("sid=1; SameSite=Maybe", "counts as if SameSite were missing", True),
        ("sid=1; SameSite=Strict", "not even when somebody follows a link", True),
        ("sid=1; Partitioned", "Partitioned wants Secure as well", False),
        ("sid=1; Path=account", "does not begin with a slash", True),
        ("sid=1; Path=/account", "for addresses under /account", True),
        ("=", "neither name nor value", False),
        ("just a value", "a cookie without a name", True),
        ("sid=" + "x" * 4096, "larger than 4,096 bytes", False),
        ("sid=a\x01b", "a control character", False),
        ("sid=1; Max-Age=99999999", "no cookie longer than 400 days", True),
        ("sid=1; Frobnicate", "No attribute of this name is known", True),
        ("sid=1; HttpOnly", "Without Secure it also goes over plain http", True),
    ],
)  # fmt: skip
def test_a_set_cookie_is_told_attribute_by_attribute(cookie, words, good):
    note = answered_note(f"Set-Cookie: {cookie}")
    assert words in told(note)
    assert note.good is good


def test_a_secure_cookie_over_http_is_refused_but_on_this_computer():
    there = plain_http()
    leg = there.server_leg
    import msgspec

    set_secure = response("Set-Cookie: sid=1; Secure")
    over_http = msgspec.structs.replace(there, server_leg=msgspec.structs.replace(leg, response=set_secure))
    assert "came over plain http, where anyone" in told(one(case(over_http), "response", "Set-Cookie"))
    here = msgspec.structs.replace(over_http, host="localhost", port=5000)
    assert "Chrome and Firefox make that exception" in told(one(case(here), "response", "Set-Cookie"))


@pytest.mark.parametrize(
    ("fields", "words", "good"),
    [
        (("Sec-Fetch-Site: cross-site", "Sec-Fetch-Dest: image", "Sec-Fetch-Mode: no-cors"), "came with a part of another site's page", False),
        (("Sec-Fetch-Site: cross-site", "Sec-Fetch-Dest: document", "Sec-Fetch-Mode: navigate"), "keeps the cookie", True),
        (("Sec-Fetch-Site: same-origin", "Sec-Fetch-Dest: empty", "Sec-Fetch-Mode: cors"), "keeps the cookie", True),
        ((), "keeps the cookie", True),
        (("Origin: https://other.example",), "can't be known from here", None),
    ],
)  # fmt: skip
def test_whether_a_same_site_cookie_is_kept_hangs_on_who_asked(fields, words, good):
    note = answered_note("Set-Cookie: sid=1; SameSite=Lax", sent=fields)
    assert words in told(note)
    assert note.good is good


def test_a_cookie_says_who_set_it():
    before = made(1, answered=response("Set-Cookie: sid=1; Max-Age=3600"), started=EPOCH)
    now = case(made(2, asked=request("Cookie: sid=1")), before)
    assert "sid was set at 00:00:00 by shop.example. It ends at 01:00:00." in told(
        one(now, "request", "Cookie")
    )


def test_a_cookie_set_by_another_client_is_not_taken_for_its_origin():
    before = made(1, answered=response("Set-Cookie: sid=1"), started=EPOCH, agent="Firefox 140")
    now = case(made(2, asked=request("Cookie: sid=1")), before)
    assert "not visible from here" in told(one(now, "request", "Cookie"))


def jwt(claims: dict, header: dict | None = None, signature: str = "c2ln") -> str:
    def part(value: dict) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    return f"{part(header or {'alg': 'HS256'})}.{part(claims)}.{signature}"


@pytest.mark.parametrize(
    ("token", "words"),
    [
        (jwt({"sub": "7", "exp": EPOCH + 3600}), "Its signature (HS256) was not checked here"),
        (jwt({"sub": "7", "exp": EPOCH + 3601}), "It was good for 1 hour more."),
        (jwt({"exp": EPOCH - 59}), "It was over when this was sent, 1 minute before."),
        (jwt({"iss": "x"}, {"alg": "none"}, ""), "It has no signature: anybody could have written it."),
        (jwt({"nbf": EPOCH + 99}), "not valid yet"),
        (jwt({"colour": "blue"}), "Its maker's own."),
    ],
)
def test_a_token_is_read_and_never_believed(token, words):
    assert words in asked(f"Authorization: Bearer {token}")


def test_a_flask_session_is_read():
    content = base64.urlsafe_b64encode(b'{"user_id":7}').decode().rstrip("=")
    assert 'anyone who has it can read it: {"user_id": 7}' in answered(
        f"Set-Cookie: session={content}.aVW8gA.{'x' * 27}"
    )


def test_a_coding_says_what_it_saved():
    packed = gzip.compress(b"x" * 10_000)
    exchange = made(answered=response("Content-Encoding: gzip", body=Body(len(packed), len(packed), packed)))
    assert "instead of 9.8 KB: 100 % saved" in told(one(case(exchange), "response", "Content-Encoding")) or (
        "saved" in told(one(case(exchange), "response", "Content-Encoding"))
    )


def test_the_permission_names_the_page_that_asked():
    from_other = ("Origin: https://other.example", "Sec-Fetch-Mode: cors")
    assert "includes the page that asked" in answered(
        "Access-Control-Allow-Origin: https://other.example", sent=from_other
    )
    assert "not the page that asked" in answered(
        "Access-Control-Allow-Origin: https://third.example", sent=from_other
    )
    assert "`*`" not in answered("Access-Control-Allow-Origin: *", sent=from_other)
    with_cookies = (*from_other, "Cookie: a=b")
    assert "then * is not enough" in answered("Access-Control-Allow-Origin: *", sent=with_cookies)


def test_a_form_from_elsewhere_is_not_judged_by_cors():
    sent = ("Origin: https://other.example", "Sec-Fetch-Mode: navigate")
    note = answered_note("Access-Control-Allow-Origin: https://third.example", sent=sent)
    assert "script gets an error" not in told(note)


def test_a_websockets_answer_is_recomputed():
    sent = ("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",)
    right = answered_note("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", sent=sent)
    wrong = answered_note("Sec-WebSocket-Accept: nonsense", sent=sent)
    assert (right.good, wrong.good) == (True, False)


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (CHROME, "Chrome, or a browser made from Chromium, version 156 on Linux."),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605 Version/17.5 Mobile/15E Safari/604", "Safari, version 17 on iOS 17 (a phone)."),
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "A robot that calls itself Googlebot."),
        ("curl/8.5.0", "curl, a program for the command line, version 8.5.0."),
        ("python-requests/2.32", "Python's requests library, version 2.32."),
        ("", "does not say what it is"),
    ],
)  # fmt: skip
def test_a_user_agent_is_told_in_words(agent, words):
    exchange = made(asked=message("GET / HTTP/1.1", f"User-Agent: {agent}"))
    assert words in told(one(case(exchange), "request", "User-Agent"))


def test_a_line_without_a_colon_is_no_field():
    note = explain_fields(
        case(made(asked=message("GET / HTTP/1.1", "no colon here"))),
        case(made(asked=message("GET / HTTP/1.1", "no colon here"))).request,
    )[0]
    assert "no colon" in told(note)


def test_a_field_points_at_its_bytes():
    looked_at = case(made(asked=request("Accept: */*")))
    note = one(looked_at, "request", "Accept")
    head = looked_at.request.message.head
    assert head[note.place.offset : note.place.offset + note.place.length] == b"Accept: */*"


def test_trailers_are_told_too():
    answer = response("Trailer: Digest")
    import msgspec

    answer = msgspec.structs.replace(answer, trailers=b"Content-Digest: sha-256=:x:\r\n")
    looked_at = case(made(answered=answer))
    note = explain_fields(looked_at, looked_at.response)[-1]
    assert note.trailer
    assert note.place.part == "trailers"


def test_a_fields_title_is_there_when_asked_for():
    looked_at = case()
    assert not any(note.title for note in explain_fields(looked_at, looked_at.request))
    assert any(
        "host" in note.title.lower() for note in explain_fields(looked_at, looked_at.request, titles=True)
    )


@pytest.mark.parametrize("name", FIELDS)
def test_every_field_has_a_reference_and_bears_any_value(name):
    assert FIELDS[name].references
    for value in ("", "\x00", "é" * 50, "a=b;c=d, e;q=0.5", '"', "[[x]]", "{y}", "`z`"):
        looked_at = case(made(asked=request(f"{name}: {value}"), answered=response(f"{name}: {value}")))
        for said in (looked_at.request, looked_at.response):
            for note in explain_fields(looked_at, said):
                assert str(note.plain)


def test_a_strangers_words_are_never_taken_for_marks():
    text = asked("X-Strange: [[cache]] `x` {value}")
    assert "[[cache]]" not in text or "X-Strange" in text
    note = one(case(made(asked=request("From: [[cache]] {value}"))), "request", "From")
    assert all(span.kind != "term" for span in note.plain.spans)
    assert "[[cache]] {value}" in str(note.plain)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases)
def test_any_message_can_be_explained(looked_at):
    for side in ("browser", "site"):
        for half in ("request", "response"):
            said = looked_at.said(side, half)
            notes = explain_fields(looked_at, said)
            assert len(notes) >= min(len(said.fields), 1)


def test_thousands_of_fields_take_no_time():
    exchange = made(asked=request(*(f"X-{n}: {n}" for n in range(5000))))
    looked_at = case(exchange)
    begun = time.process_time()
    assert len(explain_fields(looked_at, looked_at.request)) == 300
    assert time.process_time() - begun < 0.5
