"""A WebSocket's messages in a HAR file: `_webSocketMessages`, as Chrome writes them, and frames made of them again."""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from inspector.exchange.model import NO_BODY, Arrival, Body
from inspector.exchange.socket_talk import OPCODES, packing_on, spoken
from inspector.export.har_times import Note
from inspector.export.whole import Whole
from inspector.wire.websocket import Opcode, written

NAME = "_webSocketMessages"
_MASK = bytes(4)  # a browser masks; what it masked with is in no such file
_TYPES = {"browser": "send", "site": "receive"}


def messages_of(found: Whole) -> list[dict[str, Any]] | None:
    """The messages as a HAR entry has them: time since the epoch, text as it is, bytes in base64. None for what is no WebSocket."""
    exchange = found.exchange
    if exchange.kind != "websocket":
        return None
    bodies = [
        message.body.inline if message is not None else b"" for message in (found.request, found.response)
    ]
    said = spoken(
        bodies[0],
        bodies[1],
        arrivals=(exchange.asked_when, exchange.answered_when),
        packing=packing_on(exchange.client_leg, exchange.server_leg),
        cut=(True, True),
    )
    return [
        {
            "type": _TYPES[each.speaker],
            "time": exchange.started + (each.at or 0.0),
            "opcode": int(OPCODES[each.kind]),
            "data": each.text if each.kind == "text" else base64.b64encode(each.payload).decode("ascii"),
        }
        for each in said
        if each.kind in OPCODES
    ]


class Frames(NamedTuple):
    """One side's frames, and when each came."""

    body: Body
    arrivals: tuple[Arrival, ...]


def frames_of(entry: Mapping[str, Any], started: float, note: Note) -> tuple[Frames, Frames]:
    """What the browser and the site said, in frames made here; `note` is told of what can't be read."""
    given = entry.get(NAME)
    if given is not None and not isinstance(given, list):
        note(f"/{NAME}", "a list")
    sides: dict[str, tuple[bytearray, list[Arrival]]] = {
        "send": (bytearray(), []),
        "receive": (bytearray(), []),
    }
    for number, each in enumerate(given if isinstance(given, list) else ()):
        side = (
            sides.get(each.get("type", ""))
            if isinstance(each, Mapping) and isinstance(each.get("type"), str)
            else None
        )
        frame = _frame(each, masked=side is sides["send"]) if side is not None else b""
        if side is None or not frame:
            note(f"/{NAME}/{number}", 'an object with type "send" or "receive", opcode and data')
            continue
        side[0].extend(frame)
        at = _seconds(each.get("time"), started)
        if at is not None:
            side[1].append(Arrival(len(side[0]), at))
    return _side(*sides["send"]), _side(*sides["receive"])


def _side(data: bytearray, arrivals: list[Arrival]) -> Frames:
    body = Body(len(data), len(data), bytes(data)) if data else NO_BODY
    return Frames(body, tuple(arrivals))


def _frame(each: Mapping[str, Any], *, masked: bool) -> bytes:
    """One message as a frame; empty where it can't be one."""
    said, code = each.get("data"), each.get("opcode", 1)
    if not isinstance(said, str) or isinstance(code, bool) or code not in OPCODES.values():
        return b""
    if code == Opcode.TEXT:
        payload = said.encode("utf-8", "replace")
    else:
        try:
            payload = base64.b64decode(said, validate=True)
        except (binascii.Error, ValueError):
            payload = said.encode("utf-8", "replace")  # some tools write a closing's reason as text
    return written(Opcode(code), payload, _MASK if masked else b"")


def _seconds(time: Any, started: float) -> float | None:
    ok = isinstance(time, (int, float)) and not isinstance(time, bool) and math.isfinite(time)
    return max(0.0, time - started) if ok else None
