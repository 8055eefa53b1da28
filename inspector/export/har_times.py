"""When things happened, as a HAR entry has it: a moment, and a row of spans in milliseconds that follow one another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from inspector.exchange.model import Timeline

Note = Callable[[str, str], None]
_PHASES = (
    ("dns", "dns_start", "dns_end"),
    ("connect", "connect_start", "connect_end"),
    ("send", "send_start", "send_end"),
    ("wait", "_", "response_start"),
    ("receive", "response_start", "response_end"),
)


def moment_of(entry: Mapping[str, Any], note: Note) -> float:
    """When it began, in seconds since the epoch; 0 if that isn't said."""
    text = entry.get("startedDateTime")
    try:
        when = datetime.fromisoformat(text if isinstance(text, str) else "")
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        note("/startedDateTime", "a moment such as 2026-01-31T12:00:00.000Z")
        return 0.0


def timeline(entry: Mapping[str, Any], note: Note) -> tuple[Timeline, float | None]:
    """What happened when, and how long all of it took, in seconds."""
    given = entry.get("timings")
    if not isinstance(given, Mapping):
        note("/timings", "an object")
        given = {}
    spans = {
        name: _milliseconds(given.get(name))
        for name in ("blocked", "dns", "connect", "ssl", "send", "wait", "receive")
    }
    times: dict[str, float] = {}
    now = spans["blocked"] or 0.0
    for name, begin, end in _PHASES:
        took = spans[name]
        if took is None:
            continue
        times |= {begin: now, end: now + took}
        if name == "connect" and spans["ssl"] is not None:
            begun = now + max(0.0, took - spans["ssl"])
            times |= {"connect_end": begun, "tls_start": begun, "tls_end": now + took}
        now += took
    if "send_end" in times:
        times["request_end"] = times["send_end"]
    if "response_start" not in times and "response_end" in times:
        times["response_start"] = now
    total = _milliseconds(entry.get("time"))
    times.pop("_", None)
    return Timeline(**times), total if total is not None else now


def _milliseconds(value: Any) -> float | None:
    """A span in seconds; None for -1 and for what is no number."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 1e12:
        return None
    return value / 1000
