"""An entry of a HAR file as an exchange: from any browser or tool, and from our own files without loss.

What a file doesn't say stays unsaid. What is odd in it is mended where that is possible, with a note of where and what was expected.
"""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import quote_plus

import msgspec

from inspector.exchange.agents import agent_name
from inspector.exchange.mark import NO_MARK, Mark
from inspector.exchange.model import (
    NO_BODY,
    Arrival,
    Body,
    Connection,
    Exchange,
    Fault,
    Kind,
    Leg,
    Message,
    Resource,
)
from inspector.exchange.resources import media_type, resource_kind
from inspector.export.addresses import parts, safe
from inspector.export.har_entry import text_bytes
from inspector.export.har_remains import as_charset, charset_of, remains
from inspector.export.har_sockets import NAME, Frames, frames_of
from inspector.export.har_times import Note, moment_of, timeline
from inspector.export.named import WrongError, from_json
from inspector.secrets.exchanges import PACK

NO_ID = bytes(16)
_LONGEST_PATH = 2048
_KINDS: dict[str, Resource] = {
    "document": "page", "stylesheet": "style", "script": "script", "image": "image", "font": "font", "media": "media",
    "xhr": "data", "fetch": "data", "websocket": "socket", "eventsource": "socket",
}  # fmt: skip


class Read(NamedTuple):
    """What an entry tells. Ids are those of the file, or zeros: whoever keeps it gives new ones. `own` says that a file of ours told it."""

    exchange: Exchange
    connections: tuple[Connection, ...] = ()
    own: bool = False
    mark: Mark = NO_MARK


def read_entry(entry: Mapping[str, Any], note: Note, page: Mapping[str, Any] | None = None) -> Read:
    """The exchange of an entry; `page` is the one that it belongs to. `note` is told a JSON pointer (below the entry) and what was expected there. Raises WrongError where nothing can be made of it."""
    own = entry.get("_inspector")
    if isinstance(own, Mapping) and "exchange" in own:
        try:
            return _read_own(entry, own)
        except WrongError as wrong:
            note(f"/_inspector/exchange{wrong.pointer}", wrong.expected)
    return Read(_read_foreign(entry, note, page), mark=Mark(comment=_said(entry, "comment")))


# -- our own


def _read_own(entry: Mapping[str, Any], own: Mapping[str, Any]) -> Read:
    told = own["exchange"]
    if isinstance(told, Mapping):
        for name in ("client_leg", "server_leg"):
            _fill_bodies(told.get(name), entry)
    exchange = from_json(told, Exchange)
    lines = own.get("connections", [])
    connections = tuple(from_json(each, Connection) for each in lines) if isinstance(lines, list) else ()
    if own.get("imported") is True:
        exchange = msgspec.structs.replace(exchange, imported=remains(entry, own.get("page")))
    mark = from_json(own["mark"], Mark) if "mark" in own else Mark(comment=_said(entry, "comment"))
    return Read(exchange, connections, own=True, mark=mark)


def _fill_bodies(leg: Any, entry: Mapping[str, Any]) -> None:
    """Bodies that stand elsewhere in the entry, put where their record has them."""
    for half, place in (("request", ("request", "postData")), ("response", ("response", "content"))):
        message = leg.get(half) if isinstance(leg, Mapping) else None
        body = message.get("body") if isinstance(message, Mapping) else None
        if isinstance(body, dict) and isinstance(body.get("inline"), Mapping):
            there: Any = entry.get(place[0])
            there = there.get(place[1]) if isinstance(there, Mapping) else None
            data = text_bytes(there) if isinstance(there, Mapping) else None
            body["inline"] = base64.b64encode(data or b"").decode("ascii")


# -- any other


def _read_foreign(entry: Mapping[str, Any], note: Note, page: Mapping[str, Any] | None) -> Exchange:
    asked, answered = _object(entry, "request"), entry.get("response")
    url = asked.get("url")
    if not isinstance(url, str) or not url:
        raise WrongError("/request/url", "an address")
    try:
        scheme, host, port, path = parts(url)
    except ValueError:
        raise WrongError("/request/url", "an address") from None
    if not host:
        raise WrongError("/request/url", "an address with a host")
    method = asked.get("method")
    if not isinstance(method, str) or not method:
        note("/request/method", "a method")
        method = "GET"
    if not isinstance(answered, Mapping):
        note("/response", "an object")
        answered = {}
    status = _status(answered, note)
    line, duration = timeline(entry, note)
    request = _request(asked, _word(method), path, note)
    response = _response(answered, status, note) if status else None
    fields = {each.name.lower(): each.value for each in request.fields}
    media = media_type(_first(response, b"content-type")) if response is not None else ""
    kind: Kind = "websocket" if scheme in ("ws", "wss") or NAME in entry else "http"
    started = moment_of(entry, note)
    asked_when: tuple[Arrival, ...] = ()
    answered_when: tuple[Arrival, ...] = ()
    if kind == "websocket" and response is not None:
        there, back = frames_of(entry, started, note)
        request, asked_when = _with_frames(request, there)
        response, answered_when = _with_frames(response, back)
    failed = (
        None if status else Fault("import-failed", "network", "response-head", None, _why(answered, entry))
    )
    return Exchange(
        id=NO_ID, change=0, state="done" if status else "failed", kind=kind, origin="import", started=started, duration=duration,
        method=_word(method), scheme=scheme[:20], host=host[:1000], port=port, path=path[:_LONGEST_PATH], version=_version(asked), status=status,
        reason=_line(_said(answered, "statusText")).decode("latin-1")[:1000], media=media, resource=_resource(entry, fields, media),
        request_size=request.body.size, response_size=response.body.size if response is not None else 0, client="",
        agent=agent_name(fields.get(b"user-agent", b"")), protection="decrypted" if scheme in ("https", "wss") else "none",
        tls="", remote=_said(entry, "serverIPAddress").strip("[]")[:100], changed=False, fault=failed.code if failed else "", findings=0,
        client_leg=Leg(b"", request, response), timeline=line, error=failed, imported=remains(entry, page),
        asked_when=asked_when, answered_when=answered_when,
    )  # fmt: skip


def _with_frames(message: Message, frames: Frames) -> tuple[Message, tuple[Arrival, ...]]:
    """The message with what was said after it, unless the file has another body for it."""
    if message.body.inline or not frames.body.size:
        return message, ()
    return msgspec.structs.replace(message, body=frames.body), frames.arrivals


def _object(given: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = given.get(name)
    if not isinstance(value, Mapping):
        raise WrongError(f"/{name}", "an object")
    return value


def _said(given: Mapping[str, Any], name: str) -> str:
    value = given.get(name)
    return value if isinstance(value, str) else ""


def _word(text: str) -> str:
    return safe(_line(text)).replace("%20", "")[:100] or "GET"


def _line(text: str) -> bytes:
    """A text as bytes of one line of a head."""
    flat = text.replace("\r", " ").replace("\n", " ")
    try:
        return flat.encode("latin-1")
    except UnicodeEncodeError:
        return flat.encode("utf-8", "replace")


def _status(answered: Mapping[str, Any], note: Note) -> int:
    status = answered.get("status", 0)
    if isinstance(status, bool) or not isinstance(status, (int, float)) or not -1 <= status < 1000:
        note("/response/status", "a number from 100 to 999, or 0 for none")
        return 0
    return int(status) if status >= 100 else 0


def _why(answered: Mapping[str, Any], entry: Mapping[str, Any]) -> str:
    for place in (answered, entry):
        for name in ("_error", "_errorText", "_failureText", "comment"):
            if _said(place, name):
                return _said(place, name)[:500]
    return "nothing about why"


def _version(asked: Mapping[str, Any]) -> str:
    said = _said(asked, "httpVersion").upper()
    if said in ("H2", "HTTP/2", "HTTP/2.0", "HTTP/2+QUIC/43", "SPDY"):
        return "HTTP/2"
    if said.startswith(("H3", "HTTP/3")):
        return "HTTP/3"
    return said if said in ("HTTP/1.0", "HTTP/0.9") else "HTTP/1.1"


def _resource(entry: Mapping[str, Any], fields: Mapping[bytes, bytes], media: str) -> Resource:
    return _KINDS.get(_said(entry, "_resourceType")) or resource_kind(
        fields.get(b"sec-fetch-dest", b""), media
    )


# -- messages


def _request(asked: Mapping[str, Any], method: str, path: str, note: Note) -> Message:
    target = safe(path.encode("utf-8", "replace")) if not path.isascii() or " " in path else path
    start = f"{method} {_line(target).decode('latin-1')} {_version(asked)}".encode("latin-1")
    head = _head(start, asked, "/request", note)
    posted = asked.get("postData")
    if not isinstance(posted, Mapping):
        size = _size(asked, "bodySize")
        return Message(head, Body(size, size, note="absent") if size else NO_BODY)
    data = _text(posted, "/request/postData", note)
    if data is None and isinstance(posted.get("params"), list):
        data = _form(posted["params"])
    return Message(head, _body(data, _size(asked, "bodySize")))


def _form(params: list[Any]) -> bytes:
    named = [each for each in params if isinstance(each, Mapping)]
    return "&".join(
        f"{quote_plus(_said(each, 'name'), errors='replace')}={quote_plus(_said(each, 'value'), errors='replace')}"
        for each in named
    ).encode()


def _response(answered: Mapping[str, Any], status: int, note: Note) -> Message:
    reason = _line(_said(answered, "statusText"))
    start = f"{_version(answered)} {status} ".encode() + reason
    head = _head(start.rstrip(b" ") if not reason else start, answered, "/response", note)
    place = answered.get("content")
    if not isinstance(place, Mapping):
        return Message(head, _body(None, _size(answered, "bodySize")))
    data = _text(place, "/response/content", note)
    message = Message(head)
    charset = charset_of(_first(message, b"content-type"))
    if data is not None and charset and place.get("encoding") != "base64":
        data = as_charset(data, charset)
    size = _size(place, "size") or _size(answered, "bodySize")
    return Message(head, _body(_packed(data, message), size))


def _head(start: bytes, said: Mapping[str, Any], at: str, note: Note) -> bytes:
    lines = [start]
    fields = said.get("headers", [])
    if not isinstance(fields, list):
        note(f"{at}/headers", "a list")
        fields = []
    for number, each in enumerate(fields):
        if (
            not isinstance(each, Mapping)
            or not isinstance(each.get("name"), str)
            or not isinstance(each.get("value"), str)
        ):
            note(f"{at}/headers/{number}", "an object with name and value, both texts")
            continue
        name = _line(each["name"]).strip()
        if not name or name.startswith(b":"):
            continue  # HTTP/2's own, such as :path; the start line has them
        values = each["value"].split("\n")  # Chrome writes several Set-Cookie fields into one
        lines.extend(name + b": " + _line(value).strip() for value in values)
    return b"\r\n".join(lines) + b"\r\n\r\n"


def _text(place: Mapping[str, Any], at: str, note: Note) -> bytes | None:
    """The bytes of a body; None where the file has none."""
    said = place.get("text")
    if said is None:
        return None
    if not isinstance(said, str):
        note(f"{at}/text", "a text")
        return None
    if place.get("encoding") not in (None, "", "base64"):
        note(f"{at}/encoding", '"base64", or nothing')
    elif place.get("encoding") == "base64":
        try:
            return base64.b64decode(said, validate=True)
        except (binascii.Error, ValueError):
            note(f"{at}/text", "base64")
            return None
    return said.encode("utf-8", "surrogatepass")


def _size(place: Mapping[str, Any], name: str) -> int:
    size = place.get(name)
    ok = (
        isinstance(size, (int, float))
        and not isinstance(size, bool)
        and math.isfinite(size)
        and 0 < size < 2**53
    )
    return int(size) if ok else 0  # type: ignore[arg-type]  # a number, if it is ok


def _body(data: bytes | None, size: int) -> Body:
    if data is None:
        return Body(size, size, note="absent") if size else NO_BODY
    return Body(len(data), len(data), data)


def _packed(data: bytes | None, message: Message) -> bytes | None:
    """A body with the content coding that its head names, which such files have taken off."""
    coding = _first(message, b"content-encoding").decode("latin-1").strip().lower()
    pack = PACK.get(coding)
    return pack(data) if data and pack else data


def _first(message: Message, name: bytes) -> bytes:
    return next((each.value for each in message.fields if each.name.lower() == name), b"")
