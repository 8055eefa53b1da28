"""The site's own chain: judged as Inspector's verifier judged it then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from inspector.exchange.model import Connection, Tls
from inspector.explain.acceptance import Mark
from inspector.explain.chains.findings import findings_of, findings_without, obey
from inspector.explain.chains.links import SITE_ROLES, gap_of, links_of, moment_of, upper
from inspector.explain.chains.model import MOST, Came, Chain, End, Link, TrustStore
from inspector.pki import checks
from inspector.pki.checks import Check
from inspector.pki.paths import Case
from inspector.pki.verdict import WhyNot, why_not

_JUST_NOW = 60.0  # seconds in which a trust store hardly changes


def site_chain(connection: Connection, store: TrustStore, now: float) -> Chain | None:
    """What the site showed Inspector; None where there was no TLS."""
    tls = connection.tls
    if tls is None:
        return None
    host = tls.sni or connection.host or connection.peer
    refusal = None
    if tls.why_not or tls.verify_code:
        refusal = why_not(tls.verify_code, tls.why_not, tls.chain, host, connection.opened)
    mark, verdict = _site_verdict(tls, refusal)
    base = Chain("site", "The site's own", host, connection.opened, mark, verdict, refusal=refusal)
    sent = tls.chain[:MOST]
    if not sent:
        return replace(base, missing=_nothing_from_the_site(tls), findings=findings_without(refusal))
    case = Case(sent, host, moment_of(connection.opened), store.roots)
    found = obey(checks.run(case), tls.verified, refusal, case)
    earlier = "Not sent on this connection, which was resumed: the site sent it when the session was made."
    came: tuple[Came, str] = ("earlier", earlier) if tls.resumed else ("sent", "Sent by the site.")
    from_store = f"Not sent, and need not be: found in {store.where(case.path()[-1])}."
    links, spare = links_of(case, found, now, SITE_ROLES, came, ("store", from_store))
    return replace(
        base,
        links=links,
        spare=spare,
        findings=findings_of(found, case, now),
        end=site_end(found, links, store, tls),
        notes=_site_notes(tls, found, old=now > connection.opened + _JUST_NOW),
        gap=gap_of(links, found),
    )


def _site_verdict(tls: Tls, refusal: WhyNot | None) -> tuple[Mark, str]:
    if refusal is not None:
        return "bad", refusal.sentence
    if not tls.version:
        who = "The site" if tls.alert_by == "server" else "Inspector"
        how = (
            f"{who} ended the handshake with the alert “{tls.alert}”."
            if tls.alert
            else "The handshake did not come to its end."
        )
        return "bad", how
    if tls.verified is False:
        return "bad", "Not verified, as was asked for: anybody could have sent this certificate."
    if tls.resumed:
        if tls.verified:
            return (
                "good",
                "Verified when the session was made: the chain leads to a trusted authority, and the name is right.",
            )
        return (
            "open",
            "Resumed: the certificate was verified when the session was first made, and is not sent again.",
        )
    if tls.verified:
        return "good", "Verified: the chain leads to a trusted authority, and the name is right."
    return "open", "Nobody has verified this certificate."


def _nothing_from_the_site(tls: Tls) -> str:
    if tls.resumed:
        return (
            "A resumed session sends no certificate. It was shown and verified on the connection that made the session; that one's exchange has it, "
            "if it is still kept."
        )
    if not tls.version:
        return "The handshake broke off before the site had sent a certificate."
    return "Not visible from here."


def site_end(found: Sequence[Check], links: Sequence[Link], store: TrustStore, tls: Tls) -> End:
    trust = next((each for each in found if each.id == "trust"), None)
    root = links[-1].facts
    if trust is None or trust.good is None:
        sentence = "Which root it ends in cannot be told: this system does not list those that it trusts."
        if tls.verified:
            return End("good", upper(store.title), f"The system accepted it. {sentence}")
        return End("open", upper(store.title), sentence)
    if trust.good:
        called, where = root.subject or "its root", store.where(links[-1].der)
        sentence = trust.sentence
        if links[-1].came == "store":
            sentence = f"{called} stands in {where}, and vouches for all below it."
        elif store.roots is not None and links[-1].der in store.roots:
            sentence = f"{called}, which was sent too, stands in {where}, and vouches for all below it."
        return End("good", upper(where), sentence)
    return End("bad", f"Nobody in {store.title}", trust.sentence)


def _site_notes(tls: Tls, found: Sequence[Check], *, old: bool) -> tuple[str, ...]:
    notes = []
    if tls.resumed:
        notes.append(
            "This connection was resumed: the certificates were not sent on it. They are those of the session's first handshake."
        )
    if tls.verified is False and not tls.why_not:
        notes.append("Inspector was told not to verify sites. The checks say what would have come out.")
    if len(tls.chain) > MOST:
        notes.append(f"The site sent {len(tls.chain)} certificates; the first {MOST} are read.")
    judged = next((each for each in found if each.id == "trust"), None)
    if old and judged is not None and judged.good is not None and not tls.verified:
        notes.append(
            "The trust store was read just now; it may have been another one when this was captured."
        )
    return tuple(notes)
