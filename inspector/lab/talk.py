"""What a visitor and a site of the lab say to each other, where a site is a function from request to answer, as the bad-TLS lab's are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

TEXT = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Tls:
    """What a handshake came to: `sni` the name asked for (empty if none), `visitor` the name in the visitor's certificate, or empty."""

    sni: str
    version: str
    cipher: str
    visitor: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """What a visitor asks for. `host` is in lower case, without a port; `tls` None over plain http."""

    method: str
    host: str
    path: str
    tls: Tls | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What it gets. `headers` come on top of length, date and type."""

    body: bytes
    media: str = TEXT
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()


Site = Callable[[Request], Answer]
