"""Histories of a cookie, an address in the cache, a log-in, a preflight: exchanges in, events out."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from explain_any import exchanges
from explain_fakes import EPOCH, case, made, message, plain_http, request, response
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inspector.exchange.model import Exchange
from inspector.explain.case import Case
from inspector.explain.histories import (
    cache_history,
    clients_of,
    cookie_history,
    cookie_names,
    cors_stories,
    log_ins,
)

NOW = EPOCH + 100_000


def seen(*several: Exchange) -> list[Case]:
    return [case(each, now=NOW) for each in several]


def get(
    n: int,
    path: str = "/",
    *sent: str,
    answer: tuple[str, ...] = (),
    at: float | None = None,
    status: str = "200 OK",
    body: bytes = b"<p>hi",
    **changes,
):
    asked = request(*sent, start=f"GET {path} HTTP/1.1")
    started = EPOCH + (n if at is None else at)
    answered = response("Content-Type: text/html", *answer, status=status, body=body)
    return made(n, asked=asked, answered=answered, path=path, started=started, **changes)


def kinds(history) -> list[str]:
    return [event.kind for event in history.events]


# --- a cookie -------------------------------------------------------------------------------------------------


def one_cookie(*several: Exchange, name: str = "sid"):
    (history,) = cookie_history(seen(*several), name)
    return history


def test_a_cookie_is_set_sent_changed_and_deleted():
    history = one_cookie(
        get(1, answer=("Set-Cookie: sid=1; Secure",)),
        get(2, "/a", "Cookie: sid=1"),
        get(3, "/b", "Cookie: sid=1"),
        get(4, "/c", "Cookie: sid=1", answer=("Set-Cookie: sid=2; Secure",)),
        get(5, "/d", "Cookie: sid=2", answer=("Set-Cookie: sid=; Max-Age=0; Secure",)),
    )
    assert kinds(history) == ["set", "sent", "changed", "sent", "deleted"]
    assert history.events[1].count == 3
    assert str(history.ends) == "As far as was seen, the browser has it no more."


@pytest.mark.parametrize(
    ("attributes", "request_", "kind", "words"),
    [
        ("; Path=/account", get(2, "/shop"), "withheld", "does not lie under its path, /account"),
        ("; SameSite=Strict; Secure", get(2, "/", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"), "withheld", "SameSite=Strict"),
        ("; SameSite=Lax; Secure", get(2, "/", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: image"), "withheld", "a part of another site's page"),
        ("; SameSite=Lax; Secure", get(2, "/"), "withheld", "can't be seen here"),
        ("; SameSite=None; Secure", get(2, "/"), "missing", "though by the rules it should have been"),
        ("; SameSite=Lax; Secure", get(2, "/", "Sec-Fetch-Site: same-origin"), "missing", "deleted by hand or by a script"),
        ("; Max-Age=10", get(2, "/", at=30), "ended", "Its time was over at 1 January 2026"),
        ("; Secure", get(2, "/", "Cookie: sid=other"), "altered", "a script in the page changed it"),
    ],
)  # fmt: skip
def test_a_cookie_stays_at_home_for_a_reason(attributes, request_, kind, words):
    history = one_cookie(get(1, answer=(f"Set-Cookie: sid=1{attributes}",)), request_)
    assert kinds(history)[1] == kind
    assert words in str(history.events[1].sentence)


def test_a_secure_cookie_does_not_go_over_http():
    there = plain_http()
    history = one_cookie(
        get(1, answer=("Set-Cookie: sid=1; Secure; SameSite=None",)),
        Exchange(
            **{name: getattr(there, name) for name in there.__struct_fields__}
            | {"started": EPOCH + 5, "id": b"2" * 16}
        ),
    )
    assert kinds(history) == ["set", "withheld"]
    assert "this address is plain http" in str(history.events[1].sentence)


def test_a_refused_cookie_is_told_and_not_kept():
    history = one_cookie(get(1, answer=("Set-Cookie: sid=1; Domain=other.example",)), get(2))
    assert kinds(history) == ["refused"]
    assert history.kept == ()


def test_a_cookie_that_nobody_saw_being_set_appears():
    history = one_cookie(
        get(1, "/", "Cookie: sid=1"), get(2, "/", "Cookie: sid=1", answer=("Set-Cookie: sid=1",))
    )
    assert kinds(history) == ["appeared", "sent", "renewed"]
    assert "was not seen here" in str(history.events[0].sentence)


def test_each_client_has_a_jar_of_its_own():
    chrome = get(1, answer=("Set-Cookie: sid=1",))
    firefox = get(2, "/", "Cookie: sid=9", agent="Firefox 140")
    found = cookie_history(seen(chrome, firefox), "sid")
    assert [history.client.agent for history in found] == ["Chrome 156", "Firefox 140"]
    assert [kinds(history) for history in found] == [["set"], ["appeared"]]
    assert len(clients_of(seen(chrome, firefox))) == 2


def test_a_cookie_for_all_hosts_of_a_site_goes_to_each():
    history = one_cookie(
        get(1, answer=("Set-Cookie: sid=1; Domain=shop.example; Secure",), host="www.shop.example"),
        get(2, "/", "Cookie: sid=1", host="api.shop.example"),
        get(3, "/", host="elsewhere.example.org"),
    )
    assert kinds(history) == ["set", "sent"]


def test_cookies_are_listed_by_name():
    assert cookie_names(seen(get(1, "/", "Cookie: a=1; b=2"), get(2, "/", "Cookie: a=1"))) == (
        ("a", 2),
        ("b", 1),
    )


# --- an address in the cache ----------------------------------------------------------------------------------

URL = "https://shop.example/app.js"
FRESH = ("Cache-Control: max-age=60", 'ETag: "1"')


def one_cache(*several: Exchange):
    (history,) = cache_history(seen(*several), URL)
    return history


def script(
    n: int,
    *sent: str,
    at: float,
    answer: tuple[str, ...] = FRESH,
    status: str = "200 OK",
    body: bytes = b"x" * 500,
    **changes,
):
    moment = dt.datetime.fromtimestamp(EPOCH + at, dt.UTC)
    date = f"Date: {moment:%a, %d %b %Y %H:%M:%S} GMT"
    answered = message(f"HTTP/1.1 {status}", date, *answer, body=body)
    return made(
        n,
        asked=request(*sent, start="GET /app.js HTTP/1.1"),
        answered=answered,
        path="/app.js",
        started=EPOCH + at,
        **changes,
    )


def test_a_copy_is_kept_used_unseen_and_asked_about():
    history = one_cache(
        script(1, at=0),
        script(2, 'If-None-Match: "1"', at=100, status="304 Not Modified", body=b""),
        script(3, 'If-None-Match: "1"', at=300, answer=("Cache-Control: max-age=60", 'ETag: "2"')),
    )
    assert kinds(history) == ["kept", "unseen", "renewed", "unseen", "replaced"]
    assert "that is not seen here, since nothing is sent" in str(history.events[1].sentence)
    assert "The copy was too old by 40 seconds" in str(history.events[2].sentence)
    assert "500 B were not sent again" in str(history.events[2].sentence)
    assert (history.sent, history.saved) == (1000, 500)
    assert [span.kind for span in history.spans[:2]] == ["fresh", "stale"]
    assert history.spans[0].end - history.spans[0].start == pytest.approx(60, abs=0.2)


@pytest.mark.parametrize(
    ("second", "words"),
    [
        (script(2, "Cache-Control: no-cache", at=10), "The page was reloaded"),
        (script(2, at=10), "still fresh; why the browser asked all the same is not visible"),
        (script(2, 'If-None-Match: "1"', at=100), "a 304 would have done"),
    ],
)
def test_why_the_browser_asked_again(second, words):
    assert words in " ".join(str(event.sentence) for event in one_cache(script(1, at=0), second).events)


def test_a_copy_for_another_language_does_not_fit():
    varied = (*FRESH, "Vary: Accept-Language")
    history = one_cache(
        script(1, "Accept-Language: de", at=0, answer=varied),
        script(2, "Accept-Language: en", at=10, answer=varied),
    )
    assert "it was for another accept-language (Vary)" in str(history.events[-1].sentence)


def test_what_may_not_be_kept_is_not():
    history = one_cache(
        script(1, at=0, answer=("Cache-Control: no-store",)),
        script(2, at=10, answer=("Cache-Control: no-store",)),
    )
    assert kinds(history) == ["not-kept"]
    assert history.events[0].count == 2
    assert str(history.ends) == "As far as was seen, the browser has no copy."
    assert history.spans == ()


def test_a_change_makes_the_copy_void():
    change = made(
        2,
        asked=request(start="POST /app.js HTTP/1.1"),
        answered=response(status="204 No Content", body=b""),
        path="/app.js",
        started=EPOCH + 5,
    )
    assert "invalidated" in kinds(one_cache(script(1, at=0), change))


# --- a log-in -------------------------------------------------------------------------------------------------

FORM = b"<form method=post action=/log-in><input name=name><input type=password name=password></form>"


def sent_form(n: int, *cookies: str, status: str = "303 See Other", **changes):
    asked = request(
        "Content-Type: application/x-www-form-urlencoded",
        start="POST /log-in HTTP/1.1",
        body=b"name=a&password=b",
    )
    answered = response(
        "Location: /account", *(f"Set-Cookie: {each}" for each in cookies), status=status, body=b""
    )
    return made(n, asked=asked, answered=answered, path="/log-in", started=EPOCH + n, **changes)


def test_a_log_in_by_form_and_cookie():
    (found,) = log_ins(
        seen(
            get(1, "/log-in", body=FORM),
            sent_form(2, "session=1; Secure"),
            get(3, "/account", "Cookie: session=1"),
        )
    )
    assert [step.id for step in found.steps] == [
        "form-asked",
        "form",
        "password",
        "cookie",
        "redirect",
        "with",
        "answer",
    ]
    assert found.worked
    assert "session" in str(found.steps[5].sentence)
    assert found.steps[0].took is None
    assert found.steps[2].took == pytest.approx(0.925, abs=0.01)
    assert found.steps[2].place.part == "body"


@pytest.mark.parametrize(
    ("after", "worked", "words"),
    [
        ((), None, "What came after it was not seen"),
        ((get(3, "/account"),), False, "did not come back with the next request"),
        ((get(3, "/account", "Cookie: session=1", body=FORM),), False, "asks for a log-in again"),
        ((get(3, "/account", "Cookie: session=1", status="403 Forbidden"),), False, "or refuses"),
    ],
)
def test_whether_a_log_in_worked_is_told_only_from_what_was_seen(after, worked, words):
    (found,) = log_ins(seen(sent_form(2, "session=1; Secure"), *after))
    assert found.worked is worked
    assert words in str(found.verdict)


def test_a_refused_log_in_did_not_work():
    (found,) = log_ins(seen(sent_form(2, status="401 Unauthorized")))
    assert found.worked is False
    assert found.steps[-1].id == "refused"


def test_a_log_in_over_http_says_that_it_can_be_read():
    (found,) = log_ins(seen(sent_form(2, "session=1", scheme="http", port=80)))
    assert "anyone on the way could read it" in str(
        next(step for step in found.steps if step.id == "password").sentence
    )


def test_a_log_in_by_token():
    asked = request(
        "Content-Type: application/json", start="POST /token HTTP/1.1", body=b'{"user": "a", "password": "b"}'
    )
    answered = response(
        "Content-Type: application/json", body=json.dumps({"access_token": "tok-12345678"}).encode()
    )
    first = made(1, asked=asked, answered=answered, path="/token")
    (found,) = log_ins(seen(first, get(2, "/api", "Authorization: Bearer tok-12345678")))
    assert found.how == "token"
    assert [step.id for step in found.steps] == ["password", "token", "with", "answer"]
    assert found.worked


def test_a_log_in_by_basic():
    first = get(1, "/staff", answer=('WWW-Authenticate: Basic realm="Staff"',), status="401 Unauthorized")
    (found,) = log_ins(seen(first, get(2, "/staff", "Authorization: Basic YW5uYTpzZWNyZXQ=")))
    assert found.how == "basic"
    assert "as anna" in str(found.steps[2].sentence)
    assert "secret" not in " ".join(str(step.sentence) for step in found.steps)


# --- a preflight ----------------------------------------------------------------------------------------------

APP = "https://app.example.org"


def preflight(*answer: str, method: str = "PUT", fields: str = "", status: str = "204 No Content"):
    sent = [f"Origin: {APP}", f"Access-Control-Request-Method: {method}"]
    if fields:
        sent.append(f"Access-Control-Request-Headers: {fields}")
    asked = request(*sent, start="OPTIONS /api HTTP/1.1")
    return made(1, asked=asked, answered=response(*answer, status=status, body=b""), path="/api")


def real(*answer: str, method: str = "PUT", sent: tuple[str, ...] = ()):
    asked = request(f"Origin: {APP}", "Sec-Fetch-Mode: cors", *sent, start=f"{method} /api HTTP/1.1")
    return made(2, asked=asked, answered=response(*answer), path="/api", started=EPOCH + 1.2, resource="data")


ALLOW = f"Access-Control-Allow-Origin: {APP}"


@pytest.mark.parametrize(
    ("exchanges_", "allowed", "missing"),
    [
        ((preflight(ALLOW, "Access-Control-Allow-Methods: PUT"), real(ALLOW)), True, ""),
        ((preflight(),), False, "Access-Control-Allow-Origin"),
        ((preflight("Access-Control-Allow-Origin: https://other.example.org"),), False, "Access-Control-Allow-Origin"),
        ((preflight(ALLOW),), False, "Access-Control-Allow-Methods"),
        ((preflight(ALLOW, "Access-Control-Allow-Methods: put"),), False, "Access-Control-Allow-Methods"),
        ((preflight(ALLOW, status="405 Method Not Allowed"),), False, "status"),
        ((preflight(ALLOW, "Access-Control-Allow-Methods: PUT", fields="x-a,authorization"),), False, "Access-Control-Allow-Headers"),
        ((preflight(ALLOW, "Access-Control-Allow-Methods: PUT", "Access-Control-Allow-Headers: *", fields="authorization"),), False, "Access-Control-Allow-Headers"),
        ((preflight(ALLOW, "Access-Control-Allow-Methods: PUT", "Access-Control-Allow-Headers: X-A", fields="x-a"), real(ALLOW)), True, ""),
        ((preflight(ALLOW, "Access-Control-Allow-Methods: PUT"), real()), False, "Access-Control-Allow-Origin"),
        ((preflight(ALLOW, "Access-Control-Allow-Methods: PUT"),), None, ""),
        ((preflight("Access-Control-Allow-Origin: *", "Access-Control-Allow-Methods: PUT"), real("Access-Control-Allow-Origin: *", sent=("Cookie: a=1",))), False, "Access-Control-Allow-Origin"),
        ((preflight(ALLOW, "Access-Control-Allow-Methods: PUT"), real(ALLOW, sent=("Cookie: a=1",))), False, "Access-Control-Allow-Credentials"),
        ((preflight(ALLOW, "Access-Control-Allow-Methods: POST", method="POST", fields="content-type"),), False, "Access-Control-Allow-Headers"),
        ((real(ALLOW, method="GET"),), True, ""),
        ((real(method="GET"),), False, "Access-Control-Allow-Origin"),
        ((real("Access-Control-Allow-Origin: *", method="GET"),), None, ""),
    ],
)  # fmt: skip
def test_a_preflight_is_judged_as_a_browser_would(exchanges_, allowed, missing):
    (story,) = cors_stories(seen(*exchanges_))
    assert story.allowed is allowed, str(story.verdict)
    assert story.missing == missing
    if missing.startswith("Access"):
        assert missing in str(story.verdict)
        assert any(step.missing == missing and step.should for step in story.steps)


def test_the_first_question_that_is_answered_with_no_is_the_last():
    (story,) = cors_stories(seen(preflight()))
    assert [step.id for step in story.steps] == ["needed", "origin"]


def test_why_permission_is_needed_is_told():
    (story,) = cors_stories(seen(preflight(ALLOW, method="PUT", fields="x-a")))
    assert "the method PUT and the fields x-a" in str(story.steps[0].sentence)


def test_pages_and_requests_of_the_same_origin_are_no_matter_of_cors():
    navigation = made(
        1,
        asked=request(
            "Origin: https://other.example.org", "Sec-Fetch-Mode: navigate", start="POST /x HTTP/1.1"
        ),
    )
    own = made(2, asked=request("Origin: https://shop.example", "Sec-Fetch-Mode: cors"))
    assert cors_stories(seen(navigation, own)) == ()


# --- anything -------------------------------------------------------------------------------------------------


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(exchanges(), max_size=8))
def test_any_exchanges_have_histories(several):
    looked_at = [Case(each, now=NOW, zone=dt.UTC) for each in several]
    for name, _ in cookie_names(looked_at):
        for history in cookie_history(looked_at, name):
            assert history.events
    for each in looked_at:
        for history in cache_history(looked_at, each.url):
            assert str(history.ends)
            assert all(span.end >= span.start for span in history.spans)
    for found in log_ins(looked_at):
        assert found.steps
    for story in cors_stories(looked_at):
        assert story.steps
