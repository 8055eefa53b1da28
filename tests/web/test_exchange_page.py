"""The page of one exchange: every tab, side and view; failures; and captured content that wants to be more than text."""

from __future__ import annotations

import itertools
import re
from html.parser import HTMLParser

import msgspec
import pytest
from web_fakes import connection, made, message, number, with_response

from inspector.exchange.model import Attempt, Body, Decision, Fault, Leg, Message, Timeline, Tls

ID = number(1).hex()
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82"
)
HOSTILE = (
    "\"><script>alert(1)</script><img src=x onerror=alert(1)>' onload=alert(1) {{7*7}} javascript:alert(1)"
)


STANDARDS = (
    "https://www.rfc-editor.org/", "https://developer.mozilla.org/", "https://datatracker.ietf.org/", "https://fetch.spec.whatwg.org/",
    "https://html.spec.whatwg.org/", "https://www.w3.org/", "https://flask.palletsprojects.com/", "https://docs.sqlalchemy.org/",
)  # fmt: skip


class Page(HTMLParser):
    """What a browser would find: elements, and whether any of them could run or style."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def check_harmless(self):
        for tag, attributes in self.found:
            assert tag not in ("iframe", "object", "embed", "base", "style"), tag
            if tag == "script":
                assert attributes["src"].startswith("/static/")
            for name, value in attributes.items():
                assert not name.startswith("on"), (tag, name)
                assert name != "style"
                if name in ("href", "src", "action", "hx-get"):
                    if attributes.get("rel") == "noopener noreferrer":
                        assert value.startswith(STANDARDS), value
                    else:
                        assert value.startswith(("/", "#", "?")), (tag, value)


def page(browser, query="", status=200, **headers):
    """The page, with Messages open if `query` says nothing else."""
    query = query or "?tab=messages"
    answer = browser.get(f"/exchange/{ID}{query}", headers=headers)
    assert answer.status_code == status
    text = answer.get_data(as_text=True)
    Page(text).check_harmless()
    return text


def text_of(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


ALL = [
    "?tab=connection", "?tab=timing", "?side=changes", "?tab=no-such&side=x&request=x&response=x&request_from=-1",
    *(f"?tab=messages&side={side}&request={view}&response={view}"
      for side, view in itertools.product(("browser", "site"), ("pretty", "raw", "hex"))),
]  # fmt: skip


@pytest.mark.parametrize("query", ALL)
def test_every_view_is_a_page(browser, query):
    assert "shop.inspector.test" in page(browser, query)


def test_the_head_says_what_happened(browser):
    text = text_of(page(browser))
    assert "GET" in text
    assert "200 OK" in text
    assert (
        "Your browser (Chrome 156) asked shop.inspector.test for a page; it answered in 24 ms, set 1 cookie and sent 52 B."
        in text
    )


def test_a_fragment_for_the_pane_is_only_the_article(browser):
    answer = browser.get(f"/exchange/{ID}", headers={"HX-Request": "true"})
    assert answer.get_data(as_text=True).lstrip().startswith('<article class="exchange" id="exchange"')
    assert "HX-Request" in answer.headers["Vary"]


def test_links_work_without_script_and_with(browser):
    links = [a for tag, a in Page(page(browser)).found if tag == "a" and "hx-get" in a]
    assert links
    for link in links:
        assert link["href"] == link["hx-get"]
        assert browser.get(link["href"]).status_code == 200


def test_ids_on_a_page_are_unique(browser):
    for query in ALL:
        ids = [a["id"] for _, a in Page(page(browser, query)).found if "id" in a]
        assert len(ids) == len(set(ids)), query


def test_earlier_later_and_back(desk, browser):
    desk.captures.add(made(3))
    text = browser.get(f"/exchange/{number(2).hex()}").get_data(as_text=True)
    assert f"/exchange/{number(1).hex()}" in text
    assert f"/exchange/{number(3).hex()}" in text
    assert f"/traffic?selected={number(2).hex()}" in text


def test_the_last_tab_is_kept(browser):
    assert 'aria-label="Story"' in page(browser, "?")
    page(browser, "?tab=timing")
    assert "In all" in page(browser, "?")
    page(browser, "?tab=messages")
    assert "In all" not in page(browser, "?")


def test_what_only_messages_have_opens_them(browser):
    assert 'aria-label="Messages"' in page(browser, "?request=hex")


def test_the_level_details_never_opens_on_the_story(browser):
    token = re.search(
        r'name="csrf_token" value="([^"]+)"', browser.get("/set-up").get_data(as_text=True)
    ).group(1)
    browser.post("/preferences", data={"csrf_token": token, "level": "details"})
    assert 'aria-label="Messages"' in page(browser, "?")


def test_the_story_tells_every_state(browser, desk):
    for tab in ("story", "sees"):
        assert "GET" in page(browser, f"?tab={tab}")


def test_the_glossary_has_what_a_story_links_to(browser):
    story = browser.get(f"/exchange/{ID}?tab=story").get_data(as_text=True)
    glossary = browser.get("/learn/glossary").get_data(as_text=True)
    linked = set(re.findall(r'href="/learn/glossary#([^"]+)"', story))
    assert linked
    assert linked <= set(re.findall(r'id="([^"]+)"', glossary))


def test_the_address_of_a_page_can_be_shared(browser):
    assert browser.get(f"/exchange/{ID.upper()}").status_code == 200
    assert browser.get("/exchange/nonsense").status_code == 404


def hostile_message():
    return message(
        f"GET /{HOSTILE} HTTP/1.1", f"X-{HOSTILE}: {HOSTILE}", "Content-Type: text/html", body=HOSTILE.encode(),
        trailers=f"X-T: {HOSTILE}\r\n".encode(),
    )  # fmt: skip


@pytest.mark.parametrize("query", ALL)
@pytest.mark.parametrize("kind", ["http", "websocket", "tunnel", "tls", "page"])
def test_captured_content_is_never_more_than_text(desk, browser, query, kind):
    said = hostile_message()
    answered = message(
        f"HTTP/1.1 200 {HOSTILE}", f"Location: {HOSTILE}", "Content-Type: text/html", body=HOSTILE.encode()
    )
    leg = Leg(number(901), said, answered, (answered,), (Attempt(HOSTILE, 1, 0.0, 0.1, HOSTILE),))
    other = msgspec.structs.replace(leg, connection=number(902), request=answered)
    fault = Fault("dns-failed", "network", "request-head", 12, HOSTILE, HOSTILE)
    desk.captures.add(
        made(
            1, kind=kind, method=HOSTILE, host=HOSTILE, path=HOSTILE, reason=HOSTILE, agent=HOSTILE, client=HOSTILE,
            scheme=HOSTILE, error=fault, fault="dns-failed", client_leg=leg, server_leg=other,
            decisions=(Decision("hop-by-hop", HOSTILE, HOSTILE), Decision(HOSTILE)),
        )
    )  # fmt: skip
    tls = Tls(HOSTILE, HOSTILE, HOSTILE, HOSTILE, (HOSTILE.encode(),), why_not=HOSTILE, alert=HOSTILE)
    for n, side in ((901, "client"), (902, "server")):
        desk.captures.connections[number(n)] = connection(n, side, tls)
    for header in ({}, {"HX-Request": "true"}):
        assert "49" not in re.findall(r"\{?(49)\}?\s*javascript:", page(browser, query, **header))


BODIES = [
    ("application/json", b'{"a": 1.0, "a": 2}', "an object with 2 members"),
    ("application/json", b'{"a": ', "not JSON, though it is labelled so"),
    ("application/vnd.api+json", b"[1,2,3]", "a list of 3 values"),
    ("text/html", b"<h1>Hi</h1>", "HTML"),
    ("text/css", b"a { color: red }", "CSS"),
    ("text/javascript", b"let a = 1", "JavaScript"),
    ("image/svg+xml", b"<svg onload='alert(1)'/>", "XML"),
    ("application/x-www-form-urlencoded", b"name=J%C3%BCrgen&word=a+b", "Jürgen"),
    ("multipart/form-data; boundary=x",
     b'--x\r\nContent-Disposition: form-data; name="f"; filename="cat.png"\r\nContent-Type: image/png\r\n\r\n\x89PNG\0\0\r\n--x--\r\n',
     "cat.png"),
    ("image/png", PNG, "PNG picture"),
    ("text/event-stream", b"event: tick\ndata: 1\n\ndata: 2\n\n", "Event stream with 2 events"),
    ("application/x-ndjson", b'{"a":1}\n{"a":2}\n', "2 values"),
    ("text/plain; charset=iso-8859-2", "Příliš".encode("iso-8859-2"), "Příliš"),
    ("application/octet-stream", bytes(range(256)), "00000000 00 01 02 03"),
    ("", b'{"a": 1}', "an object with 1 member"),
    ("text/plain", b"", "No body"),
]  # fmt: skip


@pytest.mark.parametrize(("media", "body", "words"), BODIES)
@pytest.mark.parametrize("view", ["pretty", "raw", "hex"])
def test_bodies_are_shown_as_what_they_are(desk, browser, media, body, words, view):  # noqa: PLR0917
    desk.captures.add(with_response(message("HTTP/1.1 200 OK", f"Content-Type: {media}", body=body)))
    text = page(browser, f"?response={view}")
    if view == "pretty":
        assert words in text_of(text)


def test_numbers_and_repeated_keys_of_json_stay(desk, browser):
    body = b'{"price":1.10,"big":12345678901234567890.00,"price":2e5}'
    desk.captures.add(with_response(message("HTTP/1.1 200 OK", "Content-Type: application/json", body=body)))
    text = text_of(page(browser))
    for number_text in ("1.10", "12345678901234567890.00", "2e5"):
        assert number_text in text
    assert text.count("price") == 2


MARKS = [
    (Body(5000, 5000, b"abc", (), True, "capped"), "Only the first 3 B of 4.9 KB were kept"),
    (Body(5000, 5000, b"", (), True, "lost"), "could not be kept: the disk was full"),
    (Body(5000, 5000, b"", (), True, "off"), "Capturing was paused"),
    (Body(5000, 5000, b"abc", (), False), "Cut off after 4.9 KB"),
]


@pytest.mark.parametrize(("body", "words"), MARKS)
def test_what_is_missing_of_a_body_is_said(desk, browser, body, words):
    desk.captures.add(with_response(message("HTTP/1.1 200 OK", body=body)))
    assert words in text_of(page(browser))


def test_a_body_on_its_way_is_said_to_be(desk, browser):
    body = Body(5000, 5000, b"abc", (), False)
    desk.captures.add(with_response(message("HTTP/1.1 200 OK", body=body), state="open", duration=None))
    assert "Still on its way: 4.9 KB so far" in text_of(page(browser))


def test_a_body_passed_on_unchanged_is_read_from_the_other_leg(desk, browser):
    plain = made(1)
    same = message("HTTP/1.1 200 OK", "Content-Type: text/plain", body=Body(5, 5, b"", (), True, "same"))
    said = message("HTTP/1.1 200 OK", "Content-Type: text/plain", body=b"hello")
    desk.captures.add(
        made(
            1,
            client_leg=msgspec.structs.replace(plain.client_leg, response=said),
            server_leg=msgspec.structs.replace(plain.server_leg, response=same),
        )
    )
    assert "hello" in page(browser, "?side=site")
    assert browser.get(f"/api/v1/exchanges/{ID}/body/site/response").data == b"hello"


def test_large_text_comes_in_windows(desk, browser):
    text = b"".join(b"line %06d\n" % n for n in range(60_000))
    desk.captures.add(with_response(message("HTTP/1.1 200 OK", "Content-Type: text/plain", body=text)))
    first = page(browser)
    assert "line 000000" in first
    assert "line 059999" not in first
    later = next(a["href"] for tag, a in Page(first).found if tag == "a" and a.get("id") == "response-later")
    second = browser.get(later).get_data(as_text=True)
    assert "line 000000" not in second
    assert "bytes 65,536 to 131,072" in second


def test_hexadecimal_comes_in_windows(desk, browser):
    desk.captures.add(with_response(message("HTTP/1.1 200 OK", body=bytes(9000))))
    assert "00000ff0" in page(browser, "?response=hex")
    assert "00001000" in page(browser, "?response=hex&response_from=4096")
    assert "no-such" not in page(browser, "?response=hex&response_from=99999999")


def test_pictures_are_served_sandboxed_and_only_pictures(desk, browser):
    desk.captures.add(with_response(message("HTTP/1.1 200 OK", "Content-Type: text/html", body=PNG)))
    answer = browser.get(f"/exchange/{ID}/image/browser/response")
    assert answer.mimetype == "image/png"
    assert answer.data == PNG
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    for body in (b"<svg onload='alert(1)'/>", b"<html>", b""):
        desk.captures.add(with_response(message("HTTP/1.1 200 OK", "Content-Type: image/png", body=body)))
        assert browser.get(f"/exchange/{ID}/image/browser/response").status_code == 404


def test_interim_responses_and_trailers_are_shown(desk, browser):
    plain = made(1)
    early = message("HTTP/1.1 103 Early Hints", "Link: </a.css>; rel=preload")
    response = message("HTTP/1.1 200 OK", body=b"x", trailers=b"X-Checksum: 17\r\n")
    leg = msgspec.structs.replace(plain.client_leg, interim=(early,), response=response)
    desk.captures.add(made(1, client_leg=leg))
    text = text_of(page(browser))
    assert "103 Early Hints" in text
    assert "X-Checksum" in text


def test_what_changed_is_a_difference_with_its_reasons(desk, browser):
    plain = made(1)
    went = message(
        "GET /cart?item=17 HTTP/1.1", "Host: shop.inspector.test", "Accept: text/html", "Via: 1.1 inspector"
    )
    desk.captures.add(made(1, server_leg=msgspec.structs.replace(plain.server_leg, request=went)))
    html = page(browser, "?side=changes")
    text = text_of(html)
    assert "put in" in text
    assert "Via: 1.1 inspector" in text
    assert "taken out" in text
    assert "Fields meant only for this connection were not passed on: Connection." in text
    assert "The head was passed on without any change." in text


def test_nothing_sent_to_a_site_is_said(desk, browser):
    desk.captures.add(made(1, kind="page", server_leg=None, timeline=Timeline()))
    assert "Inspector answered this itself" in text_of(page(browser, "?side=site"))
    assert "There was no connection to a site" in text_of(page(browser, "?tab=connection"))
    assert "nothing was sent to a site" in text_of(page(browser, "?tab=timing"))


def test_a_malformed_head_shows_the_very_byte(desk, browser):
    head = b"GET / HTTP/1.1\r\nHost: a\r\nX : 1\r\n\r\n"
    leg = Leg(number(901), Message(head))
    fault = Fault("dns-failed", "client", "request-head", head.index(b" :"), "white space", "answered 400")
    desk.captures.add(made(1, state="failed", fault=fault.code, error=fault, client_leg=leg, server_leg=None))
    html = page(browser)
    assert "<mark>20</mark>" in html
    text = text_of(html)
    assert "The program that sent the request, while the request" in text
    assert "status 400" in text
    assert "byte 26 of the head" in text


@pytest.mark.parametrize(
    "code", ["dns-unknown", "connect-refused", "tls-untrusted", "server-timeout", "of-the-future"]
)
def test_failures_say_what_who_and_what_to_do(desk, browser, code):
    fault = Fault(code, "network", "connect", None, "the detail", "answered 502")
    desk.captures.add(
        made(1, state="failed", fault=code, error=fault, server_leg=None, status=502, reason="Bad Gateway")
    )
    html = page(browser)
    assert 'class="trouble"' in html
    assert "Inspector answered in the site" in text_of(html)


def test_an_exchange_that_inspector_left_open_says_so(desk, browser):
    desk.captures.add(made(1, state="failed", fault="inspector-stopped", duration=None))
    assert "Inspector was stopped" in text_of(page(browser))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kind": "tunnel", "protection": "sealed", "request_size": 3000, "response_size": 90000}, "left it encrypted"),
        ({"kind": "tls", "status": 0, "state": "failed", "fault": "tls-client-alert",
          "error": Fault("tls-client-alert", "client", "tls", None, "unknown_ca", "closed")}, "unknown_ca"),
    ],
)  # fmt: skip
def test_tunnels_and_failed_handshakes_have_their_pages(desk, browser, changes, words):
    asked = message("CONNECT shop.inspector.test:443 HTTP/1.1", "Host: shop.inspector.test:443")
    leg = Leg(number(901), asked, message("HTTP/1.1 200 OK") if changes["kind"] == "tunnel" else None)
    desk.captures.add(
        made(1, method="CONNECT", path="", resource="tunnel", client_leg=leg, server_leg=None, **changes)
    )
    assert words in text_of(page(browser))


class TestConnection:
    def show(self, desk, browser, client=None, server=None):
        desk.captures.connections[number(901)] = connection(901, "client", client)
        desk.captures.connections[number(902)] = connection(902, "server", server)
        return text_of(page(browser, "?tab=connection"))

    def test_both_sides_with_what_they_agreed_on(self, desk, browser):
        tls = Tls("TLSv1.3", "TLS_AES_128_GCM_SHA256", "http/1.1", "shop.inspector.test", verified=True,
                  offered_versions=("TLSv1.3", "TLSv1.2"), offered_alpn=("h2", "http/1.1"))  # fmt: skip
        text = self.show(desk, browser, Tls("TLSv1.2", resumed=True), tls)
        for words in ("TLS_AES_128_GCM_SHA256", "offered: h2, http/1.1", "Verified", "resumed from an earlier connection",
                      "yes, for 2 exchanges: it was kept open"):  # fmt: skip
            assert words in text

    def test_plain_is_said_to_be_readable(self, desk, browser):
        assert "can be read by anyone on the way" in self.show(desk, browser)

    def test_unverified_says_why(self, desk, browser):
        tls = Tls("", verified=False, why_not="certificate has expired", verify_code=10, chain=(b"x",))
        assert "Browsers call it NET::ERR_CERT_DATE_INVALID" in self.show(desk, browser, None, tls)

    def test_what_is_not_known_is_not_visible_from_here(self, browser):
        assert "Not visible from here" in text_of(page(browser, "?tab=connection"))


class TestTiming:
    def test_phases_have_numbers(self, browser):
        text = text_of(page(browser, "?tab=timing"))
        assert "Waiting for the first byte 5.8 ms" in text
        assert "In all 24 ms" in text

    def test_reuse_is_said(self, desk, browser):
        leg = msgspec.structs.replace(made(1).server_leg, turn=4)
        line = Timeline(0.0001, send_start=0.0002, send_end=0.0003, response_start=0.01, response_end=0.011)
        desk.captures.add(made(1, server_leg=leg, timeline=line))
        assert "a connection that was still open was used again" in text_of(page(browser, "?tab=timing"))

    def test_attempts_that_failed_are_listed(self, desk, browser):
        leg = msgspec.structs.replace(
            made(1).server_leg, attempts=(Attempt("2001:db8::1", 443, 0.0, 0.2, "no answer"),)
        )
        desk.captures.add(made(1, server_leg=leg))
        assert "2001:db8::1" in text_of(page(browser, "?tab=timing"))

    def test_an_open_exchange_has_no_end(self, desk, browser):
        desk.captures.add(made(1, state="open", duration=None, status=0, timeline=Timeline(0.1)))
        assert "still open" in text_of(page(browser, "?tab=timing"))


def test_an_exchange_whose_record_is_gone_shows_what_the_list_knows(desk, browser):
    desk.captures.gone.add(number(1))
    html = page(browser)
    assert "The record was removed to make room." in html
    assert "200 OK" in text_of(html)
    assert 'class="tabs"' not in html


def test_a_body_that_is_gone_is_said_and_the_rest_is_shown(desk, browser):
    desk.captures.body_gone = True
    text = text_of(page(browser))
    assert "The body was removed to make room." in text
    assert "Content-Type" in text
    assert browser.get(f"/api/v1/exchanges/{ID}/body/browser/response").status_code == 410
    assert browser.get(f"/exchange/{ID}/image/browser/response").status_code == 410
