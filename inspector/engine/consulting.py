"""Who has a word in a message before it goes on: hooks, and the desk of the breakpoints. Without any, nothing of this is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from inspector.engine.flow import Flow
    from inspector.exchange.consulting import Consultation, Moment, Reply

MOST = 8 * 1024 * 1024  # of a body that waits whole; of a larger one only the head is asked about


class Consultant(Protocol):
    """Somebody who may change, drop or answer messages.

    A consultant may also have `wants_body(flow, moment) -> bool`, asked right after `wants`: where nobody wants the body, it isn't waited for;
    and `only_held = True`, which says that it never wants what no rule holds: then exchanges without a rule cost nothing.
    """

    def wants(self, flow: Flow, moment: Moment) -> bool:
        """Whether this exchange is to wait for `ask` at this moment. Cheap: it is called on the loop, once for each exchange and moment; at "response" the response's head is there."""

    async def ask(self, consultation: Consultation) -> Reply:
        """The word on a message. It may take minutes; it is cancelled when the browser leaves, and must clean up then."""


def held_by(flow: Flow, moment: Moment) -> tuple[str, float] | None:
    """The rule that wants this message held, and for how many seconds at most: the first that does."""
    if flow.ruled is None:
        return None
    return next(
        ((rule, hold.seconds) for rule, hold in flow.ruled.holds if hold.side in (moment, "both")), None
    )
