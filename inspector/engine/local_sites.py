"""Which hosts are sites that this computer plays itself (practice sites, the bad-TLS lab), and where each is served.

A host is looked up once; after that it is one look into a dict. An exact name goes before `*.suffix`, a longer suffix before a shorter.
"""

from __future__ import annotations

from collections.abc import Sequence

from inspector.engine.settings import LocalSite

_REMEMBERED = 4096
_PORTS = (80, 443)


class LocalSites:
    """The table of them. An engine without any has no such table, and asks nothing."""

    __slots__ = ("_below", "_exact", "_known")

    def __init__(self, sites: Sequence[LocalSite]) -> None:
        self._exact = {site.host: site for site in sites if not site.host.startswith("*.")}
        self._below = {site.host[2:]: site for site in sites if site.host.startswith("*.")}
        self._known: dict[str, LocalSite | None] = {}

    def find(self, host: str) -> LocalSite | None:
        """The site that is played under this name (as `targets` spells names), if one is."""
        try:
            return self._known[host]
        except KeyError:
            pass
        site = self._exact.get(host)
        rest = host
        while site is None and "." in rest:
            rest = rest.partition(".")[2]
            site = self._below.get(rest)
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        self._known[host] = site
        return site


def port_of(site: LocalSite, port: int) -> int | None:
    """The port where the site is served when a request names `port`; None if it isn't served there: it has http's and https's alone."""
    if port not in _PORTS:
        return None
    return site.http if port == _PORTS[0] else site.https
