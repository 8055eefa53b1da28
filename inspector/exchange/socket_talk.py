"""What was said over a WebSocket, message by message: both sides' frames put together, unpacked (RFC 7692), and in the order of their times."""

from __future__ import annotations

import re
import zlib
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Literal

from inspector.exchange.model import Arrival, Leg
from inspector.wire.websocket import Frame, Opcode, Rest, frames

Speaker = Literal["browser", "site"]
Kind = Literal["text", "binary", "ping", "pong", "close", "broken"]

LARGEST = 4 * 1024 * 1024  # of one message, unpacked
FRAMES = 100_000  # of one side that are read: a frame may be two bytes long, and costs hundreds
_IN_ALL = 64 * 1024 * 1024
_TAIL = b"\x00\x00\xff\xff"  # RFC 7692 §7.2.1

OPCODES: dict[Kind, Opcode] = {
    "text": Opcode.TEXT,
    "binary": Opcode.BINARY,
    "ping": Opcode.PING,
    "pong": Opcode.PONG,
    "close": Opcode.CLOSE,
}
_KINDS = {opcode: kind for kind, opcode in OPCODES.items()}

# RFC 6455 §7.4.1 and the registry of WebSocket close codes
CLOSE_CODES = {
    1000: "all is done",
    1001: "going away: the page was left, or the server is stopped",
    1002: "the other broke the protocol",
    1003: "it cannot accept this type of data",
    1005: "no code was given",
    1006: "the connection was lost",
    1007: "the text was not UTF-8",
    1008: "it is against its policy",
    1009: "the message was too big",
    1010: "an extension was missing",
    1011: "something unexpected happened in the server",
    1012: "the server is started again",
    1013: "try again later",
    1014: "a server behind the server answered wrongly",
    1015: "TLS failed",
}


@dataclass(frozen=True, slots=True)
class Packing:
    """What permessage-deflate was agreed on for one side: window bits, and whether each message is packed on its own."""

    bits: int = 15
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Spoken:
    """One message or control frame. `at` is seconds after the exchange began (None: not on record), `wire` bytes with framing, `payload` unpacked."""

    speaker: Speaker
    kind: Kind
    at: float | None
    payload: bytes
    wire: int
    parts: tuple[Frame, ...] = ()
    packed: bool = False
    notes: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """A text message's text; for a close, the reason."""
        data = self.payload[2:] if self.kind == "close" else self.payload
        return data.decode("utf-8", "replace")

    @property
    def code(self) -> int | None:
        """A close's code."""
        return int.from_bytes(self.payload[:2]) if self.kind == "close" and len(self.payload) > 1 else None

    @property
    def code_means(self) -> str:
        """A close's code in words; empty where there is none or it is the application's own."""
        return CLOSE_CODES.get(1005 if self.code is None else self.code, "") if self.kind == "close" else ""


def packing_on(*legs: Leg | None) -> dict[Speaker, Packing] | None:
    """What a leg's answer says of packing; the first leg that has an answer counts."""
    answer = next((leg.response for leg in legs if leg is not None and leg.response is not None), None)
    named = (
        (each for each in answer.fields if each.name.lower() == b"sec-websocket-extensions") if answer else ()
    )
    return packing_of(",".join(each.value.decode("latin-1") for each in named))


def packing_of(extensions: str) -> dict[Speaker, Packing] | None:
    """What the answer's Sec-WebSocket-Extensions says of packing; None if nothing is packed."""
    offer = next(
        (
            each
            for each in extensions.lower().split(",")
            if each.split(";")[0].strip() == "permessage-deflate"
        ),
        None,
    )
    if offer is None:
        return None
    named = {
        name.strip(): value.strip(' "') for name, _, value in (one.partition("=") for one in offer.split(";"))
    }
    return {"browser": _packing(named, "client"), "site": _packing(named, "server")}


def _packing(named: dict[str, str], who: str) -> Packing:
    bits = named.get(f"{who}_max_window_bits", "")
    width = int(bits) if re.fullmatch("[0-9]{1,2}", bits) and 8 <= int(bits) <= 15 else 15
    return Packing(max(width, 9), f"{who}_no_context_takeover" in named)  # zlib has no raw window of 8 bits


def spoken(
    browser: bytes,
    site: bytes,
    *,
    arrivals: tuple[Sequence[Arrival], Sequence[Arrival]] = ((), ()),
    packing: dict[Speaker, Packing] | None = None,
    cut: tuple[bool, bool] = (False, False),
) -> tuple[Spoken, ...]:
    """Everything both sides said, as far as it is in the first 100,000 frames of each. `cut` tells of each side whether more passed than is here. In order of
    time where times are on record; else the browser's first."""
    said = [
        *_side("browser", browser, arrivals[0], packing, cut=cut[0]),
        *_side("site", site, arrivals[1], packing, cut=cut[1]),
    ]
    if all(each.at is not None for each in said):
        said.sort(key=attrgetter("at"))
    return tuple(said)


def _side(
    speaker: Speaker,
    data: bytes,
    arrivals: Sequence[Arrival],
    packing: dict[Speaker, Packing] | None,
    *,
    cut: bool,
) -> Iterator[Spoken]:
    unpack = _Unpacker(packing[speaker]) if packing is not None else None
    ends = [arrival.end for arrival in arrivals]

    def when(end: int) -> float | None:
        place = bisect_left(ends, end)
        return arrivals[place].at if place < len(ends) else None

    parts: list[Frame] = []
    for number, frame in enumerate(frames(data, from_browser=speaker == "browser")):
        if number == FRAMES:
            if parts:
                yield _message(
                    speaker, parts, when(frame.at), unpack, ("its last part is not read any more",)
                )
            why = f"only the first {FRAMES:,} frames of each side are read"
            yield _rest(speaker, Rest(frame.at, len(data) - frame.at, why), when(len(data)))
            return
        if isinstance(frame, Rest):
            if frame.why or not cut:
                yield _rest(speaker, frame, when(frame.at + frame.size))
        elif frame.opcode.control:
            yield Spoken(speaker, _KINDS[frame.opcode], when(frame.end), frame.payload, frame.end - frame.at, (frame,), notes=frame.wrong)  # fmt: skip
        else:
            if frame.opcode is not Opcode.CONTINUATION and parts:
                yield _message(speaker, parts, when(frame.at), unpack, ("the next message began before this one ended (§5.4)",))  # fmt: skip
                parts = []
            parts.append(frame)
            if frame.final:
                yield _message(speaker, parts, when(frame.end), unpack)
                parts = []
    if parts:
        yield _message(speaker, parts, when(parts[-1].end), unpack, ("its last part has not come",))


def _rest(speaker: Speaker, rest: Rest, at: float | None) -> Spoken:
    why = rest.why or "the connection ended in the middle of a frame, or the rest is still on its way"
    return Spoken(speaker, "broken", at, b"", rest.size, notes=(why,))


def _message(
    speaker: Speaker,
    parts: list[Frame],
    at: float | None,
    unpack: _Unpacker | None,
    wrong: tuple[str, ...] = (),
) -> Spoken:
    first = parts[0]
    notes = [*wrong, *dict.fromkeys(each for part in parts for each in part.wrong)]
    payload = first.payload if len(parts) == 1 else b"".join(part.payload for part in parts)
    if first.opcode is Opcode.CONTINUATION:
        notes.append("it continues a message that never began (§5.4)")
    if first.packed and unpack is not None:
        payload, trouble = unpack.message(payload)
        notes += [trouble] if trouble else []
    elif first.reserved:
        notes.append("a reserved bit is set without an extension that gives it a meaning (§5.2)")
    kind: Kind = _KINDS.get(first.opcode, "binary")
    if kind == "text" and not notes and not _is_utf8(payload):
        notes.append("it is not UTF-8, which a text has to be (§5.6)")
    wire = sum(part.end - part.at for part in parts)
    packed = first.packed and unpack is not None
    return Spoken(speaker, kind, at, payload, wire, tuple(parts), packed, tuple(notes))


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


class _Unpacker:
    """Unpacks one side's messages, within bounds: 4 MiB of each are kept, and after 64 MiB in all nothing more is unpacked."""

    def __init__(self, packing: Packing) -> None:
        self._packing = packing
        self._inflate = zlib.decompressobj(-packing.bits)
        self._left = _IN_ALL
        self._lost = ""

    def message(self, data: bytes) -> tuple[bytes, str]:
        """One message unpacked, and what went wrong."""
        if self._packing.alone:
            self._inflate = zlib.decompressobj(-self._packing.bits)
            self._lost = self._lost if self._left <= 0 else ""
        if self._lost:
            return b"", self._lost
        try:
            kept = self._inflate.decompress(data + _TAIL, LARGEST)
            self._left -= len(kept)
            more = self._pass_over()
        except zlib.error as error:
            self._lost = "an earlier message could not be unpacked, and this one builds on it"
            return b"", f"it could not be unpacked: {error}"
        if self._left <= 0:
            self._lost = f"messages of more than {_IN_ALL >> 20} MiB in all are not unpacked"
        return kept, f"only the first {LARGEST >> 20} MiB of it are shown" if more else ""

    def _pass_over(self) -> bool:
        """Unpack what is over the limit too, since later messages refer to it; whether there was any."""
        more = False
        while self._inflate.unconsumed_tail and self._left > 0:
            size = len(self._inflate.decompress(self._inflate.unconsumed_tail, LARGEST))
            self._left -= size
            more = more or size > 0
        return more
