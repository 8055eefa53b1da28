"""WebSocket frames (RFC 6455 §5), read from bytes that have passed: for looking at, so what is wrong is noted and read on as far as it is sure where a frame ends."""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from typing import NamedTuple

_LARGEST_CONTROL = 125
_LONGEST_HEADER = 14


class Opcode(IntEnum):
    """What a frame is."""

    CONTINUATION = 0x0
    TEXT = 0x1
    BINARY = 0x2
    CLOSE = 0x8
    PING = 0x9
    PONG = 0xA

    @property
    def control(self) -> bool:
        """Whether it speaks of the connection, and may stand between the parts of a message."""
        return self >= Opcode.CLOSE


class Frame(NamedTuple):
    """One frame: `at` bytes into the stream, `header` bytes of header, then its payload, unmasked. `wrong` says which rules it breaks."""

    at: int
    header: int
    final: bool
    reserved: int
    opcode: Opcode
    mask: bytes
    payload: bytes
    wrong: tuple[str, ...] = ()

    @property
    def end(self) -> int:
        """Where the next one begins."""
        return self.at + self.header + len(self.payload)

    @property
    def packed(self) -> bool:
        """RSV1, by which permessage-deflate marks a packed message (RFC 7692 §6)."""
        return bool(self.reserved & 0b100)


class Rest(NamedTuple):
    """Bytes that are no whole frame: `why` is empty where the stream just ended in the middle of one."""

    at: int
    size: int
    why: str = ""


def frames(data: bytes, *, from_browser: bool) -> Iterator[Frame | Rest]:
    """The frames one side sent, in order; then the rest, if something is left that is no whole frame."""
    at = 0
    while at < len(data):
        found = _frame(data, at, from_browser=from_browser)
        yield found
        if isinstance(found, Rest):
            return
        at = found.end


def _frame(data: bytes, at: int, *, from_browser: bool) -> Frame | Rest:
    start = data[at : at + _LONGEST_HEADER]
    left = len(data) - at
    if len(start) < 2:
        return Rest(at, left)
    code = start[0] & 0x0F
    if code not in _OPCODES:
        return Rest(at, left, f"opcode {code} has no meaning (§5.2): what follows can't be a frame")
    opcode = Opcode(code)
    final, reserved = bool(start[0] & 0x80), start[0] >> 4 & 0b111
    masked, length = bool(start[1] & 0x80), start[1] & 0x7F
    extended = {126: 2, 127: 8}.get(length, 0)
    header = 2 + extended + (4 if masked else 0)
    if len(start) < header:
        return Rest(at, left)
    wrong = []
    if extended:
        length = int.from_bytes(start[2 : 2 + extended])
        if length >> 63:
            return Rest(at, left, "a length of more than 63 bits (§5.2)")
        if length < (126 if extended == 2 else 1 << 16):
            wrong.append("its length is written longer than it needs to be (§5.2)")
    if left < header + length:
        return Rest(at, left)
    mask = start[header - 4 : header] if masked else b""
    payload = data[at + header : at + header + length]
    wrong += _wrong(opcode, length, final=final, masked=masked, from_browser=from_browser)
    return Frame(at, header, final, reserved, opcode, mask, unmasked(payload, mask), tuple(wrong))


def _wrong(opcode: Opcode, length: int, *, final: bool, masked: bool, from_browser: bool) -> Iterator[str]:
    if masked != from_browser:
        yield (
            "a browser has to mask what it sends (§5.3)" if from_browser else "a server must not mask (§5.1)"
        )
    if opcode.control and not final:
        yield "a control frame may not be divided (§5.5)"
    if opcode.control and length > _LARGEST_CONTROL:
        yield "a control frame has 125 bytes at most (§5.5)"


def written(opcode: Opcode, payload: bytes, mask: bytes = b"") -> bytes:
    """A frame of its own with this payload; `mask` is four bytes, or none."""
    size, bit = len(payload), 0x80 if mask else 0
    if size < 126:
        length = bytes([bit | size])
    elif size < 1 << 16:
        length = bytes([bit | 126]) + size.to_bytes(2)
    else:
        length = bytes([bit | 127]) + size.to_bytes(8)
    return bytes([0x80 | opcode]) + length + mask + unmasked(payload, mask)


def unmasked(payload: bytes, mask: bytes) -> bytes:
    """The payload without its mask of four bytes (§5.3); masking is the same once more."""
    if not mask or not payload:
        return payload
    size = len(payload)
    key = mask * (size // 4 + 1)
    return (int.from_bytes(payload) ^ int.from_bytes(key[:size])).to_bytes(size)


_OPCODES = frozenset(Opcode)
