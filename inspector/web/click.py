"""One click, browser to database and back: the page of the picture, and the picture as a file."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, render_template, request, url_for

from inspector.exchange import ids
from inspector.exchange.model import Exchange
from inspector.exchange.report import Report
from inspector.store.captures import ArchiveGone, Captures
from inspector.web.errors import not_found
from inspector.web.finding import case_of
from inspector.web.present.click_picture import TITLE, ClickPicture, draw
from inspector.web.present.drawing import LAYOUTS
from inspector.web.present.journey import journey
from inspector.web.present.overview import overview
from inspector.web.present.palette import INLINE, THEMES

ReportOf = Callable[[bytes], Report | None]  # what the app told of an exchange, if it told anything
DRAWN = ("http", "page", "websocket")
_LOOKED_AT = 300  # rows, newest first
_ASKED_FOR = 40  # of them, whether an app told its half


def blueprint(captures: Captures, report_of: ReportOf) -> Blueprint:
    pages = Blueprint("click", __name__, url_prefix="/pictures")

    @pages.get("/click")
    def click() -> str:
        exchange = _asked(captures, report_of)
        if exchange is None:
            return render_template("click.html", title=TITLE, exchange=None)
        report = report_of(exchange.id)
        return render_template(
            "click.html",
            title=TITLE,
            exchange=exchange,
            overview=overview(exchange),
            told_inside=report is not None,
            pictures=[_draw(captures, exchange, report, name) for name in LAYOUTS],
            picture_url=url_for("click.click_svg", exchange=exchange.id.hex()),
            inline=INLINE,
        )

    @pages.get("/click.svg")
    def click_svg() -> Response:
        """The picture as a file, in the theme that is asked for."""
        exchange = _asked(captures, report_of)
        if exchange is None:
            raise not_found("There is nothing to draw yet.")
        palette = THEMES.get(request.args.get("theme", "light"), THEMES["light"])
        drawn = _draw(captures, exchange, report_of(exchange.id), "wide")
        response = Response(
            render_template("pictures/click.svg", picture=drawn, c=palette, alone=True),
            mimetype="image/svg+xml",
        )
        if request.args.get("save"):
            response.headers["Content-Disposition"] = 'attachment; filename="one-click.svg"'
        return response

    return pages


def _asked(captures: Captures, report_of: ReportOf) -> Exchange | None:
    """The exchange that the address names; without a name the newest page, one whose app told its half if there is one."""
    text = request.args.get("exchange", "")
    if not text:
        return _newest(captures, report_of)
    id = ids.parse(text)
    exchange = captures.exchange(id) if id else None
    if exchange is None or exchange.kind not in DRAWN:
        raise not_found("There is no request with this number that could be drawn.")
    return exchange


def _newest(captures: Captures, report_of: ReportOf) -> Exchange | None:
    rows = [
        row.id
        for row in reversed(captures.page(limit=_LOOKED_AT).rows)
        if row.kind == "http" and row.resource == "page" and row.status and row.state == "done"
    ]
    told = [id for id in rows[:_ASKED_FOR] if report_of(id) is not None]
    for id in (*told[:1], *rows[:1]):
        try:
            return captures.exchange(id)
        except ArchiveGone:
            continue
    return None


def _draw(captures: Captures, exchange: Exchange, report: Report | None, layout: str) -> ClickPicture:
    return draw(journey(case_of(captures, exchange), report), exchange.started, LAYOUTS[layout])
