"""The browser's own TCP connection, which ends at Inspector; and the tunnel it asks for."""

from __future__ import annotations

from inspector.explain.case import Case, Place, is_local
from inspector.explain.people import asker, capital
from inspector.explain.prose import NOTHING, Prose, say
from inspector.explain.references import method, rfc
from inspector.explain.story.frame import again, client_turn, imported, is_reverse, skipped, unseen
from inspector.explain.story.model import Number, Step
from inspector.wire.hosts import join_authority

_TITLE = "To Inspector"


def tell(case: Case) -> Step | None:
    """The connection from the browser."""
    who, connection = asker(case.exchange), case.client
    if imported(case):
        why = say("This exchange came from a file. Who was connected to whom is not visible from here.")
        return unseen("arrival", _TITLE, ("browser", "inspector"), why)
    if client_turn(case) > 1:
        return skipped(
            "arrival",
            _TITLE,
            ("browser", "inspector"),
            again(client_turn(case), f"on the connection from {who}"),
        )
    if connection is None:
        why = say("What is known of this connection is no longer on record, or not yet.")
        return unseen("arrival", _TITLE, ("browser", "inspector"), why)
    here = join_authority(connection.local, connection.local_port)
    there = join_authority(connection.peer, connection.peer_port)
    plain = say(
        "{who} opened a [[TCP]] connection, and it went to Inspector, not to the site:", who=capital(who)
    ) + _why(case)
    precise = say(
        "From `{there}` to `{here}`. The port of the side that calls is picked by its system for this one connection; "
        "together, the two addresses and two ports tell it from all others.",
        there=there, here=here,
    )  # fmt: skip
    return Step(
        "arrival", _TITLE, "done", ("browser", "inspector"), plain, precise,
        start=connection.opened - case.exchange.started,
        numbers=(Number("from", there), Number("to", here)),
        marks=_marks(connection.peer),
        references=(rfc(9293, "3.5"),),
    )  # fmt: skip


def _why(case: Case) -> Prose:
    if case.exchange.kind == "page":
        return say("that is who was asked.")
    if is_reverse(case):
        return say(
            "Inspector stands in front of the site here, as a [[reverse proxy]]. The request names a path only, as to a site itself."
        )
    return say("it is set to use Inspector as its [[proxy]], and leaves the rest of the way to it.")


def _marks(peer: str) -> tuple[Prose, ...]:
    took = say(
        "How long this connection took to make is not visible from here: only who called knows when it began."
    )
    if is_local(peer):
        return (say("Both ends are on this computer, so this half crossed no network."), took)
    return (took,)


def tunnel(case: Case) -> Step | None:
    """CONNECT, and Inspector's answer to it."""
    exchange, connection = case.exchange, case.client
    title = "The tunnel"
    if exchange.kind == "page" or is_reverse(case) or (imported(case) and connection is None):
        return None
    if (
        exchange.scheme in ("http", "ws")
        and not (connection and connection.asked)
        and exchange.method != "CONNECT"
    ):
        why = say(
            "A [[tunnel]] is for what is encrypted. Over plain http the browser simply hands the proxy the whole address."
        )
        return skipped("tunnel", title, ("browser", "inspector"), why)
    if client_turn(case) > 1:
        return skipped(
            "tunnel",
            title,
            ("browser", "inspector"),
            say("The [[tunnel]] was there already, with the connection."),
        )
    head = connection.asked if connection and connection.asked else b""
    own = exchange.method == "CONNECT" or exchange.kind in ("tls", "tunnel")
    if not head and own:
        head = case.asked.message.head
    if not head:
        why = say(
            "The `CONNECT` request is not on record."
            if connection
            else "What is known of this connection is not on record."
        )
        return unseen("tunnel", title, ("browser", "inspector"), why)
    return _asked(case, head, own=own)


def _asked(case: Case, head: bytes, *, own: bool) -> Step:
    who = asker(case.exchange)
    line = head.partition(b"\r\n")[0].decode("latin-1")
    answered = (case.client.answered if case.client else b"") or case.got.message.head
    answer = answered.partition(b"\r\n")[0].decode("latin-1")
    plain = say(
        "{who} asked for a [[tunnel]]: “get me through to this host and port, and don't look at what passes”.",
        who=capital(who),
    )
    precise = say("It said `{line}`.", line=line)
    if answer:
        plain += (
            say("Inspector agreed at once, before it had called the site.") if " 200 " in answer else NOTHING
        )
        precise += say(
            "Inspector answered `{answer}`. What follows on this connection is for the site.", answer=answer
        )
    places = (Place("browser", "request", "head", 0, len(head)),) if own and case.asked.there else ()
    return Step(
        "tunnel", "The tunnel", "done", ("browser", "inspector"), plain, precise,
        marks=(say("The host's name stands in this request in plain text. With a proxy the browser looks up no site's name itself; it leaves that to the proxy."),),
        places=places,
        references=(rfc(9110, "9.3.6"), method("CONNECT")),
    )  # fmt: skip
