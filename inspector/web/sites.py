"""Sites: every host that was spoken to, and one page for each with all that was found on it, the worst first.

The filter of the other views of Traffic leaves out what does not fit, and counts only what does.
"""

from __future__ import annotations

import time
from typing import NamedTuple

from flask import Blueprint, render_template, request

from inspector.explain.case import Case
from inspector.explain.histories import cookie_names
from inspector.filter.written import quoted
from inspector.store.captures import Captures
from inspector.store.sites import LOOKED_AT, SiteRow
from inspector.web.checker import OF_A_SITE, CheckedSite, Checker, Counts
from inspector.web.errors import not_found
from inspector.web.filtering import Asked, SavedFilters, asked, reference
from inspector.web.present.checks import finding, in_groups
from inspector.web.present.histories import Link, cookie_link

# seconds, in which sites are checked for the list; the others are as their line comes into view
PATIENCE = 0.05
COST = 0.0015  # seconds, about, of checking one exchange
MOST_HOSTS = 500
MOST_COOKIES = 20


class Line(NamedTuple):
    """A line of the list; `counts` is None where the site was not checked yet."""

    row: SiteRow
    counts: Counts | None


def blueprint(captures: Captures, checker: Checker, saved: SavedFilters) -> Blueprint:
    sites = Blueprint("sites", __name__, url_prefix="/traffic")

    @sites.get("/sites")
    def all() -> str:
        filter = asked()
        rows = captures.sites(MOST_HOSTS + 1)
        if filter.filters:
            rows = _fitting(captures, filter, rows)
        return render_template(
            "sites/sites.html",
            filter=filter,
            saved=saved.all(),
            reference=reference(),
            lines=_checked(checker, rows[:MOST_HOSTS]),
            more=len(rows) > MOST_HOSTS,
            looked_at=LOOKED_AT,
        )

    @sites.get("/site-count")
    def count() -> str:
        """The findings of one site, for its line of the list."""
        host = request.args.get("host", "")
        row = next((each for each in captures.sites(MOST_HOSTS) if each.host == host), None)
        if row is None:
            raise not_found("Nothing of this site is captured any more.")
        return render_template("sites/count.html", line=Line(row, checker.counts(row)))

    @sites.get("/sites/<host>")
    def one(host: str) -> str:
        site = checker.site(host)
        found = [finding(each.issue, site.exchanges, count=each.count) for each in site.summary.issues]
        return render_template(
            "sites/site.html",
            host=host,
            site=site,
            groups=in_groups(found),
            cookies=_cookies(site),
            query=f"host:{quoted(host)}",
        )

    return sites


def _fitting(captures: Captures, filter: Asked, rows: tuple[SiteRow, ...]) -> tuple[SiteRow, ...]:
    """Those of which something fits a filter, with the numbers of that."""
    groups = captures.statistics(filter.wanted, filter.text).tally.by["host"]
    return tuple(
        row._replace(exchanges=groups[row.host].count, failed=groups[row.host].kinds[3])
        for row in rows
        if row.host in groups
    )


def _checked(checker: Checker, rows: tuple[SiteRow, ...]) -> list[Line]:
    """As many as there is time for, and those that are known. A large site alone would take longer than the page may."""
    until = time.monotonic() + PATIENCE

    def look(row: SiteRow) -> bool:
        return time.monotonic() + min(row.exchanges, OF_A_SITE) * COST < until

    return [Line(row, checker.counts(row, look=look(row))) for row in rows]


def _cookies(site: CheckedSite) -> list[Link]:
    """The histories of the site's cookies, each from the newest exchange that had it."""
    links: dict[str, Link] = {}
    for exchange in reversed(site.exchanges.values()):
        for name, _ in cookie_names([Case(exchange)]):
            links.setdefault(name, cookie_link(name, exchange.id))
    return list(links.values())[:MOST_COOKIES]
