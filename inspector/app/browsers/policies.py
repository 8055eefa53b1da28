"""What an administrator ordered for a browser, and what of it stands in the way of a captured window.

A browser obeys such policies before its own command line, and shows them at chrome://policy or about:policies.
Those that come from a management server (a browser or an account that is enrolled) can't be seen from outside.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from inspector.app.browsers.kinds import Browser, Ordered

# Chromium family: policies that take away what the window lives on, and what they do. All but `direct` send it elsewhere.
FORBIDDING = {
    "ProxySettings": "sets the proxy of this browser",
    "ProxyMode": "sets the proxy of this browser",
    "ProxyServerMode": "sets the proxy of this browser",
    "ProxyServer": "sets the proxy of this browser",
    "ProxyPacUrl": "sets the proxy of this browser",
    "UserDataDir": "makes this browser use a profile of its own choice",
}
BROWSER_SIGNIN_FORCED = 2
NOTED = {
    "HttpsOnlyMode": ("force_enabled", "turns http addresses into https ones"),
    "ExtensionInstallForcelist": (None, "installs extensions, whose own requests will be captured too"),
}
LOCKED = "locked"


class Verdict(NamedTuple):
    """What policies mean for a captured window: why there can't be one ('' if there can), and what to know about it."""

    forbidden: str = ""
    notes: tuple[str, ...] = ()


def judge(browser: Browser, orders: Iterable[Ordered]) -> Verdict:
    """Whether a captured window of this browser can work under these policies."""
    if browser.kind.family == "firefox":
        return _judge_firefox(browser, orders)
    forbidden, notes = "", []
    for order in orders:
        if order.name in FORBIDDING and order.value not in ("", {}, None):
            forbidden = forbidden or _says(browser, order, FORBIDDING[order.name])
        elif order.name == "BrowserSignin" and order.value == BROWSER_SIGNIN_FORCED:
            forbidden = forbidden or _says(browser, order, "lets nobody use this browser without signing in")
        elif order.name in NOTED:
            when, does = NOTED[order.name]
            if when in (None, order.value) and order.value:
                notes.append(_says(browser, order, does))
    return Verdict(forbidden, tuple(notes))


def _judge_firefox(browser: Browser, orders: Iterable[Ordered]) -> Verdict:
    forbidden, notes = "", []
    for order in orders:
        if order.name == "Proxy" and isinstance(order.value, Mapping) and order.value.get("Locked"):
            forbidden = forbidden or _says(browser, order, "sets the proxy of this browser, and locks it")
        elif order.name == "Preferences" and isinstance(order.value, Mapping):
            if any(_locks_proxy(name, setting) for name, setting in order.value.items()):
                forbidden = forbidden or _says(browser, order, "locks the proxy settings of this browser")
        elif order.name == "HttpsOnlyMode" and order.value == "force_enabled":
            notes.append(_says(browser, order, NOTED["HttpsOnlyMode"][1]))
        elif order.name == "ExtensionSettings" and "force_installed" in json.dumps(order.value, default=str):
            notes.append(_says(browser, order, NOTED["ExtensionInstallForcelist"][1]))
    return Verdict(forbidden, tuple(notes))


def _locks_proxy(name: str, setting: Any) -> bool:
    return (
        name.startswith("network.proxy.") and isinstance(setting, Mapping) and setting.get("Status") == LOCKED
    )


def _says(browser: Browser, order: Ordered, does: str) -> str:
    return f"The policy {order.name} ({order.where}) {does}: {browser.name}."


def from_mapping(values: Mapping[str, Any], where: str) -> list[Ordered]:
    """One policy for each name. In a registry and in preferences of a Mac, structured values may be written as JSON."""
    return [Ordered(name, _unpacked(value), where) for name, value in values.items() if name]


def _unpacked(value: Any) -> Any:
    if not isinstance(value, str) or value[:1] not in "{[":
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def from_json_folder(folder: Path) -> list[Ordered]:
    """The policies in all JSON files of a folder, as Chromium reads them on Linux."""
    try:
        files = sorted(folder.glob("*.json"))
    except OSError:
        return []
    return [order for file in files for order in from_mapping(_read(file), str(file))]


def from_firefox_file(file: Path) -> list[Ordered]:
    """The policies in a policies.json."""
    policies = _read(file).get("policies", {})
    return from_mapping(policies, str(file)) if isinstance(policies, dict) else []


def _read(file: Path) -> dict[str, Any]:
    try:
        content = json.loads(file.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
