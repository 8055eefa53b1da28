"""How much a visitor may ask of the lab. Its sites are small and its visitors few; whoever wants more than this means no good."""

from __future__ import annotations

from dataclasses import dataclass, field

from inspector.wire.limits import Limits as WireLimits


@dataclass(frozen=True, slots=True)
class Limits:
    """Times in seconds. `requests` is what one connection may ask for, `wire` the size of a request's head."""

    connections: int = 256
    requests: int = 1000
    handshake: float = 15.0
    head: float = 15.0
    idle: float = 60.0
    write: float = 20.0
    linger: float = 1.0
    wire: WireLimits = field(default_factory=lambda: WireLimits(head=16_384, line=8_192, fields=100))
