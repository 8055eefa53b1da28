"""A real browser goes through the proxy; the dashboard, in another real browser, shows what it does while it does it.

The dashboard's page is opened once and never again: `shown` proves for each row that it came by itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from e2e_authority import SiteAuthority
from e2e_contents import NUMBERS, SCRIPT, STYLE, pattern, picture
from e2e_running import Dashboard, Running
from e2e_site import Site
from e2e_watch import Watch
from playwright.sync_api import Browser, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

SCHEMES = ("http", "https")


@pytest.fixture(scope="module")
def watch(page_browser: Browser, running: Running) -> Iterator[Watch]:
    """The dashboard in a browser that uses no proxy."""
    context = page_browser.new_context(viewport={"width": 1100, "height": 900})
    watching = Watch(context, running, _reader(running))
    watching.list.context.set_default_timeout(15_000)
    yield watching
    context.close()


def _reader(running: Running) -> Dashboard:
    """The API beside the page, signed in by a link of its own: the printed one is for the browser."""
    reader = Dashboard(running.web)
    reader.sign_in(running.fresh_link())
    return reader


@pytest.fixture(scope="module")
def surfing(launch_for_pages: Callable[..., Browser], running: Running) -> Iterator[Browser]:
    """A browser that goes through the proxy for everything and was told to accept our authority's leaves."""
    browser = launch_for_pages(
        f"--proxy-server={running.proxy_url}",
        "--proxy-bypass-list=<-loopback>",
        f"--ignore-certificate-errors-spki-list={running.spki}",
    )
    yield browser
    browser.close()


@pytest.fixture
def page(surfing: Browser, watch: Watch) -> Iterator[Page]:
    """A new window with nothing remembered, going through the proxy."""
    context = surfing.new_context()
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()
    assert watch.complaints == []


@pytest.fixture(params=SCHEMES)
def base(request: pytest.FixtureRequest, site: Site) -> str:
    """The site's address, over http and over https."""
    return getattr(site, request.param)


# --- a page and what belongs to it -------------------------------------------------------------------------


def test_a_page_and_all_its_parts_appear(page: Page, base: str, watch: Watch) -> None:
    page.goto(f"{base}/")
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).color") == "rgb(1, 2, 3)"
    assert page.evaluate("document.documentElement.dataset.script") == "ran"
    assert page.evaluate("document.querySelector('img').naturalWidth") == 64
    for part, body in {"/style.css": STYLE, "/script.js": SCRIPT, "/picture.png": picture()}.items():
        id = watch.shown("GET", base + part, 200)
        assert watch.dashboard.body(id, "browser", "response") == body
    whole = watch.shown("GET", f"{base}/", 200)
    kind = watch.list.locator(f".row[data-id='{whole}']")
    expect(kind.locator(".cell-kind")).to_contain_text("Page")
    expect(kind.locator(".cell-client")).to_contain_text("Chrome")
    expect(kind.locator(".status-phrase")).to_have_text("OK")
    expect(kind.locator(".protection")).to_contain_text(
        "decrypted" if base.startswith("https") else "readable"
    )


def test_a_fetch_appears_with_its_json(page: Page, base: str, watch: Watch) -> None:
    page.goto(f"{base}/new")
    assert page.evaluate("fetch('/data.json').then(answer => answer.json())") == NUMBERS
    shown = watch.open(watch.shown("GET", f"{base}/data.json", 200))
    expect(shown.locator(".half-response")).to_contain_text("世界")
    expect(shown.locator(".half-response .fields")).to_contain_text("application/json")


def test_a_form_appears_with_what_was_typed(page: Page, base: str, watch: Watch) -> None:
    page.goto(f"{base}/")
    page.fill("[name=secret]", "correct horse")
    page.click("button")
    expect(page.locator("h1")).to_have_text("Thanks, Ada & Grace")
    shown = watch.open(watch.shown("POST", f"{base}/form", 200))
    expect(shown.locator(".half-request")).to_contain_text("Ada & Grace")
    expect(shown.locator(".half-request")).to_contain_text("correct horse")
    expect(shown.locator(".half-response")).to_contain_text("Thanks")


def test_a_redirect_appears_as_two(page: Page, base: str, watch: Watch) -> None:
    page.goto(f"{base}/")
    page.click("a")
    expect(page.locator("h1")).to_have_text("Arrived")
    first, second = watch.shown("GET", f"{base}/old", 302), watch.shown("GET", f"{base}/new", 200)
    assert first < second
    expect(watch.open(first).locator(".half-response .fields")).to_contain_text("Location")


def test_a_cookie_appears_where_it_is_set_and_where_it_comes_back(
    page: Page, base: str, watch: Watch
) -> None:
    page.goto(f"{base}/")
    assert page.evaluate("fetch('/cookies').then(answer => answer.json())") == {"cookie": "visited=yes"}
    expect(watch.open(watch.shown("GET", f"{base}/", 200)).locator(".half-response .fields")).to_contain_text(
        "visited=yes"
    )
    expect(
        watch.open(watch.shown("GET", f"{base}/cookies", 200)).locator(".half-request .fields")
    ).to_contain_text("visited=yes")


def test_what_the_browser_has_kept_appears_as_304(page: Page, base: str, watch: Watch) -> None:
    page.goto(f"{base}/")
    assert page.evaluate("fetch('/style.css', {cache: 'no-cache'}).then(answer => answer.status)") == 200
    shown = watch.open(watch.shown("GET", f"{base}/style.css", 304))
    expect(shown.locator(".half-request .fields")).to_contain_text("If-None-Match")
    expect(shown.locator(".half-response")).to_contain_text("No body.")


def test_a_media_element_appears_with_its_ranges(page: Page, base: str, watch: Watch) -> None:
    page.goto(f"{base}/new")
    duration = page.evaluate("""() => new Promise((done, failed) => {
        const audio = new Audio("/sound.wav");
        audio.addEventListener("loadedmetadata", () => done(audio.duration));
        audio.addEventListener("error", () => failed(new Error("the sound cannot be played")));
        audio.preload = "auto";
        document.body.append(audio);
    })""")
    assert duration == pytest.approx(10)
    id = watch.shown("GET", f"{base}/sound.wav", 206)
    assert "Range: bytes=0-" in watch.dashboard.exchange(id)["client_leg"]["request"]["head"]
    kind = watch.list.locator(f".row[data-id='{id}'] .cell-kind")
    expect(kind).to_contain_text("Media")


def test_a_range_in_the_middle_is_just_that(page: Page, base: str, watch: Watch) -> None:
    page.goto(f"{base}/new")
    size = page.evaluate(
        "fetch('/bytes/300000', {headers: {Range: 'bytes=100000-249999'}}).then(a => a.arrayBuffer()).then(b => b.byteLength)"
    )
    assert size == 150_000
    id = watch.shown("GET", f"{base}/bytes/300000", 206)
    assert watch.dashboard.body(id, "browser", "response") == pattern(300_000)[100_000:250_000]


def test_an_event_stream_appears_while_it_is_open(page: Page, base: str, watch: Watch) -> None:
    page.goto(f"{base}/new")
    told = page.evaluate("""() => new Promise((done) => {
        const told = [];
        window.source = new EventSource("/events");
        source.onmessage = ({data}) => told.push(data) === 3 && done(told);
    })""")
    assert told == ["event 0", "event 1", "event 2"]
    id = watch.shown("GET", f"{base}/events", 200)
    still = watch.dashboard.exchange(id)
    assert still["state"] == "open"
    page.evaluate("source.close()")
    ended = watch.dashboard.row("/events", scheme=base.partition(":")[0], state="failed")
    assert (ended["id"], ended["fault"]) == (id, "client-closed-early")
    expect(watch.open(id).locator(".half-response .body")).to_contain_text("event 2")


def test_a_download_that_is_given_up_appears_as_failed(page: Page, site: Site, watch: Watch) -> None:
    """The site says nothing more, and the browser is gone without a word: that is noticed all the same."""
    page.goto(f"{site.https}/new")
    page.evaluate("""async () => {
        const control = new AbortController();
        const answer = await fetch("/hanging", {signal: control.signal});
        await answer.body.getReader().read();
        control.abort();
    }""")
    ended = watch.dashboard.row("/hanging", state="failed")
    assert ended["fault"] == "client-closed-early"
    watch.shown("GET", f"{site.https}/hanging", "cut off by the browser")


def test_a_websocket_appears_and_passes_messages(page: Page, base: str, watch: Watch) -> None:
    page.goto(f"{base}/new")
    address = re.sub("^http", "ws", base) + "/socket"
    echoed = page.evaluate(
        """(address) => new Promise((done, failed) => {
        const socket = new WebSocket(address), long = "x".repeat(1000);
        socket.onopen = () => { socket.send("hello"); socket.send(long); };
        const got = [];
        socket.onmessage = ({data}) => { if (got.push(data) === 2) socket.close(1000, "enough"); };
        socket.onclose = ({code}) => done([got[0], got[1] === long, code]);
        socket.onerror = () => failed(new Error("the socket failed"));
    })""",
        address,
    )
    assert echoed == ["hello", True, 1000]
    id = watch.shown("GET", address, 101)
    ended = watch.dashboard.row("/socket", scheme=address.partition(":")[0])
    assert (ended["id"], ended["kind"]) == (id, "websocket")
    record = watch.dashboard.exchange(id)
    assert record["server_leg"]["response"]["body"]["size"] > 1000
    assert "Upgrade: websocket" in record["server_leg"]["request"]["head"]


# --- what the pages say of an exchange --------------------------------------------------------------------


def test_an_exchange_shows_both_its_legs(page: Page, base: str, watch: Watch) -> None:
    page.goto(f"{base}/new")
    page.evaluate("fetch('/load/legs', {headers: {'X-Own': 'from the page'}}).then(a => a.text())")
    id = watch.shown("GET", f"{base}/load/legs", 200)
    for side in ("browser", "site"):
        shown = watch.open(id, side=side)
        expect(shown.locator(".half-request .start-line")).to_contain_text("GET")
        expect(shown.locator(".half-request .fields")).to_contain_text("from the page")
        expect(shown.locator(".half-response")).to_contain_text("This is /load/legs.")
    for view, word in {"raw": "X-Own: from the page", "hex": "66 72 6f 6d"}.items():
        expect(watch.open(id, request=view).locator(".half-request")).to_contain_text(word, ignore_case=True)
    changes = watch.open(id, side="changes")
    if base.startswith("https"):
        expect(changes.locator(".messages")).to_contain_text("passed on without any change")
    else:
        expect(changes.locator(".difference")).to_contain_text(f"GET {base}/load/legs HTTP/1.1")
        expect(changes.locator(".decisions")).to_contain_text("shortened to the path")


def test_an_exchange_shows_the_tls_of_both_its_connections(
    page: Page, site: Site, watch: Watch, authority: Any
) -> None:
    page.goto(f"{site.https}/new")
    shown = watch.open(watch.shown("GET", f"{site.https}/new", 200), "connection")
    browser, own = shown.locator("#wire-1 >> xpath=.."), shown.locator("#wire-2 >> xpath=..")
    for side in (browser, own):
        expect(side.locator("h3").first).to_have_text("TLS")
        told = dict(pair for block in side.locator("dl.facts").all()[:2] for pair in _pairs(block))
        assert told["Version"].startswith("TLS 1.3")
        assert told["Cipher suite"].startswith("TLS_")
        assert told["Protocol inside (ALPN)"].startswith("http/1.1")
        assert told["Name asked for (SNI)"] == "localhost"
    stand_in, sites_own = (
        shown.locator(f"#chain-{side} >> xpath=ancestor::section[1]") for side in ("browser", "site")
    )
    expect(stand_in).to_contain_text("made by Inspector on this computer")
    expect(stand_in.locator(".chain h4").first).to_contain_text("localhost")
    expect(sites_own).to_contain_text(authority.name)


def _pairs(block: Any) -> list[tuple[str, str]]:
    names, values = block.locator("dt").all_inner_texts(), block.locator("dd").all_inner_texts()
    return [(name, " ".join(value.split())) for name, value in zip(names, values, strict=True)]


def test_an_exchange_over_http_says_that_others_can_read_it(page: Page, site: Site, watch: Watch) -> None:
    page.goto(f"{site.http}/new")
    shown = watch.open(watch.shown("GET", f"{site.http}/new", 200), "connection")
    assert shown.locator(".wire", has_text="can be read by anyone on the way").count() == 2


def test_an_exchange_shows_where_its_time_went(page: Page, base: str, watch: Watch) -> None:
    page.goto(f"{base}/new")
    page.evaluate("fetch('/bytes/2000000').then(answer => answer.arrayBuffer())")
    id = watch.shown("GET", f"{base}/bytes/2000000", 200)
    watch.dashboard.row("/bytes/2000000", scheme=base.partition(":")[0])
    shown = watch.open(id, "timing")
    total = shown.locator(".phases tfoot tr").last
    expect(total).to_contain_text(re.compile(r"\d (ms|s)"))
    phases = shown.locator(".phases tbody th").all_inner_texts()
    assert len(phases) >= 5
    assert shown.locator(".phases tbody .phase-line rect").count() >= 2


def test_a_refused_certificate_is_told_on_the_page_and_on_the_dashboard(
    page: Page, site: Site, watch: Watch, tmp_path: Any
) -> None:
    stranger = SiteAuthority(tmp_path, "localhost")
    with Site(stranger.context, tmp_path) as other:
        answer = page.goto(f"{other.https}/new")
        assert answer is not None
        assert answer.status == 502
        id = watch.shown("GET", f"{other.https}/new", "certificate not trusted")
        row = watch.dashboard.exchange(id)
        assert row["fault"]["code"] == "tls-untrusted"
        trouble = watch.open(id).locator(".trouble")
        expect(trouble).to_contain_text(
            "was signed in the end by The test site's authority, which is not in the trust store"
        )
        expect(trouble).to_contain_text("NET::ERR_CERT_AUTHORITY_INVALID")
        assert not [seen for seen in other.seen if seen.path == "/new"]


def test_the_list_paused_stands_still_and_goes_on(page: Page, base: str, watch: Watch) -> None:
    path = f"/load/while-held-{base.partition(':')[0]}"
    watch.list.click("[data-list-hold]")
    page.goto(base + path)
    watch.dashboard.row(path)
    assert watch.list.locator(".row", has_text=path).count() == 0
    watch.list.click("[data-list-hold]")
    watch.shown("GET", base + path, 200)


def test_what_was_captured_never_runs(page: Page, base: str, watch: Watch) -> None:
    """Markup in an address, a field, a form and a page stays text: it isn't even there for the policy to refuse."""
    evil = "\"'><script>document.title = 'owned'</script><img src=x onerror=\"document.title = 'owned'\">"
    page.goto(f"{base}/new")
    page.evaluate(
        """async (evil) => {
            await fetch("/load/evil?" + evil, {headers: {"X-Evil": evil}});
            await fetch("/form", {method: "POST", body: new URLSearchParams({name: evil, [evil]: "value"})});
        }""",
        evil,
    )
    form = watch.shown("POST", f"{base}/form", 200)
    before = watch.exchange_before(form)
    for id in (before, form):
        for view in ({}, {"request": "raw", "response": "raw"}, {"side": "site"}, {"side": "changes"}):
            shown = watch.open(id, **view)
            assert "owned" not in shown.title()
            assert shown.locator("img[src=x]").count() == 0
    assert "owned" not in watch.list.title()
    expect(watch.open(form).locator(".half-response")).to_contain_text("document.title = 'owned'")


def test_the_open_list_survives_the_dashboards_death(
    page: Page, base: str, watch: Watch, running: Running
) -> None:
    """kill -9 to the web process: the page shows what it missed when that is back, without a reload."""
    restarts = running.notice["restarts"]["web"]
    path = f"/load/missed-{base.partition(':')[0]}"
    running.kill("web")
    page.goto(base + path)
    running.wait_until_back("web", restarts + 1)
    watch.shown("GET", base + path, 200)
    expect(watch.list.locator("[data-lamp-words]").first).to_have_text("Capturing")
    assert all("net::ERR" in each for each in watch.complaints), watch.complaints
    watch.complaints.clear()
