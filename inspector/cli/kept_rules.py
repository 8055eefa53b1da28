"""The rules of a home, for the commands that read and change them. A running Inspector obeys a change within a moment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from inspector.app import home, notice
from inspector.app.errors import InspectorError
from inspector.app.platform import here

if TYPE_CHECKING:
    from inspector.exchange.model import Body, Exchange
    from inspector.store.captures import Captures
    from inspector.web.rules.kept import KeptRules


@contextmanager
def rules_of(home_folder: Path | None, *, make: bool = False) -> Iterator[KeptRules]:
    """The rules of a home. One that isn't there has none, and is made only where something is to be kept."""
    from inspector.store.database import StoreProblem, control_path
    from inspector.store.held import let_go
    from inspector.store.settings import Settings
    from inspector.web.rules.copying import FOLDER, Copies
    from inspector.web.rules.kept import KeptRules

    place = home.locate(home.choose(home_folder))
    if make:
        home.prepare(place)
    elif not control_path(place.data).exists():
        raise InspectorError(
            f"There is no Inspector's home at {place.root}.", "For another home: --home DIR."
        )
    try:
        settings, captured = Settings(place.data), _Captured(place.data)
        copies = Copies(captured, place.data / FOLDER)
        try:
            yield KeptRules(settings, copies, let_go=partial(let_go, place.data))
        finally:
            captured.close()
            settings.close()
    except StoreProblem as problem:
        raise InspectorError(str(problem)) from problem


class _Captured:
    """The captures of a home, opened only where a rule is to answer with one of them."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._opened: Captures | None = None

    def exchange(self, id: bytes) -> Exchange | None:
        return self._captures.exchange(id)

    def body(self, id: bytes, body: Body) -> Iterator[bytes]:
        return self._captures.body(id, body)

    def close(self) -> None:
        if self._opened is not None:
            self._opened.close()

    @property
    def _captures(self) -> Captures:
        from inspector.store.captures import Captures

        self._opened = self._opened or Captures(self._home)
        return self._opened


def obeyed(home_folder: Path | None) -> str:
    """From when on a change counts, as the end of a sentence."""
    running = notice.read(home.locate(home.choose(home_folder)).run, here())
    return "from now on" if running else "from the next start on"
