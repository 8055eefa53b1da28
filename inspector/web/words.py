"""Numbers, times and codes as a page says them. The one place where they become words; templates use them as filters."""

from __future__ import annotations

import datetime as dt
from http import HTTPStatus

from inspector.exchange.model import Resource

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
_SIZES = ((1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "KB"))


def clock(moment: float) -> str:
    """Time of day, to the millisecond, where this computer is: `14:03:22.481`."""
    return _local(moment).strftime("%H:%M:%S.%f")[:-3]


def day(moment: float) -> str:
    """`22 November 2025`."""
    when = _local(moment)
    return f"{when.day} {when:%B} {when.year}"


def _local(moment: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(moment, dt.UTC).astimezone()


def took(seconds: float | None) -> str:
    """`0.4 ms`, `24 ms`, `1.24 s`, `3 min 20 s`; empty for None."""
    if seconds is None:
        return ""
    if seconds < 0.0095:
        return f"{max(seconds, 0) * 1000:.1f} ms"
    if seconds < 0.9995:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.2f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes:,} min {rest} s"


def size(count: int) -> str:
    """`0 B`, `812 B`, `5.1 KB`, `12 MB` (1 KB is 1,024 bytes)."""
    for unit, name in _SIZES:
        if count >= unit:
            number = count / unit
            return f"{number:.1f} {name}" if number < 10 else f"{number:,.0f} {name}"
    return f"{count} B"


def thousands(count: int) -> str:
    return f"{count:,}"


def plural(count: int, one: str, many: str = "") -> str:
    """`1 field`, `3 fields`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def phrase(status: int, reason: str = "") -> str:
    """What the server wrote after the status number; the registered phrase if it wrote none."""
    if reason:
        return reason
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def status_class(status: int) -> str:
    """The CSS class for a status number: 4xx caution, 5xx error, none: error."""
    return "status-none" if status == 0 else f"status-{status // 100}xx"


def tls_version(name: str) -> str:
    """`TLS 1.3` for what OpenSSL calls TLSv1.3."""
    return name.replace("TLSv", "TLS ")


def visible(data: bytes) -> str:
    """Bytes of a head as text: latin-1, so that nothing is lost; controls as `\\x00`, so that they are seen."""
    return data.decode("latin-1").translate(_CONTROLS)


_CONTROLS = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160)) if code != 9}
