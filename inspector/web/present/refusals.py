"""Failed handshakes for looking at: the cause of one, and all of them by client and host, each with what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from inspector.exchange.model import Exchange, Summary
from inspector.explain.own_requests import whose
from inspector.explain.programs import typed
from inspector.explain.refusals import SURE, Cause, Cure, classify, concerns
from inspector.store.captures import ArchiveGone, Captures, Row
from inspector.web.finding import known_connection
from inspector.web.settings import WebSettings

LOOKED_AT = 500
EXPLAINED = 40
OUR_OWN = "inspector-doctor"  # it asks on purpose for what is wrong
_LOOPBACK = ("127.", "[::1]", "[::ffff:127.")


@dataclass(frozen=True, slots=True)
class Refusal:
    """One failed handshake explained. `sure` says how sure that is; `left` whether its host is left encrypted by now."""

    cause: Cause
    sure: str
    cures: tuple[Cure, ...]
    host: str
    left: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """A host that a client refused: how often, when last, the newest exchange (`id`) and its cause, if its record is still there."""

    host: str
    id: str
    times: int
    last: float
    refusal: Refusal | None
    own: str


@dataclass(frozen=True, slots=True)
class Client:
    """A program on a computer, and what it refused. `cures` are those of its causes, each once."""

    name: str
    where: str
    refused: tuple[Refused, ...]
    cures: tuple[tuple[str, tuple[Cure, ...]], ...]

    @property
    def times(self) -> int:
        return sum(each.times for each in self.refused)


class Refusals:
    """Explains failed handshakes. `is_left` tells whether a host is left encrypted."""

    def __init__(self, captures: Captures, settings: WebSettings, is_left: Callable[[str], bool]) -> None:
        self._captures = captures
        self._settings = settings
        self._is_left = is_left

    def of(self, exchange: Exchange) -> Refusal | None:
        """Why the handshake failed that this exchange is the trace of; None if it is none."""
        if not concerns(exchange):
            return None
        connection = known_connection(self._captures, exchange.client_leg)
        cause = classify(exchange, connection, self._captures.history(exchange))
        cures = tuple(Cure(each.whom, tuple(map(self._typed, each.steps))) for each in cause.cures)
        return Refusal(cause, SURE[cause.sure], cures, exchange.host, self._is_left(exchange.host))

    def clients(self) -> tuple[Client, ...]:
        """Every client that refused something of late, the newest refusal first."""
        found: dict[tuple[str, str], dict[str, list[Row]]] = {}
        for row in self._captures.refused(LOOKED_AT):
            if row.agent.startswith(OUR_OWN):
                continue
            found.setdefault(_client(row), {}).setdefault(row.host, []).append(row)
        left = EXPLAINED
        clients = []
        for (where, name), hosts in found.items():
            refused = [
                self._refused(host, rows, explain=n < left) for n, (host, rows) in enumerate(hosts.items())
            ]
            left = max(0, left - len(refused))
            clients.append(Client(name, _place(where), tuple(refused), tuple(_cures(refused))))
        return tuple(clients)

    def _refused(self, host: str, rows: list[Row], *, explain: bool) -> Refused:
        newest = rows[0]
        refusal = None
        if explain:
            try:
                exchange = self._captures.exchange(newest.id)
            except ArchiveGone:
                exchange = None
            refusal = self.of(exchange) if exchange is not None else None
        return Refused(host, newest.id.hex(), len(rows), newest.started, refusal, whose(host))

    def _typed(self, step: str) -> str:
        return typed(step, self._settings.command, self._settings.ca_path)


def _client(row: Summary) -> tuple[str, str]:
    return row.client.rpartition(":")[0], row.agent


def _place(address: str) -> str:
    if address.startswith(_LOOPBACK):
        return "on this computer"
    return f"at {address.strip('[]')}" if address else ""


def _cures(refused: Iterable[Refused]) -> Iterable[tuple[str, tuple[Cure, ...]]]:
    """The cures of each cause once, under the cause's title."""
    seen: dict[str, tuple[str, tuple[Cure, ...]]] = {}
    for each in refused:
        if each.refusal is not None and each.refusal.cures:
            seen.setdefault(each.refusal.cause.code, (each.refusal.cause.title, each.refusal.cures))
    return seen.values()
