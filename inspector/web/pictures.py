"""The same log-in, twice: the page of the picture, and the picture as a file."""

from __future__ import annotations

from typing import NamedTuple

from flask import Blueprint, Response, render_template, request, url_for

from inspector.exchange import ids
from inspector.exchange.model import Exchange
from inspector.explain.log_ins import sends_password
from inspector.explain.onlookers import who_sees_what
from inspector.store.captures import ArchiveGone, Captures
from inspector.web.errors import not_found
from inspector.web.finding import case_of
from inspector.web.picture_file import picture_file
from inspector.web.present.log_in_picture import LAYOUTS, TITLE, Half, LogInPicture, draw
from inspector.web.present.palette import INLINE
from inspector.web.present.sees import wire_of

_PAGE = 500
_LOOKED_AT = 2_000  # rows, newest first
_OPENED = 200  # of them, whole


class LogIns(NamedTuple):
    """A log-in over http and one over https; None where there is none."""

    http: Exchange | None = None
    https: Exchange | None = None

    @property
    def both(self) -> tuple[Exchange, Exchange] | None:
        return (self.http, self.https) if self.http is not None and self.https is not None else None


def latest(captures: Captures) -> LogIns:
    """The newest of each kind; preferably both of the same host."""
    found: dict[str, list[Exchange]] = {"http": [], "https": []}
    opened = 0
    before: bytes | None = None
    for _ in range(_LOOKED_AT // _PAGE):
        page = captures.page(before=before, limit=_PAGE)
        for row in reversed(page.rows):
            if row.method != "POST" or row.scheme not in found or not row.status or opened >= _OPENED:
                continue
            opened += 1
            exchange = _whole(captures, row.id)
            if exchange is not None and sends_password(exchange):
                found[row.scheme].append(exchange)
        if not page.has_older or all(found.values()):
            break
        before = page.rows[0].id
    for one in found["http"]:
        for other in found["https"]:
            if one.host == other.host:
                return LogIns(one, other)
    return LogIns(*(next(iter(found[scheme]), None) for scheme in ("http", "https")))


def _whole(captures: Captures, id: bytes) -> Exchange | None:
    try:
        return captures.exchange(id)
    except ArchiveGone:
        return None


def blueprint(captures: Captures) -> Blueprint:
    pages = Blueprint("pictures", __name__, url_prefix="/pictures")
    pages.add_app_template_global(sends_password)  # for the way here from Who sees what

    @pages.get("/log-in")
    def log_in() -> str:
        found = _asked(captures)
        both = found.both
        http, https = (each.id.hex() if each else "" for each in found)
        return render_template(
            "log-in.html",
            title=TITLE,
            http=http,
            https=https,
            back=https if both else "",
            pictures=[_draw(captures, both, name) for name in LAYOUTS] if both else (),
            picture_url=url_for("pictures.log_in_svg", http=http, https=https),
            inline=INLINE,
        )

    @pages.get("/log-in.svg")
    def log_in_svg() -> Response:
        """The picture as a file, in the theme that is asked for."""
        both = _asked(captures).both
        if both is None:
            raise not_found("There are no two log-ins to draw.")
        return picture_file("log-in.svg", _draw(captures, both, "wide"), "the-same-log-in-twice.svg")

    return pages


def _asked(captures: Captures) -> LogIns:
    """The two that the address names; the newest where it names none."""
    named = [request.args.get(scheme, "") for scheme in ("http", "https")]
    if not any(named):
        return latest(captures)
    found = []
    for scheme, text in zip(("http", "https"), named, strict=True):
        id = ids.parse(text)
        exchange = _whole(captures, id) if id else None
        if exchange is None or exchange.scheme != scheme or not exchange.status:
            raise not_found(f"There is no exchange over {scheme} with this number.")
        found.append(exchange)
    return LogIns(*found)


def _draw(captures: Captures, both: tuple[Exchange, Exchange], layout: str) -> LogInPicture:
    return draw(_half(captures, both[0]), _half(captures, both[1]), LAYOUTS[layout])


def _half(captures: Captures, exchange: Exchange) -> Half:
    case = case_of(captures, exchange)
    leg = exchange.server_leg
    kept = captures.ciphertext(leg.connection) if leg and leg.connection else None
    return Half(case, who_sees_what(case, wire_of(kept)))
