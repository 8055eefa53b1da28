"""A captured request, to be sent again as it was, or changed first.

It is what the browser said to Inspector, not what Inspector passed on. What belongs to one connection only can't be said again; `gaps` tells what that was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import parse_qsl

from inspector.compose.draft import Draft, Row
from inspector.compose.errors import CannotSend
from inspector.compose.ready import Ready, host_of
from inspector.exchange.model import Body, Exchange, Message
from inspector.wire.fields import Field
from inspector.wire.hosts import join_authority
from inspector.wire.http1 import END_TO_END, HOP_BY_HOP

Stream = Callable[[], Iterator[bytes]]

_NOT_AGAIN = HOP_BY_HOP | {b"trailer", b"expect"}
_MOST_TEXT = 256 * 1024
_RAW = "The raw form sends any bytes."
_KINDS = {
    "websocket": ("This is the beginning of a WebSocket, a conversation that can't be repeated as one request.", ""),
    "tunnel": ("This is a tunnel: Inspector did not look inside, so there is no request to repeat.", ""),
    "tls": ("No request came: the connection ended during the TLS handshake.", ""),
}  # fmt: skip
_WHY_PARTLY = {
    "capped": "only its first {captured} of {size} bytes were kept (--max-body)",
    "lost": "part of it was lost: the disk was full, or too slow",
    "off": "capturing was paused when it passed",
}


def body_of(exchange: Exchange) -> Body:
    """The request's body as the browser sent it."""
    leg = exchange.client_leg
    return leg.request.body if leg is not None else Body()


def partly(body: Body) -> str:
    """Why this body isn't there whole, in half a sentence; empty if it is."""
    if body.note in _WHY_PARTLY:
        return _WHY_PARTLY[body.note].format(captured=f"{body.captured:,}", size=f"{body.size:,}")
    if not body.complete:
        return "it never came to its end"
    return "" if body.captured >= body.size else "part of it is missing"


def again(exchange: Exchange, stream: Stream, *, partly_too: bool = False) -> Ready:
    """The request as it was. `stream` gives its captured body. Raises CannotSend."""
    message = _message(exchange)
    method, url = _asked(exchange, message)
    body = message.body
    why = partly(body)
    if why and not partly_too:
        raise CannotSend(f"The request's body can't be sent again whole: {why}.", "Edit and send takes what there is, or another body.")  # fmt: skip
    said = message.fields
    fields = tuple((_text(each.name), _text(each.value)) for each in said if _stays(each, said))
    chunked = any(each.name.lower() == b"transfer-encoding" for each in said)
    if not chunked:
        fields = tuple(
            each for each in fields if each[0].lower() != "content-length" or each[1] == str(body.captured)
        )
        if body.captured and not any(name.lower() == "content-length" for name, _ in fields):
            fields += (("Content-Length", str(body.captured)),)
    minor = 0 if message.start_line.endswith(b"HTTP/1.0") else 1
    return Ready(
        method, url, fields, stream if body.captured else None, chunked and bool(body.captured), minor
    )


def gaps(exchange: Exchange) -> tuple[str, ...]:
    """What of the request can't be said again as it was, each in a sentence."""
    leg = exchange.client_leg
    if leg is None:
        return ()
    said = leg.request.fields
    gone = dict.fromkeys(_text(each.name) for each in said if not _stays(each, said))
    told = []
    if gone:
        told.append(f"Not sent again, since they belong to one connection: {', '.join(gone)}.")
    if leg.request.trailers:
        told.append("The trailers after its body are left out.")
    return tuple(told)


def draft_of(exchange: Exchange, stream: Stream) -> Draft:
    """The request in the form, to be changed. Raises CannotSend."""
    message = _message(exchange)
    method, url = _asked(exchange, message)
    said = message.fields
    fields = tuple(
        Row(_text(each.name), _readable(each.value))
        for each in said
        if _stays(each, said)
        and each.name.lower() not in (b"content-length", b"transfer-encoding")
        and not (each.name.lower() == b"host" and _text(each.value).lower() == host_of(url).lower())
    )
    draft = Draft(method=method, url=url, fields=fields, parent=exchange.id)
    return with_body(draft, message, stream)


def with_body(draft: Draft, message: Message, stream: Stream) -> Draft:
    """The draft with the body in the form in which it can best be changed: as form, JSON or text where it is one, else as it was captured."""
    from msgspec.structs import replace  # noqa: PLC0415

    body = message.body
    if not body.captured:
        return draft
    media = (draft.said("content-type") or "").partition(";")[0].strip().lower()
    coded = draft.said("content-encoding")
    if body.captured > _MOST_TEXT or coded or partly(body):
        return replace(draft, body="captured")
    try:
        text = b"".join(stream()).decode("utf-8")
    except UnicodeDecodeError:
        return replace(draft, body="captured")
    if "\0" in text or media.startswith("multipart/") or "\r" in text.replace("\r\n", ""):
        return replace(draft, body="captured")
    if media == "application/x-www-form-urlencoded":
        rows = tuple(Row(*pair) for pair in parse_qsl(text, keep_blank_values=True))
        return replace(draft, body="form", form=rows)
    return replace(draft, body="json" if "json" in media else "text", text=text)


def _message(exchange: Exchange) -> Message:
    if exchange.kind in _KINDS:
        raise CannotSend(*_KINDS[exchange.kind])
    leg = exchange.client_leg
    if leg is None or not leg.request.head:
        raise CannotSend("There is no request on record.")
    if not exchange.method or exchange.method == "CONNECT":
        raise CannotSend(
            "The request is malformed, so it can't be sent by a program that keeps the rules.", _RAW
        )
    return leg.request


def _asked(exchange: Exchange, message: Message) -> tuple[str, str]:
    """Method and whole address, from the request line: the exchange's own path may be cut."""
    parts = message.start_line.split(b" ")
    if len(parts) < 2 or exchange.scheme not in ("http", "https") or not exchange.host:
        raise CannotSend("The request says no address that could be asked again.", _RAW)
    target = _text(parts[1])
    usual = {"http": 80, "https": 443}[exchange.scheme]
    authority = join_authority(exchange.host, None if exchange.port in (usual, 0) else exchange.port)
    if target.startswith("/"):
        return exchange.method, f"{exchange.scheme}://{authority}{target}"
    if target == "*":
        return exchange.method, f"{exchange.scheme}://{authority}"
    return exchange.method, target


def _stays(field: Field, said: tuple[Field, ...]) -> bool:
    """Whether the field is meant for the site, and not for this connection only (RFC 9110 §7.6.1)."""
    name = field.name.lower()
    if name in _NOT_AGAIN:
        return False
    return name in END_TO_END or name not in _options(said)


def _options(said: tuple[Field, ...]) -> set[bytes]:
    named = (each.value for each in said if each.name.lower() == b"connection")
    return {option.strip().lower() for value in named for option in value.split(b",")}


def _text(value: bytes) -> str:
    return value.decode("latin-1")


def _readable(value: bytes) -> str:
    """A value as a person reads it; bytes that are no UTF-8 one character each."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")
