"""A driver's method that asks a database, followed from its call to its answer; one that is a coroutine, too."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

from inspector.bridge.recording import Query, Recording, active

Ask = Callable[[Recording, Any, tuple[Any, ...], dict[str, Any]], Query]


def followed(method: Any, ask: Ask, rows: Callable[[Any, Any], int | None]) -> Any:
    """The method, telling what it was asked; it is called with just what the app said. `ask` begins a query, by the recording, the
    method's object and what it is called with; `rows` says how many there are, by that object and its answer."""

    if inspect.iscoroutinefunction(method):

        @functools.wraps(method)
        async def later(self: Any, /, *args: Any, **named: Any) -> Any:
            recording = active()
            if recording is None:
                return await method(self, *args, **named)
            with ask(recording, self, args, named) as query:
                answer = await method(self, *args, **named)
                query.done(rows(self, answer))
            return answer

        return later

    @functools.wraps(method)
    def now(self: Any, /, *args: Any, **named: Any) -> Any:
        recording = active()
        if recording is None:
            return method(self, *args, **named)
        with ask(recording, self, args, named) as query:
            answer = method(self, *args, **named)
            query.done(rows(self, answer))
        return answer

    return now
