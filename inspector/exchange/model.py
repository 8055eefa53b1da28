"""The one type: an Exchange, one request and what came of it.

A proxy holds two conversations, so an exchange has two legs: client leg (browser to Inspector) and
server leg (Inspector to the site), each with the bytes that were really said. Nothing here is ever
edited; what Inspector changed between the legs is there twice, and named in `decisions`.

The structs are msgspec's, not dataclasses: frozen, with slots, out of the garbage collector's reach
(`gc=False`: a growing heap of captures costs a Python proxy a quarter of its time) and encoded as
arrays, about 2 microseconds an exchange. New fields go at the END of a struct and have a default: then records
written by an older version still decode, and `Summary` stays a prefix of `Exchange`.

Bytes are bytes as they came; text made from them is latin-1, so that nothing is lost.
All times are seconds; `started` counts from the Unix epoch, the rest from `started`.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from inspector.wire.fields import Field, parse_fields

Kind = Literal["http", "websocket", "tunnel", "tls", "page"]
State = Literal["open", "done", "failed"]
Origin = Literal["browser", "composer", "gateway", "rule", "import"]
Protection = Literal["none", "decrypted", "sealed"]
Resource = Literal["page", "data", "style", "script", "image", "font", "media", "socket", "tunnel", "other"]

Stage = Literal[
    "request-head", "request-body", "refused", "dns", "connect", "proxy", "tls",
    "response-head", "response-body", "tunnel",
]  # fmt: skip


class Piece(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Where a run of body bytes lies in the archive: segment number, offset and length in bytes."""

    segment: int
    offset: int
    length: int


class Arrival(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """When a run of bytes of a body came: `at` seconds after the exchange began the body was `end` bytes long."""

    end: int
    at: float


class Body(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A message body, without its transfer coding (chunk framing), with its content coding.

    `size` counts all bytes that passed, `wire` those on the wire with framing; `inline` or `pieces`
    hold what was captured. `note` says why that is less than `size`: `capped` (over the limit),
    `lost` (the archive could not keep up, or the disk was full), `off` (capturing was paused), `same` (passed on unchanged: read
    the other leg's), `absent` (it is not in the file that this was imported from). `complete` is False while it is on its way, and for ever if it was cut off.
    """

    size: int = 0
    wire: int = 0
    inline: bytes = b""
    pieces: tuple[Piece, ...] = ()
    complete: bool = True
    note: Literal["", "capped", "lost", "off", "same", "absent"] = ""

    @property
    def captured(self) -> int:
        """How many bytes can be shown."""
        return len(self.inline) + sum(piece.length for piece in self.pieces)


NO_BODY = Body()


class Message(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One request or response: `head` is start line and header block with every CRLF, as it came or went."""

    head: bytes
    body: Body = NO_BODY
    trailers: bytes = b""

    @property
    def start_line(self) -> bytes:
        """The first line, without its line end."""
        return self.head.partition(b"\r\n")[0]

    @property
    def fields(self) -> tuple[Field, ...]:
        """The header fields in order, each with its offset in `head`; lenient, for looking at."""
        return parse_fields(self.head)


class Attempt(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One try to reach the server that failed: address, when it began, how long it took, why it failed."""

    address: str
    port: int
    began: float
    took: float
    error: str


class Leg(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One of the two conversations. `turn` counts the exchanges on its connection from 1: above 1, it was reused."""

    connection: bytes
    request: Message
    response: Message | None = None
    interim: tuple[Message, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    turn: int = 1


class Decision(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Something Inspector did: `code` from `decisions.DECISIONS`, what it concerned, and the rule's name if one did it."""

    code: str
    detail: str = ""
    rule: str = ""
    at: float = 0.0


class Fault(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What went wrong. `code` is a key of `faults.FAULTS` or of `wire.rules.RULES`, which hold the sentences.

    `offset` counts bytes into the part that `stage` names; None where no byte is to blame.
    `did` is what Inspector did about it: `answered 400`, `answered 502`, `closed`, `reset`, `passed on`.
    """

    code: str
    who: Literal["client", "server", "network", "us"]
    stage: Stage
    offset: int | None = None
    detail: str = ""
    did: str = ""


class Timeline(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What happened when, in seconds after `started`; None where it didn't happen (reused, failed before, not yet)."""

    request_end: float | None = None
    dns_start: float | None = None
    dns_end: float | None = None
    connect_start: float | None = None
    connect_end: float | None = None
    tls_start: float | None = None
    tls_end: float | None = None
    send_start: float | None = None
    send_end: float | None = None
    response_start: float | None = None
    response_end: float | None = None
    client_tls_start: float | None = None
    client_tls_end: float | None = None


class Summary(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What the list shows of an exchange: one narrow row. The first fields of an `Exchange`, so it decodes from one.

    `change` is the engine's own change number, growing with every snapshot. `duration` is None while open.
    `path` is path and query, cut at 2,048 characters. `status` is 0 without a response. Sizes are body bytes.
    """

    id: bytes
    change: int
    state: State
    kind: Kind
    origin: Origin
    started: float
    duration: float | None
    method: str
    scheme: str
    host: str
    port: int
    path: str
    version: str
    status: int
    reason: str
    media: str
    resource: Resource
    request_size: int
    response_size: int
    client: str
    agent: str
    protection: Protection
    tls: str
    remote: str
    changed: bool
    fault: str
    findings: int


class Exchange(Summary, frozen=True, array_like=True, gc=False):
    """One request and what came of it, whole. `parent` is the exchange this one was made from (repeat, redirect by rule), `imported` what
    the file said that it was read from, as JSON without its bodies. `asked_when` and `answered_when` say when the runs of a body came in whose
    bytes several messages lie, one after the other (WebSocket, event stream).
    """

    client_leg: Leg | None = None
    server_leg: Leg | None = None
    timeline: Timeline = Timeline()
    decisions: tuple[Decision, ...] = ()
    error: Fault | None = None
    parent: bytes = b""
    imported: bytes = b""
    asked_when: tuple[Arrival, ...] = ()
    answered_when: tuple[Arrival, ...] = ()


class HandshakeMessage(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One TLS handshake message or alert: who sent it, its type number, its size in bytes, when (seconds after `opened`)."""

    sent_by: Literal["client", "server"]
    content: int
    type: int
    size: int
    at: float


class Tls(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What TLS agreed on over one connection. `chain` is DER, leaf first, as the server side of that leg sent it.

    `verified` is None where nobody verified (the client leg: the browser does). `why_not` is OpenSSL's
    own reason and `verify_code` its number, `alert` the TLS alert's name if one ended the handshake (or came right after it, as TLS 1.3
    has it), `alert_by` who sent it. `asked_for_certificate` says that the server side asked the client side for one too, `client_chain` is what it was
    shown (DER, leaf first).
    """

    version: str = ""
    cipher: str = ""
    alpn: str = ""
    sni: str = ""
    chain: tuple[bytes, ...] = ()
    resumed: bool = False
    verified: bool | None = None
    why_not: str = ""
    alert: str = ""
    alert_by: Literal["", "client", "server"] = ""
    offered_versions: tuple[str, ...] = ()
    offered_alpn: tuple[str, ...] = ()
    offered_ciphers: tuple[int, ...] = ()
    handshake: tuple[HandshakeMessage, ...] = ()
    verify_code: int = 0
    asked_for_certificate: bool = False
    client_chain: tuple[bytes, ...] = ()


class Connection(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One TCP connection, shared by the exchanges on it. `peer` is the other end: the browser, or the site.

    `host` is the name it was opened for, `via` the upstream proxy it runs through. `asked` and `answered` are the heads
    of the CONNECT that made it a tunnel, if one did. `closed` counts from `opened`; None while it is open.
    """

    id: bytes
    side: Literal["client", "server"]
    opened: float
    peer: str
    peer_port: int
    local: str
    local_port: int
    host: str = ""
    via: str = ""
    tls: Tls | None = None
    asked: bytes = b""
    answered: bytes = b""
    closed: float | None = None


class Chunk(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Bytes of a connection as they passed: who sent them, when (seconds after the connection was opened)."""

    sent_by: Literal["client", "server"]
    at: float
    data: bytes


class KeptCiphertext(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """How the archive keeps a `Ciphertext`: its bytes lie one after the other in `pieces`; `passed` says of each part whether the client sent
    it, when, and how long it is."""

    connection: bytes
    passed: tuple[tuple[bool, float, int], ...]
    pieces: tuple[Piece, ...]
    full: bool = False

    def of(self, content: bytes) -> Ciphertext:
        """The ciphertext, given the bytes of all pieces."""
        chunks, at = [], 0
        for by_client, when, size in self.passed:
            chunks.append(Chunk("client" if by_client else "server", when, content[at : at + size]))
            at += size
        return Ciphertext(self.connection, tuple(chunks), self.full)


class Ciphertext(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The first bytes of a connection with TLS, as they were on the wire, both ways, in the order in which they passed.

    `full` says that more passed than is kept (a setting of the engine).
    """

    connection: bytes
    chunks: tuple[Chunk, ...]
    full: bool = False


encode = msgspec.msgpack.Encoder().encode
decode_exchange = msgspec.msgpack.Decoder(Exchange).decode
decode_summary = msgspec.msgpack.Decoder(Summary).decode
decode_ciphertext = msgspec.msgpack.Decoder(KeptCiphertext).decode
decode_connection = msgspec.msgpack.Decoder(Connection).decode
