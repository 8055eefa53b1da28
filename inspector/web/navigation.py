"""What every page shows around its content: the entries, the lamp, the person's choices. UX.md names six entries; those
with nothing behind them yet are left out."""

from __future__ import annotations

from typing import Any, NamedTuple

from flask import Flask, request, session

from inspector.web.assets import Assets
from inspector.web.guard import csrf_token, signed_in
from inspector.web.lamp import Lamps

LEVELS = ("new", "details")
THEMES = ("auto", "light", "dark")


class Entry(NamedTuple):
    """One entry of the navigation; `current` while a page under it is shown."""

    words: str
    icon: str
    url: str
    current: bool


_ENTRIES = (
    ("Learn", "book-open", "/learn", ("/learn",)),
    ("Traffic", "activity", "/traffic", ("/traffic", "/exchange", "/history", "/compare", "/pictures")),
    ("Send", "send", "/send", ("/send",)),
    ("Rules", "list-tree", "/rules", ("/rules",)),
    ("Certificates", "certificate", "/certificates", ("/certificates",)),
    ("Set-up", "settings", "/set-up", ("/set-up", "/api")),
)


def entries(path: str) -> tuple[Entry, ...]:
    return tuple(Entry(words, icon, url, path.startswith(under)) for words, icon, url, under in _ENTRIES)


def here() -> str:
    """The page's own address with its query, to come back to after a form."""
    return request.full_path.rstrip("?")


def back_to(place: str | None) -> str:
    """Where a form wants to go on: a path of ours, whatever was sent."""
    if not place or not place.startswith("/") or place.startswith("//") or "\\" in place:
        return "/"
    return place if place.isprintable() else "/"


def install(app: Flask, lamps: Lamps, assets: Assets, version: str) -> None:
    @app.context_processor
    def around() -> dict[str, Any]:
        return {
            "level": session.get("level", "new"),
            "level_chosen": "level" in session,
            "theme": session.get("theme", "auto"),
            "presenter": session.get("presenter") is True,
            "lamp": lamps.read() if signed_in() else None,
            "nav": entries(request.path),
            "here": here(),
            "signed_in": signed_in(),
            "csrf_token": csrf_token,
            "asset": assets,
            "version": version,
        }
