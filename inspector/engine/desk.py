"""The desk at which messages wait for a person: breakpoints. A consultant like any other (see `consulting`).

What waits is put where pages see it, and its decision is looked for there several times a second, only while something waits. The table is opened at the
first hold, in a thread of its own, since what speaks to it is heavy. Whatever goes wrong there, the message goes on, and the exchange says so.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Protocol, TypeVar

from inspector.engine.consulting import held_by
from inspector.exchange.consulting import Consultation, Moment, Reply
from inspector.exchange.held import Content, Row, State, Word, name_of, told

if TYPE_CHECKING:
    from inspector.engine.flow import Flow

log = logging.getLogger(__name__)

EVERY = 0.15  # seconds between two looks
USUALLY = 600.0  # how long a message waits where nobody said
_LATE = 5.0  # how long a decision that was made at the last moment may take to arrive
_STOPPED = Word("", "stopped")
_CODES = {
    "drop": "held-dropped",
    "answer": "held-answered",
    "timed-out": "hold-timed-out",
    "stopped": "held-stopped",
}
T = TypeVar("T")


class Keeping(Protocol):
    """Where messages wait: `store.held.HeldMessages`."""

    def put(self, row: Row, content: Content, *, engine: bytes, worker: int) -> bool: ...
    def take(self, engine: bytes) -> tuple[Word, ...]: ...
    def end(self, id: str, state: State, decision: str) -> bool: ...
    def time_up(self, id: str, until: float) -> float | None: ...
    def close(self) -> None: ...


class Desk:
    """The breakpoints of one engine. `open` gives the table, which may take a while; `in_force` says whether the rule of a name still is: one that was
    turned off while a request waited doesn't hold its response."""

    only_held = True

    def __init__(
        self,
        open: Callable[[], Keeping],
        *,
        engine: bytes,
        worker: int,
        every: float = EVERY,
        in_force: Callable[[str], bool] = lambda _: True,
    ) -> None:
        self._open = open
        self._engine = engine
        self._worker = worker
        self._every = every
        self._in_force = in_force
        self._kept: Keeping | None = None
        self._thread: ThreadPoolExecutor | None = None
        self._waiting: dict[str, asyncio.Future[Word]] = {}
        self._looking: asyncio.Task[None] | None = None
        self._ending: set[asyncio.Task[bool]] = set()
        self._closed = False

    def wants(self, flow: Flow, moment: Moment) -> bool:
        """Whether a rule holds this message. What a person has just written in the dashboard is not held."""
        if moment not in {"request", "response"} or flow.made_by == "composer":
            return False
        held = held_by(flow, moment)
        return held is not None and self._in_force(held[0])

    async def ask(self, consultation: Consultation) -> Reply:
        """Let a message wait until somebody decides, its time is up, or the engine stops."""
        if self._closed:
            return _reply(consultation, _STOPPED, 0.0)
        began, seconds = time.monotonic(), consultation.timeout or USUALLY
        row = _row(consultation, seconds)
        word = self._waiting[row.id] = asyncio.get_running_loop().create_future()
        try:
            refused = await self._put(row, consultation)
            if refused:
                return Reply(notes=(("hold-refused", refused, consultation.rule),))
            said = await self._said(row, word)
        except asyncio.CancelledError:
            self._end_later(row.id)
            raise
        finally:
            del self._waiting[row.id]
        return _reply(consultation, said, time.monotonic() - began)

    async def close(self) -> None:
        """End everything that waits: the engine is about to stop."""
        self._closed = True
        names = list(self._waiting)
        for word in self._waiting.values():
            if not word.done():
                word.set_result(_STOPPED)
        if self._looking is not None:
            self._looking.cancel()
        if self._thread is None:
            return
        for name in names:
            await self._run(self._end, name, "lost", "engine-stopped")
        await asyncio.gather(*self._ending, return_exceptions=True)
        if self._kept is not None:
            self._kept.close()
        self._thread.shutdown(wait=False)

    # -- below

    async def _put(self, row: Row, consultation: Consultation) -> str:
        """Put a message where it is seen; why not, if that isn't possible."""
        request = consultation.request.head if consultation.request is not None else b""
        try:
            if await self._run(self._keep, row, Content(consultation.draft, request)):
                self._look()
                return ""
        except Exception as error:
            log.exception("a breakpoint could not hold a message")
            return f"the table of what waits cannot be used ({error})"
        return "as much as may wait does so already"

    async def _said(self, row: Row, word: asyncio.Future[Word]) -> Word:
        """What becomes of a message."""
        until, seconds = row.until, row.until - row.since
        while not (await asyncio.wait((word,), timeout=seconds))[0]:
            later = await self._run(self._time_up, row.id, until)
            if later is None and (await asyncio.wait((word,), timeout=_LATE))[0]:
                break  # somebody decided just now
            if later is None or later <= until:
                return Word(row.id, "timed-out")
            until, seconds = later, later - until  # somebody gave it more
        return word.result()

    def _look(self) -> None:
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._keep_looking())

    async def _keep_looking(self) -> None:
        """Take what people decide, as long as something waits."""
        while self._waiting:
            await asyncio.sleep(self._every)
            try:
                words = await self._run(self._take)
            except Exception:
                log.exception("decisions at breakpoints cannot be read; looking again")
                await asyncio.sleep(1)
                continue
            for each in words:
                word = self._waiting.get(each.id)
                if word is not None and not word.done():
                    word.set_result(each)

    def _end_later(self, name: str) -> None:
        """The browser has left: say so in the table, without anybody waiting for it."""
        task = asyncio.ensure_future(self._run(self._end, name, "gone", "browser-left"))
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def _run(self, what: Callable[..., T], *given: object) -> T:
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, thread_name_prefix="breakpoints")
        return await asyncio.get_running_loop().run_in_executor(self._thread, what, *given)

    # -- in the thread

    def _keep(self, row: Row, content: Content) -> bool:
        return self._table().put(row, content, engine=self._engine, worker=self._worker)

    def _take(self) -> tuple[Word, ...]:
        return self._table().take(self._engine)

    def _end(self, name: str, state: State, decision: str) -> bool:
        """Whether nobody had decided. A table that can't be written to counts as that: the message shall not wait for it."""
        try:
            return self._table().end(name, state, decision)
        except Exception:
            log.exception("the end of a hold could not be written down")
            return True

    def _time_up(self, name: str, until: float) -> float | None:
        try:
            return self._table().time_up(name, until)
        except Exception:
            log.exception("the end of a hold could not be written down")
            return until

    def _table(self) -> Keeping:
        if self._kept is None:
            self._kept = self._open()
        return self._kept


def _row(asked: Consultation, seconds: float) -> Row:
    now = time.time()
    asks = asked.request.head if asked.request is not None else asked.draft.head
    return Row(
        name_of(asked.exchange, asked.moment),
        asked.exchange,
        asked.moment,
        asked.url,
        asks.partition(b" ")[0].decode("latin-1")[:60],
        asked.rule,
        now,
        now + seconds,
        len(asked.draft.body),
        asked.draft.body_here,
    )


def _reply(asked: Consultation, said: Word, took: float) -> Reply:
    """The word as the engine wants it, with what the exchange shall say of it."""
    code = _CODES.get(said.do) or ("held-edited" if said.draft is not None else "held")
    notes = ((code, told(asked.moment, took), asked.rule),)
    if said.do in ("drop", "stopped"):
        return Reply("drop", None, notes)
    return Reply("answer" if said.do == "answer" else "go-on", said.draft, notes)
