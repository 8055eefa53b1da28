"""The practice sites, running, and a Chromium that visits them through the proxy."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, BrowserType, Page, Playwright

sys.path.insert(0, str(Path(__file__).parent))

from practice_running import Practice, Visitor


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Practice]:
    practice = Practice(tmp_path_factory.mktemp("practice"))
    yield practice
    practice.close()


@pytest.fixture
def practice(running: Practice) -> Practice:
    """The sites as they are at the beginning."""
    running.reset()
    return running


@pytest.fixture
def visitor(practice: Practice) -> Iterator[Visitor]:
    with practice.visitor() as session:
        yield session


@pytest.fixture(params=["http", "https"])
def scheme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> BrowserType:
    return playwright.chromium


@pytest.fixture(scope="session")
def browser(launch_for_pages: Callable[..., Browser], running: Practice) -> Iterator[Browser]:
    started = launch_for_pages(proxy={"server": running.proxy})
    yield started
    started.close()


class Visit:
    """A page in a browser, and what its console complained of."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on(
            "console",
            lambda said: self.complaints.append(said.text) if said.type in ("error", "warning") else None,
        )
        page.on("pageerror", lambda error: self.complaints.append(str(error)))


@pytest.fixture
def visit(browser: Browser, practice: Practice) -> Iterator[Callable[..., Visit]]:
    """Opens a page of its own, with no memory: `visit(width=400, theme="dark")`."""
    contexts: list[BrowserContext] = []

    def make(*, width: int = 1280, theme: Any = "light") -> Visit:
        context = browser.new_context(
            viewport={"width": width, "height": 800}, color_scheme=theme, ignore_https_errors=True
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        return Visit(context.new_page())

    yield make
    for context in contexts:
        context.close()
