"""The chat at the counter: who is there, what was said last, and a shopkeeper who answers."""

from __future__ import annotations

import re
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Protocol

from simple_websocket import ConnectionClosed

MOST_GUESTS = 20
MOST_LETTERS = 300


class Guest(Protocol):
    """An open WebSocket."""

    def send(self, data: str) -> Any: ...


class Room:
    """Everybody hears everything. The last twenty lines are told to whoever comes in."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._guests: set[Guest] = set()
        self._said: deque[str] = deque(maxlen=20)

    @contextmanager
    def place(self, guest: Guest) -> Iterator[bool]:
        """Whether there was room for one more; if so they hear what is said until the block ends."""
        with self._lock:
            room = len(self._guests) < MOST_GUESTS
            if room:
                self._guests.add(guest)
            said = list(self._said)
        try:
            for line in said if room else ():
                guest.send(line)
            yield room
        finally:
            with self._lock:
                self._guests.discard(guest)

    def say(self, line: str) -> None:
        with self._lock:
            self._said.append(line)
            guests = list(self._guests)
        for guest in guests:
            with suppress(ConnectionClosed, OSError):  # they are just leaving
                guest.send(line)

    def clear(self) -> None:
        with self._lock:
            self._said.clear()


def answer(question: str) -> str:
    """What the shopkeeper says, who is a simple soul: the first word that is known decides."""
    asked = re.findall(r"[a-z]+", question.lower())
    known = (reply for word, reply in _REPLIES if any(each in {word, f"{word}s"} for each in asked))
    return next(known, "I shall ask in the back room. Tea meanwhile?")


_REPLIES = (
    ("hello", "Good day! The kettle is on."),
    ("hi", "Good day! The kettle is on."),
    ("price", "It stands on the shelf, in cents in the database and in euros on the page."),
    ("tea", "Assam if you must wake up, lemon balm if you must not."),
    ("mug", "Monday holds the most."),
    ("pot", "One More, for one person and a second cup."),
    ("thank", "You are welcome."),
)
