"""The sites that are opened here: their names, and who may come in.

A name is flat (`example-com-7f3a.localhost`): names under one common name would be one site to a browser, and share cookies. The readable part is for people; what opens
a name is a ticket that the dashboard hands out, good once and for a minute, which the browser's cookie of that origin takes the place of.
"""

from __future__ import annotations

import hmac
import re
import secrets
import threading
import time
from typing import NamedTuple

from inspector.store.workbench import SiteRow, Workbench
from inspector.wire.hosts import join_authority

TICKET_LIFETIME = 60.0
LOCAL = "localhost"
_USUAL = {"http": 80, "https": 443}
_NOT_LABEL = re.compile(r"[^a-z0-9]+")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


class Site(NamedTuple):
    """A site, and its name here. `origin` is the site's own, `here` the origin under which a browser reaches it."""

    row: SiteRow
    here: str

    @property
    def authority(self) -> str:
        row = self.row
        return join_authority(row.host, None if _USUAL.get(row.scheme) == row.port else row.port)

    @property
    def origin(self) -> str:
        return f"{self.row.scheme}://{self.authority}"

    @property
    def name(self) -> str:
        """Host and port here."""
        return self.here.partition("://")[2]


class Sites:
    """All of them. `base` is what their names end in, `ports` where the dashboard is bound."""

    def __init__(self, kept: Workbench, ports: frozenset[int], base: str = "") -> None:
        self.base = (base or LOCAL).lower().strip(".")
        self._kept = kept
        self._ports = ports
        self._known: dict[str, SiteRow] = {}
        self._tickets: dict[str, tuple[str, float]] = {}
        self._lock = threading.Lock()

    @property
    def is_local(self) -> bool:
        """Whether the names are of this computer alone."""
        return self.base == LOCAL

    def label_of(self, host: str) -> str:
        """The label in a Host field of ours, whether or not there is such a site; empty if it is no name of this kind."""
        name, _, port = host.lower().rpartition(":") if ":" in host else (host.lower(), "", "80")
        label, dot, rest = name.rstrip(".").partition(".")
        if not dot or rest != self.base or not port.isdecimal() or int(port) not in self._ports:
            return ""
        return label if _LABEL.fullmatch(label) else ""

    def find(self, host: str) -> Site | None:
        """The site that a Host field names."""
        label = self.label_of(host)
        row = self._row(label) if label else None
        return Site(row, f"http://{host.lower()}") if row is not None else None

    def _row(self, label: str) -> SiteRow | None:
        found = self._known.get(label)
        if found is None and "-" in label:
            self._known = {row.label: row for row in self._kept.sites()}
            found = self._known.get(label)
        return found

    def all(self, port: int) -> tuple[Site, ...]:
        """Every site, the one opened last first, as a browser of that port reaches them."""
        return tuple(self._site(row, port) for row in self._kept.sites())

    def open(self, scheme: str, host: str, port: int, *, at: int) -> Site:
        """The site's name here, the old one if it has one, made if not. `at` is the dashboard's port."""
        with self._lock:
            rows = self._kept.sites()
            same = (row for row in rows if (row.scheme, row.host, row.port) == (scheme, host, port))
            row = next(same, None)
            if row is None:
                taken = {each.label for each in rows}
                label = _label(host, port if _USUAL.get(scheme) != port else 0)
                while label in taken:
                    label = _label(host, port)
                row = SiteRow(label, scheme, host, port, secrets.token_urlsafe(24), 0.0)
            row = row._replace(used=time.time())
            self._kept.keep_site(row)
            self._known[row.label] = row
            return self._site(row, at)

    def close(self, label: str) -> None:
        """Its name leads nowhere any more, and its tickets are void."""
        self._kept.remove_site(label)
        self._known.pop(label, None)

    def _site(self, row: SiteRow, port: int) -> Site:
        return Site(row, f"http://{row.label}.{self.base}" + ("" if port == 80 else f":{port}"))

    # -- who may come in

    def ticket(self, site: Site) -> str:
        """A ticket for this site, good once, within a minute."""
        with self._lock:
            now = time.monotonic()
            self._tickets = {each: known for each, known in self._tickets.items() if known[1] > now}
            ticket = secrets.token_urlsafe(24)
            self._tickets[ticket] = (site.row.label, now + TICKET_LIFETIME)
            return ticket

    def redeem(self, site: Site, ticket: str) -> bool:
        """Use a ticket up; whether it was good for this site."""
        with self._lock:
            label, until = self._tickets.pop(ticket, ("", 0.0))
        return label == site.row.label and time.monotonic() < until

    @staticmethod
    def admits(site: Site, cookie: str) -> bool:
        """Whether a cookie opens this site."""
        return hmac.compare_digest(cookie.encode("utf-8", "replace"), site.row.secret.encode())


def _label(host: str, port: int) -> str:
    """`example-com-7f3a`: at most 63 bytes, and never a label that only IDNA may make."""
    readable = _NOT_LABEL.sub("-", f"{host}-{port}" if port else host).strip("-")[:50].strip("-")
    return f"{readable or 'site'}-{secrets.token_hex(2)}"
