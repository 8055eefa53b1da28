"""A request ready to be sent: everything decided, to the order and spelling of its fields."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
Fields = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Ready:
    """`url` is sent as it stands (ASCII). Values of fields are latin-1 text: one character a byte.

    `body` gives the bytes, each time from the beginning; None: no body. `minor` is HTTP/1's second number.
    """

    method: str
    url: str
    fields: Fields = ()
    body: Callable[[], Iterator[bytes]] | None = None
    chunked: bool = False
    minor: int = 1
    verify: bool = True
    timeout: float = 30.0
    follow: bool = False

    def said(self, name: str) -> str | None:
        """The first value of a field (lower case)."""
        return next((value for each, value in self.fields if each.lower() == name), None)

    def without(self, *names: str) -> Ready:
        """The same without these fields (lower case)."""
        return replace(self, fields=tuple(each for each in self.fields if each[0].lower() not in names))

    def saying(self, name: str, value: str) -> Ready:
        """The same with that field, in its old place if it had one."""
        lower = name.lower()
        at = next((n for n, each in enumerate(self.fields) if each[0].lower() == lower), len(self.fields))
        rest = self.without(lower).fields
        return replace(self, fields=(*rest[:at], (name, value), *rest[at:]))


def is_repeatable(method: str) -> bool:
    """Whether to send it again is promised to change nothing (RFC 9110 §9.2.1)."""
    return method.upper() in SAFE


def host_of(url: str) -> str:
    """What Host says for an address: brackets, and the port unless it is the usual one."""
    parts = urlsplit(url)
    name = parts.netloc.rpartition("@")[2]
    usual = {"http": ":80", "https": ":443"}.get(parts.scheme, "")
    return name.removesuffix(usual) if usual else name


def once(data: bytes) -> Callable[[], Iterator[bytes]]:
    """A body that is at hand."""
    return lambda: iter((data,))
