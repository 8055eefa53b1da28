"""How much a visitor may ask of an app, beside what the lab's own limits say about heads, connections and times."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AppLimits:
    """`upload` in bytes; `upload_time` and `farewell` in seconds. `at_work` is how many requests have a thread at one moment, the rest wait.

    `read_ahead` is how much of a next request is read while the answer to this one is still on its way.
    """

    upload: int = 2 << 20
    upload_time: float = 60.0
    at_work: int = 64
    waiting: float = 20.0
    read_ahead: int = 65_536
    farewell: float = 5.0
