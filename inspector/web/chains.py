"""Both chains of an exchange: for the Connection tab, for the page of their own with the picture, and as files."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NotRequired, TypedDict

import msgspec
from flask import Blueprint, Response, jsonify, render_template

from inspector.exchange.model import Connection, Exchange
from inspector.explain.acceptance import CapturedWindow
from inspector.explain.chains import Chain, Link, site_chain, stand_in_chain
from inspector.store.captures import Captures
from inspector.web.api.describing import says
from inspector.web.errors import not_found
from inspector.web.finding import SIDES, find_exchange, known_connection
from inspector.web.picture_file import picture_file
from inspector.web.present.certificates import file_name, pem
from inspector.web.present.chain_picture import draw, headline
from inspector.web.present.drawing import LAYOUTS
from inspector.web.present.overview import overview
from inspector.web.present.palette import INLINE
from inspector.web.roots import Roots

UNTRUSTED = "tls-untrusted"


@dataclass(frozen=True, slots=True)
class Both:
    """The two connections of an exchange, browser's side first, and the chain of each; None where there was none."""

    lines: tuple[Connection | None, Connection | None]
    stand_in: Chain | None
    site: Chain | None

    @property
    def chains(self) -> tuple[tuple[str, Chain], ...]:
        """What there is of them, each with its side."""
        found = (("browser", self.stand_in), ("site", self.site))
        return tuple((side, chain) for side, chain in found if chain is not None)

    def link(self, side: str, number: int) -> Link | None:
        """One certificate: those of the chain first, then what was sent besides."""
        chain = dict(self.chains).get(side)
        links = (*chain.links, *chain.spare) if chain is not None else ()
        return links[number] if 0 <= number < len(links) else None


class Chains:
    """Tells the chains of exchanges."""

    def __init__(
        self,
        captures: Captures,
        roots: Roots,
        windows: Callable[[], Iterable[CapturedWindow]],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._captures = captures
        self._roots = roots
        self._windows = windows
        self._clock = clock

    def unbelieved(self, exchange: Exchange) -> Chain | None:
        """The site's chain, if Inspector did not believe it and that is what failed."""
        site = self.of(exchange).site if exchange.fault == UNTRUSTED else None
        return site if site is not None and site.blamed is not None else None

    def of(self, exchange: Exchange) -> Both:
        legs = (exchange.client_leg, exchange.server_leg)
        client, server = (known_connection(self._captures, leg) for leg in legs)
        now = self._clock()
        return Both(
            (client, server),
            stand_in_chain(exchange, client, self._windows(), now) if client else None,
            site_chain(server, self._roots.store_for(exchange), now) if server and server.tls else None,
        )


def blueprint(captures: Captures, chains: Chains) -> Blueprint:
    pages = Blueprint("chains", __name__)
    pages.add_app_template_global(
        chains.unbelieved, "unbelieved"
    )  # for what stands over the tabs of an exchange

    @pages.get("/exchange/<id>/chains")
    def show(id: str) -> str:
        exchange = find_exchange(captures, id)
        both = chains.of(exchange)
        if not both.chains:
            raise not_found("This exchange has no certificates to show.")
        return render_template("chains.html", exchange=exchange, **told(exchange, both))

    @pages.get("/exchange/<id>/chains.svg")
    def picture(id: str) -> Response:
        """The picture as a file, in the theme that is asked for."""
        exchange = find_exchange(captures, id)
        both = chains.of(exchange)
        if not both.chains:
            raise not_found("This exchange has no certificates to draw.")
        return picture_file(
            "chains.svg", draw(both.stand_in, both.site, LAYOUTS["wide"]), "why-it-was-believed.svg"
        )

    @pages.get("/api/v1/exchanges/<id>/chains")
    @says(
        "Both chains of certificates, with every check",
        tag="Certificates",
        scope="read",
        gives=BothChains,
        fails=(404, 410),
    )
    def listed(id: str) -> Response:
        """Both chains as JSON, told in the same words; certificates as base64 of their DER."""
        both = chains.of(find_exchange(captures, id))
        return jsonify({side: _chain_json(chain) for side, chain in both.chains})

    @pages.get("/exchange/<id>/certificate/<side>/<int:number>.pem")
    def certificate(id: str, side: str, number: int) -> Response:
        """One certificate as a file."""
        link = chains.of(find_exchange(captures, id)).link(side, number) if side in SIDES else None
        if link is None:
            raise not_found("This exchange has no such certificate.")
        response = Response(pem(link.der), mimetype="application/x-pem-file")
        response.headers["Content-Disposition"] = f'attachment; filename="{file_name(link)}"'
        return response

    return pages


class BothChains(TypedDict):
    """The stand-in's and the site's own; certificates as base64 of their DER."""

    browser: NotRequired[dict[str, Any]]
    site: NotRequired[dict[str, Any]]


def _chain_json(chain: Chain) -> dict[str, Any]:
    return dict(msgspec.to_builtins(chain)) | {"failed": [each.check.id for each in chain.failed]}


def told(exchange: Exchange, both: Both) -> dict[str, Any]:
    """What a template with the chains of an exchange wants to know."""
    return {
        "both": both,
        "headline": headline(both.stand_in, both.site),
        "overview": overview(exchange),
        "pictures": [draw(both.stand_in, both.site, layout) for layout in LAYOUTS.values()],
        "inline": INLINE,
    }
