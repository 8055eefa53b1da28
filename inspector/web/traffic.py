"""The list, its first rows made on the server: readable without script, with links to older and newer ones by key."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for

from inspector.exchange import ids
from inspector.store.captures import Captures, Page
from inspector.web.rows import row_view
from inspector.web.settings import WebSettings

LIMIT = 100
MOST = 1_000


def limit_asked(default: int) -> int:
    """How many rows the address asks for, within reason."""
    return min(max(request.args.get("limit", default, type=int), 1), MOST)


def key_asked(name: str) -> bytes | None:
    """The exchange id in a query parameter; None when it is missing or isn't one."""
    return ids.parse(request.args.get(name, ""))


def page_around(captures: Captures, id: bytes, limit: int) -> Page:
    """A page with `id` in its middle, or the newest page if it is not there any more."""
    row = captures.row(id)
    if row is None:
        return captures.page(limit=limit)
    older = captures.page(before=id, limit=limit // 2 or 1)
    newer = captures.page(after=id, limit=limit // 2 or 1)
    return Page((*older.rows, row, *newer.rows), older.has_older, newer.has_newer)


def blueprint(settings: WebSettings, captures: Captures) -> Blueprint:
    traffic = Blueprint("traffic", __name__)

    @traffic.get("/traffic")
    def list() -> str:
        # The cursor first: what changes while the page is read comes again by the feed, and nothing is missed.
        cursor = captures.changes("").cursor
        selected = key_asked("selected")
        limit = limit_asked(LIMIT)
        if selected:
            page = page_around(captures, selected, limit)
        else:
            page = captures.page(before=key_asked("before"), after=key_asked("after"), limit=limit)
        rows = tuple(row_view(row) for row in page.rows)
        here = url_for("traffic.list")
        return render_template(
            "traffic.html",
            rows=rows,
            selected=selected.hex() if selected else "",
            cursor=cursor,
            older_url=f"{here}?before={rows[0]['id']}" if rows and page.has_older else None,
            newer_url=f"{here}?after={rows[-1]['id']}" if rows and page.has_newer else None,
            newest_url=here,
            proxies=settings.proxies,
            ca_path=settings.ca_path,
            chips=False,
        )

    return traffic
