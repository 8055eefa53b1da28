"""The chain of certificates of one leg, told: leaf to root, every check on it, and who vouches for it in the end.

Two chains stand beside each other in every decrypted exchange: the site's own, and the stand-in that Inspector made. Both are judged as of
the moment when they were seen; what has changed since is said beside it. What the verifier said then is right, also where the checks here
would say something else: they only go on where it stopped.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from inspector.exchange.model import Connection, Exchange, Tls
from inspector.explain.acceptance import Acceptance, CapturedWindow, Mark, acceptance
from inspector.explain.remedies import REMEDIES
from inspector.pki import checks
from inspector.pki.checks import Check
from inspector.pki.describe import CertificateFacts, describe
from inspector.pki.paths import Case
from inspector.pki.reasons import browser_names
from inspector.pki.verdict import WhyNot, why_not

_JUST_NOW = 60.0  # seconds in which a trust store hardly changes
MOST = 12  # certificates of a chain that are read: who sends more is up to something

Whose = Literal["site", "stand-in", "shown"]
Came = Literal["sent", "earlier", "store", "known"]

# The check that a verifier's reason belongs to; codes that have a row of their own come first.
_CHECK_OF = {
    "missing-intermediate": "complete", "too-long": "complete", "no-certificate": "complete", "path-length": "path-length",
    "wrong-key-usage": "key-usage", "leaf-is-authority": "leaf", "lasts-too-long": "lifetime",
    "dates": "dates", "trust": "trust", "name": "name", "strength": "strength", "signature": "signatures", "authority": "authorities",
    "constraints": "constraints", "purpose": "purpose", "revocation": "revocation", "transparency": "transparency", "form": "form",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class TrustStore:
    """What vouches on this computer: its roots (DER), None where they cannot be listed, and what to call it.

    Where it is made of several (the system's, and files of --upstream-ca), `parts` are these.
    """

    title: str
    roots: Sequence[bytes] | None
    parts: tuple[TrustStore, ...] = ()

    def where(self, der: bytes) -> str:
        """What to call the part that holds a root."""
        return next((each.title for each in self.parts if each.roots and der in each.roots), self.title)


@dataclass(frozen=True, slots=True)
class Dates:
    """When a certificate counts, and how that stood when it was seen (`then`) and stands `now`: sentences, and whether it was good."""

    then: str
    good: bool
    now: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """One certificate of a chain, counted from the leaf. `role` says what it is there for, `came` how it got here, `came_words` in words.

    `blamed` are the ids of the checks that failed for it.
    """

    der: bytes
    facts: CertificateFacts
    role: str
    came: Came
    came_words: str
    dates: Dates
    blamed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One check with what is behind it. `later` says what it would say now, where that differs."""

    check: Check
    chromium: str = ""
    firefox: str = ""
    why: str = ""
    owner: str = ""
    visitor: str = ""
    later: str = ""

    @property
    def mark(self) -> Mark:
        return {True: "good", False: "bad", None: "open"}[self.check.good]  # type: ignore[return-value]


@dataclass(frozen=True, slots=True)
class End:
    """Who vouches for the topmost certificate: a trust store, or nobody."""

    mark: Mark
    who: str
    sentence: str
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Chain:
    """One leg's chain. `links` go from the leaf to the root, `spare` were sent and are not needed; without any, `missing` says why.

    `verdict` is the whole in a sentence, `mark` whether it was good; `refusal` is the verifier's reason if it refused. `gap` is the name of the
    authority that signed the last of the links, where nobody has its certificate.
    """

    whose: Whose
    title: str
    host: str
    seen: float
    mark: Mark
    verdict: str
    links: tuple[Link, ...] = ()
    spare: tuple[Link, ...] = ()
    findings: tuple[Finding, ...] = ()
    end: End | None = None
    refusal: WhyNot | None = None
    missing: str = ""
    notes: tuple[str, ...] = ()
    gap: str = ""

    @property
    def blamed(self) -> Finding | None:
        """The check that the verifier stopped at; the first that failed where nobody said."""
        if self.refusal is not None:
            wanted = check_of(self.refusal)
            return next(
                (each for each in self.failed if each.check.id == wanted), next(iter(self.failed), None)
            )
        return next(iter(self.failed), None)

    @property
    def failed(self) -> tuple[Finding, ...]:
        return tuple(each for each in self.findings if each.mark == "bad")

    @property
    def passed(self) -> int:
        return sum(each.mark == "good" for each in self.findings)

    @property
    def left_open(self) -> int:
        return sum(each.mark == "open" for each in self.findings)


# --- the site's own --------------------------------------------------------------------------------------


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
        return replace(base, missing=_nothing_from_the_site(tls), findings=_findings_without(refusal))
    case = Case(sent, host, _moment(connection.opened), store.roots)
    found = _obey(checks.run(case), tls.verified, refusal, case)
    earlier = "Not sent on this connection, which was resumed: the site sent it when the session was made."
    came: tuple[Came, str] = ("earlier", earlier) if tls.resumed else ("sent", "Sent by the site.")
    from_store = f"Not sent, and need not be: found in {store.where(case.path()[-1])}."
    links, spare = _links(case, found, now, _SITE_ROLES, came, ("store", from_store))
    return replace(
        base,
        links=links,
        spare=spare,
        findings=_findings(found, case, now),
        end=_site_end(found, links, store, tls),
        notes=_site_notes(tls, found, old=now > connection.opened + _JUST_NOW),
        gap=_gap(links, found),
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


def _site_end(found: Sequence[Check], links: Sequence[Link], store: TrustStore, tls: Tls) -> End:
    trust = next((each for each in found if each.id == "trust"), None)
    root = links[-1].facts
    if trust is None or trust.good is None:
        sentence = "Which root it ends in cannot be told: this system does not list those that it trusts."
        if tls.verified:
            return End("good", _upper(store.title), f"The system accepted it. {sentence}")
        return End("open", _upper(store.title), sentence)
    if trust.good:
        called, where = root.subject or "its root", store.where(links[-1].der)
        sentence = trust.sentence
        if links[-1].came == "store":
            sentence = f"{called} stands in {where}, and vouches for all below it."
        elif store.roots is not None and links[-1].der in store.roots:
            sentence = f"{called}, which was sent too, stands in {where}, and vouches for all below it."
        return End("good", _upper(where), sentence)
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


# --- the stand-in ----------------------------------------------------------------------------------------


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
    case = Case(sent, host, _moment(connection.opened), root)
    checked = checks.run(case)
    trusted = _trusted_by_the_browser(checked, believed)
    found = tuple(trusted if each.id == "trust" else each for each in checked)
    earlier = "Not sent on this connection, which was resumed: it was sent when the session was made."
    came: tuple[Came, str] = ("earlier", earlier) if tls.resumed else ("sent", "Sent by Inspector.")
    known = "Not sent: the browser has to know it already."
    links, spare = _links(case, found, now, _STAND_IN_ROLES, came, ("known", known))
    return replace(
        base,
        links=links,
        spare=spare,
        findings=_findings(found, case, now),
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


# --- certificates from a file or a visit -----------------------------------------------------------------


def shown_chain(ders: Sequence[bytes], host: str, store: TrustStore, now: float) -> Chain:
    """Certificates that somebody wants to see, judged now. `host` may be empty: then nobody asks for whom it is."""
    case = Case(tuple(ders[:MOST]), host, _moment(now), store.roots)
    found = checks.run(case)
    sent: tuple[Came, str] = ("sent", "Given here.")
    from_store = f"Not given: found in {store.where(case.path()[-1])}."
    links, spare = _links(case, found, now, _SITE_ROLES, sent, ("store", from_store))
    if links[0].facts.is_authority and not host:
        found = ()  # a root or an intermediate alone is no site's certificate
    failed = [each for each in found if each.good is False]
    verdict = "Nothing is wrong with it."
    if failed:
        verdict = (
            f"{len(failed)} of {len(found)} checks failed."
            if len(failed) > 1
            else f"One of {len(found)} checks failed."
        )
    elif not found:
        verdict = "An authority's certificate: it is made to sign others."
    notes = (f"There are {len(ders)} certificates; the first {MOST} are read.",) if len(ders) > MOST else ()
    return Chain(
        "shown", "These certificates", host, now, "bad" if failed else "good" if found else "open", verdict, links, spare,
        _findings(found, case, now), _site_end(found, links, store, Tls()) if found else None, notes=notes, gap=_gap(links, found) if found else "",
    )  # fmt: skip


# --- what they share -------------------------------------------------------------------------------------

_SITE_ROLES = (
    "The site's own certificate",
    "An intermediate authority",
    "A root: an authority that signed itself",
)
_STAND_IN_ROLES = ("The stand-in certificate", "Inspector's intermediate authority", "Inspector's authority")


def _links(  # noqa: PLR0917 (what a chain is told from)
    case: Case, found: Sequence[Check], now: float, roles: tuple[str, str, str], came: tuple[Came, str], added: tuple[Came, str]
) -> tuple[tuple[Link, ...], tuple[Link, ...]]:  # fmt: skip
    """The certificates from leaf to root, and those that were sent and have no place among them."""
    path = case.path()
    blamed: dict[int, list[str]] = {}
    for each in found:
        for position in each.blamed:
            blamed.setdefault(position, []).append(each.id)

    def link(n: int, der: bytes, *, on_path: bool) -> Link:
        facts = describe(der)
        role = _role(n, facts, roles) if on_path else "Sent too, and not needed"
        origin = came if der in case.chain else added
        wrong = tuple(blamed.get(n, ())) if on_path else ()
        return Link(der, facts, role, *origin, _dates(facts, case.now.timestamp(), now), wrong)

    spare = dict.fromkeys(der for der in case.chain if der not in path)
    return (
        tuple(link(n, der, on_path=True) for n, der in enumerate(path)),
        tuple(link(n, der, on_path=False) for n, der in enumerate(spare)),
    )


def _role(n: int, facts: CertificateFacts, roles: tuple[str, str, str]) -> str:
    if n == 0:
        return roles[0] + (", signed by itself" if facts.self_issued else "")
    return roles[2] if facts.self_issued else roles[1]


def _findings(found: Sequence[Check], case: Case, now: float) -> tuple[Finding, ...]:
    found = _without_what_follows(found)
    today = {each.id: each for each in checks.run(replace(case, now=_moment(now)))} if found else {}
    then = now > case.now.timestamp()
    return tuple(
        _finding(_as_of_then(each) if then else each, _later(each, today.get(each.id))) for each in found
    )


def _finding(check: Check, later: str = "") -> Finding:
    if check.good is not False or not check.reason:
        return Finding(check, later=later)
    remedy = REMEDIES[check.reason]
    chromium, firefox = browser_names(check.reason, check.blamed[0] if check.blamed else 0)
    return Finding(check, chromium, firefox, remedy.why, remedy.owner, remedy.visitor, later)


def _without_what_follows(found: Sequence[Check]) -> Sequence[Check]:
    """Where an intermediate is missing, no root is found above it: that is one mistake, and not two."""
    if not any(each.reason == "missing-intermediate" for each in found):
        return found
    open = "Whether one does can't be told: the way up is broken before it."
    return [
        replace(each, good=None, sentence=open, cure="", reason="", blamed=()) if each.id == "trust" else each
        for each in found
    ]


def _as_of_then(check: Check) -> Check:
    return replace(check, title="It was valid when it was captured") if check.id == "dates" else check


def _findings_without(refusal: WhyNot | None) -> tuple[Finding, ...]:
    """Where no certificate was seen, the verifier's reason is all there is."""
    return () if refusal is None else (_finding(_said_by_the_verifier(refusal, ())),)


def _later(then: Check, today: Check | None) -> str:
    """Only time passes between the two: nothing else is judged anew."""
    if then.id != "dates" or today is None or then.good == today.good:
        return ""
    return f"That was when it was captured. Today: {today.sentence}"


def _obey(
    found: tuple[Check, ...], verified: bool | None, refusal: WhyNot | None, case: Case
) -> tuple[Check, ...]:
    """The checks, set right by what the verifier said at the time."""
    if verified:
        return tuple(_believed_then(each) if each.id in ("trust", "complete") else each for each in found)
    if refusal is None:
        return found
    said = _said_by_the_verifier(refusal, case.path(), case.chain)
    known = next((each for each in found if each.id == said.id), None)
    if known is None:
        return (said, *found)
    if known.good is False and (known.reason == refusal.code or said.id != "trust"):
        return found
    return tuple(said if each is known else each for each in found)


def _believed_then(check: Check) -> Check:
    if check.good:
        return check
    sentence = (
        "The verifier found a trusted root when this was captured; in today's trust store it is not found."
    )
    if check.id == "complete":
        sentence = "The verifier found its way up when this was captured; today one certificate of it is not at hand."
    return replace(check, good=True, sentence=sentence, cure="", reason="", blamed=())


def _said_by_the_verifier(refusal: WhyNot, path: Sequence[bytes], chain: Sequence[bytes] = ()) -> Check:
    id = check_of(refusal)
    title = _TITLES.get(id, "It is made as certificates must be")
    der = chain[refusal.position] if refusal.position is not None and refusal.position < len(chain) else None
    blamed = (list(path).index(der),) if der is not None and der in path else ()
    return Check(id, title, False, refusal.sentence, refusal.cure, refusal.code, blamed)


def check_of(refusal: WhyNot) -> str:
    """The id of the check that a verifier's reason belongs to."""
    return _CHECK_OF.get(refusal.code) or _CHECK_OF.get(refusal.check, "form")


_TITLES = {
    "complete": "The chain is complete", "trust": "A trusted root stands above it", "name": "It is for this name", "dates": "It is valid today",
    "signatures": "Each is signed by the next", "authorities": "Those that signed may sign", "path-length": "The chain is not longer than they allow",
    "leaf": "It is a site's, and no authority's", "key-usage": "Its key may be used for TLS", "purpose": "It is for servers",
    "constraints": "Its authorities may vouch for these names", "strength": "Keys and signatures are strong", "lifetime": "It does not last too long",
    "revocation": "It was not withdrawn", "transparency": "It names the public logs it is in",
}  # fmt: skip


def _gap(links: Sequence[Link], found: Sequence[Check]) -> str:
    """Who signed the topmost certificate, if that one's is missing and nobody in a store stands above it."""
    top = links[-1]
    trusted = any(each.id == "trust" and each.good for each in found)
    return "" if top.facts.self_issued or top.came == "store" or trusted else top.facts.issuer


def _dates(facts: CertificateFacts, then: float, now: float) -> Dates:
    if facts.not_before is None or facts.not_after is None:
        return Dates("Its dates cannot be read.", False)
    words, good = _standing(facts, then)
    words_now, _ = _standing(facts, now)
    return Dates(words, good, "" if words_now == words else words_now)


def _standing(facts: CertificateFacts, moment: float) -> tuple[str, bool]:
    """How it stands at a moment, in a few words: `45 days left`."""
    assert facts.not_before is not None
    assert facts.not_after is not None
    if moment < facts.not_before.timestamp():
        return "not valid yet", False
    left = facts.not_after.timestamp() - moment
    days = int(abs(left) // 86400)
    if left < 0:
        return f"expired {_days(days)} ago" if days else "expired less than a day ago", False
    return f"{_days(days)} left" if days else "less than a day left", True


def _days(count: int) -> str:
    return "one day" if count == 1 else f"{count:,} days"


def _moment(seconds: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, dt.UTC)


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
