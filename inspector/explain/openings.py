"""Which page an exchange belongs to: the one that somebody opened, with all that it fetched.

Told from what browsers say by themselves: Sec-Fetch-Mode and Sec-Fetch-Dest where a page is opened, Referer on what it fetches, and Location
where one address led on to the next. Two windows of one browser look alike, so what only an origin is known of goes to the page of it that
was opened last. Programs that say none of it (curl) open no page.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

from inspector.exchange.model import Summary
from inspector.explain.own_requests import whose
from inspector.filter.subject import address_of
from inspector.wire.fields import parse_fields

OWN = "own"  # what browsers ask for by themselves
_LED_ON = frozenset({301, 302, 303, 307, 308})


class Heads(NamedTuple):
    """What was said in an exchange: the heads of its request and its response, as they came, and the rules that changed it; empty where they are not known."""

    request: bytes = b""
    response: bytes = b""
    rules: tuple[str, ...] = ()


class Told(NamedTuple):
    """An exchange, and where it belongs: the id of the page's own exchange, OWN, or '' where that isn't known."""

    id: bytes
    page: bytes | str


def openings(rows: Iterable[tuple[Summary, Heads]]) -> Iterator[Told]:
    """For each exchange, oldest first, the page that it belongs to. What was opened before the first isn't known."""
    seen = _Seen()
    for row, heads in rows:
        yield Told(row.id, seen.place(row, heads))


class _Seen:
    """What was opened so far, by who opened it (program and address) and under which addresses."""

    def __init__(self) -> None:
        self._pages: dict[
            tuple[str, str], bytes
        ] = {}  # who, address: of the page or of something that it fetched
        self._origins: dict[tuple[str, str], bytes] = {}
        self._awaited: dict[tuple[str, str], bytes] = {}  # to where an address led on

    def place(self, row: Summary, heads: Heads) -> bytes | str:
        if whose(row.host):
            return OWN
        who = f"{row.agent} {row.client.rpartition(':')[0]}"
        said = {field.name.lower(): field.value.decode("latin-1") for field in parse_fields(heads.request)}
        address = address_of(row)
        page = self._page(row, said, who, address)
        if page is None:
            return ""
        self._pages[who, address] = page
        self._origins[who, _origin(address)] = page
        if row.status in _LED_ON:
            location = next(
                (field.value for field in parse_fields(heads.response) if field.name.lower() == b"location"),
                b"",
            )
            self._awaited[who, _joined(address, location.decode("latin-1"))] = page
        return page

    def _page(self, row: Summary, said: dict[bytes, str], who: str, address: str) -> bytes | None:
        if _opens(row, said):
            return self._awaited.pop((who, address), row.id)
        referrer = said.get(b"referer", "").partition("#")[0]
        if referrer:
            exact = self._pages.get((who, referrer))
            return exact or self._origins.get((who, _origin(referrer)))
        if said.get(b"sec-fetch-site") in ("same-origin", "same-site", "cross-site"):
            return self._origins.get((who, _origin(said.get(b"origin") or address)))
        return None


def _opens(row: Summary, said: dict[bytes, str]) -> bool:
    """Whether a person opened a page with it; a frame inside one is part of that one."""
    if row.kind not in ("http", "page") or row.method not in ("GET", "POST"):
        return False
    if b"sec-fetch-dest" in said:
        return said[b"sec-fetch-dest"] == "document" and said.get(b"sec-fetch-mode") == "navigate"
    # over http to another computer browsers leave these fields out
    return "text/html" in said.get(b"accept", "") and row.resource in ("page", "other")


def _origin(address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}"


def _joined(address: str, location: str) -> str:
    try:
        return urljoin(address, location).partition("#")[0]
    except ValueError:
        return ""
