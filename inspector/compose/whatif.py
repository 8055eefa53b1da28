"""What if the request had been a little different? A table of single changes to a captured request; each says itself, and where it makes no sense why not.

One change is one row; adding one is adding a row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple
from urllib.parse import urlsplit

from inspector.compose.ready import Ready, host_of
from inspector.exchange.model import Exchange

ELSEWHERE = "https://elsewhere.test"
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.5 Mobile/15E148 Safari/604.1"
)
_CONDITIONS = ("if-none-match", "if-modified-since", "if-match", "if-unmodified-since", "if-range")


class Change(NamedTuple):
    """`words` for the button, `short` for a column, what it teaches in a sentence; `why_not` gives a reason where there is nothing to change."""

    code: str
    words: str
    short: str
    teaches: str
    why_not: Callable[[Exchange, Ready], str]
    change: Callable[[Exchange, Ready], Ready]


def _needs(name: str, words: str) -> Callable[[Exchange, Ready], str]:
    return lambda _, ready: "" if ready.said(name) is not None else f"It sent no {words}."


def _always(_: Exchange, __: Ready) -> str:
    return ""


def _dropping(*names: str) -> Callable[[Exchange, Ready], Ready]:
    return lambda _, ready: ready.without(*names)


def etag_of(exchange: Exchange) -> str:
    """The ETag of the answer that was seen."""
    answer = exchange.client_leg.response if exchange.client_leg else None
    if answer is None:
        return ""
    return next((each.value.decode("latin-1") for each in answer.fields if each.name.lower() == b"etag"), "")


def _other_scheme(_: Exchange, ready: Ready) -> Ready:
    """http in place of https, or back; the usual port goes along, any other stays."""
    parts = urlsplit(ready.url)
    scheme = "http" if parts.scheme == "https" else "https"
    usual = {"http": ":80", "https": ":443"}
    authority = parts.netloc.removesuffix(usual[parts.scheme])
    url = f"{scheme}://{authority}{ready.url[len(parts.scheme) + 3 + len(parts.netloc) :]}"
    changed = replace(ready, url=url)
    said = ready.said("host")
    return changed if said is None or said != host_of(ready.url) else changed.saying("Host", host_of(url))


def _asks_again(exchange: Exchange, ready: Ready) -> Ready:
    return ready.without(*_CONDITIONS).saying("If-None-Match", etag_of(exchange))


CHANGES = (
    Change("no-cookies", "Without cookies", "no cookies", "Whoever is not recognised gets another answer, or none.",
           _needs("cookie", "cookies"), _dropping("cookie")),
    Change("no-authorization", "Without Authorization", "no Authorization", "Whether the log-in is really asked for.",
           _needs("authorization", "Authorization"), _dropping("authorization")),
    Change("other-scheme", "Over http instead of https, or back", "other scheme", "Whether the site sends people on to https, or answers in the open.",
           _always, _other_scheme),
    Change("http-1.0", "As HTTP/1.0", "HTTP/1.0", "The older version has no chunks and closes after each answer.",
           lambda _, ready: "It was HTTP/1.0." if not ready.minor else "", lambda _, ready: replace(ready, minor=0)),
    Change("no-accept-encoding", "Without Accept-Encoding", "no Accept-Encoding", "How large the answer is when nobody packs it.",
           _needs("accept-encoding", "Accept-Encoding"), _dropping("accept-encoding")),
    Change("if-none-match", "With the ETag seen: If-None-Match", "If-None-Match", "What a browser asks that has the page already: 304, and no body.",
           lambda exchange, _: "" if etag_of(exchange) else "Its answer had no ETag.", _asks_again),
    Change("no-conditions", "As if it had never been seen", "no conditions", "Without If-None-Match and If-Modified-Since the whole answer comes.",
           lambda _, ready: "" if any(ready.said(each) for each in _CONDITIONS) else "It set no conditions.", _dropping(*_CONDITIONS)),
    Change("other-agent", "As from a phone (User-Agent)", "from a phone", "Some sites send other pages to other programs.",
           _always, lambda _, ready: ready.without("sec-ch-ua-platform", "sec-ch-ua-mobile", "sec-ch-ua").saying("User-Agent", PHONE)),
    Change("other-origin", f"From another origin ({ELSEWHERE})", "other Origin", "What the site allows the pages of others to read (CORS).",
           _always, lambda _, ready: ready.saying("Origin", ELSEWHERE)),
)  # fmt: skip
BY_CODE = {each.code: each for each in CHANGES}
