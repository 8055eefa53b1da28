"""The engine's side of hooks in Python: which exchanges they want to be asked about, and asking them in their own process.

They are told by that process when it has read them; while it is started again, the old ones count, and who asks waits a moment. If it isn't there for longer,
exchanges pass unchanged and say so.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from inspector.exchange.consulting import Consultation, Moment, Reply
from inspector.exchange.hooking import LARGEST, LENGTH, Answer, Ask, Hello, Hook, Told, framed
from inspector.filter.errors import FilterMistake
from inspector.filter.matching import Matches, matcher
from inspector.filter.parsing import parse
from inspector.filter.subject import Subject

if TYPE_CHECKING:
    from inspector.engine.flow import Flow

AWAY = 10.0  # seconds without the process, after which nobody waits for it
AGAIN_IN = 0.1
SPARE = 2.0  # seconds beyond what hooks may take, before the engine goes on by itself
MOST_WANTED = 20_000
MOST_SOCKETS, MOST_NOTES = 1000, 50
_KEYS = ("request", "response", "error", "message")
_decode = msgspec.msgpack.Decoder(Told | Answer).decode


class Wanted(NamedTuple):
    """A hook with its filter ready."""

    hook: Hook
    fits: Matches | None


class _Waiting:
    """One asking that waits for its answer."""

    __slots__ = ("answer", "ask", "began", "tries")

    def __init__(self, ask: Ask, answer: asyncio.Future[Reply]) -> None:
        self.ask = ask
        self.answer = answer
        self.began = time.monotonic()
        self.tries = 0


class Hooked:
    """A consultant. `address` and `token` are the hooks process's, `timeout` what one hook may take."""

    def __init__(self, address: tuple[str, int], token: str, timeout: float) -> None:
        self._address = address
        self._token = token
        self._timeout = timeout
        self._hooks: dict[str, tuple[Wanted, ...]] = {}
        self._wanted: dict[tuple[bytes, Moment], tuple[str, ...]] = {}
        self._noted: dict[bytes, set[tuple[str, str, str]]] = {}
        self._numbers = itertools.count(1)
        self._waiting: dict[int, _Waiting] = {}
        self._writer: asyncio.StreamWriter | None = None
        self._away_since = time.monotonic()
        self._life: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Connect, now and whenever the process has gone."""
        self._life = asyncio.get_running_loop().create_task(self._live())

    async def close(self) -> None:
        if self._life is not None:
            self._life.cancel()
            await asyncio.gather(self._life, return_exceptions=True)

    # -- what the engine asks

    def wants(self, flow: Flow, moment: Moment) -> bool:
        """Whether a hook is for this exchange at this moment."""
        hooks = self._hooks.get(moment)
        if not hooks:
            return False
        subject: Subject | None = None
        keys: tuple[str, ...] = ()
        for hook, fits in hooks:
            if fits is not None:
                if subject is None:
                    exchange = flow.exchange(0, "open")
                    subject = Subject(exchange, exchange)
                if not fits(subject):
                    continue
            keys += (hook.key,)
        if not keys:
            return False
        if (
            len(self._wanted) >= MOST_WANTED
        ):  # browsers that left before they were asked about, and WebSockets that are over
            del self._wanted[next(iter(self._wanted))]
        self._wanted[flow.id, moment] = keys
        return True

    def wants_body(self, flow: Flow, moment: Moment) -> bool:
        """Whether one of those that are to be asked wants the body too; to be asked right after `wants`."""
        keys = self._wanted.get((flow.id, moment), ())
        return any(hook.body for hook, _ in self._hooks.get(moment, ()) if hook.key in keys)

    async def ask(self, consultation: Consultation) -> Reply:
        """What the hooks say, or, if they can't be asked, that."""
        place = (consultation.exchange, consultation.moment)
        keys = (
            self._wanted.get(place, ()) if consultation.moment == "message" else self._wanted.pop(place, ())
        )
        if not keys:
            return Reply()
        number = next(self._numbers)
        waiting = _Waiting(Ask(number, keys, consultation), asyncio.get_running_loop().create_future())
        self._waiting[number] = waiting
        try:
            self._send(waiting)
            reply = await self._answer(waiting, self._timeout * len(keys) + SPARE)
            return self._once(consultation.exchange, reply) if consultation.moment == "message" else reply
        except asyncio.CancelledError:
            if self._writer is not None:
                self._writer.write(
                    framed(Ask(number, (), Consultation(b"", consultation.moment, "", consultation.draft)))
                )
            raise
        finally:
            del self._waiting[number]

    async def _answer(self, waiting: _Waiting, limit: float) -> Reply:
        while True:
            left = limit - (time.monotonic() - waiting.began)
            if self._writer is None:
                left = min(left, self._away_since + AWAY - time.monotonic())
            done, _ = await asyncio.wait({waiting.answer}, timeout=max(0.0, min(left, AWAY)))
            if done:
                return waiting.answer.result()
            if left <= 0:
                return self._without(waiting)

    def _without(self, waiting: _Waiting) -> Reply:
        which = self._names(waiting)
        if self._writer is None:
            return _unasked("the hooks' process is not there; the terminal says why", which)
        took = time.monotonic() - waiting.began
        return Reply(notes=(("hook-slow", f"there was no answer within {took:.0f} s", which),))

    def _names(self, waiting: _Waiting) -> str:
        """Which hooks were asked."""
        all = (hook for hooks in self._hooks.values() for hook, _ in hooks)
        return ", ".join(hook.where for hook in all if hook.key in waiting.ask.hooks)

    def _once(self, exchange: bytes, reply: Reply) -> Reply:
        """A WebSocket may have many thousands of messages: what was noted of one of them isn't noted again, and fifty notes are enough."""
        noted = self._noted.setdefault(exchange, set())
        if len(self._noted) > MOST_SOCKETS:
            del self._noted[next(iter(self._noted))]
        new = tuple(note for note in reply.notes if note not in noted)[: max(0, MOST_NOTES - len(noted))]
        noted.update(new)
        return Reply(reply.do, reply.draft, new)

    # -- the connection

    async def _live(self) -> None:
        while True:
            with suppress(OSError, EOFError, ValueError, msgspec.MsgspecError):
                await self._talk()
            await asyncio.sleep(AGAIN_IN)

    async def _talk(self) -> None:
        reader, writer = await asyncio.open_connection(*self._address)
        try:
            writer.write(framed(Hello(self._token)))
            while True:
                (length,) = LENGTH.unpack(await reader.readexactly(LENGTH.size))
                if length > LARGEST:
                    raise ValueError(length)
                told = _decode(await reader.readexactly(length))
                if isinstance(told, Told):
                    self._choose(told.hooks)
                    if self._writer is None:
                        self._writer = writer
                        self._ask_again()
                elif (waiting := self._waiting.get(told.number)) is not None and not waiting.answer.done():
                    waiting.answer.set_result(told.reply)
        finally:
            writer.close()
            if self._writer is writer:
                self._writer = None
                self._away_since = time.monotonic()

    def _choose(self, hooks: tuple[Hook, ...]) -> None:
        now = time.time()
        self._hooks = {
            moment: tuple(Wanted(hook, _matcher(hook.when, now)) for hook in hooks if hook.moment == moment)
            for moment in _KEYS
        }

    def _ask_again(self) -> None:
        """The process was started again: what it was not to blame for is asked once more."""
        for waiting in self._waiting.values():
            if waiting.answer.done():
                continue
            if waiting.tries and (waiting.tries > 1 or time.monotonic() - waiting.began >= self._timeout):
                waiting.answer.set_result(
                    _unasked("the hooks' process ended while it was asked", self._names(waiting))
                )
            else:
                self._send(waiting)

    def _send(self, waiting: _Waiting) -> None:
        if self._writer is not None:
            waiting.tries += 1
            self._writer.write(framed(waiting.ask))


def _unasked(why: str, which: str) -> Reply:
    return Reply(notes=(("hook-failed", why, which),))


def _matcher(when: str, now: float) -> Matches | None:
    try:
        return matcher(parse(when), now) if when.strip() else None
    except FilterMistake:  # it was read there; only another version of the language could not read it here
        return lambda _: False
