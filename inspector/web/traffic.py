"""The list, its first rows made on the server: readable without script, with links to older and newer ones by key.

A filter in the address (`q`) narrows it; if there was no time to look through all that is kept, a link goes on from there.
"""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for

from inspector.exchange import ids
from inspector.filter.tree import EVERYTHING, Node, is_everything
from inspector.store.captures import Captures, Found
from inspector.web.api.asking import MOST
from inspector.web.filtering import SavedFilters, asked, reference
from inspector.web.marking import Marking
from inspector.web.removing import removals_json
from inspector.web.rows import row_view
from inspector.web.settings import WebSettings
from inspector.web.tree import Branch, tree_of

LIMIT = 100


def limit_asked(default: int) -> int:
    """How many rows the address asks for, within reason."""
    return min(max(request.args.get("limit", default, type=int), 1), MOST)


def key_asked(name: str) -> bytes | None:
    """The exchange id in a query parameter; None when it is missing or isn't one."""
    return ids.parse(request.args.get(name, ""))


def rows_asked(
    captures: Captures, wanted: Node, limit: int, *, before: bytes | None = None, after: bytes | None = None
) -> Found:
    """A page of what fits a filter."""
    if is_everything(wanted):
        return Found(*captures.page(before=before, after=after, limit=limit))
    return captures.find(wanted, before=before, after=after, limit=limit)


def page_around(captures: Captures, id: bytes, limit: int, wanted: Node = EVERYTHING) -> Found:
    """A page with `id` in its middle, or the newest page if it is not there any more."""
    row = captures.row(id)
    if row is None:
        return rows_asked(captures, wanted, limit)
    older = rows_asked(captures, wanted, limit // 2 or 1, before=id)
    newer = rows_asked(captures, wanted, limit // 2 or 1, after=id)
    return Found((*older.rows, row, *newer.rows), older.has_older, newer.has_newer)


def blueprint(settings: WebSettings, captures: Captures, saved: SavedFilters, marking: Marking) -> Blueprint:
    traffic = Blueprint("traffic", __name__)

    @traffic.get("/traffic")
    def list() -> str:
        # The cursor first: what changes while the page is read comes again by the feed, and nothing is missed.
        cursor = captures.changes("").cursor
        selected = key_asked("selected")
        limit = limit_asked(LIMIT)
        filter = asked()
        branch = Branch.asked()
        wanted = branch.within(filter) if branch else filter.wanted
        if selected:
            page = page_around(captures, selected, limit, wanted)
        else:
            page = rows_asked(captures, wanted, limit, before=key_asked("before"), after=key_asked("after"))
        marks = marking.of(row.id for row in page.rows)
        rows = tuple(row_view(row, marks.get(row.id)) for row in page.rows)
        text = filter.text or None
        oldest = page.reached.hex() if page.reached else rows[0]["id"] if rows else None
        return render_template(
            "traffic.html",
            rows=rows,
            selected=selected.hex() if selected else "",
            cursor=cursor,
            older_url=url_for("traffic.list", q=text, before=oldest) if oldest and page.has_older else None,
            newer_url=url_for("traffic.list", q=text, after=rows[-1]["id"])
            if rows and page.has_newer
            else None,
            newest_url=url_for("traffic.list", q=text),
            proxies=settings.proxies,
            ca_path=settings.ca_path,
            filter=filter,
            searched=page.searched if page.reached else None,
            indexed=page.indexed,
            saved=saved.all(),
            reference=reference(),
            removals=removals_json(captures),
            group=request.args.get("group", ""),
            branch=branch,
            tree=tree_of(captures, filter, branch) if branch else None,
        )

    return traffic
