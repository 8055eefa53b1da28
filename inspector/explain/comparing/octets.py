"""Two runs of bytes compared: how many differ, where the first do, and these places in hex beside each other."""

from __future__ import annotations

from operator import ne
from typing import NamedTuple

from inspector.explain.comparing.texts import common_start

_BLOCK = 65_536
_LINE = 16
_LINES = 24
_COUNTED = 4 << 20  # bytes that are looked at one by one: a quarter of a second


class HexLine(NamedTuple):
    """Sixteen bytes of each: as hexadecimal digits with whether they differ, and as characters; an empty side has ended."""

    offset: int
    a: tuple[tuple[str, bool], ...]
    b: tuple[tuple[str, bool], ...]
    a_text: str
    b_text: str


class OctetDifference(NamedTuple):
    """`first` is the offset of the first byte that differs; None if none does. `differing` counts those at the same place; `at_least`: not all were looked at."""

    first: int | None
    differing: int
    at_least: bool
    lines: tuple[HexLine, ...]
    more: bool


def compare_octets(a: bytes, b: bytes) -> OctetDifference:
    """The difference of two runs of bytes, place by place."""
    first = common_start(memoryview(a), memoryview(b))
    if first == len(a) == len(b):
        return OctetDifference(None, 0, False, (), False)
    differing = looked = 0
    places: list[int] = []
    both = min(len(a), len(b))
    for start in range(first - first % _BLOCK, both, _BLOCK):
        old, new = a[start : start + _BLOCK], b[start : start + _BLOCK]
        if start + _BLOCK > both:
            old, new = a[start:both], b[start:both]
        if old == new:
            continue
        if looked >= _COUNTED:
            break
        looked += len(old)
        differing += sum(map(ne, old, new))
        if len(places) <= _LINES:
            places += _places(old, new, start)
    if len(a) != len(b) and (not places or places[-1] < both - both % _LINE):
        places.append(both - both % _LINE)
    lines = tuple(_line(a, b, place) for place in places[:_LINES])
    return OctetDifference(first, differing, looked >= _COUNTED, lines, len(places) > _LINES)


def _places(old: bytes, new: bytes, start: int) -> list[int]:
    """The lines of sixteen in which something differs."""
    found = []
    for at in range(0, len(old), _LINE):
        if old[at : at + _LINE] != new[at : at + _LINE]:
            found.append(start + at)
            if len(found) > _LINES:
                break
    return found


def _line(a: bytes, b: bytes, at: int) -> HexLine:
    old, new = a[at : at + _LINE], b[at : at + _LINE]
    return HexLine(at, _digits(old, new), _digits(new, old), _characters(old), _characters(new))


def _digits(own: bytes, other: bytes) -> tuple[tuple[str, bool], ...]:
    return tuple(
        (f"{byte:02x}", number >= len(other) or other[number] != byte) for number, byte in enumerate(own)
    )


def _characters(data: bytes) -> str:
    return "".join(chr(byte) if 32 <= byte < 127 else "·" for byte in data)
