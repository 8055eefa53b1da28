"""Who is who in an exchange, as sentences call them: the browser (or what asked), and the site."""

from __future__ import annotations

from inspector.exchange.model import Exchange
from inspector.explain.values.situation import is_browser

_NAMES = 60


def asker(exchange: Exchange) -> str:
    """Who sent the request, for the middle of a sentence: `your browser`, `curl`, `the program that asked`."""
    if exchange.origin == "composer":
        return "the composer"
    if is_browser(exchange):
        return "your browser"
    name = exchange.agent.partition(" ")[0]
    return name[:_NAMES] if name else "the program that asked"


def capital(words: str) -> str:
    """The same at the beginning of a sentence; a program's own spelling stays (`curl`)."""
    return words[:1].upper() + words[1:] if words.startswith(("your ", "the ")) else words


def asker_in_full(exchange: Exchange) -> str:
    """With its version, as it names itself: `your browser (Chrome 156)`."""
    who = asker(exchange)
    if not exchange.agent or exchange.origin == "composer":
        return who
    return f"{who} ({exchange.agent[:_NAMES]})" if who == "your browser" else exchange.agent[:_NAMES]


def site(exchange: Exchange) -> str:
    """The site, by its host; `the site` where that isn't known."""
    return exchange.host or "the site"
