"""Who may ask what: checked before any view runs, in one place.

1. The Host must be one of ours. A page elsewhere can make its own name resolve to 127.0.0.1 (DNS rebinding), but the
   browser then still says that name.
2. Other pages' requests get nothing (Fetch Metadata), except for following a link to a page.
3. What changes something must come from our own origin and carry the session's CSRF token.
4. Everything but static files and the sign-in itself needs a signed-in session; where apps tell their half, a token instead.
5. A call of the API may bring a token of a person's (`Authorization: Bearer`) instead of a session: then its scopes decide, and no page of another
   origin may bring one, whatever it knows.
"""

from __future__ import annotations

import hmac
import ipaddress
import secrets
from collections.abc import Iterable
from urllib.parse import urlsplit

from flask import Flask, Request, Response, g, make_response, render_template, request, session

from inspector.web.api.bearers import Bearers, given
from inspector.web.api.describing import operation_of
from inspector.web.errors import Refusal

OURS = ("localhost", "127.0.0.1", "[::1]")
PUBLIC = frozenset({"static", "auth.sign_in"})
MACHINES = frozenset({"receiving.reports", "receiving.apps", "receiving.traces", "receiving.traces_by_path"})
READING = frozenset({"GET", "HEAD", "OPTIONS"})

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; frame-ancestors 'none'; form-action 'self'; "
    "base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # not no-referrer: with that, browsers say `Origin: null` for our own forms (Fetch, append a request `Origin` header)
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), browsing-topics=()",
}


class Hosts:
    """The values of Host that mean this dashboard."""

    __slots__ = ("_any_literal", "_names")

    def __init__(self, addresses: Iterable[str], names: Iterable[str]) -> None:
        bound = [urlsplit(f"//{address}") for address in addresses]
        ports = {address.port for address in bound if address.port}
        plain = {*OURS, *(_bracketed(address.hostname or "") for address in bound), *names}
        self._names = {name.lower() for name in plain if ":" in name.rpartition("]")[2]}
        for port in ports:
            self._names |= {f"{name}:{port}".lower() for name in plain if ":" not in name.rpartition("]")[2]}
            if port == 80:
                self._names |= {name.lower() for name in plain}
        self._any_literal = any(address.hostname in ("0.0.0.0", "::") for address in bound)  # noqa: S104

    def __contains__(self, host: str) -> bool:
        host = host.lower()
        return host in self._names or (self._any_literal and _is_literal(host))


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _is_literal(host: str) -> bool:
    """An address instead of a name: nobody can make that resolve to something else."""
    try:
        ipaddress.ip_address(urlsplit(f"//{host}").hostname or "")
    except ValueError:
        return False
    return True


def csrf_token() -> str:
    """The session's token for forms and for X-CSRF-Token; made at first need, empty without a signed-in session."""
    if not signed_in():
        return ""
    token = session.get("csrf")
    if not isinstance(token, str):
        token = session["csrf"] = secrets.token_urlsafe(24)
    return token


def signed_in() -> bool:
    return session.get("in") is True


def install(app: Flask, hosts: Hosts, bearers: Bearers) -> None:
    """Put the checks before, and the headers after, every view."""

    @app.before_request
    def check() -> Response | None:
        if request.host not in hosts:
            raise Refusal(
                421,
                "This is not a name of the dashboard",
                f"The request was for the host {request.host[:200]!r}, which Inspector's dashboard does not answer for.",
                "Open the dashboard at the address that Inspector printed when it started. To reach it under another"
                " name, start Inspector with --web-name NAME.",
            )
        if request.endpoint in MACHINES:
            # no browser's business: they ask for a token of their own (see `server_half.receiving`)
            return None
        if _is_api(request) and (token := given(request)) is not None:
            _refuse_pages(request)
            operation = operation_of(app, request.endpoint)
            g.bearer = bearers.admit(token, operation.scope if operation else "any")
            return None
        if request.endpoint != "static":
            _refuse_strangers(request)
        if request.endpoint not in PUBLIC and not signed_in():
            if _follows_link(request) and not _is_api(request):
                # The cookie is SameSite=Strict: a browser leaves it out where another site's page led here, as the
                # proxy's fault pages do. Coming again from a page of ours, it is sent.
                return make_response(render_template("again.html", next=request.full_path.rstrip("?")))
            raise _nobody(request)
        if request.method not in READING:
            _refuse_forgeries(request)
        return None

    @app.after_request
    def harden(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if request.path.startswith("/static/dist/") and response.status_code == 200:
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        elif request.endpoint != "static":
            response.headers["Cache-Control"] = "no-store"
        return response


def _nobody(request: Request) -> Refusal:
    """Who asks is not known."""
    if _is_api(request):
        return Refusal(
            401,
            "Please sign in",
            "The call came without a token, and without a signed-in browser's session.",
            "Make a token with  inspector token make  or under Set-up, API tokens, and say  Authorization: Bearer TOKEN. For a browser:  inspector open",
            fields={"WWW-Authenticate": 'Bearer realm="Inspector"'},
        )
    return Refusal(
        401,
        "Please sign in",
        "This browser is not signed in to the Inspector dashboard.",
        "In a terminal on the computer where Inspector runs, type:  inspector open",
    )


def _is_api(request: Request) -> bool:
    return request.path.startswith("/api/v1/")


def _refuse_pages(request: Request) -> None:
    """A token is for programs, and for a page of our own at most: any other page that brings one has it from somebody who should not have given it."""
    origin = request.headers.get("Origin")
    if (origin is not None and not _is_own(origin, request)) or request.headers.get(
        "Sec-Fetch-Site", "none"
    ) not in ("same-origin", "none"):
        raise Refusal(
            403,
            "Refused",
            "A page of another web site brought a token. Tokens are for programs; the API answers no other site's pages.",
            "Call it from a program, or from a server of your own.",
        )


def _is_own(origin: str, request: Request) -> bool:
    try:
        return urlsplit(origin).netloc.lower() == request.host.lower()
    except ValueError:  # no address at all
        return False


def _refuse_strangers(request: Request) -> None:
    """Fetch Metadata: nothing for other sites' pages, except that a link may be followed to a page of ours."""
    if request.headers.get("Sec-Fetch-Site", "none") in ("same-origin", "none") or _follows_link(request):
        return
    raise Refusal(
        403,
        "Refused",
        "Another web site's page tried to use the dashboard.",
        "If it was you: open the dashboard in a tab of its own.",
    )


def _follows_link(request: Request) -> bool:
    """Whether a person was led here, in a tab of its own, by another site's page."""
    said = request.headers.get
    return (
        said("Sec-Fetch-Site") in ("cross-site", "same-site")
        and request.method == "GET"
        and said("Sec-Fetch-Mode") == "navigate"
        and said("Sec-Fetch-Dest", "document") == "document"
    )


def _refuse_forgeries(request: Request) -> None:
    origin = request.headers.get("Origin")
    if origin is not None and not _is_own(origin, request):
        raise Refusal(
            403, "Refused", "The change was asked for by another web site's page.", "Nothing was changed."
        )
    given = request.headers.get("X-CSRF-Token") or request.form.get("csrf_token", "")
    if not hmac.compare_digest(given.encode(), csrf_token().encode()) or not given:
        raise Refusal(
            403,
            "Not changed",
            "The form came without the token that shows it is the dashboard's own.",
            "Go back, load the page again, and repeat it.",
        )
