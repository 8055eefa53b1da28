"""A request to be said again: what every one of the commands is made from."""

from __future__ import annotations

from dataclasses import dataclass

from inspector.export.addresses import DEFAULTS, address, authority, is_plain, target
from inspector.export.whole import EMPTY, Whole

# A tool makes these itself, from the body and for its own connection; those of a proxy were never for the site.
_LEFT_OUT = frozenset({
    b"content-length", b"transfer-encoding", b"connection", b"keep-alive", b"proxy-connection", b"proxy-authorization", b"te", b"trailer",
    b"upgrade", b"http2-settings",
})  # fmt: skip

Header = tuple[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Asking:
    """A request. `url` is ASCII; `exact` is the request target where that cannot say it. `notes` are sentences to stand above the command."""

    method: str
    url: str
    headers: tuple[Header, ...]
    body: bytes
    version: str = "HTTP/1.1"
    exact: bytes = b""
    notes: tuple[str, ...] = ()

    def has(self, name: bytes) -> bool:
        """Whether a header field is there."""
        return any(each.lower() == name for each, _ in self.headers)

    @property
    def authority(self) -> str:
        """Scheme, host and port."""
        scheme, _, rest = self.url.partition("://")
        return f"{scheme}://{rest.partition('/')[0]}"

    @property
    def target(self) -> str:
        """Path and query."""
        return "/" + self.url.partition("://")[2].partition("/")[2]

    def merged(self) -> list[Header]:
        """The header fields, for tools that can say each name only once (RFC 9110 §5.2)."""
        found: dict[bytes, Header] = {}
        for name, value in self.headers:
            before = found.get(name.lower())
            between = b"; " if name.lower() == b"cookie" else b", "
            found[name.lower()] = (
                (name, value) if before is None else (before[0], before[1] + between + value)
            )
        return list(found.values())


def asking(found: Whole) -> Asking:
    """The request of an exchange, as the browser said it."""
    message = found.request or EMPTY
    own = authority(found).encode("utf-8", "replace").lower()
    exchange = found.exchange
    scheme = {"ws": "http", "wss": "https"}.get(exchange.scheme, exchange.scheme)
    url = address(found)
    if scheme != exchange.scheme and scheme in DEFAULTS:
        url = scheme + url[url.index("://") :]
    headers = tuple(
        (each.name, each.value)
        for each in message.fields
        if each.name
        and each.name.lower() not in _LEFT_OUT
        and not (each.name.lower() == b"host" and each.value.lower() == own)
    )
    notes = []
    if found.hidden:
        notes.append(
            f"{found.hidden} secret{'s are' if found.hidden > 1 else ' is'} replaced by marks such as ***3f9a: put yours in their place."
        )
    if message.body.size > len(message.body.inline):
        notes.append(
            f"Only {len(message.body.inline):,} of the {message.body.size:,} bytes of the body were kept."
        )
    if exchange.kind == "websocket":
        notes.append("This opens a WebSocket: such a tool gets no further than the handshake.")
    exact = target(found)
    plain = is_plain(found) and b"#" not in exact
    return Asking(
        exchange.method or "GET",
        url,
        headers,
        message.body.inline,
        exchange.version or "HTTP/1.1",
        b"" if plain else exact,
        tuple(notes),
    )


def as_text(data: bytes) -> str | None:
    """The text that bytes are, if they are UTF-8 without a NUL."""
    try:
        return data.decode() if b"\0" not in data else None
    except UnicodeDecodeError:
        return None
