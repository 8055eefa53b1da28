"""Where the site is: its name looked up, by whom, and the TCP connection to it; perhaps by way of another proxy."""

from __future__ import annotations

from inspector.exchange.model import Attempt
from inspector.explain.case import Case, is_local
from inspector.explain.people import asker, site
from inspector.explain.prose import NOTHING, Prose, say
from inspector.explain.references import mdn, method, rfc
from inspector.explain.story.frame import (
    again,
    broke_at,
    imported,
    number,
    server_turn,
    skipped,
    span,
    unseen,
)
from inspector.explain.story.model import Actor, Number, Step
from inspector.explain.words import plural, took
from inspector.wire.hosts import address_of, join_authority

_NAME, _CONNECTION, _PROXY = "The name", "The connection to the site", "The other proxy"
_DNS = (rfc(1034, "2.2"), mdn("Glossary/DNS", "DNS"))


def tell(case: Case) -> Step | None:
    """The site's name looked up."""
    exchange, line = case.exchange, case.exchange.timeline
    between: tuple[Actor, Actor] = ("inspector", "site")
    if exchange.kind in ("page", "tls") or imported(case) or broke_at(exchange) == "passing-on":
        return None
    if server_turn(case) > 1 and line.dns_start is None:
        why = say(
            "Inspector was connected to `{host}` already, so no name had to be looked up.",
            host=site(exchange),
        )
        return skipped("name", _NAME, ("inspector", "site"), why)
    via = case.server.via if case.server else ""
    name = via.rpartition(":")[0].strip("[]") if via else case.host
    if line.dns_start is None:
        return _not_asked(case, name, via)
    duration = span(line.dns_start, line.dns_end)
    if line.dns_end is None and exchange.state == "open":
        return Step("name", _NAME, "open", between, say("Inspector is looking up `{name}`.", name=name), start=line.dns_start, references=_DNS)  # fmt: skip
    return Step(
        "name", _NAME, "done", between,
        _found(case, name, via), _records(case),
        start=line.dns_start, took=duration, numbers=number("took", duration),
        marks=_marks(case, via),
        references=_DNS,
    )  # fmt: skip


def _not_asked(case: Case, name: str, via: str) -> Step | None:
    exchange = case.exchange
    if address_of(name) is not None:
        why = say("`{name}` is an [[IP address|address]] already; there is nothing to look up.", name=name)
    elif any(decision.code == "local-site" for decision in exchange.decisions):
        why = say(
            "`{name}` is played on this computer, as a practice site or an app of yours, and no name service is asked.",
            name=name,
        )
    elif is_local(name):
        why = say("`{name}` always means this computer; the network is never asked about it.", name=name)
    elif exchange.server_leg is None and exchange.timeline.connect_start is None:
        if exchange.state == "open":
            return None
        why = say("It never came to this.")
    elif exchange.timeline.connect_start is not None:
        why = say("Inspector had looked up `{name}` shortly before and still knew the address.", name=name)
    else:
        return unseen(
            "name", _NAME, ("inspector", "site"), say("Whether the name was looked up is not on record.")
        )
    return skipped("name", _NAME, ("inspector", "site"), why)


def _found(case: Case, name: str, via: str) -> Prose:
    exchange = case.exchange
    if broke_at(exchange) == "name":
        return say("Inspector asked this computer's name service for the address of `{name}`.", name=name)
    addresses = _addresses(case)
    sentence = say(
        "Computers are reached by number, so Inspector asked for the [[IP address|address]] of `{name}` ([[DNS]]).",
        name=name,
    )
    if addresses:
        sentence += say("It went to `{address}`.", address=addresses[0])
    if via:
        sentence += say("That is the other proxy; the site's own name is looked up there.")
    return sentence


def _addresses(case: Case) -> list[str]:
    """The address that was used first, then those that were tried and failed: what is known of the answer."""
    leg = case.exchange.server_leg
    found = [case.server.peer] if case.server and case.server.peer else []
    return found + [attempt.address for attempt in (leg.attempts if leg else ())]


def _records(case: Case) -> Prose:
    kinds = {"AAAA" if ":" in address else "A" for address in _addresses(case)}
    sentence = NOTHING
    if kinds:
        names = " and ".join(f"`{kind}` ({'IPv6' if kind == 'AAAA' else 'IPv4'})" for kind in sorted(kinds))
        sentence = say(f"The addresses that were used are of the kind that {names} records hold.")
    return sentence + say("The question went to this computer's own resolver. Whether its hosts file, its memory, or a name server out in the network had the answer is not visible from here.")  # fmt: skip


def _marks(case: Case, via: str) -> tuple[Prose, ...]:
    if via:
        return (say("The site's name was not looked up from here: the other proxy does that."),)
    return (say("Inspector looked this name up, {who} did not.", who=asker(case.exchange)),)


def connection(case: Case) -> Step | None:
    """The TCP connection towards the site."""
    exchange, line = case.exchange, case.exchange.timeline
    between: tuple[Actor, Actor] = ("inspector", "site")
    if exchange.kind in ("page", "tls") or imported(case) or broke_at(exchange) == "passing-on":
        return None
    if server_turn(case) > 1 and line.connect_start is None:
        return skipped(
            "connection",
            _CONNECTION,
            ("inspector", "site"),
            again(server_turn(case), f"on the connection to {site(exchange)}"),
        )
    attempts = exchange.server_leg.attempts if exchange.server_leg else ()
    if line.connect_start is None:
        if exchange.server_leg is None:
            return (
                skipped("connection", _CONNECTION, between, say("It never came to this."))
                if exchange.state != "open"
                else None
            )
        return unseen(
            "connection",
            _CONNECTION,
            ("inspector", "site"),
            say("How this connection was made is not on record."),
        )
    duration = span(line.connect_start, line.connect_end)
    if line.connect_end is None and exchange.state == "open":
        return Step("connection", _CONNECTION, "open", between, say("Inspector is connecting to `{host}`.", host=site(exchange)), start=line.connect_start)  # fmt: skip
    return Step(
        "connection", _CONNECTION, "done", between,
        _connected(case), _ends(case, duration, attempts),
        start=line.connect_start, took=duration,
        numbers=(*number("took", duration), *_tried(attempts)),
        marks=tuple(_attempt(each, "" if broke_at(exchange) == "connection" else " too") for each in attempts[:8]),
        references=(rfc(9293, "3.5"), *((rfc(8305, "5"),) if attempts else ())),
    )  # fmt: skip


def _connected(case: Case) -> Prose:
    exchange, server = case.exchange, case.server
    if broke_at(exchange) == "connection":
        return say(
            "Inspector tried to open a [[TCP]] connection to `{host}`, [[port]] {port}.",
            host=site(exchange),
            port=str(exchange.port),
        )
    whom = server.via if server and server.via else site(exchange)
    sentence = say(
        "Inspector called `{whom}` and opened a [[TCP]] connection: a line on which bytes arrive whole and in order.",
        whom=whom,
    )
    if server and is_local(server.peer):
        sentence += say("It leads to this computer itself, so nothing left it.")
    return sentence


def _ends(case: Case, duration: float | None, attempts: tuple[Attempt, ...]) -> Prose:
    server = case.server
    sentence = NOTHING
    if server and server.peer:
        sentence = say(
            "From `{here}` to `{there}`.",
            here=join_authority(server.local, server.local_port), there=join_authority(server.peer, server.peer_port),
        )  # fmt: skip
    if duration is not None and not attempts and broke_at(case.exchange) != "connection":
        sentence += say(
            "Making it takes one [[round trip]] (SYN, SYN-ACK, ACK), so a round trip took {duration} at most.",
            duration=took(duration),
        )
    return sentence


def _tried(attempts: tuple[Attempt, ...]) -> tuple[Number, ...]:
    return (Number("in vain", plural(len(attempts), "address", "addresses")),) if attempts else ()


def _attempt(attempt: Attempt, too: str) -> Prose:
    where = join_authority(attempt.address, attempt.port)
    return say(
        f"`{{where}}` was tried{too}, for {{time}}: {{error}}.",
        where=where,
        time=took(attempt.took),
        error=attempt.error or "it failed",
    )


def upstream_proxy(case: Case) -> Step | None:
    """Another proxy between Inspector and the site; None where there is none."""
    exchange, server = case.exchange, case.server
    via = server.via if server else ""
    if broke_at(exchange) == "upstream-proxy" and not via:
        plain = say(
            "Inspector goes through another [[proxy]] here, and asked it for a way to `{host}`.",
            host=site(exchange),
        )
        return Step(
            "upstream-proxy", _PROXY, "done", ("inspector", "proxy"), plain, references=(rfc(9110, "9.3.6"),)
        )
    if not via:
        return None
    if server_turn(case) > 1:
        return skipped(
            "upstream-proxy",
            _PROXY,
            ("inspector", "proxy"),
            say("The way through `{via}` was there already.", via=via),
        )
    if case.secure or exchange.kind == "tunnel":
        plain = say("Inspector itself goes through another [[proxy]], `{via}`. It asked it for a [[tunnel]] to `{host}`, as browsers ask Inspector.", via=via, host=site(exchange))  # fmt: skip
    else:
        plain = say(
            "Inspector itself goes through another [[proxy]], `{via}`, and hands it the whole address.",
            via=via,
        )
    marks = (say("How that proxy reached the site is not visible from here."),)
    return Step(
        "upstream-proxy",
        _PROXY,
        "done",
        ("inspector", "proxy"),
        plain,
        marks=marks,
        references=(rfc(9110, "9.3.6"), method("CONNECT")),
    )
