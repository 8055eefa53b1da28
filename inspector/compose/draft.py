"""A request as a person writes it: address, fields as rows, a body in one of several forms, and how it is to be sent."""

from __future__ import annotations

from typing import Literal

import msgspec

BodyKind = Literal["none", "text", "json", "form", "multipart", "file", "captured"]
Version = Literal["1.1", "1.0"]
LONGEST_WAIT = 120.0


class Row(msgspec.Struct, frozen=True, array_like=True):
    """One field or form entry; off: it stays there and is not sent. `file_name` and `media` are those of a part that is a file."""

    name: str
    value: str
    on: bool = True
    file_name: str = ""
    media: str = ""


class Draft(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What stands in the form. `text` is the body as text and JSON, `form` as form or parts, `file` as a file; `captured` is the parent's, as it was.

    Host, Content-Length and, by the body's kind, Content-Type are added when it is sent, unless a row says them.
    """

    method: str = "GET"
    url: str = ""
    fields: tuple[Row, ...] = ()
    body: BodyKind = "none"
    text: str = ""
    form: tuple[Row, ...] = ()
    file: bytes = b""
    file_name: str = ""
    follow: bool = False
    verify: bool = True
    timeout: float = 30.0
    version: Version = "1.1"
    parent: bytes = b""

    def said(self, name: str) -> str | None:
        """The value of the first field of that name that is on."""
        return next((row.value for row in self.fields if row.on and row.name.lower() == name), None)


encode = msgspec.json.Encoder().encode
decode = msgspec.json.Decoder(Draft).decode
