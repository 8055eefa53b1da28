"""Which apps are told the number of an exchange, so that they can tell what they did for it: those that asked (see `bridge`), and nobody else.

The field is `Inspector-Exchange: ID.PROOF`. The proof is good for this exchange alone and opens nothing; whoever got hold of it would know that somebody uses an
Inspector. Programs that speak OpenTelemetry get a `traceparent` (W3C Trace Context) whose trace is the exchange, unless the client has sent one of its own. Without
any app that asked, an exchange costs one comparison.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import blake2s

from inspector.engine.flow import Flow
from inspector.engine.targets import Origin
from inspector.wire.http1 import RequestHead

FIELD = b"inspector-exchange"
TRACE = b"traceparent"
_MOST = 1000
_REMEMBERED = 4096
_ASKED, _TRACED = 1, 2


class Reporting:
    """One engine's list. `hosts` ask at any port: the practice sites."""

    __slots__ = ("_apps", "_hosts", "_judged", "_key", "_said", "_traces", "any")

    def __init__(self, key: bytes, hosts: Sequence[str] = ()) -> None:
        self._key = key
        self._hosts = frozenset(hosts)
        self._apps: frozenset[tuple[str, int]] = frozenset()
        self._traces: frozenset[tuple[str, int]] = frozenset()
        self._said: tuple[object, object] = ({}, {})
        self._judged: dict[tuple[str, int], int] = {}
        self.any = bool(key and hosts)

    def choose(self, apps: object, traces: object) -> None:
        """Take the places (`localhost:5000`) that have asked, as the settings have them."""
        if (apps, traces) == self._said or not self._key:
            return
        self._said = (apps, traces)
        self._apps, self._traces = _places(apps), _places(traces)
        self._judged.clear()
        self.any = bool(self._hosts or self._apps or self._traces)

    def fields(self, flow: Flow, head: RequestHead, origin: Origin) -> tuple[bytes, tuple[bytes, ...]]:
        """The lines that are added for this origin, and the names of the client's own fields that are left out for them."""
        place = (origin.host, origin.port)
        asks = self._judged.get(place)
        if asks is None:
            asks = self._judge(*place)
            if len(self._judged) >= _REMEMBERED:
                self._judged.clear()
            self._judged[place] = asks
        if not asks:
            return b"", ()
        id = flow.id.hex()
        lines = b""
        gone: tuple[bytes, ...] = ()
        if asks & _ASKED:
            proof = blake2s(id.encode(), key=self._key, digest_size=16).hexdigest()
            lines = f"Inspector-Exchange: {id}.{proof}\r\n".encode()
            gone = (FIELD,)
            flow.decide("app-asked")
        if asks & _TRACED and not any(name == TRACE for name, _ in head.fields):
            lines += f"traceparent: 00-{id}-{id[16:]}-01\r\n".encode()
            flow.decide("trace-begun")
        return lines, gone

    def _judge(self, host: str, port: int) -> int:
        name = "localhost" if host.endswith(".localhost") else host
        asks = _ASKED if host in self._hosts or (name, port) in self._apps else 0
        return asks | (_TRACED if (name, port) in self._traces else 0)


def _places(said: object) -> frozenset[tuple[str, int]]:
    found = set()
    for place in list(said)[:_MOST] if isinstance(said, (Mapping, list)) else ():
        host, _, port = str(place).rpartition(":")
        if host and port.isdigit():
            found.add((host.strip("[]").lower(), int(port)))
    return frozenset(found)
