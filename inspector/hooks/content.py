"""What requests and responses have in common for a hook: fields, and a body as bytes, text or JSON, with its content coding undone."""

from __future__ import annotations

import codecs
import json as jsonlib
from typing import Any

from werkzeug.datastructures import Headers
from werkzeug.http import parse_options_header

from inspector.exchange.consulting import Draft
from inspector.hooks.errors import HookError
from inspector.hooks.heads import fields_of, head_of
from inspector.wire.codings import decode

MOST_DECODED = 64 << 20
# what said something of the bytes that were there before
_OF_THE_OLD = (
    "Content-Encoding",
    "Content-MD5",
    "Digest",
    "Content-Digest",
    "Repr-Digest",
    "ETag",
    "Accept-Ranges",
)


class Content:
    """A message. Change it in place: what is different afterwards goes on in its place."""

    def __init__(self, draft: Draft) -> None:
        self.headers: Headers = fields_of(draft.head)
        self.body_here = draft.body_here
        self.dropped = False
        self._draft = draft
        self._fields = list(self.headers)
        self._start = self._start_line()
        self._data: bytes | None = None
        self._is_new = False
        self._json: tuple[Any, str] | None = None

    # -- the body

    @property
    def data(self) -> bytes:
        """The body, its content coding (gzip and so on) undone."""
        if self._data is None:
            self._data = self._decoded()
        return self._data

    @data.setter
    def data(self, data: bytes) -> None:
        self._set(data)

    @property
    def text(self) -> str:
        """The body as text, in the encoding that Content-Type names, UTF-8 if it names none."""
        return self.data.decode(self._charset(), "replace")

    @text.setter
    def text(self, text: str) -> None:
        if self._data is not None and text == self.text:
            self._forget_views()
            return  # what is no text, such as a picture, stays byte for byte where nothing was replaced in it
        charset = self._charset()
        try:
            self._set(text.encode(charset))
        except UnicodeEncodeError as error:
            raise HookError(
                f"The body is in {charset}, which has no {text[error.start : error.start + 1]!r}. Set the Content-Type to one with charset=utf-8 first."
            ) from None

    @property
    def is_json(self) -> bool:
        """Whether Content-Type says that the body is JSON."""
        media = self.content_type
        return media == "application/json" or (media.startswith("application/") and media.endswith("+json"))

    @property
    def json(self) -> Any:
        """The body read as JSON; None if Content-Type says that it is something else. Lists and dicts can be changed in place."""
        if not self.is_json or not self.data:
            return None
        if self._json is None:
            try:
                read = jsonlib.loads(self.data)
            except ValueError as error:
                raise HookError(f"The body says it is JSON, and is not: {error}") from None
            self._json = (read, _dumped(read))
        return self._json[0]

    @json.setter
    def json(self, value: Any) -> None:
        self.set_json(value)

    def get_json(self, *, silent: bool = False) -> Any:
        """The same as a method, as Flask has it; `silent` gives None for a body that can't be read."""
        try:
            return self.json
        except HookError:
            if silent:
                return None
            raise

    def set_json(self, value: Any) -> None:
        """Put JSON there, and the Content-Type for it."""
        self._set(_dumped(value).encode())
        if not self.is_json:
            self.headers["Content-Type"] = "application/json"

    @property
    def content_type(self) -> str:
        """The media type in lower case, without parameters."""
        return parse_options_header(self.headers.get("Content-Type", ""))[0].lower()

    @property
    def mimetype(self) -> str:
        """The same, by Flask's name."""
        return self.content_type

    def drop(self) -> None:
        """Let it go no further: the connection ends."""
        self.dropped = True

    # -- what has become of it

    def finish(self) -> Draft | None:
        """What goes on in its place; None if nothing was changed. Raises HookError for what can't be sent."""
        self._settle()
        start = self._start_line()
        if not self._is_new and start == self._start and list(self.headers) == self._fields:
            return None
        body = self._data if self._is_new and self._data is not None else self._draft.body
        return Draft(head_of(start, self.headers), body, self.body_here)

    def changes(self) -> str:
        """What is different, in a few words; after `finish`."""
        found = [] if self._start_line() == self._start else [self._start_words()]
        before, after = _by_name(self._fields), _by_name(list(self.headers))
        names = [name for name in dict.fromkeys((*before, *after)) if before.get(name) != after.get(name)]
        found += [name.title() for name in names[:6]] + (["more fields"] if len(names) > 6 else [])
        return ", ".join(found + (["the body"] if self._is_new else []))

    def _settle(self) -> None:
        """Take into the body what was changed in a view of it."""
        if self._json is not None:
            read, was = self._json
            now = _dumped(read)
            if now != was:
                self._set(now.encode())

    def _start_line(self) -> str:
        raise NotImplementedError

    def _start_words(self) -> str:
        raise NotImplementedError

    def _set(self, data: bytes) -> None:
        if not isinstance(data, bytes | bytearray):
            raise HookError(
                f"data is bytes, not {type(data).__name__}; for text set .text, for JSON use set_json."
            )
        self._need_body()
        self._data, self._is_new, self._json = bytes(data), True, None
        for name in _OF_THE_OLD:
            self.headers.pop(name, None)

    def _forget_views(self) -> None:
        """What was changed in a view of the body counts no more; the body as a whole was said again."""
        self._json = None

    def _need_body(self) -> None:
        if not self.body_here:
            raise HookError(
                "The body is not here: it is larger than 8 MiB, never ends, belongs to a WebSocket, or the hook was marked with body=False. "
                "Only the head can be read and changed; body_here tells."
            )

    def _decoded(self) -> bytes:
        self._need_body()
        codings = ", ".join(value for name, value in self._fields if name.lower() == "content-encoding")
        if not codings or codings.strip().lower() == "identity":
            return self._draft.body
        found = decode(codings, (self._draft.body,), max_output=MOST_DECODED)
        if found.problem:
            raise HookError(f"The body's content coding ({codings}) could not be undone: {found.problem}")
        return found.data

    def _charset(self) -> str:
        named = parse_options_header(self.headers.get("Content-Type", ""))[1].get("charset", "utf-8")
        try:
            info = codecs.lookup(named)
        except (LookupError, ValueError):
            return "utf-8"
        return info.name if info._is_text_encoding else "utf-8"


def _dumped(value: Any) -> str:
    try:
        return jsonlib.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError) as error:
        raise HookError(f"This can't be written as JSON: {error}") from None


def _by_name(fields: list[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in fields:
        found.setdefault(name.lower(), []).append(value)
    return found
