"""What an explanation is made from: one exchange, its two connections, other exchanges around it, and the time it is looked at.

Any of it may be missing or malformed. Nothing here raises over what a peer sent, and nothing reads a large body: of one only the
bytes that are kept within the record are looked at (`content`), and `whole` says whether that was all.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from inspector.exchange.model import NO_BODY, Body, Connection, Exchange, Leg, Message, Tls
from inspector.exchange.report import Report
from inspector.explain.values.markup import Page, read_page
from inspector.wire.codings import decode
from inspector.wire.fields import Field, field_lines
from inspector.wire.hosts import address_of

Side = Literal["browser", "site"]
Half = Literal["request", "response"]
Part = Literal["head", "body", "trailers"]

MOST_FIELDS = 1_000  # of one message are looked at
LONGEST_VALUE = 16_384  # bytes of a field's value
MOST_CONTENT = 512 * 1024  # bytes of a decoded body

DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}
_SECURE = frozenset({"https", "wss"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the bytes of an exchange: which message of which leg, the part of it, and the run of bytes there."""

    side: Side
    half: Half
    part: Part
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Content:
    """A body without its codings, as far as it is within the record. `problem` is a sentence if it could not be read."""

    data: bytes = b""
    whole: bool = True
    problem: str = ""


class Said:
    """One message, and who said it to whom: its start line in parts, its fields in order and by name.

    A message that was never sent has an empty head and `there` is False.
    """

    def __init__(self, side: Side, half: Half, message: Message | None) -> None:
        self.side: Side = side
        self.half: Half = half
        self.message = message if message is not None else Message(b"")
        self.there = message is not None and bool(message.head)

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        return self.message.fields[:MOST_FIELDS]

    @cached_property
    def trailers(self) -> tuple[Field, ...]:
        return field_lines(self.message.trailers)[:MOST_FIELDS]

    @cached_property
    def _by_name(self) -> dict[str, list[Field]]:
        found: dict[str, list[Field]] = {}
        for each in self.fields:
            found.setdefault(each.name.decode("latin-1").lower(), []).append(each)
        return found

    @property
    def names(self) -> Sequence[str]:
        """The fields' names, each once, in lower case."""
        return tuple(self._by_name)

    def every(self, name: str) -> tuple[Field, ...]:
        """The fields of this name (in lower case), in order."""
        return tuple(self._named(name))

    def has(self, name: str) -> bool:
        return bool(self._named(name))

    def values(self, name: str) -> tuple[str, ...]:
        return tuple(text_of(each) for each in self._named(name))

    def _named(self, name: str) -> Sequence[Field]:
        """Of hundreds of messages around an exchange most are asked for one field that they don't have: those need not be read."""
        if "_by_name" not in self.__dict__ and name.encode("latin-1", "replace") not in self._small_head:
            return ()
        return self._by_name.get(name, ())

    @cached_property
    def _small_head(self) -> bytes:
        return self.message.head.lower()

    def value(self, name: str) -> str:
        """The field's value; of several lines, joined with commas as RFC 9110 §5.2 has it. Empty if there is none."""
        return ", ".join(self.values(name))

    def first(self, name: str) -> str:
        """The value of the first field of this name; empty if there is none."""
        found = self._named(name)
        return text_of(found[0]) if found else ""

    @cached_property
    def start(self) -> tuple[str, str, str]:
        """The start line's three parts; any may be empty."""
        parts = self.message.start_line.decode("latin-1").split(" ", 2)
        first, second, third = (*parts, "", "", "")[:3]
        return first, second, third

    @property
    def body(self) -> Body:
        return self.message.body

    def place(self, field: Field | None = None, *, trailers: bool = False) -> Place:
        """Where a field stands, without its line end; the start line for None."""
        data = self.message.trailers if trailers else self.message.head
        begin = field.offset if field is not None else 0
        end = data.find(b"\n", begin)
        end = len(data) if end < 0 else end
        if end > begin and data[end - 1 : end] == b"\r":
            end -= 1
        return Place(self.side, self.half, "trailers" if trailers else "head", begin, end - begin)

    def whole_head(self) -> Place:
        return Place(self.side, self.half, "head", 0, len(self.message.head))

    def whole_body(self) -> Place:
        return Place(self.side, self.half, "body", 0, self.body.captured)


def text_of(field: Field) -> str:
    """A field's value as text: latin-1, so that no byte is lost, and cut if it is huge."""
    return field.value[:LONGEST_VALUE].decode("latin-1")


@dataclass(frozen=True)
class Case:
    """The evidence. `siblings` are other exchanges, in any order; `now` is in seconds since the epoch, `zone` as in `words`.

    `read` gives the bytes of a body that lies outside of the record (`store.captures.Captures.body`), of which no more is taken than is
    looked at; without it such bodies are not looked at. What it raises is the caller's affair: a body that is gone should give nothing.
    `report` is what the app that answered told of its own half.
    """

    exchange: Exchange
    client: Connection | None = None
    server: Connection | None = None
    siblings: tuple[Exchange, ...] = field(default=(), repr=False)
    now: float = 0.0
    zone: dt.tzinfo | None = None
    read: Callable[[bytes, Body], Iterable[bytes]] | None = field(default=None, repr=False, compare=False)
    report: Report | None = field(default=None, repr=False)

    @cached_property
    def asked(self) -> Said:
        """The request as the browser said it to Inspector."""
        leg = self.exchange.client_leg
        return Said("browser", "request", leg.request if leg else None)

    @cached_property
    def sent(self) -> Said:
        """The request as Inspector said it to the site."""
        leg = self.exchange.server_leg
        return Said("site", "request", leg.request if leg else None)

    @cached_property
    def came(self) -> Said:
        """The response as the site said it to Inspector."""
        leg = self.exchange.server_leg
        return Said("site", "response", leg.response if leg else None)

    @cached_property
    def got(self) -> Said:
        """The response as Inspector said it to the browser."""
        leg = self.exchange.client_leg
        return Said("browser", "response", leg.response if leg else None)

    @cached_property
    def request(self) -> Said:
        """The request nearest to its maker: the browser's own words, else what went to the site."""
        return self.asked if self.asked.there or not self.sent.there else self.sent

    @cached_property
    def response(self) -> Said:
        """The response nearest to its maker: the site's own words; Inspector's, where it answered itself."""
        return self.came if self.came.there and not self.answered_here else self.got

    @cached_property
    def answered_here(self) -> bool:
        """Whether Inspector itself answered: its own page, or the page about what went wrong."""
        return self.exchange.kind == "page" or any(
            each.code == "answered" for each in self.exchange.decisions
        )

    def said(self, side: Side, half: Half) -> Said:
        if side == "browser":
            return self.asked if half == "request" else self.got
        return self.sent if half == "request" else self.came

    @property
    def secure(self) -> bool:
        """Whether it went over TLS, by its scheme."""
        return self.exchange.scheme in _SECURE

    @cached_property
    def host(self) -> str:
        return self.exchange.host.lower().rstrip(".")

    @property
    def is_local(self) -> bool:
        """Whether the host is this computer itself, as browsers see it (localhost, 127.0.0.0/8, ::1)."""
        return is_local(self.host)

    @property
    def is_address(self) -> bool:
        return address_of(self.host) is not None

    @cached_property
    def origin(self) -> str:
        """Scheme, host and port as a browser writes an origin: no default port."""
        scheme = {"ws": "http", "wss": "https"}.get(self.exchange.scheme, self.exchange.scheme)
        return origin_of(scheme, self.host, self.exchange.port)

    @property
    def url(self) -> str:
        return f"{self.origin}{self.exchange.path}"

    @property
    def path(self) -> str:
        """The path without its query; at least a slash."""
        return self.exchange.path.partition("?")[0] or "/"

    @property
    def query(self) -> str:
        return self.exchange.path.partition("?")[2]

    @property
    def ended(self) -> float | None:
        """When it was over, in seconds since the epoch; None while it is on its way."""
        duration = self.exchange.duration
        return None if duration is None else self.exchange.started + duration

    @property
    def answered_at(self) -> float:
        """When the response began, as well as it is known: what caches and cookies count from."""
        begun = self.exchange.timeline.response_start
        return self.exchange.started + (
            begun if begun is not None else min(self.exchange.duration or 0.0, 1e9)
        )

    @property
    def client_tls(self) -> Tls | None:
        return self.client.tls if self.client else None

    @property
    def server_tls(self) -> Tls | None:
        return self.server.tls if self.server else None

    @cached_property
    def request_content(self) -> Content:
        return self._content("request")

    @cached_property
    def content(self) -> Content:
        """The response's body, decoded, as far as the record itself holds it."""
        return self._content("response")

    @cached_property
    def page(self) -> Page | None:
        """The response as a web page, as far as it can be read; None if it is none."""
        kind = self.response.first("content-type").partition(";")[0].strip().lower()
        if kind not in ("text/html", "application/xhtml+xml") or self.answered_here or not self.content.data:
            return None
        return read_page(self.content.data)

    def _content(self, half: Half) -> Content:
        body = body_of(self.exchange, half)
        said = self.request if half == "request" else self.response
        if not body.size:
            return Content(whole=body.complete)
        kept = body.inline or self._read(body)
        whole = body.complete and len(kept) == body.size
        if not kept:
            return Content(b"", False, "The body is not within the record.")
        codings = said.value("content-encoding")
        if not codings.strip():
            return Content(kept[:MOST_CONTENT], whole and len(kept) <= MOST_CONTENT)
        decoded = decode(codings, kept, max_output=MOST_CONTENT)
        return Content(decoded.data, whole and decoded.complete, decoded.problem)

    def _read(self, body: Body) -> bytes:
        """The beginning of a body out of the archive."""
        if self.read is None or not body.captured:
            return b""
        kept = bytearray()
        for piece in self.read(self.exchange.id, body):
            kept += piece
            if len(kept) > MOST_CONTENT:
                break
        return bytes(kept)


def body_of(exchange: Exchange, half: Half) -> Body:
    """The body of a half with its bytes: the other leg's, where it was passed on unchanged."""
    legs: tuple[Leg | None, ...] = (exchange.client_leg, exchange.server_leg)
    if half == "response":
        legs = legs[::-1]
    found = NO_BODY
    for leg in legs:
        message = None if leg is None else leg.request if half == "request" else leg.response
        if message is None:
            continue
        if message.body.note != "same" and (message.body.size or message.body.captured):
            return message.body
        found = message.body if message.body.size else found
    return found


def is_local(host: str) -> bool:
    """Whether browsers take the name for this computer: what is said to it leaves no machine, so http counts as trustworthy there."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    address = address_of(host)
    return address is not None and address.is_loopback


def origin_of(scheme: str, host: str, port: int) -> str:
    name = f"[{host}]" if ":" in host else host
    return (
        f"{scheme}://{name}" if DEFAULT_PORTS.get(scheme) == port or not port else f"{scheme}://{name}:{port}"
    )
