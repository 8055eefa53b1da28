"""What kind of picture bytes are, by their first bytes and not by what they claim; and how large."""

from __future__ import annotations

import struct
from typing import NamedTuple

ENOUGH = 64 * 1024


class Picture(NamedTuple):
    """`media` is safe to show as an image; sizes in pixels, 0 when not found in the first bytes."""

    media: str
    words: str
    width: int = 0
    height: int = 0

    @property
    def dimensions(self) -> str:
        return f"{self.width:,} × {self.height:,} pixels" if self.width and self.height else ""  # noqa: RUF001 - the sign for it


def recognise(data: bytes) -> Picture | None:
    """The picture that `data`, its first bytes, begin; None for anything else. SVG is a program, not a picture."""
    for start, read in _KINDS:
        if data.startswith(start):
            try:
                return read(data)
            except (struct.error, IndexError):
                return read(start + bytes(64)) if read is not _jpeg else Picture("image/jpeg", "JPEG")
    if data[4:12] in (b"ftypavif", b"ftypavis"):
        return Picture("image/avif", "AVIF")
    return None


def _png(data: bytes) -> Picture:
    return Picture("image/png", "PNG", *struct.unpack_from(">II", data, 16))


def _gif(data: bytes) -> Picture:
    return Picture("image/gif", "GIF", *struct.unpack_from("<HH", data, 6))


def _bmp(data: bytes) -> Picture:
    width, height = struct.unpack_from("<ii", data, 18)
    return Picture("image/bmp", "BMP", abs(width), abs(height))


def _ico(data: bytes) -> Picture:
    return Picture("image/x-icon", "Icon", data[6] or 256, data[7] or 256)


def _webp(data: bytes) -> Picture | None:
    if data[8:12] != b"WEBP":
        return None
    kind = data[12:16]
    if kind == b"VP8X":
        width = int.from_bytes(data[24:27], "little") + 1
        height = int.from_bytes(data[27:30], "little") + 1
        return Picture("image/webp", "WebP", width, height)
    if kind == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return Picture("image/webp", "WebP", (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", data, 26)
        return Picture("image/webp", "WebP", width & 0x3FFF, height & 0x3FFF)
    return Picture("image/webp", "WebP")


def _jpeg(data: bytes) -> Picture:
    """The size stands in the first frame header (ITU-T T.81 §B.2.2): segments are skipped until there."""
    at = 2
    while at + 9 < len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", data, at + 5)
            return Picture("image/jpeg", "JPEG", width, height)
        at += 1 if marker == 0xFF else 2 + max(struct.unpack_from(">H", data, at + 2)[0], 2)
    return Picture("image/jpeg", "JPEG")


_KINDS = (
    (b"\x89PNG\r\n\x1a\n", _png),
    (b"GIF87a", _gif),
    (b"GIF89a", _gif),
    (b"\xff\xd8\xff", _jpeg),
    (b"RIFF", _webp),
    (b"BM", _bmp),
    (b"\x00\x00\x01\x00", _ico),
)
