"""A connection for looking at: addresses, what TLS agreed on, and the chain of certificates in words."""

from __future__ import annotations

import time
from dataclasses import dataclass

from inspector.exchange.model import Connection, Tls
from inspector.pki.describe import CertificateFacts, describe
from inspector.pki.verdict import WhyNot, why_not
from inspector.web.words import day

MOST = 12  # certificates of a chain that are read


@dataclass(frozen=True, slots=True)
class Link:
    """One certificate of a chain. `place` says what it is there for, `dates` whether it is valid now."""

    facts: CertificateFacts
    place: str
    dates: str
    good_dates: bool
    blamed: bool


@dataclass(frozen=True, slots=True)
class Wire:
    """One side's connection. `tls` is None where it is plain TCP; `verdict` is the sentence on the certificate."""

    title: str
    connection: Connection
    tls: Tls | None
    chain: tuple[Link, ...]
    verdict: str
    verdict_state: str  # good, bad, open
    refusal: WhyNot | None


def wire(connection: Connection | None, now: float | None = None) -> Wire | None:
    """A connection's facts; None if nothing is known of it."""
    if connection is None:
        return None
    title = "Browser ↔ Inspector" if connection.side == "client" else "Inspector ↔ site"
    tls = connection.tls
    if tls is None:
        return Wire(title, connection, None, (), "", "open", None)
    moment = time.time() if now is None else now
    refusal = _refusal(connection, tls, moment)
    blamed = refusal.position if refusal else None
    chain = tuple(_link(n, der, moment, blamed == n) for n, der in enumerate(tls.chain[:MOST]))
    verdict, state = _verdict(connection, tls, refusal)
    return Wire(title, connection, tls, chain, verdict, state, refusal)


def _refusal(connection: Connection, tls: Tls, now: float) -> WhyNot | None:
    if connection.side == "client" or not tls.why_not:
        return None
    return why_not(
        tls.verify_code, tls.why_not, tls.chain, tls.sni or connection.host or connection.peer, now
    )


def _link(n: int, der: bytes, now: float, blamed: bool) -> Link:
    facts = describe(der)
    if n == 0:
        place = "The site's own" if not facts.is_authority else "The site's own, though it is an authority's"
    else:
        place = "A root: it signed itself" if facts.self_issued else "An intermediate authority"
    dates, good = _dates(facts, now)
    return Link(facts, place, dates, good, blamed)


def _dates(facts: CertificateFacts, now: float) -> tuple[str, bool]:
    if facts.not_before is None or facts.not_after is None:
        return "Its dates cannot be read.", False
    begin, end = facts.not_before.timestamp(), facts.not_after.timestamp()
    if now < begin:
        return f"Not valid before {day(begin)}.", False
    if now > end:
        return f"Expired on {day(end)}.", False
    return f"Valid until {day(end)}.", True


def _verdict(connection: Connection, tls: Tls, refusal: WhyNot | None) -> tuple[str, str]:
    if tls.alert:
        who = "The program that connected" if tls.alert_by == "client" else "The site"
        if tls.alert_by == "client" and connection.side == "server":
            who = "Inspector"
        if tls.alert_by == "server" and connection.side == "client":
            who = "Inspector"
        ended = f"{who} ended the handshake with the alert “{tls.alert}”."
        return f"{ended} {refusal.sentence}" if refusal else ended, "bad"
    if refusal:
        return refusal.sentence, "bad"
    if connection.side == "client":
        return (
            "Whether the stand-in certificate is trusted is the browser's to judge: not visible from here.",
            "open",
        )
    if tls.verified:
        return (
            "Verified: the chain leads to a trusted authority, and the name is right.",
            "good",
        )
    if tls.verified is False:
        return "Not verified, as was asked for: anybody could have sent this certificate.", "bad"
    if tls.resumed:
        return (
            "Resumed: the certificate was verified when the session was first made, and is not sent again.",
            "open",
        )
    return "Nobody has verified this certificate.", "open"
