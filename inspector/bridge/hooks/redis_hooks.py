"""redis-py: every command goes through `execute_command`, those of a pipeline through its `execute`."""

from __future__ import annotations

import functools
from typing import Any

from inspector.bridge.recording import active


def install(module: Any) -> None:
    """Follow all clients, and those of redis.asyncio if the app has it."""
    from redis import client  # noqa: PLC0415 - the app has it

    _follow(client.Redis, "execute_command", _words)
    _follow(client.Pipeline, "execute", _queue)
    from redis.asyncio import client as later  # noqa: PLC0415

    _follow_async(later.Redis, "execute_command", _words)
    _follow_async(later.Pipeline, "execute", _queue)


def _words(self: Any, args: tuple[Any, ...]) -> tuple[str, Any]:
    """`GET key`, and what else was said as parameters."""
    said = [_plain(each) for each in args[:2]]
    return " ".join(said), list(args[2:]) or None


def _queue(self: Any, args: tuple[Any, ...]) -> tuple[str, Any]:
    """All commands of a pipeline, a line each."""
    lines = []
    for each in list(getattr(self, "command_stack", ()))[:50]:
        command = each[0] if isinstance(each, tuple) else getattr(each, "args", ())
        lines.append(" ".join(_plain(word) for word in command[:2]))
    return "\n".join(lines) or "EXEC", None


def _plain(word: Any) -> str:
    return word.decode("utf-8", "replace") if isinstance(word, bytes) else str(word)[:500]


def _rows(answer: Any) -> int | None:
    return len(answer) if isinstance(answer, (list, set, dict)) else None


def _follow(owner: type[Any], name: str, say: Any) -> None:
    call = vars(owner)[name]

    @functools.wraps(call)
    def followed(self: Any, *args: Any, **named: Any) -> Any:
        recording = active()
        if recording is None:
            return call(self, *args, **named)
        statement, given = say(self, args)
        query = recording.query("redis", "redis-py", statement, given)
        try:
            answer = call(self, *args, **named)
        except BaseException as error:
            query.done(error=error)
            raise
        query.done(_rows(answer))
        return answer

    setattr(owner, name, followed)


def _follow_async(owner: type[Any], name: str, say: Any) -> None:
    call = vars(owner)[name]

    @functools.wraps(call)
    async def followed(self: Any, *args: Any, **named: Any) -> Any:
        recording = active()
        if recording is None:
            return await call(self, *args, **named)
        statement, given = say(self, args)
        query = recording.query("redis", "redis-py", statement, given)
        try:
            answer = await call(self, *args, **named)
        except BaseException as error:
            query.done(error=error)
            raise
        query.done(_rows(answer))
        return answer

    setattr(owner, name, followed)
