"""A response on its way to the browser that rules hold back, slow down or break off.

What the site sends is taken as payload, without its framing, and framed anew as it leaves. What cannot leave yet waits here; over a limit the site is not read from.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from inspector.engine.gathering import chunk
from inspector.engine.marking import with_id
from inspector.exchange.model import Fault
from inspector.rules.effects import Cut, Edit, Pace, Restate, Wait
from inspector.rules.heads import edited, framed, restated, value_of

if TYPE_CHECKING:
    import asyncio

    from inspector.engine.flow import Flow
    from inspector.engine.http1 import Http1
    from inspector.rules.ruleset import Step

HELD = 16
_WAITING = 256 * 1024
_BEAT = 0.05
_BODILESS = (204, 304)


def edit_response(head: bytes, steps: Sequence[Step], status: int) -> bytes:
    """The head with what rules say of fields and status."""
    for step in steps:
        if isinstance(step.effect, Restate):
            if status in _BODILESS:
                head = framed(head, 0)
            head = restated(head, step.effect)
        elif isinstance(step.effect, Edit) and step.effect.side == "response":
            head = edited(head, step.effect)
    return head


def needs_shaping(steps: Sequence[Step]) -> bool:
    """Whether more than the head is concerned."""
    return any(isinstance(step.effect, Wait | Pace | Cut) for step in steps)


class Shaper:
    """Holds what the browser is to get of one response, and lets it go in time."""

    def __init__(
        self, side: Http1, flow: Flow, head: bytes, steps: Sequence[Step], *, has_body: bool
    ) -> None:
        self._side = side
        self._flow = flow
        self._loop = side.context.loop
        self._head = head
        self._chunked = has_body and value_of(head, b"transfer-encoding") != b""
        self._waiting = bytearray()
        self._whole = False
        self._sent = 0
        self._timer: asyncio.TimerHandle | None = None
        self._over = False
        effects = [step.effect for step in steps]
        self._rate = min((each.down for each in effects if isinstance(each, Pace) and each.down), default=0.0)
        self._cut = min(
            (each for each in effects if isinstance(each, Cut)), key=lambda each: each.after, default=None
        )
        self._start = self._loop.time() + sum(each.seconds for each in effects if isinstance(each, Wait))
        self._may_send = 0.0
        self._paced_at = self._start
        if self._cut is not None:
            flow.passed = side.context.ledger.tap()

    # -- what comes from the site

    def take(self, payload: bytes) -> None:
        """A run of the body."""
        self._waiting += payload
        if len(self._waiting) > _WAITING and self._flow.server is not None:
            self._flow.server.hold(HELD)
        self._go()

    def end(self, payload: bytes = b"") -> None:
        """The response is complete, with this as the last run of its body."""
        self._waiting += payload
        self._whole = True
        self._go()

    def drop(self) -> None:
        """The exchange is over, for whatever reason."""
        self._over = True
        if self._timer is not None:
            self._timer.cancel()
        if self._flow.server is not None:
            self._flow.server.release(HELD)

    # -- what goes to the browser

    def _go(self) -> None:
        """Let go of what may go by now; later again, if something is left."""
        if self._over or self._timer is not None:
            return
        now = self._loop.time()
        if now < self._start:
            self._later(self._start - now)
            return
        payload = self._allowed(now)
        out = self._opening()
        out += self._frame(payload)
        self._sent += len(payload)
        if self._cut is not None:
            if self._flow.passed is not None and payload:
                self._flow.passed.add(payload)
            if self._sent >= self._cut.after:
                self._break_off(self._cut, out)
                return
        done = self._whole and not self._waiting
        if done and self._chunked:
            out += b"0\r\n" + self._flow.trailers + b"\r\n"
        if out:
            self._side.send(out)
        if done:
            self.drop()
            if self._flow.passed is not None:
                self._flow.passed.complete = True
            self._side.shaped(self._flow)
            return
        if self._flow.server is not None and len(self._waiting) <= _WAITING:
            self._flow.server.release(HELD)
        if self._waiting:
            self._later(_BEAT)

    def _opening(self) -> bytes:
        """The head, once."""
        head, self._head = self._head, b""
        if not head:
            return b""
        self._flow.client_response = head
        return head if self._flow.mark is None else with_id(self._flow, head)

    def _later(self, seconds: float) -> None:
        self._timer = self._loop.call_later(seconds, self._timed)

    def _timed(self) -> None:
        self._timer = None
        if self._side.connection.writable or not self._rate:
            self._go()
        elif not self._over:
            self._later(_BEAT)

    def _allowed(self, now: float) -> bytes:
        """As much of what waits as may go now."""
        most = len(self._waiting)
        if self._rate:
            self._may_send = min(
                self._may_send + (now - self._paced_at) * self._rate, max(1.0, self._rate * 4 * _BEAT)
            )
            self._paced_at = now
            most = min(most, int(self._may_send))
            self._may_send -= most
        if self._cut is not None:
            most = min(most, self._cut.after - self._sent)
        payload = bytes(self._waiting[:most])
        del self._waiting[:most]
        return payload

    def _frame(self, payload: bytes) -> bytes:
        return chunk(payload) if self._chunked else payload

    def _break_off(self, cut: Cut, out: bytes) -> None:
        self._over = True
        self._side.send(out)
        did = "closed" if cut.how == "close" else "reset"
        self._side.break_off(
            self._flow,
            Fault("rule-broke-off", "us", "response-body", self._sent, f"after {self._sent:,} bytes", did),
        )
