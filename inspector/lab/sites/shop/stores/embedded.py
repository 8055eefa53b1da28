"""A file that a small store of our own is kept in, where no Redis or MongoDB server is at hand: JSON, read at the start, written after each change.

It is no database: everything is held in memory, one writer at a time, and the whole file is written anew. That is the point of databases.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

MOST_BYTES = 8 << 20


class FullError(Exception):
    """No more fits; what was to be kept last was not kept."""


class JsonFile:
    """`content` is a dict; change it inside `with file.changing():`, read it inside `with file.reading():`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.RLock()
        self._content = self._load()

    @contextmanager
    def reading(self) -> Iterator[dict[str, Any]]:
        with self._lock:
            yield self._content

    @contextmanager
    def changing(self) -> Iterator[dict[str, Any]]:
        """What is changed is on disk after the block: whole, or (if that failed) not at all, since the new file takes the old one's name."""
        with self._lock:
            try:
                yield self._content
                self._save()
            except BaseException:
                self._content = self._load()
                raise

    def _load(self) -> dict[str, Any]:
        if not self._path.exists():
            return {}
        content: dict[str, Any] = json.loads(self._path.read_text(encoding="utf-8"))
        return content

    def _save(self) -> None:
        text = json.dumps(self._content, ensure_ascii=False)
        if len(text) > MOST_BYTES:
            raise FullError("The practice store is full. Reset it to go on.")
        unfinished = self._path.with_suffix(".new")
        unfinished.write_text(text, encoding="utf-8")
        unfinished.replace(self._path)
