"""The stand-in that Inspector made, and whether the browser believed it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from inspector.exchange.model import Connection, Exchange, Tls
from inspector.explain.acceptance import Acceptance, CapturedWindow, acceptance
from inspector.explain.chains.findings import findings_of
from inspector.explain.chains.links import STAND_IN_ROLES, links_of, moment_of
from inspector.explain.chains.model import Came, Chain, End
from inspector.pki import checks
from inspector.pki.checks import Check
from inspector.pki.describe import describe
from inspector.pki.paths import Case


def stand_in_chain(
    exchange: Exchange, connection: Connection, windows: Iterable[CapturedWindow], now: float
) -> Chain | None:
    """What Inspector showed the browser in the site's place; None where there was no TLS."""
    tls = connection.tls
    if tls is None:
        return None
    host = tls.sni or connection.host or exchange.host
    believed = acceptance(exchange, connection, windows)
    base = Chain(
        "stand-in", "Stand-in, made by Inspector", host, connection.opened, believed.mark, believed.sentence
    )
    if not tls.chain:
        return replace(base, missing="Not visible from here.")
    sent, root = _sent_by_us(exchange, tls)
    case = Case(sent, host, moment_of(connection.opened), root)
    checked = checks.run(case)
    trusted = _trusted_by_the_browser(checked, believed)
    found = tuple(trusted if each.id == "trust" else each for each in checked)
    earlier = "Not sent on this connection, which was resumed: it was sent when the session was made."
    came: tuple[Came, str] = ("earlier", earlier) if tls.resumed else ("sent", "Sent by Inspector.")
    known = "Not sent: the browser has to know it already."
    links, spare = links_of(case, found, now, STAND_IN_ROLES, came, ("known", known))
    return replace(
        base,
        links=links,
        spare=spare,
        findings=findings_of(found, case, now),
        end=_browsers_end(believed, trusted),
        notes=(_MIRRORED,) if _is_mirrored(exchange) else (),
    )


_MIRRORED = "It has the same fault as the site's own, as was asked for with --mirror-faults."


def _is_mirrored(exchange: Exchange) -> bool:
    return any(each.code == "fault-mirrored" for each in exchange.decisions)


def _sent_by_us(exchange: Exchange, tls: Tls) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
    """What of a stand-in's chain went out, and the root that the browser has to know, if there is one.

    A leaf goes out with the certificate that signed it, be that our root (`pki.leaves`); one with a mirrored fault with all but our root (`pki.mirror`).
    """
    root = tls.chain[-1:] if describe(tls.chain[-1]).self_issued else ()
    if not _is_mirrored(exchange):
        return tls.chain[:2], root
    ours = tuple(der for der in root if describe(der).subject.startswith("Inspector "))
    return (tls.chain[:-1] if ours and len(tls.chain) > 1 else tls.chain), ours


_OTHERWISE = (
    "It was refused for something else, so whether its authority is trusted is not visible from here."
)


def _trusted_by_the_browser(checked: Sequence[Check], believed: Acceptance) -> Check:
    """Whether the browser trusts the authority: what it did says so, where nothing else can be the reason."""
    title = "The browser trusts its authority"
    if believed.mark != "bad":
        return Check("trust", title, True if believed.mark == "good" else None, believed.sentence)
    others = any(each.good is False for each in checked if each.id != "trust")
    if believed.for_trust is False or (believed.for_trust is None and others):
        return Check("trust", title, None, _OTHERWISE)
    cure = "Give the program Inspector's authority: `inspector ca trust`, or open a captured window."
    return Check("trust", title, False, believed.sentence, cure, "unknown-authority")


def _browsers_end(believed: Acceptance, trusted: Check) -> End:
    if believed.mark == "bad" and trusted.good is None:
        return End("open", "Not visible from here", trusted.sentence)
    return End(believed.mark, believed.who, believed.sentence, believed.basis)
