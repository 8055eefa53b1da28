"""What came after: bytes through a tunnel or a WebSocket, and whether the connections were kept or closed."""

from __future__ import annotations

from inspector.exchange.model import Connection
from inspector.explain.case import Case, Said
from inspector.explain.people import asker, site
from inspector.explain.prose import NOTHING, Prose, say
from inspector.explain.references import rfc
from inspector.explain.story.frame import imported, number
from inspector.explain.story.model import Number, Step
from inspector.explain.values.lists import tokens
from inspector.explain.words import ordinal, size, took


def inside(case: Case) -> Step | None:
    """Bytes that passed both ways: a tunnel's, or a WebSocket's."""
    exchange = case.exchange
    if exchange.kind not in ("tunnel", "websocket"):
        return None
    there, back = size(exchange.request_size), size(exchange.response_size)
    so_far = "So far " if exchange.state == "open" else ""
    counted = say(f"{so_far}{{there}} went there and {{back}} came back.", there=there, back=back)
    if exchange.kind == "websocket":
        plain = say(
            "From here on both sides may speak at any time ([[WebSocket]]): no more requests and answers, but messages in both directions."
        )
        references = (rfc(6455, "5"),)
    elif exchange.protection == "sealed":
        plain = say(
            "Inspector left what passed [[left encrypted|encrypted]] and did not look inside{why}",
            why=_why_sealed(case),
        )
        references = (rfc(9110, "9.3.6"),)
    else:
        plain = say(
            "What passed was neither HTTP nor TLS that Inspector opens, so it passed the bytes on as they came."
        )
        references = (rfc(9110, "9.3.6"),)
    marks = (
        (say("Which addresses, fields and texts passed inside is not visible from here."),)
        if exchange.protection == "sealed"
        else ()
    )
    line = exchange.timeline
    return Step(
        "inside", "What passed inside", "open" if exchange.state == "open" else "done", ("browser", "site"),
        plain + counted,
        start=line.response_start, took=None,
        numbers=(Number("there", there), Number("back", back)),
        marks=marks,
        references=references,
    )  # fmt: skip


def _why_sealed(case: Case) -> Prose:
    detail = next((each.detail for each in case.exchange.decisions if each.code == "left-encrypted"), "")
    return say(": {detail}", detail=detail if detail.endswith(".") else f"{detail}.") if detail else say(".")


def tell(case: Case) -> Step | None:
    """Whether the connections stay open."""
    exchange = case.exchange
    if imported(case):
        return None
    if exchange.state == "open":
        plain = say("The exchange is still on its way.")
        return Step("after", "Afterwards", "open", ("browser", "site"), plain)
    both = (
        _half(case, case.client, case.got, asker(exchange)),
        _half(case, case.server, case.came, site(exchange)),
    )
    plain = both[0] + both[1]
    if not plain:
        plain = say("What became of the connections is not on record.")
        return Step("after", "Afterwards", "unseen", ("browser", "site"), plain)
    return Step(
        "after", "Afterwards", "done", ("browser", "site"), plain,
        say("A connection that stays open saves the next request the name, the [[TCP]] connection and the [[TLS]] [[handshake]]."),
        start=exchange.duration, numbers=number("in all", exchange.duration),
        references=(rfc(9112, "9.3"),),
    )  # fmt: skip


def _half(case: Case, connection: Connection | None, response: Said, whom: str) -> Prose:
    if connection is None:
        return NOTHING
    own = case.exchange.client_leg if connection.side == "client" else case.exchange.server_leg
    after = _later(case, connection)
    if after:
        turn = own.turn if own else 0
        return say(
            "The connection with {whom} stayed open: the next exchange on it, the {nth}, began {time} later.",
            whom=whom, nth=ordinal(turn + 1), time=took(after),
        )  # fmt: skip
    announced = "close" in tokens(response.value("connection"))
    why = say("as the answer had announced (`Connection: close`)") if announced else NOTHING
    if connection.closed is not None:
        later = connection.opened + connection.closed - (case.ended or case.exchange.started)
        when = say("{time} later", time=took(later)) if later > 0.05 else say("with it")
        comma = say(", {why}", why=why) if why else NOTHING
        return say(
            "The connection with {whom} was closed {when}{comma}.",
            whom=whom,
            when=when,
            comma=comma,
        )
    if case.exchange.kind in ("tunnel", "websocket"):
        return say("The connection with {whom} ended with it.", whom=whom)
    if _ends_with_body(case, connection, response):
        return say("The connection with {whom} was closed with it: that is how this answer ends.", whom=whom)
    if connection.side == "server" and case.exchange.fault:
        return NOTHING  # what became of it after it went wrong is not on record
    if case.exchange.error is not None and case.exchange.error.did in ("closed", "reset"):
        return (
            say("Inspector closed the connection with {whom}.", whom=whom)
            if connection.side == "client"
            else NOTHING
        )
    if announced:
        return say("The connection with {whom} was to be closed after this answer.", whom=whom)
    return say("The connection with {whom} stayed open, ready for the next request.", whom=whom)


def _ends_with_body(case: Case, connection: Connection, response: Said) -> bool:
    """RFC 9112 §6.3, the last case: neither length nor chunks, so the body lasts until the connection ends."""
    exchange = case.exchange
    if (
        not response.there
        or exchange.method == "HEAD"
        or exchange.status in (204, 304)
        or exchange.status < 200
    ):
        return False
    framed = response.has("content-length") or "chunked" in response.value("transfer-encoding").lower()
    return not framed and not (connection.side == "client" and case.answered_here)


def _later(case: Case, connection: Connection) -> float:
    """How long after this exchange the next one on the connection began; 0 if none is known."""
    ended = case.ended or case.exchange.started
    side = "client_leg" if connection.side == "client" else "server_leg"
    own = getattr(case.exchange, side)
    if own is None:
        return 0.0
    for other in case.siblings:
        leg = getattr(other, side)
        if (
            leg is not None
            and leg.connection == connection.id
            and leg.turn == own.turn + 1
            and other.started >= ended
        ):
            return max(other.started - ended, 1e-6)
    return 0.0
