"""Asks the hooks of one exchange, one after the other, and makes one reply of what they say.

Each gets a message of its own, made from what the one before left: a hook that raises has changed nothing.
"""

from __future__ import annotations

import asyncio
import contextvars
import inspect
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from inspector.exchange.consulting import Consultation, Draft, Reply
from inspector.exchange.hooking import Hook, Trouble
from inspector.hooks.errors import HookError
from inspector.hooks.exchange import Exchange, Fault
from inspector.hooks.loading import line_in, summary, told
from inspector.hooks.message import Message
from inspector.hooks.printing import speaking
from inspector.hooks.request import Request
from inspector.hooks.response import Response
from inspector.hooks.stacks import last_line_of, stack_of, stack_of_awaiting

THREADS = 32
MOST_STATES = 2000
_LONGEST_NOTE = 1500
Note = tuple[str, str, str]


class Ready(NamedTuple):
    """A hook that can be called. `path` is its file, `file` that one's name."""

    hook: Hook
    function: Callable[..., Any]
    path: str
    file: str


class _Began:
    """When a function began, and in which thread. One that waits for a thread has not begun."""

    def __init__(self) -> None:
        self.thread: int | None = None
        self.at = math.inf


class SlowError(Exception):
    """A hook took too long; `stack` says where it was. `stuck`: its thread still runs."""

    def __init__(self, stack: str, *, stuck: bool) -> None:
        super().__init__(stack)
        self.stack = stack
        self.stuck = stuck


class Asked(NamedTuple):
    """What came of asking: the reply; and whether some thread is stuck, so that this process can't be trusted any more."""

    reply: Reply
    stuck: bool = False


class Caller:
    """Calls hooks. `tell` hears of what failed, `count` of each call (its key, whether it failed)."""

    def __init__(
        self, timeout: float, tell: Callable[[Trouble], None], count: Callable[[str, bool], None]
    ) -> None:
        self._timeout = timeout
        self._tell = tell
        self._count = count
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="hook")
        self._states: OrderedDict[bytes, dict[str, Any]] = OrderedDict()

    async def ask(self, hooks: list[Ready], asked: Consultation) -> Asked:
        """Ask them in this order. The first that answers or drops has the last word."""
        exchange = Exchange(asked.exchange, asked.url, self._state(asked.exchange))
        if asked.request is not None:
            exchange.request = Request(asked.request, exchange)
        draft, changed, notes, stuck = asked.draft, False, list[Note](), False
        for ready in hooks:
            try:
                subject = _subject(asked, draft, exchange, body=ready.hook.body)
                returned = await self._call(ready, _arguments(asked, exchange, subject))
                reply = _outcome(ready, asked, subject, returned, notes)
                self._count(ready.hook.key, False)
            except SlowError as slow:
                self._count(ready.hook.key, True)
                notes.append(self._was_slow(ready, slow, exchange))
                stuck = stuck or slow.stuck
                continue
            except (Exception, SystemExit) as error:  # noqa: BLE001 (whatever a user's code raises)
                self._count(ready.hook.key, True)
                notes.append(self._failed(ready, error, exchange))
                continue
            finally:
                notes += [("hook-noted", note, ready.hook.where) for note in exchange.notes]
                exchange.notes = []
            if isinstance(reply, Reply):
                return Asked(Reply(reply.do, reply.draft, (*notes, *reply.notes)), stuck)
            if isinstance(reply, Draft):
                draft, changed = _whole(reply, draft, body=ready.hook.body), True
        return Asked(Reply("go-on", draft if changed else None, tuple(notes)), stuck)

    async def _call(self, ready: Ready, arguments: tuple[Any, ...]) -> Any:
        speaking.set(ready.file)
        try:
            if inspect.iscoroutinefunction(ready.function):
                return await self._await(ready.function(*arguments))
            return await self._in_thread(ready.function, arguments)
        finally:
            speaking.set("")

    async def _await(self, work: Any) -> Any:
        task = asyncio.ensure_future(_without_exit(work))
        done, _ = await asyncio.wait({task}, timeout=self._timeout)
        if not done:
            stack = stack_of_awaiting(work)
            task.cancel()
            raise SlowError(stack, stuck=False)
        return task.result()

    async def _in_thread(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        context, began = contextvars.copy_context(), _Began()

        def run() -> Any:
            began.thread, began.at = threading.get_ident(), time.monotonic()
            return context.run(function, *arguments)

        future = asyncio.get_running_loop().run_in_executor(self._threads, run)
        left = self._timeout
        while not (await asyncio.wait({future}, timeout=left))[0]:
            left = min(began.at + self._timeout - time.monotonic(), self._timeout)
            if left <= 0:
                raise SlowError(stack_of(began.thread), stuck=True)
        returned = future.result()
        return await self._await(returned) if inspect.isawaitable(returned) else returned

    def _state(self, exchange: bytes) -> dict[str, Any]:
        state = self._states.setdefault(exchange, {})
        self._states.move_to_end(exchange)
        while len(self._states) > MOST_STATES:
            self._states.popitem(last=False)
        return state

    def _failed(self, ready: Ready, error: BaseException, exchange: Exchange) -> Note:
        line, traceback = line_in(error, Path(ready.path)), told(error)
        what = str(error) if isinstance(error, HookError) else summary(error)
        place = f"{ready.file}, line {line}" if line else ready.file
        self._tell(
            Trouble(
                at=time.time(),
                hook=ready.hook.where,
                what=f"{place}: {what}",
                traceback=traceback,
                exchange=exchange.id,
            )
        )
        return (
            "hook-failed",
            f"{place}: {what}\n{traceback[-_LONGEST_NOTE:]}" if traceback else f"{place}: {what}",
            ready.hook.where,
        )

    def _was_slow(self, ready: Ready, slow: SlowError, exchange: Exchange) -> Note:
        at = last_line_of(slow.stack)
        what = f"it took longer than {self._timeout:g} s" + (f"; it was at {at}" if at else "")
        self._tell(
            Trouble(
                at=time.time(),
                hook=ready.hook.where,
                what=f"{ready.file}: {what}",
                traceback=slow.stack,
                exchange=exchange.id,
            )
        )
        return ("hook-slow", f"{what}", ready.hook.where)


async def _without_exit(work: Any) -> Any:
    """On the loop, a SystemExit would end the process."""
    try:
        return await work
    except SystemExit as error:
        raise HookError(summary(error)) from error


Subject = Request | Response | Fault | Message


def _subject(asked: Consultation, draft: Draft, exchange: Exchange, *, body: bool) -> Subject:
    if not body:
        draft = Draft(draft.head, b"", body_here=False)
    match asked.moment:
        case "request":
            made = Request(draft, exchange)
            exchange.request = made
            return made
        case "response":
            return Response.of(draft)
        case "message":
            return Message(draft, binary=asked.binary, from_browser=asked.from_browser)
        case _:
            parts = urlsplit(asked.url)
            return Fault(
                asked.fault,
                asked.detail,
                parts.hostname or "",
                parts.port or {"https": 443}.get(parts.scheme, 80),
            )


def _arguments(asked: Consultation, exchange: Exchange, subject: Subject) -> tuple[Any, ...]:
    return (subject,) if asked.moment == "request" else (exchange, subject)


def _outcome(
    ready: Ready, asked: Consultation, subject: Subject, returned: Any, notes: list[Note]
) -> Reply | Draft | None:
    """What one hook wants: a reply that ends the asking, another message, or nothing. Raises HookError."""
    if isinstance(returned, Response) and asked.moment != "message":
        if returned is subject:
            returned = None
        elif returned.dropped:
            return Reply("drop", None, (("hook-dropped", "", ready.hook.where),))
        else:
            return Reply("answer", returned.made(), (("hook-answered", returned.status, ready.hook.where),))
    if returned is not None:
        may = "None" if asked.moment == "message" else "None or a Response"
        raise HookError(
            f"A {asked.moment} hook returns {may}; this one returned {type(returned).__name__}. Text or JSON: return Response(text), return Response(json=…)."
        )
    if isinstance(subject, Fault):
        return None
    if subject.dropped:
        return Reply("drop", None, (("hook-dropped", "", ready.hook.where),))
    changed = subject.finish()
    if changed is not None:
        what = "a message" if isinstance(subject, Message) else f"the {asked.moment} ({subject.changes()})"
        notes.append(("hooked", what, ready.hook.where))
    return changed


def _whole(changed: Draft, before: Draft, *, body: bool) -> Draft:
    """What the next hook gets: of one that had the head alone, the body is the one from before."""
    return changed if body else Draft(changed.head, before.body, before.body_here)
