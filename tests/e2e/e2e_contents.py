"""What the site has to offer: a page and its parts, and bytes of any length."""

from __future__ import annotations

import hashlib
import io
import math
import struct
import wave
import zlib
from functools import lru_cache

MIB = 1 << 20
LARGEST = 20 * MIB

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>The site</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="/style.css">
<script src="/script.js" defer></script></head>
<body><h1>A page with parts</h1><img src="/picture.png" alt="stripes" width="64" height="64">
<form method="post" action="/form"><input name="name" value="Ada &amp; Grace"><input name="secret" type="password">
<button>Send</button></form><a href="/old">An old address</a></body></html>
"""
STYLE = b"h1 { color: rgb(1, 2, 3); }\n"
SCRIPT = b"document.documentElement.dataset.script = 'ran';\n"
NUMBERS = {"numbers": list(range(50)), "text": "Grüße, 世界"}


@lru_cache
def pattern(size: int) -> bytes:
    """Bytes that don't compress and are always the same."""
    return hashlib.shake_128(b"the site").digest(size)


@lru_cache
def picture() -> bytes:
    """A small PNG with stripes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + bytes(255 if (x // 8) % 2 else 90 for x in range(64)) for _ in range(64))
    head = struct.pack(">IIBBBBB", 64, 64, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


@lru_cache
def sound() -> bytes:
    """Ten seconds of a tone, so that a browser asks for it by ranges."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(22050)
        out.writeframes(b"".join(struct.pack("<h", int(9000 * math.sin(n / 8))) for n in range(22050)) * 10)
    return file.getvalue()
