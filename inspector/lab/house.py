"""All that the lab plays, under one roof: which app answers for a host, and with which certificate it does."""

from __future__ import annotations

import ssl
from pathlib import Path

from inspector.lab import control
from inspector.lab.badtls.cases import DOMAIN
from inspector.lab.badtls.identities import Identities
from inspector.lab.badtls.kept import Kept
from inspector.lab.badtls.pages import Pages
from inspector.lab.badtls.site import BadTls
from inspector.lab.serving.contexts import Contexts
from inspector.lab.serving.environ import App
from inspector.lab.serving.on_sockets import OnSockets
from inspector.lab.serving.plain_sites import as_app
from inspector.lab.sites.bare import server as bare
from inspector.lab.sites.practice import BARE, practice_sites


class House:
    """The practice sites and the bad-TLS lab. `templates` is the folder of the latter's pages; `data`, `proxy`, `authority` and `told` are for the former
    (see `practice_sites`)."""

    def __init__(
        self,
        kept: Kept,
        templates: Path,
        data: Path,
        *,
        proxy: str = "",
        authority: str = "",
        told: Path | None = None,
    ) -> None:
        self.sites = practice_sites(
            data, proxy=proxy, authority=authority, applications=kept.applications, told=told
        )
        self._bad_tls = as_app(BadTls(kept, Pages(templates)))
        self._practice = Contexts(kept.practice)
        self._identities = Identities(kept)
        self._bare = OnSockets(bare.serve)
        self.control: App | None = None

    def reset(self, host: str) -> None:
        """Put a practice site back to its beginning; without a host, all of them that somebody has been to."""
        for each, site in self.sites.items():
            if each == host or (not host and site.is_built):
                site.reset()

    def find(self, host: str) -> App | OnSockets | None:
        """The app that plays a host; None where nobody does."""
        if host == DOMAIN or host.endswith(f".{DOMAIN}"):
            return self._bad_tls
        if host == control.HOST:
            return self.control
        if host == BARE:
            return self._bare
        return self.sites.get(host)

    def choose(self, name: str) -> ssl.SSLContext | None:
        """The TLS context for the name in a hello; None where nobody of that name is at home."""
        return self._practice.choose(name) or self._identities.choose(name)
