"""The rules of a home, for the commands that read and change them. A running Inspector obeys a change within a moment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from inspector.app import home, notice
from inspector.app.errors import InspectorError
from inspector.app.platform import here

if TYPE_CHECKING:
    from inspector.web.rules.kept import KeptRules


@contextmanager
def rules_of(home_folder: Path | None, *, make: bool = False) -> Iterator[KeptRules]:
    """The rules of a home. One that isn't there has none, and is made only where something is to be kept."""
    from inspector.store.database import StoreProblem, control_path
    from inspector.store.settings import Settings
    from inspector.web.rules.kept import KeptRules

    place = home.locate(home.choose(home_folder))
    if make:
        home.prepare(place)
    elif not control_path(place.data).exists():
        raise InspectorError(
            f"There is no Inspector's home at {place.root}.", "For another home: --home DIR."
        )
    try:
        settings = Settings(place.data)
        try:
            yield KeptRules(settings)
        finally:
            settings.close()
    except StoreProblem as problem:
        raise InspectorError(str(problem)) from problem


def obeyed(home_folder: Path | None) -> str:
    """From when on a change counts, as the end of a sentence."""
    running = notice.read(home.locate(home.choose(home_folder)).run, here())
    return "from now on" if running else "from the next start on"
