"""A real Chromium before the real dashboard, over made-up captures."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page


def _load(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


standin = _load("web_front_standin", Path(__file__).with_name("standin.py"))


@pytest.fixture(scope="session")
def build_assets(checkout: Path) -> ModuleType:
    """scripts/build_assets.py as a module."""
    return _load("web_front_build_assets", checkout / "scripts" / "build_assets.py")


@pytest.fixture(scope="session")
def bundle(build_assets: ModuleType) -> Path:
    """The folder of the bundle, made if it is missing or old."""
    build_assets.build()
    return Path(build_assets.DIST)


@pytest.fixture(scope="session")
def browser(page_browser: Browser) -> Browser:
    return page_browser


@pytest.fixture(autouse=True)
def trust_stores(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two trust stores instead of those of this computer, which take seconds to ask."""
    made = (standin.Store("system", "trusted"), standin.Store("chromium", "absent"))
    monkeypatch.setattr("inspector.pki.trust_stores.stores.find", lambda *_: made)


@pytest.fixture
def dashboard(bundle: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Any]:
    """A running dashboard. `@pytest.mark.parametrize("dashboard", [n], indirect=True)` begins with n exchanges."""
    captures = standin.StandIn(getattr(request, "param", 300))
    with standin.running(tmp_path, captures) as running:
        yield running


class Complaints(list[str]):
    """What the browser's console said of errors: refused scripts and styles, failed loads, exceptions."""

    def listen(self, page: Page) -> None:
        page.on(
            "console",
            lambda message: self.append(message.text) if message.type in ("error", "warning") else None,
        )
        page.on("pageerror", lambda error: self.append(str(error)))


@pytest.fixture
def complaints() -> Complaints:
    return Complaints()


@pytest.fixture
def signed_in(
    browser: Browser, dashboard: Any, complaints: Complaints
) -> Iterator[Callable[..., BrowserContext]]:
    """Makes signed-in contexts: signed_in(width=…, height=…, level=…, theme=…). How one signs in and chooses is in test_pages."""
    contexts: list[BrowserContext] = []

    def make(
        *, width: int = 1280, height: int = 800, level: str = "new", theme: str = "auto", script: bool = True
    ) -> BrowserContext:
        context = browser.new_context(
            viewport={"width": width, "height": height}, base_url=dashboard.url, java_script_enabled=script
        )
        contexts.append(context)
        context.on("page", complaints.listen)
        context.set_default_timeout(10_000)
        context.add_cookies([dashboard.session(level=level, theme=theme)])
        return context

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def traffic(signed_in: Callable[..., BrowserContext]) -> Page:
    """The Traffic page, live, in a wide window."""
    page = signed_in().new_page()
    open_traffic(page)
    return page


@pytest.fixture
def go(signed_in: Callable[..., BrowserContext]) -> Callable[..., Page]:
    """Opens the Traffic page in a window of its own: go(address, width=…, level=…)."""

    def open(address: str = "/traffic", **window: Any) -> Page:
        page = signed_in(**window).new_page()
        open_traffic(page, address)
        return page

    return open


def open_traffic(page: Page, address: str = "/traffic") -> None:
    page.goto(address)
    page.wait_for_selector("[data-list]:not([aria-busy]) .list-windowed", state="attached")
