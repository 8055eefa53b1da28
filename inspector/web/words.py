"""Numbers, times and codes as a page says them. Templates use them as filters; those that sentences of explanations use as well are theirs."""

from __future__ import annotations

import datetime as dt

from inspector.exchange import statuses
from inspector.exchange.model import Resource
from inspector.explain.words import plural, size, tls_version, took, visible

__all__ = [
    "KINDS", "clock", "day", "phrase", "plural", "size", "status_class", "thousands", "tls_version", "took", "visible",
]  # fmt: skip

KINDS: dict[Resource, tuple[str, str]] = {  # word, icon
    "page": ("Page", "file-text"),
    "data": ("Data", "braces"),
    "style": ("Style", "palette"),
    "script": ("Script", "file-code"),
    "image": ("Image", "image"),
    "font": ("Font", "type"),
    "media": ("Media", "film"),
    "socket": ("Socket", "cable"),
    "tunnel": ("Tunnel", "shield"),
    "other": ("Other", "file"),
}


def clock(moment: float) -> str:
    """Time of day, to the millisecond, where this computer is: `14:03:22.481`."""
    return _local(moment).strftime("%H:%M:%S.%f")[:-3]


def day(moment: float) -> str:
    """`22 November 2025`."""
    when = _local(moment)
    return f"{when.day} {when:%B} {when.year}"


def _local(moment: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(moment, dt.UTC).astimezone()


def thousands(count: int) -> str:
    return f"{count:,}"


def phrase(status: int, reason: str = "") -> str:
    """What the server wrote after the status number; the registered phrase if it wrote none."""
    return reason or statuses.phrase(status)


def status_class(status: int) -> str:
    """The CSS class for a status number: 4xx caution, 5xx error, none: error."""
    return "status-none" if status == 0 else f"status-{status // 100}xx"
