"""Bytes as everybody prints them: offset, sixteen in hexadecimal, the same as characters."""

from __future__ import annotations

from typing import NamedTuple

WINDOW = 4096
_TABLE = bytes(byte if 32 <= byte < 127 else 0x2E for byte in range(256))


class Line(NamedTuple):
    """Sixteen bytes from `offset`; `marked` is the index of the byte to point at, or None."""

    offset: str
    hex: tuple[str, ...]
    text: str
    marked: int | None

    def run(self) -> str:
        """The whole line, in columns: `00000010  48 65 6c 6c 6f …  Hello`."""
        left, right = " ".join(self.hex[:8]), " ".join(self.hex[8:])
        return f"{self.offset}  {left:<23}  {right:<23}  {self.text}"


def lines(data: bytes, start: int = 0, marked: int | None = None) -> tuple[Line, ...]:
    """`data`, which stands at `start` in the whole; `marked` is the offset, in the whole, of a byte to point at."""
    found = []
    for at in range(0, len(data), 16):
        row = data[at : at + 16]
        inside = marked - start - at if marked is not None else -1
        found.append(
            Line(
                f"{start + at:08x}",
                tuple(f"{byte:02x}" for byte in row),
                row.translate(_TABLE).decode("ascii"),
                inside if 0 <= inside < len(row) else None,
            )
        )
    return tuple(found)


def around(data: bytes, offset: int, *, before: int = 32, after: int = 47) -> tuple[Line, ...]:
    """The lines of `data` around the byte at `offset`, which is marked; it may stand just behind the last one."""
    start = max(offset - before, 0) // 16 * 16
    return lines(data[start : offset + after], start, offset)


def dump(data: bytes, start: int = 0) -> str:
    """All lines as one text."""
    return "\n".join(line.run() for line in lines(data, start))
