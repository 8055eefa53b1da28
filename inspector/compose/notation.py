"""Bytes as one types them: text stands for itself in UTF-8, a backslash writes what no key does.

`\\r \\n \\t \\0 \\\\`, `\\xHH` for any byte. A line end in the text is CR LF, or LF if the form says so; a backslash at the end of a line joins it with the next.
"""

from __future__ import annotations

import re

from inspector.compose.errors import NotationMistake

_PIECE = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|([rnt0\\])|(\n)|(.?))|(\n)|([^\\\n]+)", re.DOTALL)
_LETTERS = {"r": b"\r", "n": b"\n", "t": b"\t", "0": b"\0", "\\": b"\\"}
_WRITTEN = {0x0D: "\\r", 0x0A: "\\n", 0x09: "\\t", 0x00: "\\0", 0x5C: "\\\\"}


def read(text: str, line_end: bytes = b"\r\n") -> bytes:
    """The bytes that the text stands for. Raises NotationMistake."""
    out = bytearray()
    for found in _PIECE.finditer(text.replace("\r\n", "\n")):
        hexadecimal, letter, joined, unknown, newline, plain = found.groups()
        if hexadecimal:
            out.append(int(hexadecimal, 16))
        elif letter:
            out += _LETTERS[letter]
        elif newline:
            out += line_end
        elif plain:
            out += plain.encode("utf-8", "surrogatepass")
        elif joined is None:
            raise NotationMistake(
                f"\\{unknown} stands for nothing. Write \\r \\n \\t \\0, \\x and two hexadecimal digits, or \\\\ for a backslash.",
                found.start(), found.end(),
            )  # fmt: skip
    return bytes(out)


def write(data: bytes) -> str:
    """The same bytes as text for `read`: a CR LF as a line end, everything unprintable as an escape."""
    lines = data.split(b"\r\n")
    return "\n".join("".join(_WRITTEN.get(byte) or (chr(byte) if 0x20 <= byte < 0x7F else f"\\x{byte:02x}") for byte in line) for line in lines)  # fmt: skip
