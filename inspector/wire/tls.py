"""What a TLS handshake says in the open: the client's hello, the server's hello, the certificates.

Nothing is decrypted here. The hello is read before there is a TLS object, because the site's name in it (SNI)
decides which certificate has to be ready.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from inspector.wire.rules import Problem
from inspector.wire.tls_tables import (
    ALERTS,
    CIPHERS,
    GROUPS,
    HANDSHAKE_TYPES,
    VERSIONS,
    Named,
    is_grease,
    name_of,
)

__all__ = [
    "ALERTS",
    "CIPHERS",
    "GROUPS",
    "HANDSHAKE_TYPES",
    "VERSIONS",
    "ClientHello",
    "ClientHelloReader",
    "Named",
    "ServerHello",
    "certificates",
    "client_hello",
    "is_client_hello",
    "is_grease",
    "name_of",
    "server_hello",
]

LARGEST_HELLO = 65_536
_LARGEST_RECORD = 16_384  # RFC 8446 §5.1: "The length MUST NOT exceed 2^14 bytes."
_HANDSHAKE = 22
_HOST_NAME = re.compile(rb"[A-Za-z0-9._\-]{1,255}")

# RFC 8446 §4.1.3: the random value by which a server hello is a HelloRetryRequest
_RETRY = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")

_SERVER_NAME, _SUPPORTED_GROUPS, _ALPN = 0, 10, 16
_SESSION_TICKET, _PRE_SHARED_KEY, _SUPPORTED_VERSIONS, _KEY_SHARE = 35, 41, 43, 51


@dataclass(frozen=True, slots=True)
class ClientHello:
    """What the client offers, in its order, GREASE left out. `sni` is empty if none, or no host name, was sent.

    `versions` are names ('TLS 1.3'), `ciphers`, `groups`, `key_shares` and `extensions` numbers. `ticket` says that
    the client came with something to resume from: a session ticket, or a pre-shared key (`psk`).
    """

    sni: str = ""
    alpn: tuple[str, ...] = ()
    versions: tuple[str, ...] = ()
    ciphers: tuple[int, ...] = ()
    groups: tuple[int, ...] = ()
    key_shares: tuple[int, ...] = ()
    extensions: tuple[int, ...] = ()
    ticket: bool = False
    psk: bool = False
    size: int = 0


@dataclass(frozen=True, slots=True)
class ServerHello:
    """What the server chose: `group` is 0 where the hello doesn't say (TLS 1.2), `retry` asks for another hello."""

    version: str
    cipher: int
    group: int = 0
    alpn: str = ""
    psk: bool = False
    retry: bool = False


class _MalformedError(Exception):
    """A length that points outside of what is there; never leaves this module."""

    def __init__(self, offset: int) -> None:
        self.offset = offset


class _Cursor:
    """Reads numbers and length-prefixed blocks, each within its bounds."""

    __slots__ = ("at", "data", "end")

    def __init__(self, data: bytes, at: int = 0, end: int | None = None) -> None:
        self.data = data
        self.at = at
        self.end = len(data) if end is None else end

    def __bool__(self) -> bool:
        return self.at < self.end

    def take(self, count: int) -> bytes:
        start = self.at
        if count > self.end - start:
            raise _MalformedError(start)
        self.at += count
        return self.data[start : self.at]

    def number(self, width: int) -> int:
        return int.from_bytes(self.take(width), "big")

    def block(self, width: int) -> _Cursor:
        size = self.number(width)
        start = self.at
        if size > self.end - start:
            raise _MalformedError(start)
        self.at += size
        return _Cursor(self.data, start, self.at)

    def rest(self) -> bytes:
        return self.take(self.end - self.at)

    def numbers(self, width: int = 2) -> tuple[int, ...]:
        found = []
        while self:
            found.append(self.number(width))
        return tuple(number for number in found if not is_grease(number))


def is_client_hello(prefix: bytes) -> bool:
    """Whether these first bytes may be the beginning of a ClientHello; one byte is enough for a guess, six for a judgement."""
    if not prefix or prefix[0] != _HANDSHAKE:
        return False
    if len(prefix) > 1 and prefix[1] != 3:
        return False
    return len(prefix) < 6 or prefix[5] == 1


class ClientHelloReader:
    """Puts a ClientHello together from TLS records, however they and the TCP segments cut it.

    `feed` gives the hello once it is whole, a Problem once it can't be one, else None; `buffer` is all that came.
    """

    __slots__ = ("_hello", "_read", "_result", "buffer")

    def __init__(self) -> None:
        self.buffer = bytearray()
        self._hello = bytearray()
        self._read = 0
        self._result: ClientHello | Problem | None = None

    def feed(self, data: bytes) -> ClientHello | Problem | None:
        """The next bytes as they came from the socket."""
        self.buffer += data
        while self._result is None:
            record = self._next_record()
            if record is None:
                break
            self._hello += record
            self._result = self._judge()
        return self._result

    def _next_record(self) -> bytearray | None:
        buffer, at = self.buffer, self._read
        if len(buffer) <= at:
            return None
        if buffer[at] != _HANDSHAKE or (len(buffer) > at + 1 and buffer[at + 1] != 3):
            self._result = Problem("tls-not-tls", at, f"first bytes {bytes(buffer[at : at + 3]).hex(' ')}")
            return None
        if len(buffer) < at + 5:
            return None
        size = int.from_bytes(buffer[at + 3 : at + 5], "big")
        if not 0 < size <= _LARGEST_RECORD:
            self._result = Problem("tls-malformed", at + 3, f"a record of {size} bytes")
            return None
        if len(buffer) > at + 5 and not self._hello and buffer[at + 5] != 1:
            self._result = Problem(
                "tls-malformed", at + 5, f"handshake message {buffer[at + 5]} instead of 1"
            )
            return None
        if at + 5 + size > LARGEST_HELLO:
            self._result = Problem("tls-too-large", at, f"more than {LARGEST_HELLO} bytes")
            return None
        if len(buffer) < at + 5 + size:
            return None
        self._read = at + 5 + size
        return buffer[at + 5 : self._read]

    def _judge(self) -> ClientHello | Problem | None:
        hello = self._hello
        if len(hello) < 4:
            return None
        size = int.from_bytes(hello[1:4], "big")
        if size > LARGEST_HELLO:
            return Problem("tls-too-large", self._read, f"a hello of {size} bytes")
        if len(hello) < size + 4:
            return None
        try:
            return _parse_client_hello(bytes(hello[: size + 4]))
        except _MalformedError as error:
            return Problem("tls-malformed", error.offset, "counted in the handshake message")


def client_hello(data: bytes) -> ClientHello | Problem | None:
    """The ClientHello in these records; None if it isn't all there."""
    return ClientHelloReader().feed(data)


def _parse_client_hello(message: bytes) -> ClientHello:
    body = _Cursor(message, 4)
    legacy = body.number(2)
    body.take(32)  # random
    body.block(1)  # session id
    ciphers = body.block(2).numbers()
    body.block(1)  # compression methods
    found = _extensions(body)
    versions = _versions(found, legacy)
    shares = []
    if _KEY_SHARE in found:
        entries = found[_KEY_SHARE].block(2)
        while entries:
            shares.append(entries.number(2))
            entries.block(2)
    ticket = found.get(_SESSION_TICKET)
    psk = _PRE_SHARED_KEY in found
    return ClientHello(
        sni=_sni(found),
        alpn=_alpn(found),
        versions=tuple(name_of(VERSIONS, number) for number in versions),
        ciphers=ciphers,
        groups=found[_SUPPORTED_GROUPS].block(2).numbers() if _SUPPORTED_GROUPS in found else (),
        key_shares=tuple(number for number in shares if not is_grease(number)),
        extensions=tuple(number for number in found if not is_grease(number)),
        ticket=psk or bool(ticket),
        psk=psk,
        size=len(message),
    )


def _extensions(body: _Cursor) -> dict[int, _Cursor]:
    found: dict[int, _Cursor] = {}
    if not body:
        return found
    extensions = body.block(2)
    while extensions:
        at = extensions.at
        number = extensions.number(2)
        if number in found:  # RFC 8446 §4.2: "There MUST NOT be more than one extension of the same type"
            raise _MalformedError(at)
        found[number] = extensions.block(2)
    return found


def _versions(found: dict[int, _Cursor], legacy: int) -> tuple[int, ...]:
    if _SUPPORTED_VERSIONS in found:
        return found[_SUPPORTED_VERSIONS].block(1).numbers()
    return (legacy,)


def _sni(found: dict[int, _Cursor]) -> str:
    if not found.get(_SERVER_NAME):
        return ""
    names = found[_SERVER_NAME].block(2)
    while names:
        kind, name = names.number(1), names.block(2).rest()
        if kind == 0:
            return name.decode("ascii") if _HOST_NAME.fullmatch(name) else ""
    return ""


def _alpn(found: dict[int, _Cursor]) -> tuple[str, ...]:
    if _ALPN not in found:
        return ()
    names = []
    protocols = found[_ALPN].block(2)
    while protocols:
        name = protocols.block(1).rest()
        if not (len(name) == 2 and is_grease(int.from_bytes(name, "big"))):
            names.append(name.decode("latin-1"))
    return tuple(names)


def server_hello(message: bytes) -> ServerHello | None:
    """What a ServerHello handshake message (with its four-byte header) chose; None if it can't be read."""
    try:
        return _parse_server_hello(_Cursor(message))
    except _MalformedError:
        return None


def _parse_server_hello(cursor: _Cursor) -> ServerHello | None:
    if cursor.number(1) != 2:
        return None
    body = cursor.block(3)
    version = body.number(2)
    random = body.take(32)
    body.block(1)
    cipher = body.number(2)
    body.number(1)
    found = _extensions(body)
    if _SUPPORTED_VERSIONS in found:
        version = found[_SUPPORTED_VERSIONS].number(2)
    alpn = _alpn(found)
    return ServerHello(
        version=name_of(VERSIONS, version),
        cipher=cipher,
        group=found[_KEY_SHARE].number(2) if found.get(_KEY_SHARE) else 0,
        alpn=alpn[0] if alpn else "",
        psk=_PRE_SHARED_KEY in found,
        retry=random == _RETRY,
    )


def certificates(message: bytes, tls13: bool) -> tuple[bytes, ...]:
    """The DER certificates in a Certificate handshake message (with its header), leaf first; () if it can't be read."""
    try:
        cursor = _Cursor(message)
        if cursor.number(1) != 11:
            return ()
        body = cursor.block(3)
        if tls13:
            body.block(1)  # certificate_request_context
        entries = body.block(3)
        chain = []
        while entries:
            chain.append(entries.block(3).rest())
            if tls13:
                entries.block(2)  # extensions of this certificate
        return tuple(chain)
    except _MalformedError:
        return ()
