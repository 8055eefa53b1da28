"""Where an exchange came from, and what came of it: told on its page, with links."""

from __future__ import annotations

from dataclasses import dataclass

from inspector.exchange.model import Exchange
from inspector.store.captures import Captures, Row
from inspector.store.workbench import Workbench

_MOST = 6


@dataclass(frozen=True, slots=True)
class Lineage:
    """`words` begin the line, `parent` is what it was made from if that is still kept; `children` are the newest of `times` sent again."""

    words: str = ""
    parent: Row | None = None
    times: int = 0
    children: tuple[Row, ...] = ()


def lineage(captures: Captures, kept: Workbench, exchange: Exchange) -> Lineage:
    """The line for this exchange; empty words and no children: nothing to say."""
    parent = captures.row(exchange.parent) if exchange.parent else None
    made = kept.made_from(exchange.id)
    rows = (captures.row(each) for each in made[-_MOST:])
    return Lineage(_words(exchange, parent), parent, len(made), tuple(row for row in rows if row is not None))


def _words(exchange: Exchange, parent: Row | None) -> str:
    if exchange.origin == "gateway":
        return "Through a site opened here"
    if exchange.origin != "composer":
        return ""
    if parent is None:
        return "Sent from the dashboard; what it was made from is no longer kept" if exchange.parent else "Sent from the dashboard"  # fmt: skip
    same = (parent.method, parent.scheme, parent.host, parent.port, parent.path) == (
        exchange.method, exchange.scheme, exchange.host, exchange.port, exchange.path,
    )  # fmt: skip
    return "Repeated from" if same else "Made from"
