"""The workbench of one dashboard: captured requests made ready, sent, and found again. Pages and API use the same functions.

What is sent is taken from the captures as they are. What is shown comes from the veiled ones, so that a presenter's secrets are sent right and never seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from inspector.compose.errors import CannotSend
from inspector.compose.ready import Ready
from inspector.compose.repeat import again, body_of
from inspector.compose.whatif import BY_CODE, CHANGES, Change
from inspector.exchange import ids
from inspector.exchange.model import Exchange
from inspector.store.captures import ArchiveGone, Captures
from inspector.store.workbench import Workbench
from inspector.web.errors import Refusal, not_found
from inspector.web.send.errors import NotSent
from inspector.web.send.sender import Answer, Sender

_AT_ONCE = 4


class Option(NamedTuple):
    """A what-if as it is offered for one exchange: the change, and why there is nothing to change, if there isn't."""

    change: Change
    why_not: str


class Bench:
    """Repeats and variations of captured requests. `plain` are the captures as they are."""

    def __init__(self, plain: Captures, sender: Sender, kept: Workbench) -> None:
        self.plain = plain
        self.sender = sender
        self.kept = kept

    def find(self, text: str) -> Exchange:
        """The exchange that an address names, as it was captured."""
        id = ids.parse(text)
        exchange = self.plain.exchange(id) if id else None
        if exchange is None:
            raise not_found("There is no exchange with this number.")
        return exchange

    def stream(self, exchange: Exchange) -> Callable[[], Iterator[bytes]]:
        """The captured body of its request, each time from the beginning."""
        return lambda: self.plain.body(exchange.id, body_of(exchange))

    def ready(self, exchange: Exchange, *, partly_too: bool = False) -> Ready:
        """The request as it was. Raises CannotSend."""
        return again(exchange, self.stream(exchange), partly_too=partly_too)

    def repeat(self, exchange: Exchange, *, partly_too: bool = False) -> Answer:
        """Send it again as it was. Raises what `told` puts in words."""
        return self.sender.send(self.ready(exchange, partly_too=partly_too), parent=exchange.id)

    def options(self, exchange: Exchange) -> tuple[Option, ...]:
        """What could be different about this request; none if it can't be repeated."""
        try:
            ready = self.ready(exchange)
        except CannotSend:
            return ()
        return tuple(Option(each, each.why_not(exchange, ready)) for each in CHANGES)

    def what_if(
        self, exchange: Exchange, codes: Iterable[str], *, together: bool = False
    ) -> tuple[tuple[str, Answer], ...]:
        """Send it with each of these changes, or with all of them at once; which change led to which answer. Raises what `told` puts in words."""
        ready = self.ready(exchange)
        chosen = [BY_CODE[code] for code in dict.fromkeys(codes) if code in BY_CODE]
        chosen = [each for each in chosen if not each.why_not(exchange, ready)]
        if not chosen:
            raise CannotSend("Nothing was chosen that could be different.", "Choose at least one change.")
        if together:
            for each in chosen:
                ready = each.change(exchange, ready)
            return (("+".join(each.code for each in chosen), self.sender.send(ready, parent=exchange.id)),)
        variants = [each.change(exchange, ready) for each in chosen]
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            answers = list(pool.map(lambda one: self.sender.send(one, parent=exchange.id), variants))
        return tuple((each.code, answer) for each, answer in zip(chosen, answers, strict=True))


TROUBLES = (CannotSend, NotSent, ArchiveGone)


def told(trouble: Exception) -> Refusal:
    """What is in the way of sending, as a page says it."""
    if isinstance(trouble, CannotSend):
        return Refusal(422, "Not sent", trouble.sentence, trouble.cure)
    if isinstance(trouble, NotSent):
        return Refusal(503, "Not sent", trouble.sentence, trouble.cure)
    return Refusal(410, "Not sent", str(trouble))
