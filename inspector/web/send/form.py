"""The compose form, read: every control of it is a name and a value, rows come as three lists of the same length.

The query is there twice, in the address and as rows. Whichever was changed since the page was made counts; if both were, the address.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from flask import Request
from msgspec.structs import replace

from inspector.compose.addresses import query_rows, with_query
from inspector.compose.draft import Draft, Row
from inspector.compose.errors import CannotSend

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
BODIES = ("none", "text", "json", "form", "multipart", "file", "captured")
MOST_ROWS = 300


def draft_from(request: Request, before: Draft, wish: str) -> tuple[Draft, str]:
    """The draft as the form says it, and what is to be done with it: `send`, `keep` or `copy`."""
    form = request.form
    text = (
        form.get("text", "").replace("\r\n", "\n")
        if form.get("line_ends") != "crlf"
        else form.get("text", "")
    )
    body = form.get("body", "none")
    draft = replace(
        before,
        method=(form.get("other_method", "").strip() or form.get("method", "GET")).strip()[:60],
        url=_url(form, before),
        fields=_rows(form, "field"),
        body=body if body in BODIES else "none",
        text=text,
        form=_rows(form, "form"),
        follow="follow" in form,
        verify="verify" in form,
        timeout=_seconds(form.get("timeout", "")),
        version="1.0" if form.get("version") == "1.0" else "1.1",
    )
    given = request.files.get("file")
    if given is not None and given.filename:
        with given.stream as stream:
            draft = replace(draft, file=stream.read(), file_name=given.filename[:200], body="file")
    return draft, wish if wish in ("send", "copy") else "keep"


def _url(form: Mapping[str, str], before: Draft) -> str:
    typed = form.get("url", "").strip()[:65_536]
    rows = tuple((row.name, row.value) for row in _rows(form, "query") if row.on)
    if typed != form.get("url_was", typed) or rows == query_rows(typed):
        return typed
    return with_query(typed, rows)


def _rows(form: Any, kind: str) -> tuple[Row, ...]:
    """The rows of one table that say something; a row's box says by its number whether it is on."""
    names, values = form.getlist(f"{kind}_name")[:MOST_ROWS], form.getlist(f"{kind}_value")[:MOST_ROWS]
    on = set(form.getlist(f"{kind}_on"))
    rows = (
        Row(name.strip(), value, str(number) in on)
        for number, (name, value) in enumerate(zip(names, values, strict=False), 1)
    )
    return tuple(row for row in rows if row.name or row.value)


def _seconds(text: str) -> float:
    try:
        return min(max(float(text), 1.0), 120.0)
    except ValueError:
        return 30.0


class Asked(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What the API sends: `fields` and `form` are lists of [name, value]. `base64` is a body that need not be text, in the place of `body`. `parent` is the exchange it was made from.
    `wait`: answer when the exchange is there to be looked at, and not already when it is over."""

    url: str
    method: str = "GET"
    fields: list[tuple[str, str]] = []
    body: str | None = None
    base64: bytes | None = None
    form: list[tuple[str, str]] | None = None
    follow: bool = False
    verify: bool = True
    timeout: float = 30.0
    version: str = "1.1"
    parent: str = ""
    wait: bool = True


def from_json(asked: Asked) -> Draft:
    """The draft that a call of the API says. Raises CannotSend."""
    try:
        parent = bytes.fromhex(asked.parent)
    except ValueError as error:
        raise CannotSend(f"The body is not as it should be: {error}.", "See docs/send.md.") from error
    draft = Draft(
        method=asked.method, url=asked.url, fields=tuple(Row(*each) for each in asked.fields), follow=asked.follow,
        verify=asked.verify, timeout=asked.timeout, version="1.0" if asked.version == "1.0" else "1.1", parent=parent,
    )  # fmt: skip
    if asked.form is not None:
        return replace(draft, body="form", form=tuple(Row(*each) for each in asked.form))
    if asked.base64 is not None:
        return replace(draft, body="file", file=asked.base64, file_name="body")
    return draft if asked.body is None else replace(draft, body="text", text=asked.body)
