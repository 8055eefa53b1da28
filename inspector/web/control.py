"""What a person may switch: capturing on and off, and forgetting everything. Pages and API share it."""

from __future__ import annotations

from collections.abc import Callable

from inspector.store.captures import Captures
from inspector.store.marks import Marks
from inspector.store.settings import Settings
from inspector.web.feed import Feeder
from inspector.web.lamp import Lamp, Lamps


class Control:
    """The changes that the dashboard can make, each told to the open pages at once."""

    __slots__ = ("_also", "_captures", "_feeder", "_lamps", "_marks", "_settings")

    def __init__(
        self,
        captures: Captures,
        settings: Settings,
        lamps: Lamps,
        feeder: Feeder,
        marks: Marks,
        *,
        also: Callable[[], None] = lambda: None,
    ) -> None:
        """`also` is done when everything is forgotten."""
        self._captures = captures
        self._settings = settings
        self._lamps = lamps
        self._feeder = feeder
        self._marks = marks
        self._also = also

    def capture(self, on: bool) -> Lamp:
        """Switch capturing; engines notice within 100 ms. Traffic passes either way."""
        self._settings.set("capturing", on)
        self._feeder.nudge()
        return self._lamps.read()

    def forget_everything(self) -> None:
        """Ask for every capture to be removed, with what people added; recorder and engines carry it out within a third of a second."""
        self._captures.forget_everything()
        self._marks.forget()
        self._also()
        self._feeder.nudge()
