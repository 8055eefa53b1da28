"""The layout of the archive: frames in segment files, and how to tell a true frame from chance.

    CAPTURES/<engine: 32 hex digits>/00000001.seg, 00000002.seg, ...

A segment is nothing but frames, one after the other. A frame is a header of 16 bytes and a payload:

    3 bytes  mark           f7 'I' 'n'
    1 byte   kind           one of KINDS
    4 bytes  length         of the payload, big-endian
    4 bytes  crc32          of the payload; 0 for body bytes, which are only copied, never parsed
    4 bytes  place          the frame's own offset, xor the segment's salt

The salt comes from the engine's id and the segment's number, so a frame knows where it belongs: bytes that
merely look like one (a captured download of a segment file, blocks that a power failure put in the wrong
file) are not believed. That makes it safe to look for the next frame after damaged ones.

A record is written once and never changed; a segment ends where the next one exists, or with an E frame.
"""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import NamedTuple, TypeAlias

MARK = b"\xf7In"
HEADER = struct.Struct(">4sIII")
FORMAT = 1

KINDS = {
    b"S": "the segment's beginning: format, engine, worker, run, process, version, when it was started",
    b"X": "an exchange, as it was at one moment (msgpack, exchange.model.Exchange)",
    b"C": "a connection (msgpack, exchange.model.Connection)",
    b"T": "what is kept of a connection's ciphertext: who sent which part when (msgpack, exchange.model.KeptCiphertext); the bytes are B frames",
    b"B": "bytes of a body that is too large to stand in its exchange",
    b"L": "the summary of an exchange whose record could not be kept (msgpack, exchange.model.Summary)",
    b"F": "everything before this segment is to be forgotten (msgpack, a generation number)",
    b"E": "a clean end: the engine stopped in order (msgpack, exchanges lost, bytes lost)",
}
BODY = b"B"
_MARKS = {MARK + kind: kind for kind in KINDS}


# A frame as read: kind, where its payload begins, where the next frame begins, payload. The payload is empty
# for body bytes: nobody reads them in passing. (A plain tuple: a named one costs the recorder 3 % more.)
Frame: TypeAlias = tuple[bytes, int, int, memoryview | bytes]


def salt(engine: str, segment: int) -> int:
    """What a segment's frames mix into their `place`; `engine` is the folder's name."""
    return zlib.crc32(f"{engine}/{segment}".encode())


def header(kind: bytes, payload: bytes, offset: int, salted: int) -> bytes:
    """The 16 bytes that stand before `payload` when the frame begins at `offset`."""
    crc = 0 if kind == BODY else zlib.crc32(payload)
    return HEADER.pack(MARK + kind, len(payload), crc, (salted ^ offset) & 0xFFFFFFFF)


def segment_path(folder: Path, segment: int) -> Path:
    """Where a segment of the engine with this folder lies."""
    return folder / f"{segment:08d}.seg"


def segments(folder: Path, suffix: str = ".seg") -> list[int]:
    """The numbers of the segments that exist, in order; none if the folder is gone. `suffix` asks for the files beside them."""
    try:
        names = [path.name for path in folder.iterdir()]
    except OSError:
        return []
    numbers = (name.removesuffix(suffix) for name in names if name.endswith(suffix))
    return sorted(int(number) for number in numbers if number.isdecimal())


class Cut(NamedTuple):
    """Why a walk over a buffer stopped: at which offset of the file, and whether more bytes could mend it.

    `need` is how many bytes from `offset` on the frame there wants; 0 when what stands there is no frame.
    """

    offset: int
    need: int


def walk(buffer: bytes, base: int, salted: int) -> tuple[list[Frame], Cut]:
    """The frames in `buffer`, which was read at offset `base`, and where and why they end.

    A body frame is passed over without its bytes being there: its `end` may lie beyond the buffer.
    """
    frames: list[Frame] = []
    take, unpack, crc32, mark = frames.append, HEADER.unpack_from, zlib.crc32, _MARKS.get
    view, at, size = memoryview(buffer), 0, len(buffer)
    while size - at >= 16:
        marked, length, crc, place = unpack(buffer, at)
        kind = mark(marked)
        if kind is None or place ^ salted != (base + at) & 0xFFFFFFFF:
            return frames, Cut(base + at, 0)
        begin = at + 16
        end = begin + length
        if kind == BODY:
            take((kind, base + begin, base + end, b""))
        elif end > size:
            return frames, Cut(base + at, 16 + length)
        else:
            payload = view[begin:end]
            if crc32(payload) != crc:
                return frames, Cut(base + at, 0)
            take((kind, base + begin, base + end, payload))
        at = end
    return frames, Cut(base + at, 16)


def find(buffer: bytes, base: int, salted: int, start: int = 0) -> int | None:
    """Where the next true frame header stands in `buffer` (an index into it), or None."""
    at = buffer.find(MARK, start)
    while at != -1:
        if len(buffer) - at < 16:
            return None
        marked, _length, _crc, place = HEADER.unpack_from(buffer, at)
        if marked in _MARKS and place ^ salted == (base + at) & 0xFFFFFFFF:
            return at
        at = buffer.find(MARK, at + 1)
    return None
