"""Two places for keys that understand the same commands: Redis, and a small embedded store that knows the dozen that the shop needs."""

from __future__ import annotations

import fnmatch
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from .embedded import JsonFile

Content = dict[str, Any]


class Keys(Protocol):
    """`ask("HSET", "wish:w1", "votes", "3")`: a command as Redis has it, and what Redis would answer."""

    program: str

    def ask(self, *words: str) -> Any: ...


class RedisKeys:
    """A Redis server, by redis-py. All keys begin with `practice-shop:`, which is left out on the page."""

    PREFIX = "practice-shop:"

    def __init__(self, url: str) -> None:
        from redis import Redis  # noqa: PLC0415 (only where somebody has a Redis)

        self._redis: Any = Redis.from_url(
            url, decode_responses=True, socket_timeout=5, socket_connect_timeout=2, protocol=2
        )
        self.program = f"Redis {self._redis.info('server')['redis_version']}"

    def close(self) -> None:
        self._redis.close()

    def ask(self, *words: str) -> Any:
        command, key, *rest = words
        if command == "SCAN":
            cursor, found = self._redis.execute_command(
                "SCAN", key, "MATCH", f"{self.PREFIX}{rest[1]}", *rest[2:]
            )
            return cursor, [each.removeprefix(self.PREFIX) for each in found]
        return self._redis.execute_command(command, self.PREFIX + key, *rest)


class EmbeddedKeys:
    """A dict in one JSON file: to each key its type, its value and (perhaps) until when it lives."""

    program = "an embedded key-value store (no Redis server is set up)"

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        self._file = JsonFile(path)
        self._clock = clock

    def ask(self, *words: str) -> Any:
        command, key, *rest = words
        row = _COMMANDS[command]
        with self._file.changing() if row.changes else self._file.reading() as content:
            self._forget(content)
            return row.run(content, key, rest, self._clock())

    def _forget(self, content: Content) -> None:
        now = self._clock()
        for key in [key for key, kept in content.items() if kept.get("until", now) < now]:
            del content[key]


# --- the commands: what each does to the content ----------------------------------------------------------


def _value(content: Content, key: str, kind: str, *, make: bool = False) -> Any:
    kept = content.get(key)
    if kept is None:
        kept = {"kind": kind, "value": {} if kind in {"hash", "zset"} else []}
        if make:
            content[key] = kept
    if kept["kind"] != kind:
        raise TypeError("WRONGTYPE Operation against a key holding the wrong kind of value")
    return kept["value"]


def _hset(content: Content, key: str, rest: list[str], now: float) -> int:
    fields = dict(zip(rest[::2], rest[1::2], strict=True))
    value = _value(content, key, "hash", make=True)
    new = len(fields.keys() - value.keys())
    value.update(fields)
    return new


def _hgetall(content: Content, key: str, rest: list[str], now: float) -> dict[str, str]:
    return dict(_value(content, key, "hash"))


def _hdel(content: Content, key: str, rest: list[str], now: float) -> int:
    value = _value(content, key, "hash")
    gone = sum(value.pop(field, None) is not None for field in rest)
    if not value:
        content.pop(key, None)
    return gone


def _hincrby(content: Content, key: str, rest: list[str], now: float) -> int:
    value = _value(content, key, "hash", make=True)
    value[rest[0]] = str(int(value.get(rest[0], "0")) + int(rest[1]))
    return int(value[rest[0]])


def _sadd(content: Content, key: str, rest: list[str], now: float) -> int:
    value = _value(content, key, "set", make=True)
    new = [each for each in rest if each not in value]
    value.extend(new)
    return len(new)


def _smembers(content: Content, key: str, rest: list[str], now: float) -> set[str]:
    return set(_value(content, key, "set"))


def _zadd(content: Content, key: str, rest: list[str], now: float) -> int:
    value = _value(content, key, "zset", make=True)
    new = 0 if rest[1] in value else 1
    value[rest[1]] = float(rest[0])
    return new


def _zrem(content: Content, key: str, rest: list[str], now: float) -> int:
    value = _value(content, key, "zset")
    gone = 0 if value.pop(rest[0], None) is None else 1
    if not value:
        content.pop(key, None)
    return gone


def _zrange(content: Content, key: str, rest: list[str], now: float) -> list[str]:
    """`ZRANGE key first last [REV]`; the last one is meant to be included, and -1 is the end."""
    value = _value(content, key, "zset")
    ordered = sorted(value, key=lambda member: (value[member], member), reverse="REV" in rest)
    first, last = int(rest[0]), int(rest[1])
    return ordered[first : None if last == -1 else last + 1]


def _rpush(content: Content, key: str, rest: list[str], now: float) -> int:
    value = _value(content, key, "list", make=True)
    value.extend(rest)
    return len(value)


def _lrange(content: Content, key: str, rest: list[str], now: float) -> list[str]:
    first, last = int(rest[0]), int(rest[1])
    return list(_value(content, key, "list")[first : None if last == -1 else last + 1])


def _del(content: Content, key: str, rest: list[str], now: float) -> int:
    return 0 if content.pop(key, None) is None else 1


def _exists(content: Content, key: str, rest: list[str], now: float) -> int:
    return int(key in content)


def _type(content: Content, key: str, rest: list[str], now: float) -> str:
    return str(content[key]["kind"]) if key in content else "none"


def _expire(content: Content, key: str, rest: list[str], now: float) -> int:
    if key not in content:
        return 0
    content[key]["until"] = now + int(rest[0])
    return 1


def _ttl(content: Content, key: str, rest: list[str], now: float) -> int:
    if key not in content:
        return -2
    until = content[key].get("until")
    return -1 if until is None else round(until - now)


def _scan(content: Content, key: str, rest: list[str], now: float) -> tuple[int, list[str]]:
    """All at once: cursor 0 says that there are no more."""
    return 0, [each for each in content if fnmatch.fnmatchcase(each, rest[1])]


class _Row:
    def __init__(self, run: Callable[[Content, str, list[str], float], Any], *, changes: bool) -> None:
        self.run = run
        self.changes = changes


_COMMANDS = {
    "HSET": _Row(_hset, changes=True),
    "HGETALL": _Row(_hgetall, changes=False),
    "HDEL": _Row(_hdel, changes=True),
    "HINCRBY": _Row(_hincrby, changes=True),
    "SADD": _Row(_sadd, changes=True),
    "SMEMBERS": _Row(_smembers, changes=False),
    "ZADD": _Row(_zadd, changes=True),
    "ZREM": _Row(_zrem, changes=True),
    "ZRANGE": _Row(_zrange, changes=False),
    "RPUSH": _Row(_rpush, changes=True),
    "LRANGE": _Row(_lrange, changes=False),
    "DEL": _Row(_del, changes=True),
    "EXISTS": _Row(_exists, changes=False),
    "TYPE": _Row(_type, changes=False),
    "EXPIRE": _Row(_expire, changes=True),
    "TTL": _Row(_ttl, changes=False),
    "SCAN": _Row(_scan, changes=False),
}
