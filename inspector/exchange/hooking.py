"""What engine and hooks process say to each other, and what the hooks process says of itself. Plain data: frames of msgpack over a loopback socket.

The engine connects and says Hello. It is told (Told) which hooks there are, now and after each loading; it asks (Ask) and is answered (Answer). Each frame is four
bytes with its length, then the struct.
"""

from __future__ import annotations

import struct

import msgspec

from inspector.exchange.consulting import Consultation, Moment, Reply

LENGTH = struct.Struct(">I")
LARGEST = 64 << 20
STATE = "hooks.json"  # in the home's run folder


class Hello(msgspec.Struct, frozen=True):
    """The first frame: who doesn't know the token of this run gets no answer."""

    token: str


class Hook(msgspec.Struct, frozen=True, kw_only=True):
    """One function of a user's file. `key` names it between the two processes; `when` is its filter as it was written, `says` in words; without `body` it is content with the head;
    `calls` and `failures` are counted since the process began; `where` is file:function."""

    key: str
    name: str
    line: int
    moment: Moment
    when: str = ""
    says: str = ""
    body: bool = True
    doc: str = ""
    calls: int = 0
    failures: int = 0
    where: str = ""


class HookFile(msgspec.Struct, frozen=True, kw_only=True):
    """One file of --hook. `trouble` says why it could not be loaded, `line` where, `traceback` the whole of it; there are no hooks of it then."""

    path: str
    name: str
    loaded: float = 0.0
    trouble: str = ""
    line: int = 0
    traceback: str = ""
    hooks: tuple[Hook, ...] = ()


class Told(msgspec.Struct, frozen=True, tag="told"):
    """All hooks in the order in which they are asked."""

    hooks: tuple[Hook, ...]


class Ask(msgspec.Struct, frozen=True):
    """`hooks` are the keys of those whose filter fits."""

    number: int
    hooks: tuple[str, ...]
    consultation: Consultation


class Answer(msgspec.Struct, frozen=True, tag="answer"):
    """What the hooks said together."""

    number: int
    reply: Reply


class Trouble(msgspec.Struct, frozen=True, kw_only=True):
    """A hook that failed or took too long, for the page. `exchange` is the exchange's id."""

    at: float
    hook: str
    what: str
    traceback: str = ""
    exchange: str = ""


class Printed(msgspec.Struct, frozen=True):
    """A line that a hook printed."""

    at: float
    text: str


class HooksState(msgspec.Struct, frozen=True, kw_only=True):
    """How the hooks process is: what it writes to HOME/run/hooks.json whenever that changes."""

    pid: int = 0
    started: float = 0.0
    restarts: int = 0
    timeout: float = 5.0
    files: tuple[HookFile, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    printed: tuple[Printed, ...] = ()


def framed(message: msgspec.Struct) -> bytes:
    """The message as it crosses."""
    data = msgspec.msgpack.encode(message)
    return LENGTH.pack(len(data)) + data
