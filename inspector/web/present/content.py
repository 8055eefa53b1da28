"""A body for looking at: its captured bytes, the same decoded, and what the header says of it. Never read whole unasked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from werkzeug.http import parse_options_header

from inspector.exchange.model import Arrival, Body, Message
from inspector.web.finding import Part
from inspector.web.present.decoding import Decoding

MOST = 64 * 1024 * 1024


class Bodies(Protocol):
    """Where body bytes are read from (`store.captures.Captures`)."""

    def body(self, id: bytes, body: Body) -> Iterator[bytes]: ...


@dataclass(frozen=True, slots=True)
class Content:
    """One body. `media` and `parameters` are from Content-Type, `codings` from Content-Encoding, outermost last."""

    media: str
    parameters: dict[str, str]
    codings: tuple[str, ...]
    body: Body
    captured: Callable[[], Iterator[bytes]]
    arrivals: tuple[Arrival, ...] = ()

    @classmethod
    def of(cls, bodies: Bodies, part: Part, arrivals: tuple[Arrival, ...] = ()) -> Content:
        """The body of a captured message; `arrivals` say when its runs came, where that is on record."""
        media, parameters = parse_options_header(field(part.message, b"content-type"))
        return cls(
            media.lower(),
            parameters,
            codings(part.message),
            part.body,
            lambda: bodies.body(part.id, part.body),
            arrivals,
        )

    @classmethod
    def made(cls, data: bytes, content_type: str = "", coding: str = "") -> Content:
        """A body from bytes at hand."""
        media, parameters = parse_options_header(content_type)
        codings = tuple(one.strip() for one in coding.split(",") if one.strip())
        return cls(
            media.lower(), parameters, codings, Body(len(data), len(data), data), lambda: iter((data,))
        )

    def decoded(self) -> Iterator[bytes]:
        """The bytes without content coding, up to 64 MiB; for as long as they can be decoded."""
        return iter(self.decoding())

    def decoding(self, most: int = MOST) -> Decoding:
        """The same, knowing afterwards whether it came to a good end."""
        return Decoding(self.codings, self.captured(), most)


def window(pieces: Iterable[bytes], start: int, length: int) -> bytes:
    """`length` bytes from `start` on, holding no more than that."""
    kept = bytearray()
    position = 0
    for piece in pieces:
        if position + len(piece) > start:
            kept += piece[max(start - position, 0) :]
        position += len(piece)
        if len(kept) >= length:
            break
    return bytes(kept[:length])


def field(message: Message, name: bytes) -> str:
    """The first value of a header field, as text; empty if there is none."""
    return next((f.value.decode("latin-1") for f in message.fields if f.name.lower() == name), "")


def codings(message: Message) -> tuple[str, ...]:
    """The content codings in the order they were applied (RFC 9110 §8.4)."""
    values = (f.value.decode("latin-1") for f in message.fields if f.name.lower() == b"content-encoding")
    names = (one.strip().lower() for value in values for one in value.split(","))
    return tuple(name for name in names if name not in ("", "identity"))
