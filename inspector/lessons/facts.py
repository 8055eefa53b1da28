"""What an exchange says of itself in a few words, for the blanks of a lesson's sentences: `{status}`, `{host}`, `{took}`."""

from __future__ import annotations

from inspector.exchange.model import Summary
from inspector.filter.subject import address_of, path_of, query_of
from inspector.lessons.witness import Witness

LONGEST = 160

BLANKS: dict[str, str] = {
    "address": "the whole address",
    "scheme": "http or https",
    "host": "the site's name",
    "path": "the path, without the query",
    "query": "what follows the question mark",
    "method": "GET, POST, …",
    "status": "the number of the answer",
    "reason": "the words after it",
    "media": "the type of what came, such as text/html",
    "size": "how much came, in bytes or KB",
    "sent": "how much was sent, in bytes or KB",
    "took": "how long it took",
    "turn": "how many exchanges its connection to Inspector had seen, this one counted",
    "fields": "how many header fields the request had",
    "answer-fields": "how many header fields the response had",
    "remote": "the network address of the site",
    "tls": "the version of TLS towards the site",
}


def facts(seen: Witness) -> dict[str, str]:
    """The value of each blank. Values come from anywhere: they are text, whatever they look like."""
    row = seen.row
    leg = seen.exchange.client_leg
    found = {
        "address": address_of(row),
        "scheme": row.scheme,
        "host": row.host,
        "path": path_of(row),
        "query": query_of(row),
        "method": row.method,
        "status": str(row.status or "none"),
        "reason": row.reason,
        "media": row.media,
        "size": amount(row.response_size),
        "sent": amount(row.request_size),
        "took": _took(row),
        "turn": str(leg.turn if leg is not None else 1),
        "fields": str(len(seen.request_fields)),
        "answer-fields": str(len(seen.response_fields)),
        "remote": row.remote,
        "tls": row.tls.replace("TLSv", "TLS "),
    }
    return {name: cut(value) for name, value in found.items()}


def amount(size: int) -> str:
    """A number of bytes in words."""
    if size < 1024:
        return f"{size} bytes" if size != 1 else "1 byte"
    if size < 1024 * 1024:
        return f"{size / 1024:.1f} KB"
    return f"{size / 1024 / 1024:.1f} MB"


def _took(row: Summary) -> str:
    if row.duration is None:
        return "not known yet"
    return f"{row.duration * 1000:.0f} ms" if row.duration < 1 else f"{row.duration:.1f} s"


def cut(text: str, most: int = LONGEST) -> str:
    """Not longer than fits a line or two, and without control characters."""
    text = "".join(each if each.isprintable() else "�" for each in text[: most + 1])
    return text if len(text) <= most else f"{text[: most - 1]}…"
