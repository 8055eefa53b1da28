"""What a home remembers of its learner: how far each lesson is, and which one they are at. One setting, since it is small and always read whole."""

from __future__ import annotations

import threading
from collections.abc import Callable

import msgspec

from inspector.lessons.progress import Run
from inspector.store.settings import Settings

_SETTING = "lessons"


class Kept(msgspec.Struct, frozen=True):
    """`at` is the lesson that was opened last; '' when it was left. `diploma` is the certificate of the course (PEM), `name` who it is for."""

    runs: dict[str, Run] = {}
    at: str = ""
    name: str = ""
    diploma: str = ""


class Keeper:
    """The progress of one home. Safe to use from many threads of one process, and no other process writes it."""

    def __init__(self, control: Settings) -> None:
        self._control = control
        self._lock = threading.Lock()

    def read(self) -> Kept:
        """All of it; what cannot be read counts as nothing."""
        try:
            return msgspec.convert(self._control.read().get(_SETTING, {}), Kept)
        except msgspec.ValidationError:
            return Kept()

    def run(self, lesson: str) -> Run | None:
        """How far a lesson is; None if it was never begun."""
        return self.read().runs.get(lesson)

    def change(self, lesson: str, change: Callable[[Run | None], Run]) -> Run:
        """Take a lesson further; it is then the one that one is at."""
        with self._lock:
            kept = self.read()
            before = kept.runs.get(lesson)
            after = change(before)
            if after != before or kept.at != lesson:
                self._write(msgspec.structs.replace(kept, runs={**kept.runs, lesson: after}, at=lesson))
            return after

    def leave(self) -> None:
        """Be at no lesson; how far they are stays."""
        with self._lock:
            kept = self.read()
            if kept.at:
                self._write(msgspec.structs.replace(kept, at=""))

    def award(self, name: str, diploma: str) -> None:
        """Keep the certificate of the course."""
        with self._lock:
            self._write(msgspec.structs.replace(self.read(), name=name, diploma=diploma))

    def forget(self, lesson: str = "") -> None:
        """Forget how far a lesson is; without one, the whole course."""
        with self._lock:
            kept = self.read()
            runs = {name: run for name, run in kept.runs.items() if lesson and name != lesson}
            self._write(msgspec.structs.replace(kept, runs=runs, at=kept.at if lesson else ""))

    def _write(self, kept: Kept) -> None:
        self._control.set(_SETTING, msgspec.to_builtins(kept))
