"""What every connection of an engine shares. Made by `server.Engine`, given to whoever needs it, never looked up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from inspector.engine.gathering import Room
from inspector.engine.guard import Guard
from inspector.engine.ledger import Ledger
from inspector.engine.local_sites import LocalSites, port_of
from inspector.engine.opening import Opening
from inspector.engine.pages import Renderer
from inspector.engine.pool import Pool
from inspector.engine.reporting import Reporting
from inspector.engine.ruling import Ruling
from inspector.engine.settings import Settings
from inspector.exchange.ids import Ids
from inspector.pki.leaves import Identity
from inspector.pki.watch import HandshakeWatch
from inspector.wire.http1 import Limits as WireLimits

if TYPE_CHECKING:
    from inspector.engine.consulting import Consultant
    from inspector.engine.dial import Dialer
    from inspector.engine.flow import Flow
    from inspector.engine.mirroring import Mirroring
    from inspector.engine.stream import Stream
    from inspector.engine.targets import Origin

_REMEMBERED = 4096


class LeafSource(Protocol):
    """Where stand-in certificates come from: `pki.leaves.Leaves`."""

    def ready(self, name: str) -> Identity | None: ...
    def make(self, name: str) -> Identity: ...


class OwnAuthority(Protocol):
    """The authority behind the stand-ins (`pki.authority`): its root as PEM and DER, its list of revoked leaves (DER)."""

    pem: bytes
    der: bytes

    def revocations(self) -> bytes: ...


class Context:
    """One engine's parts. `now` is the loop's time, half a second coarse: good enough for deadlines, and free."""

    def __init__(  # noqa: PLR0917 (made in one place)
        self,
        settings: Settings,
        loop: asyncio.AbstractEventLoop,
        ledger: Ledger,
        leaves: LeafSource,
        render: Renderer,
        authority: OwnAuthority,
        browser_watch: HandshakeWatch,
        complain: Callable[[str], None],
    ) -> None:
        self.settings = settings
        self.limits = settings.limits
        self.timeouts = settings.timeouts
        limits = settings.limits
        self.wire_limits = WireLimits(head=limits.head, line=limits.request_line, fields=limits.fields)
        self.loop = loop
        self.ids = Ids()
        self.ledger = ledger
        self.leaves = leaves
        self.render = render
        self.authority = authority
        self.browser_watch = browser_watch
        self.complain = complain
        self.sender = settings.sender_token.encode()
        self.reporting = Reporting(bytes.fromhex(settings.bridge_key), settings.reporting)
        self.guard = Guard(settings.forbidden_ports, settings.proxy_auth)
        self.pool = Pool(limits)
        self.local_sites = LocalSites(settings.local_sites) if settings.local_sites else None
        self._own: dict[str, bool] = {}
        self.opening = Opening(settings.only, settings.passthrough, self._is_ours)
        self.ruling = Ruling(complain)
        self.room = Room(limits.waiting_whole)
        self._consultants: tuple[Consultant, ...] = ()
        self.asks = False  # whether somebody may have a word in an exchange that no rule holds
        self.streams: set[Stream] = set()
        self.clients: dict[str, int] = {}
        self.tasks: set[asyncio.Task[Any]] = set()
        self.now = loop.time()
        self.stopping = False
        self.dialer: Dialer
        self.mirroring: Mirroring | None = None

    @property
    def consultants(self) -> tuple[Consultant, ...]:
        """Who may have a word in messages, in order."""
        return self._consultants

    @consultants.setter
    def consultants(self, given: tuple[Consultant, ...]) -> None:
        self._consultants = given
        self.asks = not all(getattr(each, "only_held", False) for each in given)

    def is_own(self, host: str) -> bool:
        """Whether Inspector itself answers for this host: its own names and all below them, but for the sites it plays."""
        own = self._own.get(host)
        if own is None:
            own = any(host == name or host.endswith("." + name) for name in self.settings.own_names)
            if own and self.local_sites is not None and self.local_sites.find(host) is not None:
                own = False
            if len(self._own) >= _REMEMBERED:
                self._own.clear()
            self._own[host] = own
        return own

    def _is_ours(self, host: str) -> bool:
        """Whether the host is Inspector's own, or a site that it plays."""
        return self.is_own(host) or (self.local_sites is not None and self.local_sites.find(host) is not None)

    def note_local_site(self, flow: Flow, origin: Origin) -> None:
        """Say on the exchange that this computer plays the site, if it does."""
        site = self.local_sites.find(origin.host) if self.local_sites is not None else None
        port = port_of(site, origin.port) if site is not None else None
        if site is not None and port is not None:
            flow.decide("local-site", f"{site.address}:{port}")

    def spawn(self, task: asyncio.Task[Any]) -> None:
        """Keep hold of a task until it is done."""
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
