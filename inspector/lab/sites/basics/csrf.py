"""A token in every form, so that only forms of this site's own pages can be sent (CSRF: cross-site request forgery).

A browser sends a site's cookies along whoever wrote the form. What another site cannot do is read our pages; so a secret that stands in
our form, and is compared with the one in the session, proves that the form is ours.
"""

from __future__ import annotations

import hmac
import secrets

from flask import Flask, abort, request, session

CHANGING = {"POST", "PUT", "PATCH", "DELETE"}
FIELD = "token"


def protect(app: Flask, *, except_below: tuple[str, ...] = ()) -> None:
    """Check every request that changes something, except below the given paths, and give templates `form_token()`."""

    @app.before_request
    def check() -> None:
        if request.method in CHANGING and not request.path.startswith(except_below or ("\0",)):
            check_token()

    app.jinja_env.globals["form_token"] = form_token


def form_token() -> str:
    """This visitor's token, made when it is first asked for."""
    if "csrf" not in session:
        session["csrf"] = secrets.token_urlsafe(16)
    return str(session["csrf"])


def check_token() -> None:
    """End with 400 unless the form holds the visitor's token. `compare_digest` takes as long for a near miss as for a far one."""
    given = request.form.get(FIELD, "")
    expected = str(session.get("csrf", ""))
    if not expected or not hmac.compare_digest(given.encode(), expected.encode()):
        abort(
            400,
            "This form did not come from a page of this site that was made for you: its token is missing or wrong. "
            "If it was yours, go back, reload the page and send it again.",
        )
