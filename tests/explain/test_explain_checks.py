"""Each check sees what it is for, and nothing where there is nothing."""

from __future__ import annotations

import ast
import base64
import datetime as dt
import gzip
import json
import pkgutil
import time
from dataclasses import replace

import msgspec
import pytest
from explain_any import cases, exchanges
from explain_fakes import (
    CLIENT,
    EPOCH,
    POOLED,
    SERVER,
    case,
    client,
    failed,
    made,
    message,
    plain_http,
    request,
    response,
    server,
    tls,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import inspector.explain.checks
from inspector.exchange.model import Body, Decision, Exchange, Fault, Leg, Piece, Timeline
from inspector.exchange.report import Query, Report
from inspector.explain.case import Case
from inspector.explain.checks import check, check_site
from inspector.explain.checks.model import GROUPS, SEVERITIES
from inspector.explain.checks.table import BY_ID, CHECKS


def page(html: str, *fields: str, sent: tuple[str, ...] = (), path: str = "/", **changes) -> Exchange:
    asked = request(*sent, start=f"GET {path} HTTP/1.1")
    return made(
        asked=asked,
        answered=response("Content-Type: text/html; charset=utf-8", *fields, body=html.encode()),
        path=path,
        **changes,
    )


def data(
    body: str, *fields: str, status: str = "200 OK", sent: tuple[str, ...] = (), path: str = "/api", **changes
) -> Exchange:
    asked = request(*sent, start=f"GET {path} HTTP/1.1")
    answer = response("Content-Type: application/json", *fields, status=status, body=body.encode())
    return made(asked=asked, answered=answer, path=path, resource="data", **changes)


def over_http(exchange: Exchange, **changes) -> Exchange:
    return msgspec.structs.replace(exchange, scheme="http", port=80, protection="none", tls="", **changes)


def static(
    *fields: str, size: int = 9000, kind: str = "text/css", sent: tuple[str, ...] = (), **changes
) -> Exchange:
    body = (b".a { color: red }\n" * (size // 18 + 1))[:size]
    usual = {
        "resource": "style",
        "path": "/site.css",
        "asked": request(*sent, start="GET /site.css HTTP/1.1"),
    }
    return made(answered=response(f"Content-Type: {kind}", *fields, body=body), **usual | changes)


def post(
    form: str, *fields: str, answer: str = "303 See Other", sets: tuple[str, ...] = (), n: int = 2, **changes
) -> Exchange:
    asked = request(
        "Content-Type: application/x-www-form-urlencoded",
        *fields,
        start="POST /log-in HTTP/1.1",
        body=form.encode(),
    )
    return made(
        n,
        asked=asked,
        answered=response("Location: /account", *sets, status=answer, body=b""),
        path="/log-in",
        **changes,
    )


LOGIN = "<form method=post action=/log-in><input name=name><input type=password name=password></form>"
CORS = ("Origin: https://app.example.org", "Sec-Fetch-Mode: cors")


def jwt(claims: dict, algorithm: str = "HS256", signature: str = "c2ln") -> str:
    parts = (
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
        for part in ({"alg": algorithm}, claims)
    )
    return ".".join([*parts, signature])


def session(content: dict) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=") + ".aVW8gA." + "x" * 27


def redirects(*steps: tuple[str, str]) -> list[Exchange]:
    return [
        made(n + 1, asked=request(start=f"GET {path} HTTP/1.1"), path=path, started=EPOCH + n / 10,
             answered=response(f"Location: {target}", status="302 Found", body=b"") if target else response("Content-Type: text/html"))
        for n, (path, target) in enumerate(steps)
    ]  # fmt: skip


def preflight(n: int, *fields: str) -> Exchange:
    asked = request(
        "Origin: https://app.example.org", "Access-Control-Request-Method: PUT", start="OPTIONS /api HTTP/1.1"
    )
    return made(
        n,
        asked=asked,
        answered=response(
            "Access-Control-Allow-Origin: https://app.example.org", *fields, status="204 No Content", body=b""
        ),
        path="/api",
    )


ONE = {  # check: (an exchange that shows it, its severity, words of its sentence), and one that doesn't
    "password-over-http": (
        (over_http(post("name=a&password=b")), "serious", "The password in password went to shop.example over plain http."),
        post("name=a&password=b"),
    ),
    "unencrypted": ((over_http(page("<p>hi")), "warning", "come over plain http"), over_http(page("<p>hi"), host="localhost")),
    "secret-in-url": ((page("x", path="/x?password=hunter2"), "serious", "the value of password"), page("x", path="/x?page=2&csrf_token=abc")),
    "secret-in-answer": (
        (data('{"dsn": "postgresql://shop:hunter2@db/shop"}'), "serious", "a database's address with its password"),
        data('{"dsn": "hidden"}'),
    ),
    "reflected-input": (
        (page("you searched <b>x</b>", path="/s?q=%3Cb%3Ex%3C%2Fb%3E"), "serious", "just as the address has it"),
        page("you searched &lt;b&gt;x", path="/s?q=%3Cb%3Ex%3C%2Fb%3E"),
    ),
    "csrf-token-missing": (
        (page(LOGIN, "Set-Cookie: session=1; SameSite=None; Secure"), "serious", "goes with forms of other sites, too (SameSite=None)"),
        page(LOGIN.replace("<input name=name>", "<input name=csrf_token value=x>"), "Set-Cookie: session=1"),
    ),
    "bad-token": (
        (made(asked=request(f"Authorization: Bearer {jwt({'sub': 1}, 'none', '')}")), "serious", "has no signature"),
        made(asked=request(f"Authorization: Bearer {jwt({'exp': 1})}")),
    ),
    "mixed-content": (
        (page('<script src="http://cdn.example/a.js"></script>'), "warning", "blocked by browsers"),
        page('<a href="http://other.example/">x</a><img src="http://localhost:5000/x.png"><script>"<img src=http://a.example/>"</script>'),
    ),
    "leaves-https": (
        (made(answered=response("Location: http://shop.example/", status="302 Found", body=b"")), "warning", "plain http"),
        made(answered=response("Location: /", status="302 Found", body=b"")),
    ),
    "open-redirect": (
        (made(asked=request(start="GET /go?next=https://evil.example.org/ HTTP/1.1"), path="/go?next=https://evil.example.org/",
              answered=response("Location: https://evil.example.org/", status="302 Found", body=b"")), "warning", "whatever next names"),
        made(asked=request(start="GET /go?next=/account HTTP/1.1"), path="/go?next=/account", answered=response("Location: /account", status="302 Found", body=b"")),
    ),
    "referrer-leak": (
        (page("x", sent=("Referer: https://bank.example.org/reset?token=abc",)), "serious", "the value of token"),
        page("x", sent=("Referer: https://bank.example.org/",)),
    ),
    "websocket-origin": (
        (made(asked=request("Upgrade: websocket", "Sec-WebSocket-Key: x", "Cookie: sid=1", "Origin: https://evil.example.org"),
              answered=response(status="101 Switching Protocols", body=b""), kind="websocket", scheme="wss"), "warning", "opened this WebSocket with cookies"),
        made(asked=request("Upgrade: websocket", "Sec-WebSocket-Key: x", "Cookie: sid=1", "Origin: https://shop.example"),
             answered=response(status="101 Switching Protocols", body=b""), kind="websocket", scheme="wss"),
    ),
    "debug-page": (
        (page("<h1>Traceback (most recent call last)</h1>", status=500), "warning", "a traceback"),
        page("<h1>Sorry</h1>", status=500),
    ),
    "framing": ((page(LOGIN), "warning", "a form that asks for a password"), page(LOGIN, "X-Frame-Options: DENY")),
    "policy": ((page("x", "Content-Security-Policy: script-src 'unsafe-inline'"), "advice", "any script that stands in the page"), page("x", "Content-Security-Policy: default-src 'self'")),
    "sniffing": ((page("x"), "advice", "don't forbid browsers to guess"), page("x", "X-Content-Type-Options: nosniff")),
    "versions-told": ((page("x", "Server: nginx/1.18.0"), "advice", "nginx/1.18.0"), page("x", "Server: nginx")),
    "cookie-attributes": (
        (page("x", "Set-Cookie: session=1; Secure; SameSite=Lax"), "warning", "can be read by every script"),
        page("x", "Set-Cookie: session=1; Secure; HttpOnly; SameSite=Lax"),
    ),
    "cookie-refused": ((page("x", "Set-Cookie: a=1; Domain=other.example"), "warning", "does not keep the cookie a"), page("x", "Set-Cookie: a=1")),
    "cookie-too-wide": (
        (page("x", "Set-Cookie: session=1; Domain=shop.example", host="www.shop.example"), "advice", "all hosts below shop.example"),
        page("x", "Set-Cookie: session=1", host="www.shop.example"),
    ),
    "cookies-large": ((made(asked=request("Cookie: big=" + "x" * 5000)), "advice", "4.9 KB of cookies (1 cookie)"), made(asked=request("Cookie: a=1"))),
    "session-readable": ((page("x", f"Set-Cookie: session={session({'password': 'hunter2'})}"), "serious", "holds password"), page("x", f"Set-Cookie: session={session({'user': 1})}")),
    "cors-open": (
        (data("{}", "Access-Control-Allow-Origin: null", "Access-Control-Allow-Credentials: true"), "serious", "pages without an origin"),
        data("{}", "Access-Control-Allow-Origin: *"),
    ),
    "cors-blocked": ((data("{}", sent=CORS), "warning", "Access-Control-Allow-Origin is missing"), data("{}", "Access-Control-Allow-Origin: *", sent=CORS)),
    "cors-star-credentials": (
        (data("{}", "Access-Control-Allow-Origin: *", "Access-Control-Allow-Credentials: true"), "warning", "browsers refuse the two together"),
        data("{}", "Access-Control-Allow-Origin: *"),
    ),
    "cors-vary": (
        (data("{}", "Access-Control-Allow-Origin: https://app.example.org", "Cache-Control: max-age=60", sent=CORS), "advice", "no Vary: Origin"),
        data("{}", "Access-Control-Allow-Origin: https://app.example.org", "Vary: Origin", "Cache-Control: max-age=60", sent=CORS),
    ),
    "private-cached": (
        (page("x", "Set-Cookie: session=1", "Cache-Control: public, max-age=600"), "serious", "caches for many people may keep it"),
        page("x", "Set-Cookie: session=1", "Cache-Control: no-store"),
    ),
    "freshness-missing": ((static(), "advice", "each browser guesses"), static("Cache-Control: max-age=60")),
    "validators-missing": ((static("Cache-Control: max-age=60"), "advice", "neither ETag nor Last-Modified"), static('ETag: "a"', "Cache-Control: max-age=60")),
    "validator-ignored": (
        (static('ETag: "a"', sent=('If-None-Match: "a"',)), "warning", "in this very version"),
        static('ETag: "b"', sent=('If-None-Match: "a"',)),
    ),
    "vary-encoding": (
        (static("Content-Encoding: br", "Cache-Control: max-age=60"), "advice", "doesn't say that it depends on Accept-Encoding"),
        static("Content-Encoding: br", "Vary: Accept-Encoding", "Cache-Control: max-age=60"),
    ),
    "uncompressed": ((static(sent=("Accept-Encoding: gzip",)), "advice", "With gzip it would be about"), static("Content-Encoding: gzip", sent=("Accept-Encoding: gzip",))),
    "packed-twice": (
        (made(answered=response("Content-Type: image/png", "Content-Encoding: gzip", body=gzip.compress(bytes(range(256)) * 4, 0)), resource="image"), "advice", "once more in vain"),
        made(answered=response("Content-Type: image/png", body=b"\x89PNG\r\n\x1a\n"), resource="image"),
    ),
    "large-image": (
        (made(answered=response("Content-Type: image/jpeg", body=Body(2_000_000, 2_000_000)), resource="image"), "warning", "weighs 1.9 MB"),
        made(answered=response("Content-Type: image/jpeg", body=Body(20_000, 20_000)), resource="image"),
    ),
    "slow-answer": (
        (made(timeline=Timeline(send_start=0.0, send_end=0.1, response_start=5.0, response_end=5.1)), "warning", "4.90 s"),
        made(timeline=POOLED),
    ),
    "content-type": ((made(answered=response("Content-Type: text/plain", body=b"\x89PNG\r\n\x1a\n...")), "warning", "its bytes are a PNG picture"), page("x")),
    "charset": (
        (made(answered=response("Content-Type: text/html", body="<p>café".encode())), "warning", "letters beyond ASCII"),
        made(answered=response("Content-Type: text/html", body="<meta charset=utf-8><p>café".encode())),
    ),
    "clock-wrong": (
        (made(answered=message("HTTP/1.1 200 OK", "Date: Thu, 01 Jan 2026 02:00:10 GMT", body=b"x")), "warning", "2 hours ahead"),
        made(answered=message("HTTP/1.1 200 OK", "Date: Thu, 01 Jan 2026 00:00:00 GMT", body=b"x")),
    ),
    "cut-off": (
        (made(answered=response("Content-Length: 100", body=Body(18, 18, b"x" * 18, complete=False)), state="failed",
              error=Fault("server-closed-early", "server", "response-body"), fault="server-closed-early"), "warning", "broke off after 18 B of 100 B"),
        made(),
    ),
    "server-failed": ((page("x", status=500), "warning", "answered 500"), failed("dns-unknown", "network", "dns")),
    "broken-link": ((page("x", status=404, sent=("Referer: https://shop.example/cart",)), "advice", "leads to"), page("x", status=404)),
    "error-as-success": ((data('{"error": "no such cart"}'), "advice", "tells of an error, with status 200"), data('{"cart": []}')),
    "malformed": (
        (failed("nul", "server", "response-head", error=Fault("nul", "server", "response-head", 3)), "serious", "There is a NUL"),
        made(),
    ),
}  # fmt: skip

SEVERAL = {  # check: (exchanges that show it together, severity, words), and some that don't
    "hsts-missing": (
        ([over_http(made(1, answered=response("Location: https://shop.example/", status="301 Moved", body=b""))), page("x", n=2)], "warning", "have no Strict-Transport-Security"),
        [over_http(made(1, answered=response("Location: https://shop.example/", status="301 Moved", body=b""))), page("x", "Strict-Transport-Security: max-age=9", n=2)],
    ),
    "session-fixation": (
        ([post("name=a&password=b", "Cookie: session=old", n=1), page("x", sent=("Cookie: session=old",), n=2)], "warning", "is the same after it"),
        [post("name=a&password=b", "Cookie: session=old", n=1, sets=("Set-Cookie: session=new",)), page("x", sent=("Cookie: session=new",), n=2)],
    ),
    "cors-open": (
        ([data("{}", "Access-Control-Allow-Origin: https://a.example.org", "Access-Control-Allow-Credentials: true", sent=("Origin: https://a.example.org",), n=1),
          data("{}", "Access-Control-Allow-Origin: https://b.example.net", "Access-Control-Allow-Credentials: true", sent=("Origin: https://b.example.net",), n=2)],
         "serious", "seems to allow whoever asks"),
        [data("{}", "Access-Control-Allow-Origin: https://a.example.org", "Access-Control-Allow-Credentials: true", sent=("Origin: https://a.example.org",), n=1)],
    ),
    "preflights-repeated": (([preflight(n) for n in (1, 2, 3)], "advice", "asked 3 times"), [preflight(n, "Access-Control-Max-Age: 600") for n in (1, 2, 3)]),
    "fetched-again": (([static(n=n) for n in (1, 2, 3)], "advice", "came 3 times with just the same content"), [static(n=n, size=9000 + n) for n in (1, 2, 3)]),
    "redirect-chain": ((redirects(("/a", "/b"), ("/b", "/c"), ("/c", "")), "advice", "it took 2 redirects"), redirects(("/a", "/b"), ("/b", ""))),
    "many-calls": (
        ([data("{}", path=f"/api/items/{n}", n=n, started=EPOCH + n / 10) for n in range(1, 9)], "warning", "8 requests of the form /api/items/…"),
        [data("{}", path=f"/api/items/{n}", n=n, started=EPOCH + n * 10) for n in range(1, 9)],
    ),
    "not-kept-alive": (([page("x", "Connection: close", n=n) for n in (1, 2, 3, 4)], "advice", "closed the connection after 4 answers"), [page("x", n=n) for n in (1, 2, 3, 4)]),
}  # fmt: skip


def found(exchange: Exchange, id: str, **connections):
    return [issue for issue in check(case(exchange, **connections), lint=False) if issue.check == id]


@pytest.mark.parametrize("id", ONE)
def test_a_check_sees_what_it_is_for(id):
    (exchange, severity, sentence), clean = ONE[id]
    issues = found(exchange, id)
    assert [issue for issue in issues if issue.severity == severity and sentence in str(issue.sentence)], [
        (issue.severity, str(issue.sentence)) for issue in issues
    ]
    assert all(issue.evidence and issue.evidence[0].exchange == exchange.id for issue in issues)
    assert not [issue for issue in found(clean, id) if sentence in str(issue.sentence)]


@pytest.mark.parametrize("id", SEVERAL)
def test_a_check_sees_across_exchanges(id):
    (several, severity, sentence), clean = SEVERAL[id]
    summary = check_site([case(each) for each in several])
    seen = [each.issue for each in summary.issues if each.issue.check == id]
    assert [issue for issue in seen if issue.severity == severity and sentence in str(issue.sentence)], [
        str(each.sentence) for each in seen
    ]
    assert not [
        each
        for each in check_site([case(each) for each in clean]).issues
        if each.issue.check == id and sentence in str(each.issue.sentence)
    ]


def test_how_bad_a_missing_token_is_hangs_on_the_cookie_that_was_set_before():
    form = page(LOGIN, sent=("Cookie: session=1",), n=2)
    for attributes, severity in (
        ("", "warning"),
        ("; SameSite=Lax", "advice"),
        ("; SameSite=None; Secure", "serious"),
    ):
        before = page("x", f"Set-Cookie: session=1{attributes}", n=1, started=EPOCH)
        issues = [
            each.issue
            for each in check_site([case(before), case(form)]).issues
            if each.issue.check == "csrf-token-missing"
        ]
        assert [issue.severity for issue in issues] == [severity]


def test_a_log_in_that_sets_any_cookie_out_of_scripts_reach_began_a_session_anew():
    several = [
        post("name=a&password=b", "Cookie: session=old", n=1, sets=("Set-Cookie: shop=new; HttpOnly",)),
        page("x", sent=("Cookie: session=old",), n=2),
    ]
    assert not [
        each
        for each in check_site([case(each) for each in several]).issues
        if each.issue.check == "session-fixation"
    ]


def test_a_circle_of_redirects_is_serious():
    ring = redirects(("/a", "/b"), ("/b", "/a"), ("/a", "/b"), ("/b", "/a"), ("/a", "/b"))
    issues = [
        each.issue
        for each in check_site([case(each) for each in ring]).issues
        if each.issue.check == "redirect-chain"
    ]
    assert issues
    assert issues[0].severity == "serious"
    assert "round in a circle" in str(issues[0].sentence)


def test_a_certificate_that_ends_soon_and_old_versions_are_seen():
    old = found(made(), "weak-tls", server=server(tls("TLSv1.1")))
    assert "out of date" in str(old[0].sentence)
    assert old[0].severity == "serious"
    weak = found(made(), "weak-tls", server=server(tls("TLSv1.2", cipher="AES128-SHA")))
    assert "no forward secrecy" in str(weak[0].sentence)
    assert not found(made(), "weak-tls", server=server(tls("TLSv1.3")))


QUERIES = {
    "queries-repeated": ("SELECT name FROM author WHERE id = 7", 0.001, 25, "25 times"),
    "query-slow": ("SELECT 1", 1.5, 1, "1.50 s"),
}


@pytest.mark.parametrize("id", QUERIES)
def test_what_an_app_told_of_its_queries_is_looked_at(id):
    statement, took, count, sentence = QUERIES[id]
    for many, lasted, seen in ((count, took, 1), (1, 0.001, 0)):
        report = Report(EPOCH, queries=tuple(Query("sqlite", statement, took=lasted) for _ in range(many)))
        issues = [each for each in check(replace(case(made()), report=report)) if each.check == id]
        assert [each.severity for each in issues] == ["warning"] * seen
        assert all(sentence in str(each.sentence) for each in issues)


def test_every_check_is_proved():
    assert {check.id for check in CHECKS} == {*ONE, *SEVERAL, *QUERIES, "weak-tls"}


def test_every_file_of_a_check_is_in_the_table():
    files = {each.name for each in pkgutil.iter_modules(inspector.explain.checks.__path__)} - {
        "model",
        "run",
        "table",
        "linted",
    }
    assert {check.id.replace("-", "_") for check in CHECKS} == files


@pytest.mark.parametrize("check", CHECKS, ids=[check.id for check in CHECKS])
def test_every_check_says_why_and_how_to_mend_it(check):
    assert check.group in GROUPS
    assert check.look or check.across
    assert str(check.why).endswith((".", ")."))
    assert str(check.cure.words).endswith(".")
    assert check.references
    if check.cure.language == "python":
        ast.parse(check.cure.snippet)


def test_the_same_finding_of_many_exchanges_is_one():
    summary = check_site([case(page("x", "Server: nginx/1.18.0", n=n)) for n in range(1, 30)])
    told = [each for each in summary.issues if each.issue.check == "versions-told"]
    assert len(told) == 1
    assert told[0].count == 29
    assert len(told[0].issue.evidence) == 20
    assert (told[0].first, told[0].last) == (EPOCH + 1, EPOCH + 29)
    assert summary.looked_at == 29


def test_the_worst_comes_first():
    exchange = over_http(
        post("name=a&password=b", "Cookie: session=1", sets=("Set-Cookie: session=1", "Server: nginx/1.18.0"))
    )
    order = [list(SEVERITIES).index(issue.severity) for issue in check(case(exchange))]
    assert order == sorted(order)
    assert order[0] == 0


def test_httplints_notes_are_marked_as_its_own():
    exchange = made(answered=response("Expires: soon", "Content-Type: text/html"))
    issue = next(each for each in check(case(exchange)) if each.check == "httplint:BAD_DATE_SYNTAX")
    assert issue.source == "httplint"
    assert issue.evidence[0].place is not None


def test_inspectors_own_answers_are_not_found_fault_with():
    assert not check(case(failed("dns-unknown", "network", "dns"), server=None))


def test_with_siblings_an_exchange_shows_what_takes_several_to_see():
    several = SEVERAL["redirect-chain"][0][0]
    looked_at = case(several[1], several[0], several[2])
    assert "redirect-chain" in {issue.check for issue in check(looked_at, lint=False)}
    assert "redirect-chain" not in {
        issue.check for issue in check(case(several[2], several[0], several[1]), lint=False)
    }


def test_evidence_points_at_the_bytes():
    exchange = page("x", "Server: nginx/1.18.0")
    looked_at = case(exchange)
    issue = next(each for each in check(looked_at, lint=False) if each.check == "versions-told")
    place = issue.evidence[0].place
    head = looked_at.said(place.side, place.half).message.head
    assert head[place.offset : place.offset + place.length] == b"Server: nginx/1.18.0"


def test_a_password_of_a_form_is_found_in_a_page_that_came_packed():
    packed = gzip.compress(LOGIN.encode())
    exchange = made(answered=response("Content-Type: text/html", "Content-Encoding: gzip", body=packed))
    assert found(exchange, "framing")


def test_a_body_outside_of_the_record_is_read_as_far_as_it_is_looked_at():
    asked = []

    def read(id, body):
        for _ in range(1000):
            asked.append(id)
            yield LOGIN.encode() * 1000

    large = Body(10_000_000, 10_000_000, b"", (Piece(1, 0, 10_000_000),))
    exchange = made(answered=response("Content-Type: text/html", body=large))
    assert not found(exchange, "framing")
    issues = check(Case(exchange, now=EPOCH, read=read), lint=False)
    assert "framing" in {issue.check for issue in issues}
    assert len(asked) < 20


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases)
def test_any_exchange_can_be_checked(looked_at):
    for issue in check(looked_at):
        assert issue.title
        assert str(issue.sentence)
        assert issue.severity in SEVERITIES
        assert issue.group in GROUPS


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(exchanges(), max_size=8))
def test_any_site_can_be_checked(several):
    summary = check_site([Case(each, now=EPOCH, zone=dt.UTC) for each in several])
    assert summary.of == len(several)


def test_checks_take_little_time():
    exchange = page(LOGIN * 20 + "<p>text</p>" * 3000, "Set-Cookie: session=1", "Server: nginx/1.18.0")
    check(case(exchange))
    begun = time.process_time()
    for _ in range(10):
        check(case(exchange))
    assert (time.process_time() - begun) / 10 < 0.1


def test_what_is_known_by_name_is_unique():
    assert len(BY_ID) == len(CHECKS)


def test_a_space_before_a_colon_is_named():
    exchange = made(decisions=(Decision("space-before-colon", "Server"),))
    assert "white space between a field's name" in str(found(exchange, "malformed")[0].sentence)


def test_fakes_are_what_they_seem():
    assert plain_http().scheme == "http"
    assert Leg(CLIENT, request()).response is None
    assert Leg(SERVER, request()).turn == 1
    assert client().side == "client"
