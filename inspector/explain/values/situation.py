"""How a request came about, by what the browser says of it: from the same site or another, for a whole page or a part of one.

Sec-Fetch-* says it best (browsers send it to https and to this computer only); else Origin and Referer have to do. What
none of them tells stays None.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from inspector.exchange.model import Exchange
from inspector.explain.case import Case, Said
from inspector.explain.values.sites import same_site, split_origin

How = Literal["", "sec-fetch", "origin", "referer"]

BROWSERS = ("Chrome", "Firefox", "Safari", "Edge", "Opera")


@dataclass(frozen=True, slots=True)
class Situation:
    """`same_site`, `same_origin`, `top_level` as far as the request tells (None: it doesn't), `how` it tells, `initiator` its origin."""

    same_site: bool | None = None
    same_origin: bool | None = None
    top_level: bool | None = None
    how: How = ""
    initiator: str = ""


def is_browser(exchange: Exchange) -> bool:
    """Whether the program that asked calls itself a browser."""
    return exchange.agent.partition(" ")[0] in BROWSERS


def situation(case: Case) -> Situation:
    request = case.request
    initiator = _initiator(request)
    site = request.first("sec-fetch-site").strip().lower()
    top = _top_level(request)
    if site in ("none", "same-origin", "same-site", "cross-site"):
        return Situation(site != "cross-site", site in ("none", "same-origin"), top, "sec-fetch", initiator)
    found = split_origin(initiator)
    if found is None:
        return Situation(None, None, top, "", initiator)
    scheme = {"ws": "http", "wss": "https"}.get(case.exchange.scheme, case.exchange.scheme)
    same = same_site(found[0], found[1], scheme, case.host)
    how: How = "origin" if request.has("origin") else "referer"
    return Situation(same, initiator == case.origin, top, how, initiator)


def _initiator(request: Said) -> str:
    """The origin that asked, by Origin or else Referer; empty or `null` where that isn't told."""
    origin = request.first("origin").strip()
    if origin:
        return origin
    found = split_origin(request.first("referer").strip())
    if found is None:
        return ""
    scheme, host, port = found
    name = f"[{host}]" if ":" in host else host
    return f"{scheme}://{name}:{port}" if port else f"{scheme}://{name}"


def _top_level(request: Said) -> bool | None:
    destination = request.first("sec-fetch-dest").strip().lower()
    if destination:
        return destination == "document" and request.first("sec-fetch-mode").strip().lower() == "navigate"
    # fetch() and XMLHttpRequest: never a page of its own
    return False if request.first("x-requested-with") else None
