"""The steps that make a browser believe the authority: the right ones first for whoever asks."""

from __future__ import annotations

import pytest

from inspector.explain.installing import GUIDES, called, guides_for, recognise
from inspector.pki.exports import FORMS

CHROME = "Mozilla/5.0 ({}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 {}Safari/537.36"
LINUX, WINDOWS, MAC = "X11; Linux x86_64", "Windows NT 10.0; Win64; x64", "Macintosh; Intel Mac OS X 10_15_7"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) {}Mobile/15E148 Safari/604.1"

VISITORS = {
    CHROME.format(LINUX, ""): ("linux", "Chrome on Linux"),
    CHROME.format(WINDOWS, ""): ("windows", "Chrome on Windows"),
    CHROME.format(WINDOWS, "") + " Edg/156.0.0.0": ("windows", "Edge on Windows"),
    CHROME.format(MAC, ""): ("macos", "Chrome on a Mac"),
    CHROME.format("X11; CrOS x86_64 14541.0.0", ""): ("chromeos", "Chrome on a Chromebook"),
    CHROME.format("Linux; Android 10; K", "Mobile "): ("android", "Chrome on Android"),
    CHROME.format("Linux; Android 14; SM-S918B", "SamsungBrowser/28.0 Mobile "): ("android", "Samsung Internet on Android"),
    f"Mozilla/5.0 ({LINUX}; rv:153.0) Gecko/20100101 Firefox/153.0": ("firefox", "Firefox on Linux"),
    f"Mozilla/5.0 ({WINDOWS}; rv:153.0) Gecko/20100101 Firefox/153.0": ("firefox", "Firefox on Windows"),
    "Mozilla/5.0 (Android 14; Mobile; rv:153.0) Gecko/153.0 Firefox/153.0": ("android-firefox", "Firefox on Android"),
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15":
        ("macos", "Safari on a Mac"),
    IPHONE.format("Version/18.5 "): ("ios", "Safari on an iPhone or iPad"),
    IPHONE.format("CriOS/140.0 "): ("ios", "Chrome on an iPhone or iPad"),
    IPHONE.format("FxiOS/140.0 "): ("ios", "Firefox on an iPhone or iPad"),
    "curl/8.5.0": ("programs", ""),
    "": ("programs", ""),
    "Mozilla/5.0 (something new)": ("programs", ""),
}  # fmt: skip


@pytest.mark.parametrize("agent", VISITORS)
def test_the_guide_for_this_very_browser_is_first(agent):
    visitor = recognise(agent)
    first, others = guides_for(visitor)
    assert (first.id, called(visitor)) == VISITORS[agent]
    assert {first, *others} == set(GUIDES)
    assert len(others) == len(GUIDES) - 1


def test_the_platform_hint_counts_more_than_a_frozen_name():
    agent = CHROME.format("X11; Linux x86_64", "")  # what an Android tablet says that asks for desktop pages
    assert recognise(agent, '"Android"').system == "android"
    assert recognise(agent, '"Unknown"').system == "linux"


def test_every_guide_can_be_followed():
    assert len({guide.id for guide in GUIDES}) == len(GUIDES)
    for guide in GUIDES:
        assert guide.form in FORMS
        assert len(guide.steps) > 1
        assert guide.undo
        for step in (*guide.steps, guide.undo):
            assert step.count("`") % 2 == 0
            assert step.count("“") == step.count("”")
