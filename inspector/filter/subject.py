"""What a filter looks at: an exchange, with what has to be fetched for it fetched when a term asks, and once.

A subject may know less than everything. From a row of the list it knows no heads; at the moment of a rule no response. What
isn't there contains nothing; that a filter asks only for what is known by then is checked beforehand (`tree.moment_of`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from urllib.parse import parse_qsl

from inspector.exchange.mark import NO_MARK, Mark
from inspector.exchange.model import Body, Connection, Exchange, Message, Summary, Tls
from inspector.filter.texts import body_text, fold, fold_bytes
from inspector.wire.fields import Field, parse_fields
from inspector.wire.hosts import join_authority

Read = Callable[[Body], Iterable[bytes]]
Look = Callable[[bytes], Connection | None]

_USUAL_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}


def _inline(body: Body) -> Iterable[bytes]:
    return (body.inline,)


def _unknown(_: bytes) -> None:
    return None


def address_of(row: Summary) -> str:
    """The whole address, without a port that is the scheme's own."""
    port = None if row.port == _USUAL_PORTS.get(row.scheme) or not row.port else row.port
    return f"{row.scheme}://{join_authority(row.host, port)}{row.path}"


def path_of(row: Summary) -> str:
    """The address's path, without the query."""
    return row.path.partition("?")[0]


def query_of(row: Summary) -> str:
    """What follows the question mark."""
    return row.path.partition("?")[2]


class Subject:
    """One exchange, or as much of it as is known. `exchange` may be a function, called when more than the row is asked for; `read` gives a body's bytes, `connection` a connection by its id; `mark` is what people added."""

    def __init__(
        self,
        row: Summary,
        exchange: Exchange | Callable[[], Exchange] | None = None,
        *,
        read: Read = _inline,
        connection: Look = _unknown,
        mark: Mark = NO_MARK,
    ) -> None:
        self.row = row
        self.mark = mark
        self._given = exchange
        self._read = read
        self._connection = connection

    @cached_property
    def _exchange(self) -> Exchange | None:
        given = self._given
        return given if given is None or isinstance(given, Exchange) else given()

    @cached_property
    def request(self) -> Message | None:
        """As the browser sent it."""
        leg = self._exchange.client_leg if self._exchange is not None else None
        return leg.request if leg is not None else None

    @cached_property
    def response(self) -> Message | None:
        """As the site sent it; if it sent none, as Inspector answered."""
        if self._exchange is None:
            return None
        server, client = self._exchange.server_leg, self._exchange.client_leg
        if server is not None and server.response is not None:
            return server.response
        return client.response if client is not None else None

    @cached_property
    def request_fields(self) -> tuple[Field, ...]:
        """The request's header fields."""
        return parse_fields(self.request.head) if self.request is not None else ()

    @cached_property
    def response_fields(self) -> tuple[Field, ...]:
        """The response's header fields."""
        return parse_fields(self.response.head) if self.response is not None else ()

    @cached_property
    def heads(self) -> tuple[bytes, bytes]:
        """Both heads, folded."""
        messages = (self.request, self.response)
        return tuple(fold_bytes(each.head) if each is not None else b"" for each in messages)  # type: ignore[return-value]  # two in, two out

    @cached_property
    def request_text(self) -> bytes:
        """The text of the request's body, folded."""
        other = self._exchange.server_leg.request if self._exchange and self._exchange.server_leg else None
        return self._text(self.request, other)

    @cached_property
    def response_text(self) -> bytes:
        """The text of the response's body, folded."""
        other = self._exchange.client_leg.response if self._exchange and self._exchange.client_leg else None
        return self._text(self.response, other)

    def _text(self, message: Message | None, other: Message | None) -> bytes:
        if message is None:
            return b""
        body = message.body
        if body.note == "same" and other is not None:
            body = other.body
        return body_text(message.head, self._read(body)) if body.captured else b""

    @cached_property
    def address(self) -> bytes:
        """The whole address, folded."""
        return fold(address_of(self.row))

    def header(self, name: str, *, request: bool, response: bool) -> list[bytes]:
        """The values of all header fields of a name, folded."""
        wanted = name.encode("latin-1", "replace")
        found = _named(self.request_fields, wanted) if request else []
        found += _named(self.response_fields, wanted) if response else []
        return [fold_bytes(value) for value in found]

    def cookies(self, name: str) -> list[bytes]:
        """The values of a cookie that the browser sent, folded."""
        pairs = (
            pair.partition(b"=")
            for line in _named(self.request_fields, b"cookie")
            for pair in line.split(b";")
        )
        return _of_name(pairs, name)

    def set_cookies(self, name: str) -> list[bytes]:
        """The values that the site gave to a cookie, folded."""
        lines = _named(self.response_fields, b"set-cookie")
        return _of_name((line.partition(b";")[0].partition(b"=") for line in lines), name)

    def parameters(self, name: str) -> list[bytes]:
        """The values of a parameter of the query, decoded and folded."""
        pairs = parse_qsl(query_of(self.row), keep_blank_values=True)
        wanted = fold(name)
        return [fold(value) for each, value in pairs if fold(each) == wanted]

    @cached_property
    def tls(self) -> Tls | None:
        """TLS towards the site."""
        leg = self._exchange.server_leg if self._exchange is not None else None
        found = self._connection(leg.connection) if leg is not None and leg.connection else None
        return found.tls if found is not None else None

    def decisions(self) -> list[bytes]:
        """The codes of what Inspector did."""
        return [fold(each.code) for each in self._exchange.decisions] if self._exchange is not None else []

    def rules(self) -> list[bytes]:
        """The names of the rules that did something."""
        if self._exchange is None:
            return []
        return [fold(each.rule) for each in self._exchange.decisions if each.rule]


def _named(fields: Iterable[Field], name: bytes) -> list[bytes]:
    """The values of all fields of this name (in lower case), in order."""
    return [field.value for field in fields if field.name.lower() == name]


def _of_name(pairs: Iterable[tuple[bytes, bytes, bytes]], name: str) -> list[bytes]:
    wanted = fold(name)
    return [fold_bytes(value.strip()) for each, _, value in pairs if fold_bytes(each.strip()) == wanted]
