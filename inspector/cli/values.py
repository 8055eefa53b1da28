"""Kinds of values on the command line: sizes, times, addresses. Each says what it takes when it is given something else."""

from __future__ import annotations

import math
import re

import click

from inspector.app.addresses import parse_address

UNITS = {"": 1, "b": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40}
SECONDS = {"ms": 0.001, "": 1.0, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_QUANTITY = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*", re.ASCII | re.IGNORECASE)


class Size(click.ParamType[int]):
    """Bytes: 65536, 64k, 16MiB, 10G. All units are binary; 0 means no limit where that makes sense."""

    name = "size"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        found = _QUANTITY.fullmatch(str(value))
        unit = found[2].lower().removesuffix("ib").removesuffix("b") if found else ""
        if found is None or unit not in UNITS:
            self.fail(f"{value!r} is not a size. Write 65536, 64k, 16MiB or 10G.", param, ctx)
        return int(float(found[1]) * UNITS[unit])


class Duration(click.ParamType[float]):
    """Seconds: 30, 30s, 500ms, 5m, 2h, 7d."""

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        if isinstance(value, int | float):
            return float(value)
        found = _QUANTITY.fullmatch(str(value))
        if found is None or found[2].lower() not in SECONDS:
            self.fail(f"{value!r} is not a time. Write 30, 30s, 500ms, 5m, 2h or 7d.", param, ctx)
        return float(found[1]) * SECONDS[found[2].lower()]


class Listen(click.ParamType[str]):
    """An address to listen on: 127.0.0.1:8080, [::1]:8080, 0.0.0.0:8080, or a port alone for this computer only."""

    name = "address"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            return str(parse_address(str(value)))
        except ValueError as error:
            self.fail(f"{value!r}: {error}", param, ctx)


SIZE, DURATION, LISTEN = Size(), Duration(), Listen()


def say_size(size: int) -> str:
    """A size as `Size` reads it: 16MiB."""
    for unit, factor in (("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)):
        if size >= factor and size % factor == 0:
            return f"{size // factor}{unit}"
    return str(size)


def say_duration(seconds: float) -> str:
    """A time as `Duration` reads it: 30s."""
    for unit, factor in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds >= factor and math.fmod(seconds, factor) == 0:
            return f"{int(seconds // factor)}{unit}"
    return f"{seconds:g}s"
