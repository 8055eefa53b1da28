"""How the dashboard's own requests are known: one field towards the engine, and one that comes back from it.

`Inspector-Sent: TOKEN ORIGIN PARENT WORD...` goes from the web process to the engine. TOKEN is made anew for each run and known to those two alone; a request that
says another one is like any other. The engine takes the field off before anything is kept or sent. Its answer says in `Inspector-Exchange-Id` which exchange it
became; that is neither on record nor seen by anyone else.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from typing import Literal, NamedTuple, get_args

from inspector.exchange import ids
from inspector.exchange.model import Origin

FIELD = "Inspector-Sent"
ID_FIELD = "Inspector-Exchange-Id"
Word = Literal["unverified", "raw", "raw-tls"]
_NOBODY = b"-"
_ORIGINS = {each.encode(): each for each in get_args(Origin)}
_WORDS = {each.encode(): each for each in get_args(Word)}


class Mark(NamedTuple):
    """By which way a request came, the exchange it was made from (empty: none), and how it is to be sent.

    `unverified`: whatever certificate the site shows. `raw`, `raw-tls`: CONNECT leads to the site's own bytes, which are kept as what was said.
    """

    origin: Origin
    parent: bytes = b""
    words: frozenset[Word] = frozenset()


def write(token: str, origin: Origin, parent: bytes = b"", words: Iterable[Word] = ()) -> str:
    """The field's value."""
    return " ".join((token, origin, parent.hex() or "-", *words))


def read(token: bytes, value: bytes) -> Mark | None:
    """What a value says; None if it isn't ours. Without a token nothing is."""
    given, *said = value.split(b" ")
    if not token or not hmac.compare_digest(given, token) or len(said) < 2:
        return None
    origin, parent, *words = said
    if origin not in _ORIGINS or any(word not in _WORDS for word in words):
        return None
    made_from = b"" if parent == _NOBODY else ids.parse(parent.decode("latin-1"))
    if made_from is None:
        return None
    return Mark(_ORIGINS[origin], made_from, frozenset(_WORDS[word] for word in words))
