"""--mirror-faults: the site is looked at before the browser's hello is answered, and what is wrong with its TLS is shown to the browser too.

A certificate that is not believed gets a stand-in with the same fault; what the browser then asks for goes to the site unverified, as long as the
site shows that same certificate. A site that ends the handshake with an alert of its own (TLS 1.0 only, for one) has it passed on. Anything
else that fails is left to the page that says so. What was seen is remembered for a minute, since browsers open several connections at once.
"""

from __future__ import annotations

import asyncio
import time
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple, Protocol

from inspector.engine.dial import DialError
from inspector.engine.targets import Accepted
from inspector.pki.errors import NotPermitted, PkiError
from inspector.pki.verdict import WhyNot, why_not
from inspector.wire.tls import ALERTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inspector.engine.context import Context
    from inspector.engine.flow import Flow
    from inspector.engine.targets import Origin
    from inspector.exchange.model import Fault, Tls
    from inspector.pki.leaves import Identity

REMEMBERED = 60.0
_MOST = 1000
_PASSED_ON = ("tls-version", "tls-server-alert")
_ALERT_NUMBERS = {each.name: number for number, each in ALERTS.items()}


class MirrorSource(Protocol):
    """Where stand-ins with a fault come from: `pki.mirror.Mirror`."""

    def make(self, fault: WhyNot, number: int, chain: Sequence[bytes], host: str) -> Identity: ...


class Reflection(NamedTuple):
    """What the browser is to see of a site's fault: a stand-in that has it, or an `alert` (a TLS record) in place of an answer.

    `sentence` says what is mirrored; `accepted` is the certificate that it is about, `connection` and `fault` come from the look at the
    site. `left_encrypted` says why nothing can be shown: our authority may not vouch for this site.
    """

    sentence: str
    connection: bytes
    fault: Fault
    identity: Identity | None = None
    accepted: Accepted | None = None
    alert: str = ""
    left_encrypted: str = ""

    @property
    def record(self) -> bytes:
        """The alert as it goes to the browser (RFC 8446 §6), fatal."""
        return bytes((21, 3, 1, 0, 2, 2, _ALERT_NUMBERS[self.alert]))


class Mirroring:
    """Looks at sites for one engine."""

    def __init__(self, context: Context, source: MirrorSource) -> None:
        self._context = context
        self._source = source
        self._seen: dict[Origin, tuple[float, asyncio.Task[Reflection | None]]] = {}

    async def look(self, origin: Origin, flow: Flow) -> Reflection | None:
        """What to show of this site; None: nothing is wrong with its TLS, or nothing that could be shown. `flow` notes the look."""
        until, looking = self._seen.get(origin, (0.0, None))
        if looking is None or until < self._context.now:
            if len(self._seen) >= _MOST:
                self._seen.clear()
            looking = self._context.loop.create_task(self._look(origin, flow))
            self._context.spawn(looking)
            self._seen[origin] = (self._context.now + REMEMBERED, looking)
        return await asyncio.shield(looking)

    def forget(self, origin: Origin) -> None:
        """The site is not what it was: look again."""
        self._seen.pop(origin._replace(mirrored=None), None)

    async def _look(self, origin: Origin, flow: Flow) -> Reflection | None:
        try:
            server = await self._context.dialer.connect(origin, flow)
        except DialError as error:
            facts = flow.failed_facts
            if facts is None:
                return None
            if facts.verify_code and facts.chain:
                return await self._bent(origin, facts, flow.server_connection, error.fault)
            if facts.alert in _ALERT_NUMBERS and error.fault.code in _PASSED_ON:
                sentence = f"the handshake came to nothing ({facts.alert})."
                return Reflection(sentence, flow.server_connection, error.fault, alert=facts.alert)
            return None
        server.close()
        return None

    async def _bent(self, origin: Origin, facts: Tls, connection: bytes, fault: Fault) -> Reflection | None:
        why = why_not(facts.verify_code, facts.why_not, facts.chain, origin.name, time.time())
        try:
            identity = await self._context.loop.run_in_executor(
                None, self._source.make, why, facts.verify_code, facts.chain, origin.name
            )
        except NotPermitted as error:
            return Reflection(why.sentence, connection, fault, left_encrypted=str(error))
        except PkiError:  # it can't be mirrored: the page will say what is wrong
            return None
        accepted = Accepted(sha256(facts.chain[0]).digest(), facts.verify_code, facts.why_not)
        return Reflection(why.sentence, connection, fault, identity, accepted)
