"""Numbers and times as a sentence says them. No clock: where today matters, `now` is given.

`zone` is the time zone to tell the time in; None is this computer's own.
"""

from __future__ import annotations

import datetime as dt

_SIZES = ((1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "KB"))
_YEAR = 31_536_000
_UNITS = (
    (_YEAR, "year"),
    (604_800, "week"),
    (86_400, "day"),
    (3_600, "hour"),
    (60, "minute"),
    (1, "second"),
)


def took(seconds: float | None) -> str:
    """`0.4 ms`, `24 ms`, `1.24 s`, `3 min 20 s`; empty for None."""
    if seconds is None or seconds != seconds:  # noqa: PLR0124 (not a number)
        return ""
    if seconds < 0.0095:
        return f"{max(seconds, 0) * 1000:.1f} ms"
    if seconds < 0.9995:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.2f} s"
    minutes, rest = divmod(round(min(seconds, 1e12)), 60)
    return f"{minutes:,} min {rest} s"


def lasting(seconds: float) -> str:
    """A span that somebody wrote down, in the unit they meant: `60 seconds`, `2 hours`, `1 year`, `about 13 months`."""
    whole = int(max(min(seconds, 1e15), -1e15))
    if whole < 0:
        return f"-{lasting(-whole)}"
    for unit, name in _UNITS:
        if whole >= unit and whole % unit == 0 and (whole // unit < 100 or name == "year"):
            return plural(whole // unit, name)
    if whole >= 2 * _YEAR:
        return f"about {whole / _YEAR:,.1f} years"
    if whole >= 60 * 86_400:
        return f"about {round(whole / 2_629_800)} months"
    if whole >= 2 * 86_400:
        return f"about {plural(round(whole / 86_400), 'day')}"
    if whole >= 2 * 3_600:
        return f"about {plural(round(whole / 3_600), 'hour')}"
    if whole >= 120:
        return f"about {plural(round(whole / 60), 'minute')}"
    return plural(whole, "second")


def size(count: int) -> str:
    """`0 B`, `812 B`, `5.1 KB`, `12 MB` (1 KB is 1,024 bytes)."""
    for unit, name in _SIZES:
        if count >= unit:
            number = count / unit
            return f"{number:.1f} {name}" if number < 10 else f"{number:,.0f} {name}"
    return f"{count} B"


def plural(count: int, one: str, many: str = "") -> str:
    """`1 field`, `3 fields`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def ordinal(number: int) -> str:
    """`1st`, `2nd`, `11th`, `23rd`."""
    if 10 < number % 100 < 14:
        return f"{number:,}th"
    return f"{number:,}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"


def percent(part: float, whole: float) -> str:
    """`38 %`; empty where there is no whole."""
    return f"{round(100 * part / whole)} %" if whole > 0 else ""


def moment(at: float, now: float, zone: dt.tzinfo | None = None) -> str:
    """A point in time for somebody who reads it at `now`: `14:03:07` on the same day, else `22 November 2025, 14:03`."""
    when, today = local(at, zone), local(now, zone)
    if when is None:
        return "a time that no calendar has"
    if today is not None and when.date() == today.date():
        return f"{when:%H:%M:%S}"
    return f"{when.day} {when:%B} {when.year}, {when:%H:%M}"


def day(at: float, zone: dt.tzinfo | None = None) -> str:
    """`22 November 2025`."""
    when = local(at, zone)
    return "a day that no calendar has" if when is None else f"{when.day} {when:%B} {when.year}"


def local(at: float, zone: dt.tzinfo | None) -> dt.datetime | None:
    """The moment in that zone; None where a calendar has no such day."""
    try:
        return dt.datetime.fromtimestamp(at, dt.UTC).astimezone(zone)
    except (OverflowError, ValueError, OSError):
        return None


def tls_version(name: str) -> str:
    """`TLS 1.3` for what OpenSSL calls TLSv1.3."""
    return name.replace("TLSv", "TLS ") if name != "TLSv1" else "TLS 1.0"


def visible(data: bytes) -> str:
    """Bytes of a head as text: latin-1, so that nothing is lost; controls as `\\x00`, so that they are seen."""
    return data.decode("latin-1").translate(_CONTROLS)


_CONTROLS = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160)) if code != 9}
