"""Flask's session cookie, named and marked as the connection deserves.

Flask keeps a session in the cookie itself: readable by the browser's owner, but signed, so that a changed one is refused.
"""

from __future__ import annotations

from flask import Flask, request
from flask.sessions import SecureCookieSessionInterface


class SessionsByScheme(SecureCookieSessionInterface):
    """One cookie for https, another for http.

    Over https it is `Secure` and its name begins with `__Host-`, so that a browser takes it from this very host alone and never sends
    it over http. Over http there can be no such cookie; it gets a name of its own, or the browser would refuse to let it replace the other.
    """

    def get_cookie_name(self, app: Flask) -> str:
        name = str(app.config["SESSION_COOKIE_NAME"])
        return f"__Host-{name}" if request.is_secure else name

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure


def use_sessions(app: Flask, name: str) -> None:
    """HttpOnly: no script can read it. SameSite=Lax: other sites' forms do not bring it along."""
    app.config.update(SESSION_COOKIE_NAME=name, SESSION_COOKIE_HTTPONLY=True, SESSION_COOKIE_SAMESITE="Lax")
    app.session_interface = SessionsByScheme()
