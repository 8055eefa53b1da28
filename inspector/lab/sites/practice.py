"""The practice sites by host, each a WSGI app that is imported and built when its first visitor comes."""

from __future__ import annotations

import importlib
import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from inspector.bridge import Inspector
from inspector.lab.serving.environ import Environ


@dataclass(frozen=True, slots=True)
class PracticeSite:
    """`name` is its folder here; `title`, `what`, `see` (what to look for in it) and `accounts` (name, password, whose) are for a page that lists them."""

    name: str
    host: str
    title: str
    what: str
    see: str = ""
    accounts: tuple[tuple[str, str, str], ...] = ()


MINE = "my.inspector.test"  # the learner's own
AUTHORITY = "ca.inspector.test"
BARE = "bare.inspector.test"  # speaks for itself, without WSGI
SITES = (
    PracticeSite(
        "static", "static.inspector.test", "Grey Point Light", "A static site: pages, pictures, a film, files to download.",
        "Files as they lie there: types, caching, 304, ranges, a page for what is missing.",
    ),
    PracticeSite(
        "shop", "shop.inspector.test", "Leaf & Kettle", "A dynamic site: log-in, basket, API, live pages, three kinds of database.",
        "Templates, forms, sessions, cookies, JSON, a WebSocket and server-sent events; what one click asks of three kinds of database.",
        (("ada@example.org", "correct horse", "a customer"), ("grace@example.org", "battery staple", "staff")),
    ),
    PracticeSite(
        "identity", "login.identity.test", "Quayside ID", "Signs people in for other sites: OAuth 2 and OpenID Connect.",
        "Begin at the log-in of the shop, Sign in with Quayside ID: the dance from browser to server and from server to server.",
        (("ada", "salt and rope", ""), ("grace", "bell and buoy", "the shop has her address already")),
    ),
    PracticeSite(
        "insecure", "insecure.inspector.test", "The insecure twin", "A log-in with every mistake in it, on purpose.",
        "Passwords kept as they are, over http, a session that is never renewed, forms that anybody can send.",
        (("ada", "correct horse", ""), ("grace", "battery staple", "")),
    ),
    PracticeSite(
        "elsewhere", "elsewhere.test", "Elsewhere", "Another site: what its pages can do to yours, and what not.",
        "Forged requests (CSRF), and what the same-origin policy keeps from a page.",
    ),
    PracticeSite(
        "api", "api.elsewhere.test", "Elsewhere's API", "An API on another origin, with right and wrong CORS.",
        "Which origins may read an answer, preflights, cookies across origins.",
    ),
    PracticeSite(
        "bare", BARE, "On bare sockets", "One page, /hello?name=Ada, by a program of forty lines without any framework.",
        "What is missing beside the same page in Flask, at the shop's /try/hello: length, date, methods, decoding.",
    ),
    PracticeSite(
        "ca", AUTHORITY, "Harbour Seal", "An authority that programs apply to for a certificate, by ACME, as to Let's Encrypt.",
        "Key, order, challenge, request, certificate, renewal: each step is an exchange, and the authority's own visit to your site too.",
    ),
)  # fmt: skip
HOSTS = tuple(site.host for site in SITES)
CERTIFIED = (*HOSTS, MINE)  # the hosts that have a certificate of the lab's


class LazySite:
    """A site that is built for its first visitor, whoever else comes meanwhile waiting for it."""

    def __init__(self, build: Callable[[], Any]) -> None:
        self._build = build
        self._lock = threading.Lock()
        self._app: Any = None

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        answer: Iterable[bytes] = self.app()(environ, start_response)
        return answer

    def app(self) -> Any:
        """The Flask app, built if it is not yet. (Flask itself is imported with the first of them.)"""
        if self._app is None:
            with self._lock:
                if self._app is None:
                    self._app = self._build()
        return self._app

    @property
    def is_built(self) -> bool:
        return self._app is not None

    def reset(self) -> None:
        """Everything there as it was at the beginning."""
        reset = self.app().extensions.get("reset")
        if reset is not None:
            reset()


def practice_sites(
    folder: Path, *, proxy: str = "", authority: str = "", applications: bytes = b"", told: Path | None = None
) -> dict[str, LazySite]:
    """All that are Flask apps, by host; each keeps its data in a folder of its own in `folder`.

    `proxy` is Inspector's address as http://127.0.0.1:8080, `authority` a file with the certificate it signs with: what one site asks another
    then goes that way and is captured. Without them it goes from app to app, and nobody sees it. `told` is the home of the Inspector to which each of them tells its
    own half of an exchange, by the one line that any Flask app may have. `applications` is what ca.inspector.test signs with.
    """
    apps: dict[str, LazySite] = {}

    def build(site: PracticeSite) -> Any:
        create_app = importlib.import_module(f"inspector.lab.sites.{site.name}").create_app
        more = (applications,) if site.name == "ca" else ()
        if site.name in {"shop", "ca"}:
            more = (*more, _outside(apps, proxy, authority))
        app = create_app(folder / site.name, *more)
        if told is not None:
            Inspector(app, enabled=True, home=told, ask=False)  # the engine knows these hosts
        return app

    for site in SITES:
        if site.host != BARE:
            apps[site.host] = LazySite(partial(build, site))
    return apps


def quiet() -> None:
    """Errors of the sites are shown on their pages and on the dashboard; they are no news for the lab's log."""
    logger = logging.getLogger("inspector.lab.sites")
    logger.addHandler(logging.NullHandler())
    logger.propagate = False


def _outside(apps: dict[str, LazySite], proxy: str, authority: str) -> Any:
    from inspector.lab.sites.outside import Within, through_proxy  # noqa: PLC0415 (requests, for the one site that needs it)

    return through_proxy(proxy, authority) if proxy else Within(apps).session()
