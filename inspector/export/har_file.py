"""A HAR file, written piece by piece: a million exchanges need no more memory than one."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from inspector.export.har_entry import entry
from inspector.export.har_mending import is_page
from inspector.export.whole import Whole, redacted

_MOST_PAGES = 5000
_REMEMBERED = 4096  # connections that need not be told of again


@dataclass(slots=True)
class Told:
    """What was written so far: exchanges, secrets that were replaced, and exchanges of which not all is kept any more."""

    exchanges: int = 0
    hidden: int = 0
    incomplete: int = 0


def har(exchanges: Iterable[Whole], told: Told, *, version: str, key: bytes | None) -> Iterator[bytes]:
    """The file's bytes. `key` redacts (see `whole.redacted`); None leaves everything as it was."""
    yield (
        b'{"log":{"version":"1.2","creator":'
        + _json({"name": "Inspector", "version": version})
        + b',"entries":['
    )
    pages = _Pages()
    known: OrderedDict[bytes, None] = OrderedDict()
    for found in exchanges:
        one = redacted(found, key) if key is not None else found
        ids = frozenset(line.id for line in (one.client, one.server) if line is not None and line.id in known)
        made = entry(one, redacted=key is not None, connections=ids)
        pages.turn(made)
        yield (b",\n" if told.exchanges else b"\n") + _json(made)
        for line in (one.client, one.server):
            if line is not None:
                known[line.id] = None
                if len(known) > _REMEMBERED:
                    known.popitem(last=False)
        told.exchanges += 1
        told.hidden += one.hidden
        told.incomplete += bool(one.missing)
    yield b'\n],"pages":' + _json(pages.found) + b"," + _ending(told, redacted=key is not None)[1:] + b"}\n"


class _Pages:
    """The pages of imported entries: each once, and none with the name of another."""

    def __init__(self) -> None:
        self.found: list[dict[str, Any]] = []
        self._names: dict[bytes, str] = {}
        self._taken: set[str] = set()

    def turn(self, made: dict[str, Any]) -> None:
        """Take the page out of an entry, and let it say which one it is."""
        page = made.pop("_page", None)
        said = made.pop("pageref", None)
        if not isinstance(page, dict) or not isinstance(said, str) or not is_page(page):
            return
        key = _json(page)
        if key not in self._names:
            if len(self.found) >= _MOST_PAGES:
                return
            name, number = said, 1
            while name in self._taken:
                number += 1
                name = f"{said}-{number}"
            self._taken.add(name)
            self._names[key] = name
            self.found.append({**page, "id": name})
        made["pageref"] = self._names[key]


def _ending(told: Told, *, redacted: bool) -> bytes:
    own = {
        "format": 1,
        "redacted": redacted,
        "secretsReplaced": told.hidden,
        "exchanges": told.exchanges,
        "incomplete": told.incomplete,
    }
    return _json({"comment": summary(told, redacted=redacted), "_inspector": own})


def summary(told: Told, *, redacted: bool) -> str:
    """What was written, in a sentence or two."""
    many = f"{told.exchanges:,} exchange{'s' if told.exchanges != 1 else ''}."
    if not redacted:
        many += " Nothing was redacted: passwords, cookies and tokens stand in it as they were."
    elif told.hidden:
        many += f" {told.hidden:,} secret{'s were' if told.hidden != 1 else ' was'} replaced by marks such as ***3f9a."
    else:
        many += " No secrets were found in it."
    if told.incomplete:
        many += f" Of {told.incomplete:,} not everything is kept any more."
    return many


def _json(value: Any) -> bytes:
    try:
        return msgspec.json.encode(value)
    except (
        UnicodeEncodeError,
        msgspec.MsgspecError,
        ValueError,
    ):  # half of a surrogate pair, from a file that had one
        return json.dumps(value).encode("ascii")
