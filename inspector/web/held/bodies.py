"""The body of a held message: as a text that can be edited, where it is one, and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from inspector.exchange.resources import media_type
from inspector.web.present.charset import find_charset, looks_like_text
from inspector.wire.codings import decode
from inspector.wire.fields import Field

LONGEST_TEXT = 512 * 1024  # of a body that is edited in a form
_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Text:
    """A body for the form. `kind` is `none`, `text`, `bytes` (it can only be replaced as a whole) or `away` (it isn't here); `why` says a sentence about that.

    `coding` is the content coding that was taken off, `media` the type without its parameters."""

    kind: Literal["none", "text", "bytes", "away"]
    size: int
    media: str = ""
    text: str = ""
    charset: str = "utf-8"
    coding: str = ""
    why: str = ""
    bom: bool = False

    @property
    def is_json(self) -> bool:
        return self.media == "application/json" or self.media.endswith("+json")

    def bytes_of(self, text: str) -> bytes:
        """A text that was typed, as this body is written. Raises UnicodeEncodeError."""
        crlf = "\r\n" in self.text
        plain = lines(text)
        whole = plain.replace("\n", "\r\n") if crlf else plain
        return ((_BOM if self.bom else "") + whole).encode(self.charset)


def lines(text: str) -> str:
    """A text as every form gives it back, whatever its line ends were: for comparing."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def text_of(body: bytes, fields: tuple[Field, ...], *, here: bool = True) -> Text:
    """What can be shown of a body in a form."""
    said = {field.name.lower(): field.value.decode("latin-1") for field in fields}
    declared = said.get(b"content-type", "")
    media = media_type(declared.encode("latin-1"))
    coding = said.get(b"content-encoding", "").strip()
    if not here:
        return Text("away", 0, media, coding=coding, why=_AWAY)
    if not body:
        return Text("none", 0, media)
    found = decode(coding, body, max_output=LONGEST_TEXT + 1)
    if len(found.data) > LONGEST_TEXT:
        return Text("bytes", len(body), media, coding=coding, why=_LONG)
    if found.problem or not found.complete:
        return Text("bytes", len(body), media, coding=coding, why=_PACKED)
    if not looks_like_text(found.data):
        return Text("bytes", len(body), media, coding=coding, why=_BINARY)
    label = declared.lower().partition("charset=")[2].split(";")[0]
    charset = find_charset(found.data, label).name
    try:
        text = found.data.decode(charset)
        whole = text.encode(charset) == found.data
    except (UnicodeError, LookupError):
        return Text("bytes", len(body), media, coding=coding, why=_BINARY)
    if not whole:
        return Text("bytes", len(body), media, coding=coding, why=_BINARY)
    return Text("text", len(body), media, text.removeprefix(_BOM), charset, coding, bom=text.startswith(_BOM))


_AWAY = "It is too large to wait here, has no end, or belongs to a connection that changes its protocol. It passes as it comes; only the head can be changed."
_LONG = "It is too long to be edited here. It goes on as it is, or a file takes its place."
_PACKED = "Its content coding can't be undone here. It goes on as it is, or a file takes its place."
_BINARY = "It is no text. It goes on as it is, or a file takes its place."
