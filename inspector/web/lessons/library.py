"""The course as it lies on disk: read when it is first asked for, and again when a file of it has changed, so that a writer sees what they wrote."""

from __future__ import annotations

import threading
from pathlib import Path

from inspector.explain import glossary
from inspector.lessons.course import OWN, Course, load


class Library:
    """Inspector's lessons and those of a teacher's folders."""

    def __init__(self, folders: tuple[str, ...] = ()) -> None:
        self._folders = tuple(map(Path, folders))
        self._lock = threading.Lock()
        self._stamp: tuple[tuple[str, int], ...] = ()
        self._course = Course(())

    def course(self) -> Course:
        """All of it. Files with mistakes are left out, and named in it."""
        with self._lock:
            stamp = self._now()
            if stamp != self._stamp:
                self._course, self._stamp = load(self._folders), stamp
            return self._course

    def _now(self) -> tuple[tuple[str, int], ...]:
        found = []
        for folder in (OWN, *self._folders):
            try:
                found += [(str(each), each.stat().st_mtime_ns) for each in sorted(folder.glob("*.md"))]
            except OSError:
                found.append((str(folder), 0))
        return (("", 0), *found)


def known_term(id: str) -> bool:
    """Whether the glossary has a term."""
    return glossary.look_up(id) is not None
