"""A file of 8 MiB, for watching a large download: a made-up tide table, one line for each ten minutes of five years."""

from __future__ import annotations

import math
import os
from datetime import datetime, timedelta
from pathlib import Path

NAME = "tides.csv"
LINES = 262_144  # of 32 bytes each
_FIRST = datetime(2020, 1, 1)  # noqa: DTZ001 (tide tables are in local time, whatever that is)
_TEN_MINUTES = timedelta(minutes=10)


def tide_table(folder: Path) -> Path:
    """The file, written when it is first asked for; under another name until it is whole."""
    path = folder / NAME
    if not path.exists():
        unfinished = folder / f".{NAME}.{os.getpid()}"
        unfinished.write_text("".join(map(_line, range(LINES))), encoding="ascii", newline="\n")
        unfinished.replace(path)
    return path


def _line(number: int) -> str:
    """The moon comes back every 24 hours and 50 minutes, with two tides each time; at new and at full moon they are highest."""
    when = _FIRST + number * _TEN_MINUTES
    minutes = number * 10
    height = 2.4 + (1.5 + 0.5 * math.cos(minutes / 10_630 * math.tau / 2)) * math.sin(
        minutes / 745 * math.tau
    )
    return f"{when:%Y-%m-%d %H:%M},{height:6.3f},metre\n".ljust(32)
