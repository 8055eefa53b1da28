"""The pages of Send, put together, and what answers in front of the dashboard under the names of opened sites."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple, cast
from urllib.parse import urlsplit

from flask import Blueprint, Flask

from inspector.store.captures import Captures
from inspector.store.workbench import Workbench
from inspector.web.gateway import pages as gateway
from inspector.web.gateway.front import in_front_of
from inspector.web.gateway.sites import Sites
from inspector.web.send import again, composer, raw
from inspector.web.send.bench import Bench
from inspector.web.send.curtain import Curtain
from inspector.web.send.door import Door
from inspector.web.send.sender import Sender
from inspector.web.settings import WebSettings
from inspector.web.veil import Veil


class Parts(NamedTuple):
    """The blueprints, and what they are given."""

    blueprints: tuple[Blueprint, ...]
    sites: Sites
    door: Door
    kept: Workbench

    def forget(self) -> None:
        """With the captures go the drafts."""
        self.kept.forget()

    def stand_before(self, app: Flask) -> None:
        """Let opened sites answer under their names, before anything of the dashboard is asked."""
        plain: Any = app.wsgi_app
        app.wsgi_app = in_front_of(plain, self.sites, self.door)  # type: ignore[assignment, method-assign]


def parts(settings: WebSettings, veil: Veil) -> Parts:
    """What sends, over these captures."""
    kept = Workbench(Path(settings.run).parent)
    door = Door(settings.proxies, settings.sender_token)
    bench = Bench(veil.plain, Sender(door, veil.plain.exchange, kept.note_sent), kept)
    shown, curtain = cast("Captures", veil), Curtain(veil.hider)
    ports = frozenset(urlsplit(f"//{each}").port or 80 for each in settings.addresses)
    sites = Sites(kept, ports, settings.gateway_base)
    blueprints = (
        again.blueprint(bench, shown), composer.blueprint(bench, shown, curtain), gateway.blueprint(sites),
        raw.blueprint(bench, shown, door, curtain),
    )  # fmt: skip
    return Parts(blueprints, sites, door, kept)
