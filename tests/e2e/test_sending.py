"""What the dashboard sends itself, by hand of a person in a real browser: composed, repeated, varied, raw, and a site opened here."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from e2e_running import Running
from flask import Flask, Response, redirect, request
from page_faults import faults
from playwright.sync_api import Browser, BrowserContext, Page, expect
from werkzeug.serving import make_server

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


def site() -> Flask:
    """A shop with a log-in, as small as one can be."""
    app = Flask("shop")

    @app.get("/")
    def home() -> Response:
        answer = Response(
            f"<title>Shop</title><h1>Hello {request.cookies.get('name', 'stranger')}</h1><link rel=stylesheet href=/style.css>"
            "<form method=post action=/log-in><input name=name value=ada><button>Log in</button></form>"
            f"<a href='http://{request.host}/about'>About</a>"
        )
        answer.set_cookie("seen", "1", domain=None)
        return answer

    @app.post("/log-in")
    def log_in() -> Any:
        answer = redirect("/", 303)
        answer.set_cookie("name", request.form["name"], httponly=True)
        return answer

    @app.get("/about")
    def about() -> str:
        return "<h1>About</h1>"

    @app.get("/style.css")
    def style() -> Response:
        return Response("h1 { color: rgb(1, 2, 3) }", mimetype="text/css")

    @app.post("/echo")
    def echo() -> dict[str, Any]:
        return {"agent": request.headers.get("User-Agent"), "body": request.get_data(as_text=True)}

    return app


@pytest.fixture(scope="module")
def shop() -> Iterator[str]:
    server = make_server("127.0.0.1", 0, site(), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def running(start_running: Any) -> Running:
    return start_running("--no-lab").wait_until_ready()


@pytest.fixture(scope="module")
def chromium(page_browser: Browser) -> Browser:
    return page_browser


def signed_in(chromium: Browser, running: Running, **options: Any) -> BrowserContext:
    """A browser at the dashboard's address, which every program can resolve."""
    context = chromium.new_context(
        base_url=f"http://{running.web}", viewport={"width": 1280, "height": 900}, **options
    )
    context.set_default_timeout(30_000)
    page = context.new_page()
    link = running.fresh_link()
    page.goto(link[link.index("/sign-in") :])
    page.wait_for_url(re.compile(r"/(traffic)?$"))
    page.close()
    return context


@pytest.fixture(scope="module")
def context(chromium: Browser, running: Running) -> Iterator[BrowserContext]:
    context = signed_in(chromium, running)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    page = context.new_page()
    page.complaints = []  # type: ignore[attr-defined]  # for the test's end
    page.on("pageerror", lambda error: page.complaints.append(str(error)))  # type: ignore[attr-defined]
    page.on("console", lambda said: page.complaints.append(said.text) if said.type == "error" else None)  # type: ignore[attr-defined]
    return page


def test_a_curl_command_is_sent_repeated_and_varied(page: Page, shop: str) -> None:
    page.goto("/send")
    page.get_by_text("From a cURL command").click()
    page.fill("#command", f"curl 'http://{shop}/echo' -H 'User-Agent: by hand' --data-raw '{{\"a\":1}}'")
    page.get_by_text("Take it apart").click()
    expect(page.locator("#url")).to_have_value(f"http://{shop}/echo")
    page.locator("#composer-send").click()
    answer = page.locator(".composer-answer")
    expect(answer.locator(".status-number")).to_have_text("200")
    expect(answer).to_contain_text("by hand")
    assert faults(page) == []
    answer.get_by_text("The whole exchange").click()
    expect(page.locator("#repeat")).to_contain_text("acts again")
    page.locator("#repeat").click()
    expect(page.locator(".lineage")).to_contain_text("Repeated from")
    page.locator("summary", has_text="What if").click()
    page.get_by_label(re.compile("As from a phone")).check()
    page.get_by_label(re.compile("As HTTP/1.0")).check()
    page.get_by_text("Send each, and compare").click()
    expect(page.locator(".variants thead th")).to_have_count(4)
    expect(page.locator(".variants .status-number")).to_have_text(["200", "200", "200"])
    assert faults(page) == []
    assert page.complaints == []  # type: ignore[attr-defined]


def test_address_and_query_rows_follow_each_other(page: Page, shop: str) -> None:
    page.goto("/send?new=1")
    page.fill("#url", f"http://{shop}/?a=1&b=x%20y")
    page.locator("summary", has_text="Query").click()
    expect(page.locator("#query-value-2")).to_have_value("x y")
    page.fill("#query-value-2", "ä")
    expect(page.locator("#url")).to_have_value(f"http://{shop}/?a=1&b=%C3%A4")
    page.fill("#query-name-3", "c")
    page.fill("#query-name-4", "d")
    expect(page.locator("[data-composer-rows=query] tbody tr")).to_have_count(5)


def test_raw_bytes_are_answered_and_the_broken_rule_is_named(page: Page, shop: str) -> None:
    host, _, port = shop.partition(":")
    page.goto("/send/raw?sample=3")
    page.fill("#host", host)
    page.fill("#port", port)
    page.locator("#composer-send").click()
    expect(page.locator("#raw-answer .raw-bytes")).to_contain_text("HTTP/1.1 200 OK")
    expect(page.locator(".raw-sent")).to_contain_text("RFC 9112 §5.1")
    assert faults(page) == []
    page.get_by_text("The whole exchange").click()
    expect(page.locator(".exchange")).to_contain_text("Inspector passed it on as it was")


def test_a_site_opens_here_with_log_in_cookies_styles_and_links(
    page: Page, context: BrowserContext, chromium: Browser, shop: str, running: Running
) -> None:
    page.goto("/send/open-here")
    expect(page.locator("[data-gateway-far]")).to_be_hidden()
    page.fill("#url", shop)
    with context.expect_page() as opening:
        page.get_by_role("button", name="Open", exact=True).click()
    here = opening.value
    expect(here.locator("h1")).to_have_text("Hello stranger")
    expect(here.locator("h1")).to_have_css("color", "rgb(1, 2, 3)")
    assert re.match(r"http://127-0-0-1-\d+-[0-9a-f]{4}\.localhost:\d+/$", here.url)
    here.get_by_text("Log in").click()
    expect(here.locator("h1")).to_have_text("Hello ada")
    here.get_by_text("About").click()
    expect(here.locator("h1")).to_have_text("About")
    assert ".localhost:" in here.url
    names = {each["name"] for each in context.cookies(here.url)}
    assert {"inspector-door", "name", "seen"} <= names
    assert "inspector-door" not in here.evaluate("document.cookie")
    rows = {row["path"]: row for row in running.dashboard().rows()}
    assert rows["/log-in"]["origin"] == "gateway"

    stranger = chromium.new_context().new_page()
    refused = stranger.goto(here.url)
    assert refused is not None
    assert refused.status == 403
    reached = here.evaluate(
        "url => fetch(url, {credentials: 'include'}).then(() => 'read', () => 'refused')",
        f"http://{running.web}/api/v1/exchanges",
    )
    assert reached == "refused"
    stranger.context.close()

    page.goto("/send/open-here")
    assert faults(page) == []
    page.fill("#url", running.web)
    with context.expect_page() as opening:
        page.get_by_role("button", name="Open", exact=True).click()
    expect(opening.value.locator("body")).to_contain_text("does not forward to itself")


def test_without_script_everything_is_a_form(chromium: Browser, running: Running, shop: str) -> None:
    context = signed_in(chromium, running, java_script_enabled=False)
    page = context.new_page()
    page.goto("/send?new=1")
    page.fill("#url", f"http://{shop}/about")
    page.locator("#composer-send").click()
    expect(page.locator(".composer-answer .status-number")).to_have_text("200")
    page.get_by_text("The whole exchange").click()
    page.locator("#repeat").click()
    expect(page.locator(".lineage")).to_contain_text("Repeated from")
    context.close()
