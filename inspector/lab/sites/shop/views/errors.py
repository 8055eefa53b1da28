"""What is shown when something went wrong: always a page of this shop, always with the status that says it to programs."""

from __future__ import annotations

from flask import Flask, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException


def register(app: Flask) -> None:
    """For each kind of error what answers it; the narrowest kind wins."""
    app.register_error_handler(HTTPException, as_page)
    app.register_error_handler(SQLAlchemyError, database)
    app.register_error_handler(500, broken)


def as_page(error: HTTPException) -> ResponseReturnValue:
    """What was raised on purpose: abort(404, "why")."""
    if error.response is not None or (error.code or 500) < 400:
        return error
    page = render_template("error.html", code=error.code, name=error.name, why=error.description)
    return (
        page,
        error.code or 500,
        [pair for pair in error.get_headers() if pair[0].lower() != "content-type"],
    )


def database(error: SQLAlchemyError) -> ResponseReturnValue:
    """Whoever types SQL can drop a table that the shop needs. A real shop would not say so much about it."""
    why = f"The database said: {str(getattr(error, 'orig', None) or error)[:200]}"
    return render_template("broken.html", why=why, reset=True), 500


def broken(error: Exception) -> ResponseReturnValue:
    """An exception that nobody expected. What it was stands in the server's log; strangers are told only that it happened.

    The page has neither basket nor name: whatever broke may be what these need.
    """
    why = "The shop made a mistake. What it was stands in its log, not on this page."
    return render_template("broken.html", why=why), 500
