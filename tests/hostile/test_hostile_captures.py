"""Hostile traffic, captured for real: the dashboard shows it as text, runs nothing of it, keeps its layout, and stays small."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hostile_captures import BODIES, MIB, bombs

pytestmark = [pytest.mark.clients, pytest.mark.timeout(300)]

MORE = 64 * MIB
TABS = ("?tab=story", "?tab=messages&side=browser", "?tab=checks")
VIEWS = ("?tab=messages", "?tab=messages&request=raw&response=hex")
STICKS_OUT = """() => {
  if (document.documentElement.scrollWidth <= innerWidth) return "";
  const scrolls = (each) => each && (getComputedStyle(each).overflowX !== "visible" || scrolls(each.parentElement));
  const out = [...document.querySelectorAll("body *")].filter((each) => each.getBoundingClientRect().right > innerWidth + 1 && !scrolls(each.parentElement));
  return out.slice(-3).map((each) => `${each.tagName}.${each.className}`).join(" ") || "something";
}"""


def test_all_of_it_passed_and_was_captured(captured):
    assert {name: status for name, status in captured.statuses.items() if status != 200} == {}


@pytest.mark.browser
def test_no_page_runs_it_or_loses_its_shape(captured, page_browser, tmp_path):
    pages = ["/traffic", "/traffic?q=script", "/traffic/export", "/traffic/import"]
    pages += [
        f"/exchange/{id}{tab}"
        for name, id in captured.ids.items()
        if name.startswith("naughty")
        for tab in TABS
    ]
    pages += [f"/exchange/{captured.ids[name]}{view}" for name in BODIES for view in VIEWS]
    report = tmp_path / "report.html"
    report.write_bytes(captured.get("/traffic/export/file?format=html&secrets=keep").content)
    seen: list[str] = []
    context = page_browser.new_context(viewport={"width": 1280, "height": 800})
    context.add_cookies(
        [{"name": each.name, "value": each.value, "url": captured.base} for each in captured.session.cookies]
    )
    page = context.new_page()
    page.on("dialog", lambda dialog: (seen.append(f"{page.url}: dialog {dialog.message}"), dialog.dismiss()))
    page.on(
        "console",
        lambda said: seen.append(f"{page.url}: {said.text}") if said.type in ("error", "warning") else None,
    )
    page.on("pageerror", lambda error: seen.append(f"{page.url}: {error}"))
    page.on(
        "request",
        lambda asked: (
            None
            if asked.url.startswith((captured.base, "data:", "file:", "blob:"))
            else seen.append(f"{page.url} asked {asked.url}")
        ),
    )
    for address in [*(captured.base + path for path in pages), report.as_uri()]:
        page.goto(address, wait_until="domcontentloaded")
        out = [f"{size}: {what}" for size in (1280, 400) if (what := _sticking_out(page, size))]
        seen += [f"{address}: sticks out at {what}" for what in out]
        if page.evaluate("() => window.hit === 1 || document.title === 'ran'"):
            seen.append(f"{address}: it ran")
    context.close()
    assert "\n".join(seen) == ""


def _sticking_out(page, width: int) -> str:
    page.set_viewport_size({"width": width, "height": 800})
    return str(page.evaluate(STICKS_OUT))


@pytest.mark.skipif(
    not Path("/proc/self/clear_refs").exists(), reason="how much memory a process needed is asked of Linux"
)
def test_no_bomb_needs_much_memory(captured):
    process = Path("/proc", str(captured.inspector.notice["children"]["web"]))
    needed = {}
    for name in bombs():
        id = captured.ids[f"bomb {name}"]
        for path in (
            *(f"/exchange/{id}{view}" for view in (*TABS, *VIEWS)),
            f"/traffic/export/file?format=har&id={id}",
            f"/traffic/export/file?format=html&id={id}",
        ):
            (process / "clear_refs").write_text("5")  # the peak begins anew
            before = _memory(process, "VmRSS")
            answer = captured.get(path)
            assert answer.status_code == 200, path
            needed[f"{name} {path.partition(id)[2] or path}"] = _memory(process, "VmHWM") - before
    assert {path: f"{more // MIB} MiB" for path, more in needed.items() if more > MORE} == {}


def _memory(process: Path, what: str) -> int:
    found = re.search(rf"{what}:\s+(\d+) kB", (process / "status").read_text())
    assert found
    return int(found[1]) * 1024
