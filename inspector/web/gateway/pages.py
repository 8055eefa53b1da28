"""The dashboard's page for opening sites: an address, the sites that are open, and whether this browser can reach their names at all."""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from inspector.compose.addresses import complete
from inspector.compose.errors import CannotSend
from inspector.engine.guard import is_this_computer
from inspector.web.errors import Refusal
from inspector.web.gateway.front import PROBE, link
from inspector.web.gateway.sites import Site, Sites
from inspector.web.guard import POLICY


def blueprint(sites: Sites) -> Blueprint:
    pages = Blueprint("gateway", __name__)

    @pages.get("/send/open-here")
    def show() -> Response:
        return _page(sites, request.args.get("url", "")[:4096])

    @pages.post("/send/open-here")
    def open() -> Response:
        typed = request.form.get("url", "")[:4096]
        try:
            address = complete(typed)
        except CannotSend as problem:
            return _page(sites, typed, problem, 422)
        if not _reaches(sites):
            raise Refusal(409, "Not from this computer", _FAR, _FAR_CURE)
        site = _opened(sites, address)
        return make_response(render_template("send/opening.html", site=site, next=link(sites, site, address)))

    @pages.post("/send/open-here/close")
    def close() -> AnyResponse:
        sites.close(request.form.get("label", "")[:63])
        return redirect(url_for("gateway.show"), 303)

    @pages.app_context_processor
    def around() -> dict[str, Any]:
        return {"why_not_here": lambda: _why_not(sites)}

    return pages


_FAR = "A site that is opened here has a name of the computer where Inspector runs, and this browser is on another one."
_FAR_CURE = (
    "Start Inspector with --gateway-base NAME, where *.NAME leads to that computer, or use a browser there."
)
_SAFARI = "This browser does not find the names that sites have here: Safari does not, as far as is known. Open the dashboard in Chrome, Edge or Firefox, which do."


def _why_not(sites: Sites) -> str:
    """Why no site can be opened in this browser, for pages that offer it; empty if one can."""
    if not _reaches(sites):
        return f"{_FAR} {_FAR_CURE}"
    return _SAFARI if sites.is_local and _is_safari(request.headers.get("User-Agent", "")) else ""


def _port() -> int:
    return urlsplit(f"//{request.host}").port or 80


def _reaches(sites: Sites) -> bool:
    """Whether the names can lead back here from where this browser is."""
    return not sites.is_local or is_this_computer(request.remote_addr or "")


def _opened(sites: Sites, address: str) -> Site:
    parts = urlsplit(address)
    usual = 443 if parts.scheme == "https" else 80
    return sites.open(parts.scheme, parts.hostname or "", parts.port or usual, at=_port())


def _page(sites: Sites, typed: str, problem: CannotSend | None = None, status: int = 200) -> Response:
    probe = f"http://probe-{secrets.token_hex(2)}.{sites.base}:{_port()}"
    page = render_template(
        "send/open-here.html", typed=typed, problem=problem, sites=sites.all(_port()), probe=probe + PROBE,
        reaches=_reaches(sites), far=(_FAR, _FAR_CURE), safari=_is_safari(request.headers.get("User-Agent", "")), base=sites.base,
    )  # fmt: skip
    response = make_response(page, status)
    response.headers["Content-Security-Policy"] = POLICY.replace(
        "connect-src 'self'", f"connect-src 'self' {probe}"
    )
    return response


def _is_safari(agent: str) -> bool:
    """Safari doesn't resolve names under localhost; browsers that only look like it say their own name too."""
    return "Safari/" in agent and "Version/" in agent and not any(each in agent for each in ("Chrome/", "Chromium/", "Edg", "OPR/", "Firefox/"))  # fmt: skip
