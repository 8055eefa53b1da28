"""What the dashboard answers when it cannot do what was asked: always a sentence and a cure, as a page or as JSON (RFC 9457, problem+json).

Refusal               one of our own, with status, title, sentence, cure
HTTPException         werkzeug's: not found, bad request, method not allowed, ...
ArchiveGone           the record of an exchange is no longer kept
StoreProblem          the captures cannot be read right now
BundleMissing         style and scripts were not built
BadSide               an address names a part of an exchange that does not exist
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Mapping
from typing import Any

import msgspec
from flask import Flask, Response, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from inspector.web.assets import BundleMissing

log = logging.getLogger(__name__)

_SENTENCES = {
    404: (
        "Not found",
        "There is nothing at this address.",
        "It may have been forgotten, or the address is mistyped.",
    ),
    405: (
        "Not like this",
        "This address does not take that method.",
        "The answer's field Allow names those that it takes.",
    ),
    400: ("Not understood", "The request was not understood.", ""),
    413: ("Too large", "The request is larger than the dashboard takes.", "Send less at once."),
}
PROBLEM = "application/problem+json"


class Refusal(Exception):  # noqa: N818 - an answer, told to a person
    """The dashboard says no: with which status, and in which words."""

    def __init__(
        self,
        status: int,
        title: str,
        sentence: str,
        cure: str = "",
        *,
        more: Mapping[str, Any] | None = None,
        fields: Mapping[str, str] | None = None,
    ) -> None:
        """`more` are further members for programs, `fields` further fields of the answer."""
        super().__init__(sentence)
        self.status = status
        self.title = title
        self.sentence = sentence
        self.cure = cure
        self.more = more or {}
        self.fields = fields or {}


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """What every failed call answers: `title` in few words, `detail` a sentence, `cure` what to do (may be empty), `code` for programs."""

    type: str
    title: str
    status: int
    detail: str
    cure: str
    code: str


def gone(sentence: str) -> Refusal:
    return Refusal(410, "Not kept", sentence)


def not_found(what: str) -> Refusal:
    return Refusal(404, "Not found", what, "It may have been forgotten, or the address is mistyped.")


def wants_json() -> bool:
    return request.path.startswith(("/api/", "/feed")) or request.accept_mimetypes.best == "application/json"


def told(problem: Refusal) -> dict[str, Any]:
    """A refusal for programs."""
    said = Problem(
        type="/api#problems", title=problem.title, status=problem.status, detail=problem.sentence, cure=problem.cure,
        code=problem.title.lower().replace("'", "").replace(" ", "-"),
    )  # fmt: skip
    return msgspec.structs.asdict(said) | dict(problem.more)


def answer(problem: Refusal) -> Response:
    """A refusal as its reader wants it. The page needs neither bundle nor sign-in."""
    if wants_json():
        response = Response(msgspec.json.encode(told(problem)), problem.status, mimetype=PROBLEM)
    else:
        response = make_response(render_template("plain.html", problem=problem), problem.status)
    response.headers.update(problem.fields)
    if problem.status == 503:
        response.headers["Retry-After"] = "5"
    return response


def _is_busy(error: Exception) -> bool:
    """Whether a database was locked for longer than anybody waits: hundreds of messages held at once can do that."""
    cause = getattr(error, "orig", None)  # SQLAlchemy's errors say whose they are
    return isinstance(cause, sqlite3.OperationalError) and "locked" in str(cause)


def install(
    app: Flask, *, unreadable: tuple[type[Exception], ...], lost: tuple[type[Exception], ...]
) -> None:
    """Answer every error in words. `unreadable` and `lost` are the store's own exceptions; their text is a sentence."""

    @app.errorhandler(Refusal)
    def refused(error: Refusal) -> Response:
        return answer(error)

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Response:
        status = error.code or 500
        title, sentence, cure = _SENTENCES.get(status, (error.name, error.description or error.name, ""))
        allowed = getattr(error, "valid_methods", None)
        fields = {"Allow": ", ".join(sorted(allowed))} if allowed else None
        return answer(Refusal(status, title, sentence, cure, fields=fields))

    @app.errorhandler(BundleMissing)
    def unbuilt(error: BundleMissing) -> Response:
        return answer(
            Refusal(
                503,
                "Not built yet",
                f"{error} The proxy works and captures all the same.",
                "In the checkout, run:  python3 scripts/build_assets.py",
            )
        )

    @app.errorhandler(Exception)
    def other(error: Exception) -> Response:
        if isinstance(error, lost):
            return answer(gone(str(error)))
        if isinstance(error, unreadable):
            return answer(Refusal(503, "Captures cannot be read", str(error), "Try again in a moment."))
        if _is_busy(error):
            return answer(
                Refusal(
                    503,
                    "Busy",
                    "A database of Inspector's was written to all the time, and could not be asked.",
                    "Try again in a moment.",
                )
            )
        log.error("the dashboard failed at %s", request.path, exc_info=error)
        return answer(
            Refusal(
                500,
                "A mistake of Inspector's",
                "The dashboard itself made a mistake on this page.",
                "What happened is in the log in HOME/run. Please report it.",
            )
        )
