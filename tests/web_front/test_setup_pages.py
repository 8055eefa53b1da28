"""The pages of Set-up and the refused connections in a real Chromium: both levels and themes, wide and narrow; axe and the content policy find nothing."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import web_front_standin as standin
from page_faults import faults
from playwright.sync_api import Page, expect

from inspector.exchange.model import Connection, Exchange, Fault, HandshakeMessage, Leg, Message, Tls
from inspector.explain.findings import Finding
from inspector.explain.refusals import History
from inspector.store.captures import Row

pytestmark = pytest.mark.browser

SIZES = {"wide": (1280, 800), "narrow": (400, 800)}
# each size, theme and level with each other, but not all three: a theme changes colours, a size and a level the layout
LOOKS = [
    ("wide", "light", "new"),
    ("wide", "dark", "details"),
    ("narrow", "dark", "new"),
    ("narrow", "light", "details"),
]
ASKED = b"CONNECT shop.example:443 HTTP/1.1\r\nUser-Agent: curl/8.5.0\r\n\r\n"
LONG = "a-host-with-a-name-that-is-longer-than-most-and-does-not-fit-anywhere.and-another-label.example"
HOSTS = ("shop.example", LONG, "mitmdetection.services.mozilla.com")
FOUND = (
    Finding(
        "running",
        "inspector",
        "Inspector is running",
        "good",
        "All of its processes are at work.",
        evidence=("process 5",),
    ),
    Finding(
        "key",
        "trust",
        "The authority's key is yours alone",
        "bad",
        "Others may read it.",
        "`chmod 600 /home/ada/" + "long/" * 30 + "ca-key.pem`",
        ("mode 0644",),
    ),
    Finding("stores", "trust", "A trust store believes it", "open", "None does.", "`inspector ca trust`"),
    Finding("quic", "way", "Nothing goes past it", "caution", f"{LONG} offers HTTP/3.", "Switch it off."),
)
PAGES = {
    "check": "/set-up/check", "browsers": "/set-up/browsers", "decrypted": "/set-up/decrypted", "refused": "/certificates/refused",
    "api": "/api", "tokens": "/set-up/tokens",
    "one refused": f"/exchange/{9001:032x}",
}  # fmt: skip


class Refusing(standin.StandIn):  # type: ignore[misc]  # a module that is loaded by hand
    """With handshakes that failed: 9001, 9002, ..."""

    def refused(self, limit: int = 500) -> tuple[Row, ...]:
        return tuple(self._refused(9001 + n, host) for n, host in enumerate(HOSTS))

    def _refused(self, n: int, host: str) -> Row:
        facts = standin.PLAIN | {
            "kind": "tls", "state": "failed", "fault": "tls-client-alert", "protection": "sealed", "method": "CONNECT", "path": "", "status": 0,
            "reason": "", "host": host, "agent": "curl 8.5" if n != 9003 else "Firefox 153",
        }  # fmt: skip
        return Row(id=n.to_bytes(16, "big"), change=1, started=standin.BEGAN + n, **facts)

    def row(self, id: bytes) -> Row | None:
        return next((row for row in self.refused() if row.id == id), None) or super().row(id)

    def exchange(self, id: bytes) -> Exchange | None:
        row = next((row for row in self.refused() if row.id == id), None)
        if row is None:
            return super().exchange(id)
        fields = {name: getattr(row, name) for name in Exchange.__struct_fields__ if hasattr(row, name)}
        error = Fault("tls-client-alert", "client", "tls", None, "unknown_ca", "closed")
        return Exchange(**fields, client_leg=Leg(id, Message(ASKED)), error=error)

    def connection(self, id: bytes) -> Connection | None:
        if int.from_bytes(id, "big") < 9000:
            return super().connection(id)
        shown = (HandshakeMessage("server", 22, 11, 900, 0.001), HandshakeMessage("client", 21, 48, 2, 0.03))
        tls = Tls(
            sni="shop.example",
            alert="unknown_ca",
            alert_by="client",
            handshake=shown,
            offered_versions=("TLS 1.3", "TLS 1.2"),
        )
        return msgspec.structs.replace(standin.line(standin.CLIENT), id=id, tls=tls, asked=ASKED)

    def history(self, failed: Any) -> History:
        return History(refused=2)

    def failure_for(self, host: str) -> Row | None:
        return None

    def of_host(self, host: str, **_: Any) -> tuple[Row, ...]:
        return ()


@pytest.fixture
def dashboard(bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """With failed handshakes, and with checks that found something of each kind."""
    monkeypatch.setattr(
        standin, "create_dashboard", functools.partial(standin.create_dashboard, check_up=lambda: FOUND)
    )
    with standin.running(tmp_path, Refusing(30)) as running:
        yield running


def settled(page: Page) -> None:
    page.wait_for_function("() => document.fonts.status === 'loaded'")
    if page.locator("[data-probe]").count():
        page.wait_for_selector("[data-state]:not([data-state=asking])")
    if "/set-up/check" in page.url:
        page.wait_for_selector(".check-group")


@pytest.mark.parametrize(("size", "theme", "level"), LOOKS)
def test_nothing_sticks_out_and_axe_finds_nothing(
    signed_in: Any, complaints: list[str], size: str, theme: str, level: str
) -> None:
    width, height = SIZES[size]
    page = signed_in(width=width, height=height, level=level, theme=theme).new_page()
    for name, address in PAGES.items():
        page.goto(address)
        settled(page)
        too_wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert too_wide <= 0, f"{name} sticks out by {too_wide} px"
        # the API's page has thousands of elements, all of a few kinds: one look at them is enough
        assert (name == "api" and (size, theme) != LOOKS[0][:2]) or faults(page) == [], name
    # a browser that goes past the proxy finds no such name, and says so
    assert [each for each in complaints if "ERR_NAME_NOT_RESOLVED" not in each] == []


def test_this_browser_goes_past_the_proxy_and_can_be_asked_again(signed_in: Any) -> None:
    page = signed_in().new_page()
    page.goto("/set-up/check")
    expect(page.locator("[data-probe-says]")).to_have_text("No. This browser does not go through Inspector.")
    again = page.get_by_role("button", name="Ask again")
    expect(again).to_be_enabled()
    again.click()
    expect(page.locator("[data-probe]")).to_have_attribute("data-state", "around")


def test_one_click_on_the_page_leaves_the_host_encrypted_and_comes_back_to_it(signed_in: Any) -> None:
    page = signed_in().new_page()
    page.goto(PAGES["one refused"])
    page.get_by_role("button", name="Leave shop.example encrypted").click()
    expect(page).to_have_url(f"{page.url.partition('/exchange')[0]}{PAGES['one refused']}")
    page.get_by_role("button", name="Decrypt shop.example again").click()
    expect(page.get_by_role("button", name="Leave shop.example encrypted")).to_be_visible()


def test_without_script_the_checks_are_one_link_away(signed_in: Any) -> None:
    page = signed_in(script=False).new_page()
    page.goto("/set-up/check")
    expect(page.locator("noscript, .probe")).not_to_have_count(0)
    page.get_by_role("link", name="Load the page with it").click()
    expect(page.locator(".check-group").first).to_contain_text("Others may read it.")


def test_a_host_is_named_and_taken_out_again(signed_in: Any) -> None:
    page = signed_in().new_page()
    page.goto("/set-up/decrypted")
    page.get_by_label("Leave a host encrypted").fill("*.bank.example")
    page.get_by_role("button", name="Leave encrypted").click()
    expect(page.locator("th.mono")).to_have_text("*.bank.example")
    page.get_by_role("button", name="Decrypt it again").click()
    expect(page.locator(".empty")).to_contain_text("None so far.")
