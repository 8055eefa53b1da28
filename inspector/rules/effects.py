"""What a rule does, in terms that the engine carries out. Frozen, complete, and checked when they were made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Side: TypeAlias = Literal["request", "response"]


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer in the site's place. `fields` are lines without framing; `body` is text, `file` a path to read instead."""

    status: int
    fields: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    file: str = ""


@dataclass(frozen=True, slots=True)
class Serve:
    """Answer with a file of a folder: the address's path after `under`, below `folder`. `missing` says what becomes of a file that isn't there."""

    folder: str
    under: str
    missing: Literal["404", "site"] = "404"


@dataclass(frozen=True, slots=True)
class Refuse:
    """Let the connection end without an answer: `close` it, or `reset` it."""

    how: Literal["close", "reset"]


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Send the request to another server. `path` is put before the address's own path; `keep_host` leaves Host as the browser wrote it."""

    scheme: str
    host: str
    port: int
    path: str = ""
    keep_host: bool = False


@dataclass(frozen=True, slots=True)
class Wait:
    """Wait so many seconds before the message of this side goes on."""

    side: Side
    seconds: float


@dataclass(frozen=True, slots=True)
class Edit:
    """Change fields of a head: take all of `remove` out, give each of `set` that one value, put `add` at the end."""

    side: Side
    set: tuple[tuple[str, str], ...] = ()
    add: tuple[tuple[str, str], ...] = ()
    remove: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Restate:
    """Give the response another status."""

    status: int
    reason: str


@dataclass(frozen=True, slots=True)
class Replace:
    """Replace text in the decoded body of this side."""

    side: Side
    find: str
    by: str


@dataclass(frozen=True, slots=True)
class Pace:
    """At most so many bytes a second each way (0: as fast as it goes)."""

    down: float = 0
    up: float = 0


@dataclass(frozen=True, slots=True)
class Cut:
    """Break the answer off after so many bytes of its body."""

    after: int
    how: Literal["close", "reset"]


@dataclass(frozen=True, slots=True)
class Hold:
    """Keep the message of this side back until somebody says what becomes of it, so many seconds at most."""

    side: Literal["request", "response", "both"]
    seconds: float


Effect: TypeAlias = Answer | Serve | Refuse | Elsewhere | Wait | Edit | Restate | Replace | Pace | Cut | Hold

ENDING = (Answer, Serve, Refuse)  # of these only the first counts
