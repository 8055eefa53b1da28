"""redis-py: every command goes through `execute_command`, those of a pipeline through its `execute`."""

from __future__ import annotations

from typing import Any

from inspector.bridge.hooks.following import followed
from inspector.bridge.recording import Query, Recording


def install(module: Any) -> None:
    """Follow all clients, and those of redis.asyncio if the app has it."""
    from redis import client  # noqa: PLC0415 - the app has it

    _follow(client)
    from redis.asyncio import client as later  # noqa: PLC0415

    _follow(later)


def _follow(client: Any) -> None:
    client.Redis.execute_command = followed(vars(client.Redis)["execute_command"], _command, _rows)
    client.Pipeline.execute = followed(vars(client.Pipeline)["execute"], _queue, _rows)


def _command(recording: Recording, client: Any, args: tuple[Any, ...], _: dict[str, Any]) -> Query:
    """`GET key`, and what else was said as parameters."""
    said = [_plain(each) for each in args[:2]]
    return recording.query("redis", "redis-py", " ".join(said), list(args[2:]) or None)


def _queue(recording: Recording, pipeline: Any, *_: Any) -> Query:
    """All commands of a pipeline, a line each."""
    lines = []
    for each in list(getattr(pipeline, "command_stack", ()))[:50]:
        command = each[0] if isinstance(each, tuple) else getattr(each, "args", ())
        lines.append(" ".join(_plain(word) for word in command[:2]))
    return recording.query("redis", "redis-py", "\n".join(lines) or "EXEC", None)


def _plain(word: Any) -> str:
    return word.decode("utf-8", "replace") if isinstance(word, bytes) else str(word)[:500]


def _rows(client: Any, answer: Any) -> int | None:
    return len(answer) if isinstance(answer, (list, set, dict)) else None
