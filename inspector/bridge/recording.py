"""What is gathered of one request while the app works on it. `current` is the one being worked on here, in this thread, greenlet or task.

Only what would be gone later is taken down here, as it happens; writing it out is left to `telling`, after the answer. Everything is capped: an app that asks its
database a hundred thousand times gets a report of five hundred queries, which says how many there were.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from types import TracebackType
from typing import Any, Self

from inspector.bridge.code import Code
from inspector.bridge.texts import LONGEST_LINE, LONGEST_STATEMENT, cut, parameters

MOST_QUERIES = 500
MOST_LINES = 200
MOST_FUNCTIONS = 200
MOST_TEMPLATES = 100

current: ContextVar[Recording | None] = ContextVar("inspector_recording", default=None)
log = logging.getLogger("inspector.bridge")


class Recording:
    """One request of one app. `zero` is perf_counter's at its arrival, `started` the same moment since the epoch.

    `facts` are the fields of the report as far as they are known; `asking` is above 0 while SQLAlchemy or a driver is at it, so that nothing is told twice by a driver
    beneath it.
    """

    def __init__(self, exchange: str, proof: str, code: Code) -> None:
        self.exchange = exchange
        self.proof = proof
        self.code = code
        self.zero = time.perf_counter()
        self.started = time.time()
        self.took: float | None = None
        self.status = 0
        self.functions: list[dict[str, Any]] = []
        self.templates: list[dict[str, Any]] = []
        self.queries: list[Query] = []
        self.lines: list[dict[str, Any]] = []
        self.raised: tuple[BaseException, bool, float] | None = None
        self.left_out: dict[str, int] = {}
        self.facts: dict[str, Any] = {}
        self.asking = 0
        self.rendering: list[tuple[Any, dict[str, Any]]] = []

    def now(self) -> float:
        """Seconds since the request came."""
        return time.perf_counter() - self.zero

    def function(self, role: str, function: Callable[..., Any]) -> dict[str, Any]:
        """A function of the app is about to be called."""
        note = {"role": role, "function": function, "began": self.now(), "took": None, "answered": False}
        self._keep(self.functions, note, MOST_FUNCTIONS, "functions")
        return note

    def template(self, template: Any, context: Iterable[str]) -> None:
        """A template is about to be filled in, with what `context` names."""
        names = [name for name in context if not name.startswith("_")]
        note = {
            "name": template.name,
            "file": template.filename,
            "context": names,
            "began": self.now(),
            "took": None,
        }
        self._keep(self.templates, note, MOST_TEMPLATES, "templates")
        self.rendering.append((template, note))

    def template_done(self, template: Any) -> None:
        for place in range(len(self.rendering) - 1, -1, -1):
            if self.rendering[place][0] is template:
                note = self.rendering.pop(place)[1]
                note["took"] = self.now() - note["began"]
                return

    def query(
        self, system: str, through: str, statement: str, given: Any, *, sets: int = 1, database: str = ""
    ) -> Query:
        """A database is about to be asked."""
        query = Query(self, system, through, cut(statement, LONGEST_STATEMENT), database=database, sets=sets)
        if len(self.queries) < MOST_QUERIES:
            query.parameters = parameters(given)
            query.source = self.code.caller()
        self._keep(self.queries, query, MOST_QUERIES, "queries")
        return query

    def line(self, record: logging.LogRecord) -> None:
        """The app logs something."""
        if record.name.startswith("inspector.bridge") or record.name == "werkzeug":
            return
        note = {
            "at": self.now(),
            "level": record.levelname,
            "logger": record.name,
            "message": cut(record.getMessage(), LONGEST_LINE),
            "source": {"file": self.code.shown(record.pathname), "line": record.lineno},
        }
        self._keep(self.lines, note, MOST_LINES, "log")

    def raise_(self, error: BaseException, *, handled: bool) -> None:
        """An exception came out of the app's code; the same one may be told of twice, as it goes up."""
        at = self.raised[2] if self.raised is not None and self.raised[0] is error else self.now()
        self.raised = (error, handled, at)

    def _keep(self, notes: list[Any], note: Any, most: int, name: str) -> None:
        if len(notes) < most:
            notes.append(note)
        else:
            self.left_out[name] = self.left_out.get(name, 0) + 1


class Query:
    """A question that a database is working on."""

    __slots__ = ("_recording", "began", "database", "error", "parameters", "rows", "sets", "source", "statement", "system", "through", "took")  # fmt: skip

    def __init__(
        self, recording: Recording, system: str, through: str, statement: str, *, database: str, sets: int
    ) -> None:
        self._recording = recording
        self.system = system
        self.through = through
        self.statement = statement
        self.database = database
        self.sets = sets
        self.parameters: list[list[str]] = []
        self.source: dict[str, Any] | None = None
        self.rows: int | None = None
        self.error = ""
        self.took: float | None = None
        self.began = recording.now()
        recording.asking += 1

    def done(self, rows: int | None = None, error: BaseException | None = None) -> None:
        """The database has answered, or refused."""
        if self.took is not None:
            return
        self.took = self._recording.now() - self.began
        self._recording.asking -= 1
        if rows is not None and rows >= 0:
            self.rows = rows
        if error is not None:
            self.error = cut(f"{type(error).__name__}: {error}", LONGEST_LINE)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """However it ended; who knows how many rows there are has said `done` before."""
        self.done(error=error)

    def fetched(self, count: int) -> None:
        """So many more rows were taken from the answer."""
        self.rows = (self.rows or 0) + count


def active() -> Recording | None:
    """The recording that a database hook should write to: none inside of another one's work."""
    recording = current.get()
    return recording if recording is not None and not recording.asking else None
