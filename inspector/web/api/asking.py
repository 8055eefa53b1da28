"""What calls have in common: numbers of exchanges, filters, pages of a list. The limits stand here once, and in the document by themselves."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

MOST = 1_000  # rows at once
_DIGITS = r"[0-9a-fA-F]{32}"
Id = Annotated[str, Meta(pattern=f"^{_DIGITS}$", description="The number of an exchange: 32 hexadecimal digits, whose order is that of time.")]  # fmt: skip
Place = Annotated[str, Meta(pattern=f"^({_DIGITS})?$", description="The number of an exchange, from which the list goes on.")]  # fmt: skip
Filter = Annotated[str, Meta(max_length=16_000, description="A filter, as in the list: `host:shop.test status:>=400`. Empty is everything.")]  # fmt: skip
Ids = Annotated[str, Meta(max_length=70_000, description="Numbers of exchanges, with commas between.")]

ID: dict[str, Any] = {"type": "string", "description": "32 hexadecimal digits"}


class Page(msgspec.Struct):
    """A part of the list."""

    q: Filter = ""
    before: Place = ""
    after: Place = ""
    limit: Annotated[int, Meta(ge=1, le=MOST, description="How many at most.")] = 200
    pages: Annotated[bool, Meta(description="Say of each row which page it belongs to.")] = False
    more: Annotated[bool, Meta(description="Say of each row its cookies and rules.")] = False


class Since(msgspec.Struct):
    """What changed since a cursor."""

    q: Filter = ""
    cursor: Annotated[str, Meta(max_length=4000, description="From the answer before; without one, the feed begins now.")] = ""  # fmt: skip
    limit: Annotated[int, Meta(ge=1, le=MOST)] = 200
    pages: bool = False
    more: bool = False


class Filtered(msgspec.Struct):
    q: Filter = ""
