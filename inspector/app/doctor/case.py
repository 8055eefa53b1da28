"""What the checks ask: the home and who runs on it, the computer, and what was captured of late. Each thing is read when the first check wants it, once."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from inspector.app import notice
from inspector.app.command import command as own_command
from inspector.app.home import Home
from inspector.app.notice import Running
from inspector.app.platform import Platform, here
from inspector.exchange.model import Connection, Exchange, Message
from inspector.pki import vault
from inspector.pki.errors import PkiError
from inspector.pki.trust_stores.machine import Machine
from inspector.pki.trust_stores.model import Anchor
from inspector.store.captures import ArchiveGone, Captures, Row
from inspector.store.database import StoreProblem, index_path
from inspector.store.settings import Settings
from inspector.store.status import Status, read_boards
from inspector.store.watch import CONTROL, DEFAULTS

LOOKED_AT = 1_000  # newest rows
READ = 60  # newest exchanges whose records are read


@dataclass(frozen=True, slots=True)
class Seen:
    """One exchange of late, with the connections of its two sides as far as they are kept."""

    exchange: Exchange
    client: Connection | None
    server: Connection | None

    @property
    def answer(self) -> Message | None:
        """What the site answered."""
        leg = self.exchange.server_leg
        return leg.response if leg is not None else None


class Case:
    """One set-up check. `terminal` tells whether it is made in a person's terminal, whose variables then count."""

    def __init__(
        self,
        place: Home,
        platform: Platform | None = None,
        computer: Machine | None = None,
        environment: Mapping[str, str] = os.environ,
        clock: Callable[[], float] = time.time,
        *,
        terminal: bool = True,
    ) -> None:
        self.place = place
        self.platform = platform or here()
        self.computer = computer or Machine(environment=environment)
        self.environment = environment
        self.clock = clock
        self.terminal = terminal

    def close(self) -> None:
        """Give back what was opened."""
        opened = self.__dict__.get("captures")
        if opened is not None:
            opened.close()

    def command(self, *words: str) -> str:
        """How one calls Inspector for this home, between back-ticks."""
        return f"`{own_command(*words, root=self.place.root)}`"

    @cached_property
    def running(self) -> Running | None:
        """Who runs on this home."""
        return notice.read(self.place.run, self.platform)

    @cached_property
    def boards(self) -> tuple[Status, ...]:
        """What its processes say of themselves."""
        return tuple(read_boards(self.place.run))

    @cached_property
    def anchor(self) -> Anchor | None:
        """The authority's certificate; None if there is none, or none that can be read."""
        if not vault.exists(self.place.certs):
            return None
        try:
            return Anchor(vault.read_certificate(self.place.certs), self.place.certs / vault.CERTIFICATE)
        except PkiError:
            return None

    @cached_property
    def settings(self) -> Mapping[str, Any]:
        """What people set on the dashboard."""
        if not (self.place.data / CONTROL).is_file():
            return DEFAULTS
        try:
            control = Settings(self.place.data)
        except StoreProblem:
            return DEFAULTS
        try:
            return control.read()
        finally:
            control.close()

    @cached_property
    def captures(self) -> Captures | None:
        """What was captured, if anything ever was."""
        return (
            Captures(self.place.data, network=bool(self.place.note))
            if index_path(self.place.data).is_file()
            else None
        )

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The newest exchanges, newest first. Raises StoreProblem."""
        return tuple(reversed(self.captures.page(limit=LOOKED_AT).rows)) if self.captures is not None else ()

    @cached_property
    def seen(self) -> tuple[Seen, ...]:
        """The newest exchanges with a site, whole, at most three a host."""
        return tuple(self._seen())

    def _seen(self) -> Iterator[Seen]:
        hosts: dict[str, int] = {}
        for row in self.rows:
            if row.kind == "page" or hosts.get(row.host, 0) >= 3:
                continue
            hosts[row.host] = hosts.get(row.host, 0) + 1
            exchange = self._exchange(row.id)
            if exchange is not None:
                client = exchange.client_leg.connection if exchange.client_leg is not None else b""
                server = exchange.server_leg.connection if exchange.server_leg is not None else b""
                yield Seen(exchange, self._connection(client), self._connection(server))
            if sum(hosts.values()) >= READ:
                return

    def _exchange(self, id: bytes) -> Exchange | None:
        with suppress(ArchiveGone):
            return self.captures.exchange(id) if self.captures is not None else None
        return None

    def _connection(self, id: bytes) -> Connection | None:
        with suppress(ArchiveGone):
            return self.captures.connection(id) if self.captures is not None and id else None
        return None
