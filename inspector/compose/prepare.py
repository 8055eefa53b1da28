"""From a draft to what is sent: the address completed, fields checked, the body put together. What can't be sent says why, and where."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from urllib.parse import quote_plus

from inspector.compose.addresses import complete
from inspector.compose.draft import LONGEST_WAIT, Draft, Row
from inspector.compose.errors import CannotSend
from inspector.compose.ready import Ready, host_of, once

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_NOT_IN_VALUE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
OWN = ("inspector-sent", "inspector-exchange-id")
_FRAMING = ("content-length", "transfer-encoding", "host")
_HOP = ("connection", "proxy-connection", "keep-alive", "te", "trailer", "upgrade", "expect")
_MEDIA = {"json": "application/json", "form": "application/x-www-form-urlencoded", "text": "text/plain; charset=utf-8", "file": "application/octet-stream"}  # fmt: skip


def prepare(draft: Draft, captured: Callable[[], Iterator[bytes]] | None = None, length: int = 0) -> Ready:
    """What this draft means. `captured` is the body of what it was made from, of `length` bytes. Raises CannotSend."""
    if not _TOKEN.fullmatch(draft.method):
        raise CannotSend(
            f"{draft.method!r} is not a method." if draft.method else "There is no method.",
            "A method is a word such as GET, without spaces. The raw form sends anything.",
            "method",
        )
    url = complete(draft.url)
    fields = _fields(draft)
    host = next((value for name, value in fields if name.lower() == "host"), host_of(url))
    fields = [each for each in fields if each[0].lower() not in _FRAMING]
    body, size, media = _body(draft, captured, length)
    if media and not any(name.lower() == "content-type" for name, _ in fields):
        fields.append(("Content-Type", media))
    if body is not None:
        fields.append(("Content-Length", str(size)))
    return Ready(
        draft.method, url, (("Host", host), *fields), body, minor=0 if draft.version == "1.0" else 1,
        verify=draft.verify, timeout=min(max(draft.timeout, 1.0), LONGEST_WAIT), follow=draft.follow,
    )  # fmt: skip


def _fields(draft: Draft) -> list[tuple[str, str]]:
    fields = []
    for number, row in enumerate(draft.fields, 1):
        if not row.on or not (row.name or row.value):
            continue
        if not _TOKEN.fullmatch(row.name):
            raise CannotSend(
                f"Field {number} has no valid name: {row.name!r}.",
                "A field's name has letters, digits and hyphens, no spaces and no colon. The raw form sends anything.",
                f"field-{number}",
            )
        if _NOT_IN_VALUE.search(row.value):
            raise CannotSend(
                f"The value of {row.name} holds a line end or a control character.",
                "With those a field would become two. The raw form sends anything.",
                f"field-{number}",
            )
        if row.name.lower() in OWN or row.name.lower() in _HOP:
            continue
        fields.append((row.name, row.value.strip().encode("utf-8", "surrogatepass").decode("latin-1")))
    return fields


def left_out(draft: Draft) -> tuple[str, ...]:
    """Names of rows that are on and can't be sent by this form: they belong to one connection, or are counted anew."""
    gone = {*_HOP, "transfer-encoding", "content-length"}
    return tuple(dict.fromkeys(row.name for row in draft.fields if row.on and row.name.lower() in gone))


def _body(
    draft: Draft, captured: Callable[[], Iterator[bytes]] | None, length: int
) -> tuple[Callable[[], Iterator[bytes]] | None, int, str]:
    """The body, its size, and the media type that it has if no field says one."""
    kind = draft.body
    if kind == "none":
        return None, 0, ""
    if kind == "captured":
        if captured is None:
            raise CannotSend("The captured body is no longer kept.", "Choose another body.", "body")
        return captured, length, ""
    if kind == "multipart":
        data, boundary = multipart(draft.form)
        return once(data), len(data), f"multipart/form-data; boundary={boundary}"
    data = draft.file if kind == "file" else form(draft.form) if kind == "form" else draft.text.encode("utf-8", "surrogatepass")  # fmt: skip
    return once(data), len(data), _MEDIA[kind]


def form(rows: tuple[Row, ...]) -> bytes:
    """Names and values as a form is sent (application/x-www-form-urlencoded)."""
    pairs = ((quote_plus(row.name), quote_plus(row.value)) for row in rows if row.on and row.name)
    return "&".join(f"{name}={value}" for name, value in pairs).encode()


def multipart(rows: tuple[Row, ...]) -> tuple[bytes, str]:
    """Names and values as parts (RFC 7578), and the boundary between them, which stands in none."""
    parts = [_part(row) for row in rows if row.on and row.name]
    content = b"".join(parts)
    boundary = "----Inspector" + hashlib.blake2s(content, digest_size=8).hexdigest()
    while boundary.encode() in content:
        boundary += "x"
    mark = f"--{boundary}".encode()
    return b"".join(mark + b"\r\n" + part + b"\r\n" for part in parts) + mark + b"--\r\n", boundary


def _part(row: Row) -> bytes:
    head = f'Content-Disposition: form-data; name="{_quoted(row.name)}"'
    if row.file_name:
        head += f'; filename="{_quoted(row.file_name)}"\r\nContent-Type: {row.media or "application/octet-stream"}'
    elif row.media:
        head += f"\r\nContent-Type: {row.media}"
    return f"{head}\r\n\r\n{row.value}".encode("utf-8", "surrogatepass")


def _quoted(name: str) -> str:
    """As browsers do it (HTML standard, multipart/form-data encoding algorithm)."""
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


def json_mistake(text: str) -> tuple[str, int, int] | None:
    """What is wrong with JSON, with line and column; None if nothing is, or there is none."""
    if not text.strip():
        return None
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return error.msg, error.lineno, error.colno
    except RecursionError:
        return "It is nested too deeply", 1, 1
    return None
