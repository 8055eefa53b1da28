"""Sites opened here: who comes in, what is renamed on the way, and that nothing of the dashboard is there."""

from __future__ import annotations

import gzip
import re

import pytest
from sending import HOST, app, engine, page

from inspector.store.workbench import SiteRow
from inspector.web.gateway.rewriting import pages_renamer, renamed, to_browser, to_site, without_door
from inspector.web.gateway.sites import Site, Sites

__all__ = ["app", "engine", "page"]  # fixtures

SITE = Site(
    SiteRow("shop-test-7f3a", "https", "shop.test", 443, "s3cret", 0.0),
    "http://shop-test-7f3a.localhost:8081",
)


# -- what is renamed


def back(*fields, local=True):
    return to_browser(fields, SITE, local=local)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("Location", "https://shop.test/a?b#c", "http://shop-test-7f3a.localhost:8081/a?b#c"),
        ("Location", "/a", "/a"),
        ("Location", "https://shop.test.evil.example/", "https://shop.test.evil.example/"),
        ("Location", "https://shop.test@evil.example/", "https://shop.test@evil.example/"),
        ("Location", "https://shop.test:444/", "https://shop.test:444/"),
        ("Location", "http://shop.test/", "http://shop.test/"),
        ("Refresh", "5; url=https://SHOP.test/x", "5; url=http://shop-test-7f3a.localhost:8081/x"),
        ("Access-Control-Allow-Origin", "https://shop.test", "http://shop-test-7f3a.localhost:8081"),
        ("Set-Cookie", "a=1; Domain=.shop.test; Path=/; Secure", "a=1; Path=/; Secure"),
        ("Set-Cookie", "inspector-door=x; Path=/", None),
        ("Strict-Transport-Security", "max-age=1", None),
        ("Alt-Svc", 'h3=":443"', None),
        ("Clear-Site-Data", '"cookies"', None),
        ("Transfer-Encoding", "chunked", None),
        ("Inspector-Exchange-Id", "1", None),
        ("Content-Security-Policy", "upgrade-insecure-requests", None),
        ("Content-Security-Policy", "default-src 'self' https://shop.test; upgrade-insecure-requests; img-src https:",
         "default-src 'self' http://shop-test-7f3a.localhost:8081; img-src https: http://shop-test-7f3a.localhost:8081"),
        ("X-Anything", "https://shop.test", "https://shop.test"),
    ],
)  # fmt: skip
def test_what_a_site_says_of_itself_names_it_as_it_is_called_here(name, value, said):
    assert back((name, value)) == ([(name, said)] if said is not None else [])


def test_over_plain_http_to_another_computer_cookies_lose_what_would_have_them_refused():
    assert back(("Set-Cookie", "a=1; Secure; SameSite=None; Partitioned"), local=False) == [
        ("Set-Cookie", "a=1; SameSite=Lax")
    ]


def test_the_site_is_told_its_own_name_and_never_the_doors_cookie():
    sent = [
        ("Host", "shop-test-7f3a.localhost:8081"), ("Origin", "http://shop-test-7f3a.localhost:8081"),
        ("Cookie", "inspector-door=s3cret; a=1"), ("Connection", "keep-alive"), ("X", "1"),
    ]  # fmt: skip
    said = to_site(sent, SITE, lambda text: text.replace(SITE.here, SITE.origin))
    assert said == [("Host", "shop.test"), ("Origin", "https://shop.test"), ("Cookie", "a=1"), ("X", "1")]
    assert to_site([("Cookie", "inspector-door=s3cret")], SITE, str) == [("Host", "shop.test")]
    assert without_door("a=1;inspector-door=x ; inspector-doors=2") == "a=1; inspector-doors=2"


@pytest.mark.parametrize(
    ("page_said", "page_says"),
    [
        (b'<a href="https://shop.test/a">', b'<a href="http://shop-test-7f3a.localhost:8081/a">'),
        (b"<img src=//shop.test/x.png>", b"<img src=//shop-test-7f3a.localhost:8081/x.png>"),
        (b'{"u":"https:\\/\\/shop.test\\/"}', b'{"u":"http:\\/\\/shop-test-7f3a.localhost:8081\\/"}'),
        (b"https://shop.test.evil.example/", b"https://shop.test.evil.example/"),
        (b"https://www.shop.test/ http://shop.test/", b"https://www.shop.test/ http://shop.test/"),
        (b"/path//shop.test/", b"/path//shop.test/"),
    ],
)
def test_in_web_pages_the_sites_own_addresses_are_renamed(page_said, page_says):
    assert pages_renamer(SITE)(page_said) == page_says


def test_a_name_is_only_replaced_where_it_ends():
    assert renamed("https://shop.test-x/ https://shop.test", SITE) == "https://shop.test-x/ http://shop-test-7f3a.localhost:8081"  # fmt: skip


# -- names


class _Kept:
    def __init__(self):
        self.rows = []

    def sites(self):
        return tuple(self.rows)

    def keep_site(self, row):
        self.rows = [row, *(each for each in self.rows if each.label != row.label)]

    def remove_site(self, label):
        self.rows = [each for each in self.rows if each.label != label]


@pytest.mark.parametrize("host", ["example.com", "xn--bcher-kva.example", "a" * 63 + "." + "b" * 63, "::1", "127.0.0.1", "A_B.test"])  # fmt: skip
def test_a_name_is_one_label_of_at_most_63_bytes_and_no_international_one(host):
    sites = Sites(_Kept(), frozenset({8081}))
    site = sites.open("https", host, 443, at=8081)
    assert re.fullmatch(r"[a-z0-9](?:-?[a-z0-9]+)*-[0-9a-f]{4}", site.row.label)
    assert len(site.row.label) <= 63
    assert not site.row.label.startswith("xn--")
    assert sites.open("https", host, 443, at=8081).row.label == site.row.label
    assert sites.open("http", host, 80, at=8081).row.label != site.row.label


def test_only_its_own_name_at_the_dashboards_port_means_a_site():
    sites = Sites(_Kept(), frozenset({8081}))
    name = sites.open("http", "shop.test", 80, at=8081).name
    assert sites.find(name) is not None
    assert sites.find(name.upper()) is not None
    label = name.partition(".")[0]
    for wrong in (
        f"{label}.localhost", f"{label}.localhost:80", f"{label}.localhost:8082", f"{label}.evil.test:8081", f"x.{name}", f"{label}:8081",
        f"{label}.localhost.evil.test:8081", "", ":8081", f"{name}:1", f"{label}x.localhost:8081", f"[{label}].localhost:8081",
    ):  # fmt: skip
        assert sites.find(wrong) is None, wrong


def test_a_ticket_is_good_once_and_for_its_site_alone():
    sites = Sites(_Kept(), frozenset({8081}))
    one, two = (sites.open("http", host, 80, at=8081) for host in ("a.test", "b.test"))
    ticket = sites.ticket(one)
    assert not sites.redeem(two, ticket)
    assert not sites.redeem(one, ticket)  # tried at the wrong door, it is void
    ticket = sites.ticket(one)
    assert sites.redeem(one, ticket)
    assert not sites.redeem(one, ticket)
    assert not sites.admits(one, "")
    assert not sites.admits(one, two.row.secret)


# -- through the dashboard


def opened(page, url="http://shop.test/start?x=1"):
    """Open a site, as a browser does: the address under which it is, and the cookie that opens it."""
    answer = page.post("/send/open-here", data={"url": url})
    assert answer.status_code == 200, answer.text
    enter = re.search(r'url=(http://[^"]+)"', answer.text)[1].replace("&amp;", "&")
    here = re.match(r"http://[^/]+", enter)[0]
    came = page._client.get(enter)
    assert came.status_code == 200
    assert 'url=/start?x=1"' in came.text or "url=/" in came.text
    return here, came.headers["Set-Cookie"].partition(";")[0], enter


def ask(page, here, path="/", cookie="", method="GET", **headers):
    bare = page._client.application.test_client(use_cookies=False)
    return bare.open(
        here + path, buffered=True, method=method, headers={"Cookie": cookie, **{k.replace("_", "-"): v for k, v in headers.items()}}
    )  # fmt: skip


def test_a_site_is_opened_and_answers_under_its_name(page, engine):
    here, cookie, enter = opened(page)
    engine.answer = lambda _: b"HTTP/1.1 200 Fine\r\nContent-Type: text/plain\r\nSet-Cookie: a=1; Domain=shop.test\r\nContent-Length: 2\r\n\r\nhi"  # fmt: skip
    answer = ask(page, here, "/a//b%2Fc?q=%7e", cookie, X_Own="1", Referer=f"{here}/start")
    assert (answer.status, answer.data) == ("200 Fine", b"hi")
    assert answer.headers["Set-Cookie"] == "a=1"
    request = engine.seen[-1]
    assert request.startswith(b"GET http://shop.test/a//b%2Fc?q=%7e HTTP/1.1\r\nHost: shop.test\r\n")
    assert b"inspector-door" not in request
    assert b"Referer: http://shop.test/start\r\n" in request
    assert b"Inspector-Sent: tok gateway -\r\n" in request
    flags = (
        page._client.get(enter).status_code,
        page.post("/send/open-here", data={"url": "http://shop.test"}).status_code,
    )
    assert flags == (403, 200)  # the link was used


def test_the_door_stays_shut_without_its_cookie(page, engine):
    here, cookie, _ = opened(page)
    name = cookie.partition("=")[0]
    for wrong in ("", f"{name}=", f"{name}=wrong", cookie[:-1]):
        assert ask(page, here, "/", wrong).status_code == 403
    assert ask(page, here, "/", cookie, Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="cors").status_code == 403
    assert ask(page, here, "/__inspector__/enter?ticket=nonsense").status_code == 403
    assert not engine.seen


def test_the_cookie_is_for_the_browser_alone(page):
    answer = page.post("/send/open-here", data={"url": "http://shop.test/"})
    enter = re.search(r'url=(http://[^"]+)"', answer.text)[1].replace("&amp;", "&")
    said = page._client.get(enter).headers["Set-Cookie"]
    assert "HttpOnly" in said
    assert "SameSite=Strict" in said
    assert "Domain" not in said


@pytest.mark.parametrize("path", ["/", "/traffic", "/api/v1/exchanges", "/sign-in", "/static/plain.css", "/send", "/feed", "/favicon.ico"])  # fmt: skip
def test_nothing_of_the_dashboard_is_there(page, engine, path):
    here, cookie, _ = opened(page)
    assert ask(page, here, path).status_code == 403
    assert ask(page, here, path, cookie).data == b"ok"
    assert len(engine.seen) == 1


@pytest.mark.parametrize(
    "name",
    ["nobody-1234.localhost:8081", "evil.test:8081", "probe-12ab.localhost:8081", "localhost.evil.test"],
)
def test_other_names_are_nobodys(page, engine, name):
    assert page._client.get(f"http://{name}/").status_code == 421
    assert not engine.seen


def test_the_probe_answers_any_name_of_its_kind_and_says_nothing(page):
    answer = page._client.get("http://probe-12ab.localhost:8081/__inspector__/probe")
    assert (answer.status_code, answer.data) == (204, b"")


def test_opening_needs_the_dashboards_own_form(page):
    assert page.post("/send/open-here", token=False, data={"url": "http://shop.test"}).status_code == 403
    for headers in ({"Origin": "https://evil.test"}, {"Origin": "http://shop-test-1234.localhost:8081"}, {"Sec-Fetch-Site": "same-site"}):  # fmt: skip
        assert (
            page.post("/send/open-here", headers=headers, data={"url": "http://shop.test"}).status_code == 403
        )


def test_what_is_no_address_says_so(page):
    for wrong in ("", "ftp://a.test", "http://", "javascript:alert(1)"):
        assert page.post("/send/open-here", data={"url": wrong}).status_code == 422


def test_a_page_that_was_packed_is_renamed_unpacked(page, engine):
    here, cookie, _ = opened(page)
    body = gzip.compress(b'<a href="http://shop.test/x">', mtime=0)
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n"
    engine.answer = lambda _: head % len(body) + body
    answer = ask(page, here, "/", cookie)
    assert answer.data == f'<a href="{here}/x">'.encode()
    assert "Content-Encoding" not in answer.headers


def test_a_page_that_cannot_be_read_passes_as_it_is(page, engine):
    here, cookie, _ = opened(page)
    engine.answer = lambda _: (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope"
    )
    answer = ask(page, here, "/", cookie)
    assert (answer.data, answer.headers["Content-Encoding"]) == (b"nope", "gzip")


def test_a_person_is_led_on_to_another_site_and_a_script_is_not(page, engine):
    here, cookie, _ = opened(page)
    engine.answer = lambda _: (
        b"HTTP/1.1 302 F\r\nLocation: https://login.test/in?a=1\r\nContent-Length: 0\r\n\r\n"
    )
    led = ask(page, here, "/", cookie, Sec_Fetch_Mode="navigate", Sec_Fetch_Dest="document").headers[
        "Location"
    ]
    assert re.match(
        r"http://login-test-[0-9a-f]{4}\.localhost:8081/__inspector__/enter\?ticket=.+&to=%2Fin%3Fa%3D1$", led
    )
    assert page._client.get(led).status_code == 200
    fetched = ask(page, here, "/", cookie, Sec_Fetch_Mode="cors", Sec_Fetch_Dest="empty")
    assert fetched.headers["Location"] == "https://login.test/in?a=1"


def test_bodies_go_up_and_fields_cannot_forge_the_mark(page, engine):
    here, cookie, _ = opened(page)
    page._client.post(
        f"{here}/order",
        data=b"a=1",
        headers={"Cookie": cookie, "Inspector-Sent": "tok composer -", "Origin": here},
    )
    request = engine.seen[-1]
    assert request.endswith(b"\r\n\r\na=1")
    assert b"Origin: http://shop.test\r\n" in request
    assert request.count(b"Inspector-Sent: tok gateway -") == 1


def test_web_sockets_are_said_not_to_work(page, engine):
    here, cookie, _ = opened(page)
    assert ask(page, here, "/ws", cookie, Upgrade="websocket", Connection="Upgrade").status_code == 501
    assert not engine.seen


def test_a_site_that_was_closed_is_gone(page):
    here, cookie, _ = opened(page)
    label = here.removeprefix("http://").partition(".")[0]
    page.post("/send/open-here/close", data={"label": label})
    assert ask(page, here, "/", cookie).status_code == 421


def test_a_browser_elsewhere_is_told_that_the_names_do_not_lead_here(page):
    answer = page.post(
        "/send/open-here", data={"url": "http://shop.test"}, environ_base={"REMOTE_ADDR": "192.0.2.9"}
    )
    assert answer.status_code == 409
    assert "--gateway-base" in answer.text


def test_safari_is_told_which_browsers_find_these_names(page):
    agent = "Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15"
    warned = re.compile(r"data-gateway-far(?! hidden)")
    assert warned.search(page.get("/send/open-here", headers={"User-Agent": agent}).text)
    assert not warned.search(page.get("/send/open-here", headers={"User-Agent": agent + " Chrome/156"}).text)


def test_the_dashboard_answers_as_before(page):
    assert page.get("/set-up").status_code == 200
    assert page._client.get(f"{HOST}/__inspector__/enter").status_code == 404


def test_room_is_given_back_whatever_was_answered(page, engine):
    here, cookie, _ = opened(page)
    answers = (
        b"HTTP/1.1 304 Not Modified\r\n\r\n", b"HTTP/1.1 204 No Content\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nok", b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 9\r\n\r\nok",
    )  # fmt: skip
    for answer in answers * 4:
        engine.answer = lambda _, said=answer: said
        for method in ("GET", "HEAD"):
            assert ask(page, here, "/", cookie, method).status_code in {200, 204, 304, 502}
