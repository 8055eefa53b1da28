"""Whether a file of the learner's code was saved: what each looked like, asked twice a second while the site is at work."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

SUFFIXES = frozenset({".py", ".json", ".toml", ".yaml", ".yml", ".ini", ".cfg", ".sql", ".env"})
# What an app writes itself, and what is no code of the learner's.
LEFT_OUT = frozenset(
    {"data", "instance", "static", "templates", "venv", "env", "node_modules", "__pycache__"}
)
MOST_FILES = 2000
MOST_DEEP = 8

Seen = dict[str, tuple[int, int]]


def look(folder: Path) -> Seen:
    """Each file of code with its time and size. What vanishes meanwhile isn't there."""
    seen: Seen = {}
    waiting = [(str(folder), 0)]
    while waiting and len(seen) < MOST_FILES:
        place, depth = waiting.pop()
        with suppress(OSError), os.scandir(place) as entries:
            for entry in entries:
                with suppress(OSError):
                    if entry.is_dir(follow_symlinks=False):
                        if (
                            depth < MOST_DEEP
                            and entry.name not in LEFT_OUT
                            and not entry.name.startswith(".")
                        ):
                            waiting.append((entry.path, depth + 1))
                    elif os.path.splitext(entry.name)[1] in SUFFIXES:  # noqa: PTH122 (of two thousand names, twice a second)
                        state = entry.stat()
                        seen[entry.path] = (state.st_mtime_ns, state.st_size)
    return seen
