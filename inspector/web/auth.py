"""Signing in by a one-time link, and out again. The session is Flask's own: a signed cookie."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import (
    Blueprint,
    Flask,
    Response,
    make_response,
    redirect,
    render_template,
    request,
    session,
)
from werkzeug.wrappers import Response as AnyResponse

from inspector.web.errors import Refusal
from inspector.web.guard import csrf_token, signed_in
from inspector.web.navigation import back_to
from inspector.web.tickets import Keys, Outcome

_AGAIN = "In a terminal on the computer where Inspector runs, type:  inspector open"
_REFUSALS: dict[Outcome, tuple[str, str]] = {
    "used": ("This link has been used", "A sign-in link works once, and this one has been used already."),
    "expired": ("This link is too old", "A sign-in link works for 12 hours, and this one is older."),
    "wrong": ("This link is not right", "The link is damaged, or it belongs to another Inspector."),
}


def install(app: Flask, keys: Keys) -> None:
    """Let Flask keep the session in a cookie of this home's own name.

    SameSite=Strict: no other site's page can make a browser send it. It is not `Secure`, since the dashboard is
    http on this computer; it is a cookie of its own host name, and the engine never lets it pass.
    """
    settings: dict[str, Any] = {
        "SECRET_KEY": keys.session_key,
        "SESSION_COOKIE_NAME": keys.cookie_name,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Strict",
        "SESSION_REFRESH_EACH_REQUEST": False,
        "PERMANENT_SESSION_LIFETIME": timedelta(days=365),
    }
    app.config.update(settings)


def blueprint(keys: Keys) -> Blueprint:
    auth = Blueprint("auth", __name__)

    @auth.get("/sign-in")
    def sign_in() -> AnyResponse:
        if request.method != "GET" or "prefetch" in request.headers.get("Sec-Purpose", ""):
            return Response(status=204)  # only looked at: a ticket is used up by a person's visit
        outcome = keys.redeem(request.args.get("ticket", ""))
        if outcome != "good":
            if signed_in():
                return redirect(back_to(request.args.get("next")), 303)
            title, sentence = _REFUSALS[outcome]
            raise Refusal(403, title, sentence, _AGAIN)
        session.permanent = True
        session["in"] = True
        csrf_token()  # now, and not on the first pages: two at once would each make their own
        # A page that goes on by itself, not a redirect: when the link was clicked on another site's page, a browser
        # would not send a SameSite=Strict cookie along with the redirect that follows.
        return make_response(render_template("signed-in.html", next=back_to(request.args.get("next"))))

    @auth.post("/sign-out")
    def sign_out() -> AnyResponse:
        session.clear()
        raise Refusal(200, "Signed out", "This browser is no longer signed in.", _AGAIN)

    return auth
