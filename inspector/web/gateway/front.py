"""What answers under the names of opened sites: a Flask app of its own, so that none of the dashboard's pages exists there.

A request without the door's cookie gets 403 whatever it asks; a page elsewhere can't send it (SameSite=Strict). What is asked goes through the engine, which keeps its guards: never to the
dashboard, the API or itself. Bodies stream both ways. Web pages are read whole, up to a limit, so that the site's own addresses in them can be renamed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import requests
import urllib3
from flask import Flask, Response, render_template, request
from werkzeug.wsgi import ClosingIterator

from inspector.compose.ready import Ready
from inspector.web.errors import Refusal
from inspector.web.gateway.rewriting import COOKIE, pages_renamer, renamed, to_browser, to_site
from inspector.web.gateway.sites import Site, Sites
from inspector.web.places import templates_folder
from inspector.web.send.door import Door
from inspector.web.send.errors import NotSent
from inspector.wire.codings import decode

ENTER, PROBE = "/__inspector__/enter", "/__inspector__/probe"
AT_ONCE = 16
LARGEST_PAGE = 4 << 20
PATIENCE = 300.0
_PIECE = 65536
_BODILESS = frozenset({204, 304})
_PLAIN = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff",
}  # fmt: skip
_COMMON_MARK = "inspector.gateway.site"
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def in_front_of(dashboard: Wsgi, sites: Sites, door: Door) -> Wsgi:
    """The dashboard, and in front of it what answers for opened sites. Which of the two is asked is told by Host alone."""
    front = _front(sites, door)

    def ask(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        host = environ.get("HTTP_HOST", "")
        site = sites.find(host)
        if site is None and not _asks_for_probe(sites, host, environ):
            return dashboard(environ, start)
        environ[_COMMON_MARK] = site
        return front(environ, start)

    return ask


def _asks_for_probe(sites: Sites, host: str, environ: dict[str, Any]) -> bool:
    return environ.get("PATH_INFO") == PROBE and sites.label_of(host).startswith("probe-")


def _front(sites: Sites, door: Door) -> Wsgi:
    app = Flask("inspector.web.gateway", template_folder=str(templates_folder()), static_folder=None)
    room = threading.BoundedSemaphore(AT_ONCE)

    @app.before_request  # instead of a route: whatever the address is, it is the site's
    def answer() -> Response:
        site: Site | None = request.environ[_COMMON_MARK]
        if site is None:
            return _probe()
        if _path() == ENTER:
            return _enter(sites, site)
        if not Sites.admits(site, request.cookies.get(COOKIE, "")):
            return _say(site, 403, "This page is not open to you", "It was opened from the Inspector dashboard, and only the browser that did so may use it.")  # fmt: skip
        if request.headers.get("Sec-Fetch-Site") == "cross-site" and not _navigates():
            return _say(site, 403, "Refused", "Another site's page tried to use this one.")
        if request.headers.get("Upgrade", "").lower() == "websocket":
            return _say(site, 501, "No WebSocket here", "A site that is opened here can't speak WebSocket. In a captured window it can.")  # fmt: skip
        if not room.acquire(timeout=5.0):
            return _say(site, 503, "Too much at once", f"{AT_ONCE} requests of sites opened here are on their way already.")  # fmt: skip
        done = ExitStack()
        done.callback(room.release)
        try:
            return _pass(sites, door, site, done)
        except BaseException:
            done.close()
            raise

    @app.errorhandler(NotSent)
    def not_sent(error: NotSent) -> Response:
        return _say(request.environ[_COMMON_MARK], 503, "The proxy is not running", error.sentence)

    @app.errorhandler(requests.exceptions.RequestException)
    @app.errorhandler(urllib3.exceptions.HTTPError)
    def failed(error: Exception) -> Response:
        late = isinstance(error, requests.exceptions.ReadTimeout)
        words = (
            f"No answer came within {PATIENCE:g} s."
            if late
            else "The connection ended before an answer came."
        )
        return _say(request.environ[_COMMON_MARK], 504 if late else 502, "No answer", words)

    @app.errorhandler(Refusal)
    def refused(error: Refusal) -> Response:
        return _say(request.environ[_COMMON_MARK], error.status, error.title, error.sentence)

    return app.wsgi_app


def _path() -> str:
    return _target().partition("?")[0]


def _target() -> str:
    """The request target as it came, which PATH_INFO has decoded."""
    target = str(request.environ.get("REQUEST_URI") or request.full_path)
    if not target.startswith("/"):
        parts = urlsplit(target)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return target


def _navigates() -> bool:
    """Whether a person goes to a page of its own, as far as the browser says."""
    mode, aim = request.headers.get("Sec-Fetch-Mode"), request.headers.get("Sec-Fetch-Dest")
    if mode is None:
        return "text/html" in request.headers.get("Accept", "")
    return mode == "navigate" and aim == "document"


def _enter(sites: Sites, site: Site) -> Response:
    """A ticket becomes the cookie. A page that goes on by itself: a redirect that began at another origin would not bring the cookie along."""
    if request.method != "GET" or "prefetch" in request.headers.get("Sec-Purpose", ""):
        return Response(status=204)
    after = request.args.get("to", "/")
    if not sites.redeem(site, request.args.get("ticket", "")):
        return _say(site, 403, "This link has been used", "A link from the dashboard opens a site once, within a minute.")  # fmt: skip
    after = (
        after
        if after.startswith("/") and not after.startswith(("//", "/\\")) and after.isprintable()
        else "/"
    )
    page = Response(render_template("gateway/go.html", site=site, after=after), headers=_PLAIN)
    page.set_cookie(COOKIE, site.row.secret, httponly=True, samesite="Strict", path="/")
    return page


def _probe() -> Response:
    """For the dashboard's script: whoever reads this resolves names like this one."""
    return Response(b"", 204, {**_PLAIN, "Access-Control-Allow-Origin": "*"})


def _say(site: Site | None, status: int, title: str, sentence: str) -> Response:
    return Response(
        render_template("gateway/says.html", site=site, title=title, sentence=sentence), status, _PLAIN
    )


def _pass(sites: Sites, door: Door, site: Site, done: ExitStack) -> Response:
    """Ask the site, and hand its answer on."""
    length = request.content_length or 0
    ready = Ready(
        request.method,
        site.origin + _target(),
        tuple(to_site(request.headers.items(), site, lambda text: _real(sites, text))),
        (lambda: _pieces(request.stream)) if length else None,
    )
    reply = done.enter_context(door.ask(ready, "gateway", patience=PATIENCE))
    kind = reply.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    fields = list(reply.raw.headers.items())
    body: Iterator[bytes] = reply.raw.stream(_PIECE, decode_content=False)
    unpacked = False
    if kind in ("text/html", "application/xhtml+xml") and request.method != "HEAD" and "Content-Range" not in reply.headers:  # fmt: skip
        body, unpacked = _renamed_page(body, reply.headers.get("Content-Encoding", ""), site)
    said = to_browser(fields, site, local=sites.is_local, unpacked=unpacked)
    if not unpacked and "Content-Length" in reply.headers:
        said.append(("Content-Length", reply.headers["Content-Length"]))
    said = _led_on(sites, site, reply, said)
    if request.method == "HEAD" or reply.status_code in _BODILESS:
        done.close()  # nobody asks for a body then, nor closes one
        body = iter(())
    response = Response(
        ClosingIterator(body, done.close), f"{reply.status_code} {reply.reason}", direct_passthrough=True
    )
    response.headers.clear()
    for name, value in said:
        response.headers.add(name, value)
    return response


def _pieces(stream: Any) -> Iterator[bytes]:
    while piece := stream.read(_PIECE):
        yield piece


def _real(sites: Sites, text: str) -> str:
    """The site's own address for one of here; others stay."""
    parts = urlsplit(text)
    site = sites.find(parts.netloc) if parts.scheme == "http" else None
    return text if site is None else site.origin + text[len(f"http://{parts.netloc}") :]


def _renamed_page(body: Iterator[bytes], codings: str, site: Site) -> tuple[Iterator[bytes], bool]:
    """The page with the site's addresses renamed, its coding taken off; as it is if it is too large or can't be read. Whether it was changed."""
    held, size = [], 0
    for piece in body:
        held.append(piece)
        size += len(piece)
        if size > LARGEST_PAGE:
            return _chain(held, body), False
    plain = decode(codings, b"".join(held))
    if not plain.complete or plain.problem:
        return iter(held), False
    return iter((pages_renamer(site)(plain.data),)), True


def _chain(held: list[bytes], rest: Iterator[bytes]) -> Iterator[bytes]:
    yield from held
    yield from rest


def _led_on(
    sites: Sites, site: Site, reply: requests.Response, said: list[tuple[str, str]]
) -> list[tuple[str, str]]:
    """Where a page leads a person on to another site, that is opened here too. For what a page fetches it stays as the site said."""
    location = reply.headers.get("Location")
    if location is None or not 300 <= reply.status_code < 400 or not _navigates():
        return said
    aim = urljoin(site.origin + _target(), location)
    try:
        parts = urlsplit(aim)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
    except ValueError:
        return said
    if renamed(aim, site) != aim or parts.scheme not in ("http", "https") or not parts.hostname or not port:
        return said
    if sites.find(parts.netloc) is not None:
        return said
    own = urlsplit(site.here)
    other = sites.open(parts.scheme, parts.hostname, port, at=own.port or 80)
    return [(name, link(sites, other, aim) if name.lower() == "location" else value) for name, value in said]


def link(sites: Sites, site: Site, address: str = "") -> str:
    """What opens the site at the path of this address: it holds a ticket."""

    parts = urlsplit(address)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    path += f"#{parts.fragment}" if parts.fragment else ""
    return f"{site.here}{ENTER}?{urlencode({'ticket': sites.ticket(site), 'to': path})}"
