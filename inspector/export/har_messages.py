"""Requests and responses as HAR 1.2 has them: https://github.com/ahmadnassri/har-spec, `request`, `response` and what is in them."""

from __future__ import annotations

import base64
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import unquote_plus

from inspector.exchange.model import Message
from inspector.export.addresses import address, target
from inspector.export.whole import EMPTY, Whole, codings, content, field

UNKNOWN = "x-unknown"
_PART = re.compile(rb"\r?\n?--[^\r\n]*\r\n((?:[^\r\n]+\r\n)*)\r\n(.*?)(?=\r\n--)", re.DOTALL)
_NAMED = re.compile(r'[;\s](name|filename)="?([^";\r\n]*)')
_MOST_PARAMETERS = 2000


def request_of(found: Whole) -> dict[str, Any]:
    """HAR's `request`."""
    message = found.request or EMPTY
    made: dict[str, Any] = {
        "method": found.exchange.method or "CONNECT",
        "url": address(found),
        "httpVersion": _version(message, found, last=True),
        "cookies": _cookies(message),
        "headers": headers_of(message),
        "queryString": pairs(target(found).partition(b"?")[2].decode("latin-1")),
        "headersSize": len(message.head) or -1,
        "bodySize": message.body.size,
    }
    posted = _posted(message)
    return made | {"postData": posted} if posted else made


def response_of(found: Whole) -> dict[str, Any]:
    """HAR's `response`; with status 0 where there was none, as Chrome writes it."""
    message = found.response
    if message is None:
        return {
            "status": 0, "statusText": "", "httpVersion": "", "cookies": [], "headers": [],
            "content": {"size": 0, "mimeType": UNKNOWN}, "redirectURL": "", "headersSize": -1, "bodySize": -1,
            "_error": found.exchange.fault or "no response",
        }  # fmt: skip
    return {
        "status": found.exchange.status,
        "statusText": found.exchange.reason,
        "httpVersion": _version(message, found, last=False),
        "cookies": _set_cookies(message),
        "headers": headers_of(message),
        "content": _content(message, found),
        "redirectURL": field(message, b"location"),
        "headersSize": len(message.head) or -1,
        "bodySize": message.body.size,
    }


def headers_of(message: Message) -> list[dict[str, str]]:
    """Each field once, in order, as text."""
    return [{"name": text(each.name), "value": text(each.value)} for each in message.fields]


def text(data: bytes) -> str:
    """UTF-8 where it is, latin-1 otherwise."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")


def pairs(written: str) -> list[dict[str, str]]:
    """Names and values of a query or a form, in order, decoded."""
    found = []
    for pair in written.split("&")[:_MOST_PARAMETERS] if written else ():
        name, _, value = pair.partition("=")
        found.append({"name": unquote_plus(name), "value": unquote_plus(value)})
    return found


def _version(message: Message, found: Whole, *, last: bool) -> str:
    words = text(message.start_line).split(" ")
    word = words[-1] if last else words[0]
    return word if word.startswith("HTTP/") else found.exchange.version or "HTTP/1.1"


def _posted(message: Message) -> dict[str, Any] | None:
    if not message.body.size and not message.body.inline:
        return None
    data, _ = content(message)
    media = field(message, b"content-type")
    made: dict[str, Any] = {"mimeType": media or UNKNOWN}
    made |= _as_text(data)
    kind = media.partition(";")[0].strip().lower()
    if kind == "application/x-www-form-urlencoded":
        made["params"] = pairs(data.decode("latin-1"))
    elif kind == "multipart/form-data":
        made["params"] = [_parameter(*each.groups()) for each in _PART.finditer(data)][:_MOST_PARAMETERS]
    if not message.body.inline:
        made["comment"] = "The body was not kept."
    return made


def _as_text(data: bytes) -> dict[str, str]:
    """Bytes as a JSON text, in base64 where they are none."""
    try:
        return {"text": data.decode()}
    except UnicodeDecodeError:
        return {"text": base64.b64encode(data).decode("ascii"), "encoding": "base64"}


def _parameter(head: bytes, value: bytes) -> dict[str, str]:
    """A part of a multipart form; the content of files stands in the text only."""
    lines = text(head)
    named = dict(_NAMED.findall(lines))
    made = {"name": named.get("name", "")}
    kind = re.search(r"(?im)^content-type:\s*([^\r\n]+)", lines)
    if kind:
        made["contentType"] = kind[1].strip()
    if "filename" in named:
        return made | {"fileName": named["filename"]}
    return made | {"value": text(value)}


def _content(message: Message, found: Whole) -> dict[str, Any]:
    data, problem = content(message)
    made: dict[str, Any] = {
        "size": len(data) or message.body.size,
        "mimeType": field(message, b"content-type") or UNKNOWN,
    }
    if codings(message) and not problem and data:
        made["compression"] = len(data) - len(message.body.inline)
    if data:
        made |= _as_text(data)
    said = [
        problem,
        found.missing if message.body.size and not data else "",
        _NOTES.get(message.body.note, ""),
    ]
    if any(said):
        made["comment"] = " ".join(filter(None, said))
    return made


_NOTES = {
    "capped": "Only the beginning of the body was kept.",
    "lost": "The body could not be kept.",
    "off": "The body was not kept: capturing was paused.",
}


def _cookies(message: Message) -> list[dict[str, Any]]:
    found = []
    for each in message.fields:
        if each.name.lower() == b"cookie":
            for pair in text(each.value).split(";"):
                name, equals, value = pair.strip().partition("=")
                if name or equals:
                    found.append({"name": name, "value": value})
    return found


def _set_cookies(message: Message) -> list[dict[str, Any]]:
    return [_set_cookie(text(each.value)) for each in message.fields if each.name.lower() == b"set-cookie"]


def _set_cookie(line: str) -> dict[str, Any]:
    first, *attributes = line.split(";")
    name, equals, value = first.strip().partition("=")
    made: dict[str, Any] = {"name": name if equals else "", "value": value if equals else name}
    made |= {"httpOnly": False, "secure": False}
    for attribute in attributes:
        what, _, said = attribute.strip().partition("=")
        key = _ATTRIBUTES.get(what.lower())
        if key in ("httpOnly", "secure"):
            made[key] = True
        elif key == "expires":
            when = _moment(said)
            if when:
                made[key] = when
        elif key:
            made[key] = said
    return made


_ATTRIBUTES = {"path": "path", "domain": "domain", "expires": "expires", "httponly": "httpOnly", "secure": "secure", "samesite": "sameSite"}  # fmt: skip


def _moment(said: str) -> str:
    """An HTTP date as ISO 8601; empty if it is none."""
    try:
        return (
            parsedate_to_datetime(said.replace("-", " ")).astimezone(UTC).isoformat().replace("+00:00", "Z")
        )
    except (ValueError, TypeError, OverflowError, IndexError):
        return ""


def moment(seconds: float) -> str:
    """Seconds since the epoch as HAR wants it."""
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    except (ValueError, OverflowError, OSError):
        return "1970-01-01T00:00:00.000000Z"
