"""Messages that wait at a breakpoint: rows of the control database, through which engine and pages speak about them.

The engine puts a row and looks for its decision; a page reads it and decides, once: whoever comes second is told what became of it. A row has its
message only while that is needed. What is over stays for a while as a bare row, so that pages can say what happened.
"""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from inspector.exchange.consulting import Draft
from inspector.exchange.held import Content, Row, State, Word
from inspector.store.database import StoreProblem, control_path, immediate, open_engine, prepare
from inspector.store.schema import held as table

MOST = 200  # messages that wait at a time
MOST_BYTES = 64 * 1024 * 1024  # of all their bodies
LONGEST = 3600.0  # seconds from now on that a message can be given more
KEPT = 200  # rows of what is over
LONGEST_URL = 8192
_EMPTY = {"head": b"", "body": b"", "request": b"", "new_head": b"", "new_body": b""}
_T = table.c
_LIGHT = (
    _T.id, _T.exchange, _T.moment, _T.url, _T.method, _T.rule, _T.since, _T.until, _T.size, _T.body_here, _T.state, _T.decision, _T.edited,
    _T.decided,
)  # fmt: skip


class HeldMessages:
    """The held messages of one home. Safe to use from many threads."""

    def __init__(self, home: Path) -> None:
        prepare("control", control_path(home))
        # in a rush hundreds of messages are put here at once, each for itself
        self._engine = open_engine(control_path(home), timeout=5.0)
        sa.event.listen(self._engine, "connect", _leave_no_trace)
        self._lock = threading.Lock()
        self._own: sa.Connection | None = None
        self._version = -1
        self._known: tuple[Row, ...] = ()

    def close(self) -> None:
        """Give the connections back."""
        with self._lock:
            self._let_go()
        self._engine.dispose()

    # -- both sides

    def waiting(self) -> tuple[Row, ...]:
        """What waits, oldest first. Costs five microseconds while nothing changes. Raises StoreProblem."""
        with self._lock:
            try:
                if self._own is None:
                    self._own = self._engine.connect()
                version = int(self._own.exec_driver_sql("PRAGMA data_version").scalar_one())
                if version != self._version:
                    query = sa.select(*_LIGHT).where(_T.state == "waiting").order_by(_T.since, _T.id)
                    self._known = tuple(map(Row._make, self._own.execute(query)))
                    self._version = version
            except sa.exc.DBAPIError as error:
                self._let_go()
                raise StoreProblem(f"What waits at breakpoints is out of reach: {error.orig}.") from error
            return self._known

    # -- the engine's side

    def put(self, row: Row, content: Content, *, engine: bytes, worker: int) -> bool:
        """Let a message wait. False if too many do."""
        draft = content.draft
        light = dict(zip((each.name for each in _LIGHT), row, strict=True)) | {"url": row.url[:LONGEST_URL]}
        with self._engine.connect() as connection, immediate(connection):
            total = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(_T.size), 0))
            number, size = connection.execute(total.where(_T.state == "waiting")).one()
            if number >= MOST or size + len(draft.body) > MOST_BYTES:
                return False
            connection.execute(table.delete().where(_T.id == row.id))
            connection.execute(
                table.insert().values(
                    light
                    | _EMPTY
                    | {"head": draft.head, "body": draft.body, "request": content.request}
                    | {"new_body_here": True, "taken": False, "engine": engine, "worker": worker}
                )
            )
            over = sa.select(_T.id).where(_T.state != "waiting", _T.taken)
            kept = over.order_by(_T.since.desc()).limit(KEPT)
            connection.execute(table.delete().where(_T.id.in_(over), _T.id.not_in(kept)))
        return True

    def take(self, engine: bytes) -> tuple[Word, ...]:
        """What was decided about this engine's messages and not taken yet. Their bytes go from the table."""
        mine = (_T.state == "decided") & (_T.engine == engine) & ~_T.taken
        with self._engine.connect() as connection:
            if connection.execute(sa.select(_T.id).where(mine).limit(1)).first() is None:
                return ()
            with immediate(connection):
                rows = connection.execute(
                    sa.select(
                        _T.id, _T.decision, _T.edited, _T.new_head, _T.new_body, _T.new_body_here
                    ).where(mine)
                ).all()
                connection.execute(table.update().where(mine).values(_EMPTY | {"taken": True}))
        return tuple(
            Word(id, do, Draft(head, body, here) if edited else None)
            for id, do, edited, head, body, here in rows
        )

    def end(self, id: str, state: State, decision: str, *, until: float | None = None) -> bool:
        """A message waits no longer without anybody's word: its time was up (`decided`), the browser left, the engine stops. False if somebody
        decided before; the decision is there to be taken. With `until`, also if it waits for longer than that."""
        found = (_T.id == id) & (_T.state == "waiting")
        if until is not None:
            found &= _T.until <= until
        values = _EMPTY | {"state": state, "decision": decision, "taken": True, "decided": time.time()}
        with self._engine.connect() as connection:
            return bool(connection.execute(table.update().where(found).values(values)).rowcount)

    def time_up(self, id: str, until: float) -> float | None:
        """A message whose time was up at `until` goes on: gives the same time. A later one if somebody gave it more; None if somebody decided."""
        if self.end(id, "decided", "timed-out", until=until):
            return until
        row = self.row(id)
        return row.until if row is not None and row.state == "waiting" else None

    def lost_from_earlier(self, engine: bytes, worker: int) -> int:
        """What waits for engines that this one took the place of can't go on any more."""
        open = (_T.state == "waiting") | ((_T.state == "decided") & ~_T.taken)
        values = _EMPTY | {"state": "lost", "decision": "engine-ended", "taken": True, "decided": time.time(), "edited": False}  # fmt: skip
        with self._engine.connect() as connection:
            lost = table.update().where(open, _T.worker == worker, _T.engine != engine)
            return int(connection.execute(lost.values(values)).rowcount)

    # -- the pages' side

    def row(self, id: str) -> Row | None:
        """One message, waiting or not; None if nothing is known of it."""
        with self._engine.connect() as connection:
            found = connection.execute(sa.select(*_LIGHT).where(_T.id == id)).first()
        return Row._make(found) if found else None

    def of_exchange(self, exchange: bytes) -> tuple[Row, ...]:
        """What was or is held of an exchange, in order."""
        query = sa.select(*_LIGHT).where(_T.exchange == exchange).order_by(_T.since)
        with self._engine.connect() as connection:
            return tuple(map(Row._make, connection.execute(query)))

    def content(self, id: str) -> Content | None:
        """The bytes of a message that waits; None once it doesn't."""
        query = sa.select(_T.head, _T.body, _T.body_here, _T.request).where(
            _T.id == id, _T.state == "waiting"
        )
        with self._engine.connect() as connection:
            found = connection.execute(query).first()
        return Content(Draft(found.head, found.body, found.body_here), found.request) if found else None

    def decide(self, id: str, do: str, draft: Draft | None = None) -> bool:
        """Say what becomes of a message. False if it waits no longer: then nothing is changed."""
        values = {"state": "decided", "decision": do, "decided": time.time(), "edited": draft is not None}
        if draft is not None:
            values |= {"new_head": draft.head, "new_body": draft.body, "new_body_here": draft.body_here}
        with self._engine.connect() as connection:
            found = connection.execute(
                table.update().where(_T.id == id, _T.state == "waiting").values(values)
            )
            return bool(found.rowcount)

    def decide_all(self, do: str, rule: str | None = None) -> int:
        """The same, unchanged, about all that wait, or all that one rule holds; how many."""
        waiting = _T.state == "waiting"
        found = waiting if rule is None else waiting & (_T.rule == rule)
        values = {"state": "decided", "decision": do, "decided": time.time()}
        with self._engine.connect() as connection:
            return int(connection.execute(table.update().where(found).values(values)).rowcount)

    def extend(self, id: str, seconds: float) -> bool:
        """Let a message wait for so much longer, at most for an hour from now. False if it waits no longer."""
        mine = (_T.id == id) & (_T.state == "waiting")
        with self._engine.connect() as connection, immediate(connection):
            until = connection.execute(sa.select(_T.until).where(mine)).scalar_one_or_none()
            if until is not None:
                later = max(until, min(until + seconds, time.time() + LONGEST))
                connection.execute(table.update().where(mine).values(until=later))
        return until is not None

    def forget(self) -> None:
        """With the captures goes what is known of messages that wait no longer."""
        with self._engine.connect() as connection:
            connection.execute(table.delete().where(_T.state != "waiting", _T.taken))

    # -- below

    def _let_go(self) -> None:
        own, self._own, self._version = self._own, None, -1
        if own is not None:
            own.close()


def let_go(home: Path, rule: str) -> int:
    """Let go on all that a rule of this home holds, for whoever has nothing else to do with what waits; how many."""
    held = HeldMessages(home)
    try:
        return held.decide_all("go-on", rule)
    finally:
        held.close()


def _leave_no_trace(raw: Any, _: Any) -> None:
    """Messages that are over are overwritten in the file, since forgetting everything shall mean that."""
    raw.execute("PRAGMA secure_delete=ON")
