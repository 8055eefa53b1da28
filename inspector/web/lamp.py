"""The lamp in the top bar: is everything being captured right now, and if not, why.

Read from the status boards that engine and recorder write a few times a second; they work on a full disk too.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, Protocol

STALE = 5.0
RECENT = 30.0


class Board(Protocol):
    """What is read of a status board (`store.status.Status`)."""

    @property
    def role(self) -> str: ...
    @property
    def heartbeat(self) -> float: ...
    @property
    def exchanges(self) -> int: ...
    @property
    def lost(self) -> int: ...
    @property
    def failing(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Lamp:
    """`words` for the lamp itself, `why` a sentence beside it (or empty)."""

    state: Literal["capturing", "paused", "losing", "stopped"]
    words: str
    why: str = ""
    lost: int = 0
    exchanges: int = 0

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class Lamps:
    """Reads the boards and remembers when losses last grew, so that a loss stays visible for a while."""

    def __init__(
        self,
        boards: Callable[[], Iterable[Board]],
        settings: Callable[[], Mapping[str, Any]],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._boards = boards
        self._settings = settings
        self._clock = clock
        self._lost: int | None = None
        self._grew = float("-inf")

    def read(self) -> Lamp:
        now = self._clock()
        boards = [board for board in self._boards() if now - board.heartbeat <= STALE]
        engines = [board for board in boards if board.role == "engine"]
        lost = sum(board.lost for board in engines)
        if self._lost is not None and lost > self._lost:
            self._grew = now
        self._lost = lost
        exchanges = sum(board.exchanges for board in engines)
        trouble = next((board.failing for board in engines if board.failing), "")
        if not engines:
            return Lamp(
                "stopped", "Proxy not running", "The proxy does not answer; it is being started again."
            )
        if trouble or now - self._grew <= RECENT:
            return Lamp("losing", f"Losing captures: {lost:,}", _why_losing(trouble, lost), lost, exchanges)
        if not self._settings().get("capturing", True):
            return Lamp("paused", "Paused", "Traffic passes, but nothing is captured.", lost, exchanges)
        return Lamp("capturing", "Capturing", _why_behind(boards, lost), lost, exchanges)


def _why_losing(trouble: str, lost: int) -> str:
    cause = trouble or "captures came faster than they could be written"
    count = "Nothing was lost so far." if not lost else f"{lost:,} exchanges could not be kept."
    return f"Traffic goes on, but {cause}. {count}"


def _why_behind(boards: list[Board], lost: int) -> str:
    recorder = next((board for board in boards if board.role == "recorder"), None)
    if recorder is None:
        return "The list stands still: the recorder is being started again. Nothing is lost."
    if recorder.failing:
        return f"The list stands still: {recorder.failing}. Nothing is lost."
    return f"{lost:,} exchanges could not be kept earlier." if lost else ""
