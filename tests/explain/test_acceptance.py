"""Whether the stand-in was believed: only what the record shows, and no tick for a window that was told to accept."""

from __future__ import annotations

from typing import Any

import pytest

from inspector.exchange.model import Connection, Exchange, Tls
from inspector.explain.acceptance import REFUSALS, CapturedWindow, acceptance

SEEN = 1_767_225_600.0
CHROMIUM = CapturedWindow("chromium", "Chromium", SEEN - 60, SEEN + 60)
FIREFOX = CapturedWindow("firefox", "Firefox", SEEN - 60, None)


def exchange(agent: str = "Chrome 156", fault: str = "") -> Exchange:
    return Exchange(
        id=bytes(16), change=1, state="done", kind="http", origin="browser", started=SEEN, duration=0.1, method="GET", scheme="https",
        host="shop.test", port=443, path="/", version="HTTP/1.1", status=200, reason="OK", media="", resource="page", request_size=0,
        response_size=0, client="127.0.0.1:5", agent=agent, protection="decrypted", tls="TLSv1.3", remote="", changed=False, fault=fault, findings=0,
    )  # fmt: skip


def line(peer: str = "127.0.0.1", local: str = "127.0.0.1", **tls: Any) -> Connection:
    facts = Tls(**{"version": "TLSv1.3"} | tls)
    return Connection(bytes(16), "client", SEEN, peer, 50000, local, 8080, "shop.test", tls=facts)


CASES: list[tuple[str, dict[str, Any], dict[str, Any], tuple[CapturedWindow, ...], str, bool]] = [
    ("a captured Chromium", {}, {}, (CHROMIUM,), "open", True),
    ("an Edge, of the same family", {"agent": "Edge 150"}, {}, (CHROMIUM,), "open", True),
    ("a captured Firefox", {"agent": "Firefox 140"}, {}, (FIREFOX,), "good", False),
    ("a Chromium, no window open", {}, {}, (), "open", False),
    ("a Chromium, only a Firefox window open", {}, {}, (FIREFOX,), "open", False),
    ("a Chromium after the window was closed", {}, {}, (CapturedWindow("chromium", "C", SEEN - 60, SEEN - 1),), "open", False),
    ("a Chromium before the window was opened", {}, {}, (CapturedWindow("chromium", "C", SEEN + 1, None),), "open", False),
    ("a Chromium on another computer", {}, {"peer": "192.0.2.5", "local": "192.0.2.1"}, (CHROMIUM,), "open", False),
    ("this computer by its other address", {}, {"peer": "192.0.2.1", "local": "192.0.2.1"}, (CHROMIUM,), "open", True),
    ("a peer that is no address", {}, {"peer": "", "local": "x"}, (CHROMIUM,), "open", False),
    ("curl while a window is open", {"agent": "curl 8.5"}, {}, (CHROMIUM, FIREFOX), "open", False),
    ("no name at all", {"agent": ""}, {}, (CHROMIUM,), "open", False),
    ("a refusal counts more than a window", {}, {"version": "", "alert": "unknown_ca", "alert_by": "client"}, (CHROMIUM,), "bad", False),
    ("our own alert is no refusal", {}, {"version": "", "alert": "unknown_ca", "alert_by": "server"}, (), "open", False),
    ("another alert is none of the certificate", {}, {"version": "", "alert": "protocol_version", "alert_by": "client"}, (), "open", False),
    ("broken off", {}, {"version": ""}, (FIREFOX,), "open", False),
    ("gone right after", {"agent": "Firefox 140", "fault": "tls-client-left"}, {}, (FIREFOX,), "open", False),
    ("resumed", {"agent": "curl 8"}, {"resumed": True}, (), "open", False),
]  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "facts", "windows", "mark", "told"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)  # fmt: skip
def test_only_what_the_record_shows(
    asked: dict[str, Any], facts: dict[str, Any], windows: tuple[CapturedWindow, ...], mark: str, told: bool
) -> None:
    found = acceptance(exchange(**asked), line(**facts), windows)
    assert (found.mark, found.told) == (mark, told)
    assert found.who
    assert found.sentence.endswith(".")
    assert bool(found.basis) == (told or mark == "good")


def test_a_told_window_says_so_in_ux_s_own_words() -> None:
    found = acceptance(exchange(), line(), (CHROMIUM,))
    assert "This window was told to accept the stand-in, it doesn't know the authority." in found.sentence


@pytest.mark.parametrize("alert", REFUSALS)
def test_a_refusal_names_its_alert(alert: str) -> None:
    found = acceptance(exchange(), line(version="", alert=alert, alert_by="client"), ())
    assert found.mark == "bad"
    assert alert in found.sentence
