"""The command palette: pages, words, filters and exchanges that fit what was typed, best first. Actions that need no server are the script's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, TypedDict

import msgspec
from flask import Blueprint, Flask, Response, jsonify

from inspector.exchange import ids
from inspector.explain import glossary
from inspector.filter.parsing import parse
from inspector.filter.written import quoted
from inspector.store.captures import Captures, Row
from inspector.web.api.describing import says
from inspector.web.filtering import SavedFilters
from inspector.web.words import phrase

MOST = 6  # of each kind
_PATIENCE = 0.25  # seconds, for exchanges: somebody is typing
_LONGEST = 200


class Item(NamedTuple):
    """One line: what it is called, what stands faint behind it, and where it leads."""

    kind: str
    words: str
    more: str
    url: str


class Page(NamedTuple):
    """A page of the dashboard, and other words under which people look for it."""

    words: str
    url: str
    also: str = ""


PAGES = (
    Page("Traffic: the list of exchanges", "/traffic", "request response captures live"),
    Page("Traffic: waterfall", "/traffic/waterfall", "time timing requests"),
    Page("Traffic: statistics", "/traffic/statistics", "plots percentiles errors requests"),
    Page("Traffic: sites", "/traffic/sites", "hosts findings checks"),
    Page("Compare two exchanges", "/compare", "diff difference requests"),
    Page("Send a request", "/send", "compose request raw curl gateway"),
    Page("Rules", "/rules", "change block mock"),
    Page("Rules: breakpoints", "/rules/breakpoints", "hold intercept held pause waiting edit"),
    Page("Learn: the course", "/learn", "lessons tutorial"),
    Page("Practice sites", "/learn/practice", "shop insecure"),
    Page("Glossary", "/learn/glossary", "words terms"),
    Page("Certificates: your authority", "/certificates", "ca trust"),
    Page("Certificates: make one", "/certificates/make", "issue server client"),
    Page("Certificates: read one", "/certificates/read", "check pem"),
    Page("Certificates: refused connections", "/certificates/refused", "pinning tls handshake"),
    Page("Certificates: bad-TLS lab", "/certificates/bad-tls", "expired self-signed"),
    Page("Set-up", "/set-up", "settings captures forget pause"),
    Page("Set-up check", "/set-up/check", "doctor problem nothing appears"),
    Page("Browsers and phones", "/set-up/browsers", "proxy qr code android"),
    Page("What is decrypted", "/set-up/decrypted", "left encrypted passthrough"),
    Page("API", "/api", "openapi curl program calls"),
    Page("API tokens", "/set-up/tokens", "bearer scope program"),
    Page("Start page", "/start", "first home tour"),
)


def fits(typed: str, *texts: str) -> int:
    """How well each word that was typed stands in the texts: 0 not at all, more is better."""
    name, rest = texts[0].lower(), " ".join(texts).lower()
    best = 0
    for word in typed.lower().split():
        if word not in rest:
            return 0
        begins = re.search(rf"(?<!\w){re.escape(word)}", name) is not None
        best += 4 if name.startswith(word) else 3 if begins else 2 if word in name else 1
    return best


def _best(typed: str, found: Iterable[tuple[int, Item]]) -> list[Item]:
    return [item for score, item in sorted(found, key=lambda pair: -pair[0]) if score][:MOST]


def _pages(typed: str, there: frozenset[str]) -> list[Item]:
    if not typed:
        return [Item("Pages", page.words, "", page.url) for page in PAGES if page.url in there]
    return _best(
        typed,
        ((fits(typed, page.words, page.also), Item("Pages", page.words, "", page.url)) for page in PAGES if page.url in there),
    )  # fmt: skip


def _words(typed: str) -> list[Item]:
    terms = glossary.in_order() if typed else ()
    items = (
        (fits(typed, term.words), Item("Glossary", term.words, "", f"/learn/glossary#{term.id}"))
        for term in terms
    )
    return _best(typed, items)


def _exchanges(captures: Captures, typed: str) -> Iterator[Item]:
    """By number, else by what stands in the address; only `request` or `exchange` finds the newest."""
    id = ids.parse(typed.rpartition("/")[2].partition("?")[0])
    if id is not None:
        row = captures.row(id)
        rows: Iterable[Row] = (row,) if row is not None else ()
    elif typed.lower() in ("exchange", "exchanges", "request", "requests", "response", "responses"):
        rows = captures.page(limit=MOST).rows
    elif len(typed) >= 2:
        wanted = parse(" ".join(f"url:{quoted(word)}" for word in typed.split()))
        rows = captures.find(wanted, limit=MOST, patience=_PATIENCE).rows
    else:
        return
    for row in reversed(list(rows)):
        status = f"{row.status} {phrase(row.status, row.reason)}" if row.status else "no answer"
        yield Item(
            "Exchanges",
            f"{row.method} {row.host}{row.path}"[:_LONGEST],
            status,
            f"/traffic?selected={row.id.hex()}",
        )


class Typed(msgspec.Struct):
    q: str = ""


class Found(TypedDict):
    items: list[dict[str, Any]]


def blueprint(captures: Captures, saved: SavedFilters, app: Flask) -> Blueprint:
    pages = Blueprint("palette", __name__)

    @pages.get("/api/v1/palette")
    @says(
        "Pages, glossary, saved filters and exchanges for what was typed",
        tag="Inspector",
        scope="read",
        query=Typed,
        gives=Found,
    )
    def find(query: Typed) -> Response:
        typed = query.q.strip()[:_LONGEST]
        there = frozenset(rule.rule for rule in app.url_map.iter_rules())
        filters = [
            Item("Saved filters", each.name, each.filter, f"/traffic?q={each.filter}") for each in saved.all()
        ]
        chosen = [item for item in filters if not typed or fits(typed, item.words, item.more)]
        found = [*_pages(typed, there), *chosen[:MOST], *_words(typed), *_exchanges(captures, typed)]
        return jsonify(items=[item._asdict() for item in found])

    return pages
