"""One exchange as an entry of a HAR file, with all that HAR has no place for under `_inspector`.

What was imported keeps what its file said: every member that we don't make ourselves, and, if nothing is redacted, every value as it stood there.
"""

from __future__ import annotations

import base64
import ipaddress
import json
from collections.abc import Mapping
from typing import Any

from inspector.exchange.decisions import say as say_decision
from inspector.exchange.faults import say as say_fault
from inspector.exchange.mark import NO_MARK
from inspector.exchange.model import Exchange, Leg, Message
from inspector.export.har_mending import mended
from inspector.export.har_messages import moment, request_of, response_of
from inspector.export.har_sockets import NAME, messages_of
from inspector.export.named import to_json
from inspector.export.whole import Whole, content

_SKIPPED = frozenset({"inline", "pieces", "imported"})


def entry(found: Whole, *, redacted: bool, connections: frozenset[bytes] = frozenset()) -> dict[str, Any]:
    """HAR's entry, with the page it belongs to as `_page`, if its file had one. `connections` are ids of those that the file tells of already."""
    exchange = found.exchange
    made: dict[str, Any] = {
        "startedDateTime": moment(exchange.started),
        **_times(exchange),
        "request": request_of(found),
        "response": response_of(found),
        "cache": {},
    }
    remote = _address(exchange.remote)
    if remote:
        made["serverIPAddress"] = remote
    leg = exchange.server_leg or exchange.client_leg
    if leg is not None and leg.connection:
        made["connection"] = leg.connection.hex()
    spoken = messages_of(found)
    if spoken is not None:
        made[NAME] = spoken
    if found.mark.comment:
        made["comment"] = found.mark.comment
    if exchange.imported:
        made = _as_imported(made, exchange.imported, redacted=redacted, found=found)
    made["_inspector"] = _own(found, made, connections)
    return made


# -- times


def _times(exchange: Exchange) -> dict[str, Any]:
    """`time` and `timings` in milliseconds; -1 where a phase didn't happen. `connect` contains `ssl`, as HAR has it."""
    line = exchange.timeline
    phases = {
        "dns": _span(line.dns_start, line.dns_end),
        "connect": _span(line.connect_start, line.tls_end if line.tls_end is not None else line.connect_end),
        "send": _span(line.send_start, line.send_end),
        "wait": _span(line.send_end, line.response_start),
        "receive": _span(line.response_start, line.response_end),
    }
    total = max(0.0, exchange.duration or 0.0) * 1000
    known = sum(value for value in phases.values() if value > 0)
    phases["blocked"] = round(max(0.0, total - known), 3)
    phases["ssl"] = _span(line.tls_start, line.tls_end)
    timings = {name: phases[name] for name in ("blocked", "dns", "connect", "ssl")}
    timings |= {name: max(0, phases[name]) for name in ("send", "wait", "receive")}
    spent = sum(value for name, value in timings.items() if value > 0 and name != "ssl")
    return {"time": round(spent, 3), "timings": timings}


def _span(begin: float | None, end: float | None) -> float:
    return -1 if begin is None or end is None else round(max(0.0, end - begin) * 1000, 3)


def _address(remote: str) -> str:
    """The address of `192.0.2.7:443` or `[2001:db8::7]:443`; empty if it is none."""
    host = (
        remote.rpartition(":")[0].strip("[]") if remote.count(":") == 1 or remote.startswith("[") else remote
    )
    try:
        return str(ipaddress.ip_address(host.partition("%")[0]))
    except ValueError:
        return ""


# -- what is only ours


def _own(found: Whole, made: Mapping[str, Any], told: frozenset[bytes]) -> dict[str, Any]:
    exchange = found.exchange
    own: dict[str, Any] = {"format": 1, "exchange": to_json(exchange, _SKIPPED)}
    for name in ("client_leg", "server_leg"):
        leg: Leg | None = getattr(exchange, name)
        if leg is not None:
            _fill_bodies(own["exchange"][name], leg, made)
    own["sentences"] = [say_decision(each.code, each.detail) for each in exchange.decisions]
    if exchange.error is not None:
        own["wentWrong"] = say_fault(
            exchange.error.code, host=exchange.host, port=exchange.port, detail=exchange.error.detail
        )
    lines = [line for line in (found.client, found.server) if line is not None and line.id not in told]
    if lines:
        own["connections"] = [to_json(line) for line in lines]
    if found.mark != NO_MARK:
        own["mark"] = to_json(found.mark)
    if found.missing:
        own["missing"] = found.missing
    if exchange.imported:
        own["imported"] = True
        if "_page" in made:
            own["page"] = made["_page"]
    return own


def _fill_bodies(shown: dict[str, Any], leg: Leg, made: Mapping[str, Any]) -> None:
    """The captured bytes of each body: by name where they stand in the entry already, in base64 otherwise."""
    for half in ("request", "response"):
        message: Message | None = getattr(leg, half)
        if message is None or not message.body.inline:
            continue
        place = shown[half].setdefault("body", {})
        there = (
            made["request"].get("postData", {}) if half == "request" else made["response"].get("content", {})
        )
        if text_bytes(there) == message.body.inline:
            place["inline"] = {"in": half}
        else:
            place["inline"] = base64.b64encode(message.body.inline).decode("ascii")


def text_bytes(place: Mapping[str, Any]) -> bytes | None:
    """The bytes of a `postData` or `content`; None where there is no text, or one that isn't base64 though it says so."""
    said = place.get("text")
    if not isinstance(said, str):
        return None
    if place.get("encoding") == "base64":
        try:
            return base64.b64decode(said)
        except ValueError:
            return None
    return said.encode("utf-8", "surrogatepass")


# -- what was imported


def _as_imported(made: dict[str, Any], imported: bytes, *, redacted: bool, found: Whole) -> dict[str, Any]:
    """The entry with what its file said. Bodies were taken out of that when it was read, and are put back."""
    try:
        original = json.loads(imported)
    except (ValueError, RecursionError):
        return made
    if not isinstance(original, dict):
        return made
    ours = {
        **made,
        "request": dict(made["request"]),
        "response": dict(made["response"]),
        "timings": dict(made["timings"]),
    }
    if redacted:
        return mended(_fill(made, original), ours)
    _put_back(original, "request", "postData", found)
    _put_back(original, "response", "content", found)
    return mended(original | ({"comment": found.mark.comment} if found.mark.comment else {}), ours)


def _fill(ours: dict[str, Any], theirs: Mapping[str, Any]) -> dict[str, Any]:
    """Ours, with members of theirs that it lacks."""
    for name, value in theirs.items():
        if name not in ours:
            ours[name] = value
        elif isinstance(value, dict) and isinstance(ours[name], dict) and name not in ("postData", "content"):
            _fill(ours[name], value)
    return ours


def _put_back(original: dict[str, Any], half: str, name: str, found: Whole) -> None:
    message = found.request if half == "request" else found.response
    place = original.get(half, {}).get(name) if isinstance(original.get(half), dict) else None
    if not isinstance(place, dict) or place.pop("_text", None) is not True or message is None:
        return
    data, problem = content(message)
    if problem or (message.body.size and not data):
        place["comment"] = problem or found.missing or "The body is no longer kept."
    elif place.get("encoding") == "base64":
        place["text"] = base64.b64encode(data).decode("ascii")
    else:
        charset = place.pop("_charset", "")
        try:
            place["text"] = data.decode(charset) if charset else data.decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:  # cut off in the middle of a character
            place |= {"text": base64.b64encode(data).decode("ascii"), "encoding": "base64"}
