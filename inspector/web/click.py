"""One click, browser to database and back: the page of the picture, and the picture as a file."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request, url_for

from inspector.exchange import ids
from inspector.exchange.model import Exchange
from inspector.explain.case import Case
from inspector.store.captures import ArchiveGone, Captures
from inspector.web.errors import not_found
from inspector.web.finding import case_of
from inspector.web.picture_file import picture_file
from inspector.web.present.click_picture import TITLE, ClickPicture, draw
from inspector.web.present.drawing import LAYOUTS
from inspector.web.present.journey import journey
from inspector.web.present.overview import overview
from inspector.web.present.palette import INLINE

DRAWN = ("http", "page", "websocket")
_LOOKED_AT = 300  # rows, newest first
_ASKED_FOR = 20  # of them, whether an app told its half


def blueprint(captures: Captures) -> Blueprint:
    pages = Blueprint("click", __name__, url_prefix="/pictures")

    @pages.get("/click")
    def click() -> str:
        exchange = _asked(captures)
        if exchange is None:
            return render_template("click.html", title=TITLE, exchange=None)
        case = case_of(captures, exchange)
        return render_template(
            "click.html",
            title=TITLE,
            exchange=exchange,
            overview=overview(exchange),
            told_inside=case.report is not None,
            pictures=[_draw(case, name) for name in LAYOUTS],
            picture_url=url_for("click.click_svg", exchange=exchange.id.hex()),
            inline=INLINE,
        )

    @pages.get("/click.svg")
    def click_svg() -> Response:
        """The picture as a file, in the theme that is asked for."""
        exchange = _asked(captures)
        if exchange is None:
            raise not_found("There is nothing to draw yet.")
        return picture_file("click.svg", _draw(case_of(captures, exchange), "wide"), "one-click.svg")

    return pages


def _asked(captures: Captures) -> Exchange | None:
    """The exchange that the address names; without a name the newest page, one whose app told its half if there is one."""
    text = request.args.get("exchange", "")
    if not text:
        return _newest(captures)
    id = ids.parse(text)
    exchange = captures.exchange(id) if id else None
    if exchange is None or exchange.kind not in DRAWN:
        raise not_found("There is no request with this number that could be drawn.")
    return exchange


def _newest(captures: Captures) -> Exchange | None:
    rows = [
        row
        for row in reversed(captures.page(limit=_LOOKED_AT).rows)
        if row.kind == "http" and row.resource == "page" and row.status and row.state == "done"
    ]
    found = [exchange for row in rows[:_ASKED_FOR] if (exchange := _whole(captures, row.id)) is not None]
    told = (exchange for exchange in found if captures.report(exchange) is not None)
    return next(told, found[0] if found else None)


def _whole(captures: Captures, id: bytes) -> Exchange | None:
    try:
        return captures.exchange(id)
    except ArchiveGone:
        return None


def _draw(case: Case, layout: str) -> ClickPicture:
    return draw(journey(case, case.report), case.exchange.started, LAYOUTS[layout])
