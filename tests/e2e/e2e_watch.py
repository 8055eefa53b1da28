"""The dashboard as a person watches it: in a real browser, in a page that is opened once and never again."""

from __future__ import annotations

import re

from e2e_running import Dashboard, Running
from playwright.sync_api import BrowserContext, Page

FOUND = """([method, host, path, status]) => {
    const text = (row, part) => row.querySelector(part)?.textContent.trim() ?? "";
    for (const row of [...document.querySelectorAll(".list-lines > .row:not([data-id^=group])")].reverse())
        if (text(row, ".cell-method") === method && text(row, ".address-host") === host
            && text(row, ".address-path") + text(row, ".address-query") === path
            && text(row, ".cell-status").startsWith(status)) return row.dataset.id;
    return "";
}"""
WATCH_POLICY = """document.addEventListener("securitypolicyviolation", (event) =>
    console.error(`CSP: ${event.violatedDirective} refused ${event.blockedURI}`));"""


class Watch:
    """The dashboard in a browser of its own: the list, always open, and a second tab for looking at exchanges."""

    def __init__(self, context: BrowserContext, running: Running, dashboard: Dashboard) -> None:
        self.complaints: list[str] = []
        context.add_init_script(WATCH_POLICY)
        context.on("page", self._listen)
        self.dashboard = dashboard
        self.base = running.status["dashboard"].rstrip("/")
        self.list = context.new_page()
        self.list.goto(running.printed_link)
        self.list.wait_for_url(re.compile(r"/(traffic)?$"))
        self.list.goto(f"{self.base}/traffic")
        self.list.wait_for_selector("[data-list]:not([aria-busy]) .list-windowed", state="attached")
        self.list.evaluate("window.opened = 'once'")
        self.exchange = context.new_page()
        self.list.bring_to_front()

    def _listen(self, page: Page) -> None:
        page.on(
            "console",
            lambda said: (
                said.type in ("error", "warning")
                and self.complaints.append(f"{said.text} ({said.location['url']}, on {page.url})")
            ),
        )
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def shown(self, method: str, url: str, status: int | str) -> str:
        """The id of the newest row of that, when the list shows it: live, in a page that was never loaded again."""
        host, path = re.fullmatch(r"\w+://([^/]+)(/.*)", url).groups()
        wanted = [method, host, path, str(status)]
        try:
            found = self.list.wait_for_function(FOUND, arg=wanted, timeout=15_000)
        except Exception as error:
            rows = self.list.locator(".list-lines > .row").all_inner_texts()
            raise AssertionError(f"{wanted} is not among what the page shows: {rows}") from error
        assert self.list.evaluate("window.opened") == "once"
        return found.json_value()

    def exchange_before(self, id: str) -> str:
        """The id of the one above it in the list."""
        return self.list.evaluate(
            "id => document.getElementById(`row-${id}`).previousElementSibling.dataset.id", id
        )

    def open(self, id: str, tab: str = "messages", **view: str) -> Page:
        """The page of an exchange, in the second tab."""
        query = "&".join(f"{name}={value}" for name, value in {"tab": tab, **view}.items())
        self.exchange.goto(f"{self.base}/exchange/{id}?{query}")
        return self.exchange
