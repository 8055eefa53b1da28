"""The site's certificate: what it says, and why it was believed, or not."""

from __future__ import annotations

from inspector.exchange.model import Tls
from inspector.explain.case import Case
from inspector.explain.prose import NOTHING, Prose, say
from inspector.explain.references import rfc
from inspector.explain.story.frame import imported, server_turn, skipped, unseen
from inspector.explain.story.model import Number, Step
from inspector.explain.words import day, plural
from inspector.pki.describe import CertificateFacts, describe
from inspector.pki.verdict import why_not

_TITLE = "The site's certificate"
_REFERENCES = (rfc(5280, "6"), rfc(9525, "6"))


def tell(case: Case) -> Step | None:
    exchange, tls = case.exchange, case.server_tls
    if exchange.kind in ("page", "tls", "tunnel") or not case.secure or (imported(case) and tls is None):
        return None
    if server_turn(case) > 1:
        why = say("The certificate was shown and checked when the connection was made.")
        return skipped("certificate", _TITLE, ("inspector", "site"), why)
    if tls is None:
        why = say("No certificate of the site is on record.")
        return unseen("certificate", _TITLE, ("inspector", "site"), why) if exchange.server_leg else None
    if not tls.chain:
        if tls.alert or not tls.version:
            return skipped(
                "certificate",
                _TITLE,
                ("inspector", "site"),
                say("It never came to this: the site showed no certificate."),
            )
        why = say("The certificate is not on record.")
        return unseen("certificate", _TITLE, ("inspector", "site"), why)
    facts = describe(tls.chain[0])
    return Step(
        "certificate", _TITLE, "done", ("site", "inspector"),
        _says(facts) + _verdict(case, tls), _precise(tls, facts),
        why=_refusal(case, tls),
        numbers=_numbers(facts, tls),
        marks=(say("This check is Inspector's. Your browser never saw this certificate, but the [[stand-in certificate]] that Inspector showed it."),),
        references=_REFERENCES,
    )  # fmt: skip


def _says(facts: CertificateFacts) -> Prose:
    if facts.problem and not facts.subject:
        return say("The site sent a certificate that cannot be read.")
    until = day(facts.not_after.timestamp()) if facts.not_after else "a date that cannot be read"
    return say(
        "The site's own [[certificate]] says that this key belongs to `{subject}`, that `{issuer}` signed this, and that it is valid until {until}.",
        subject=facts.subject or "nobody by name", issuer=facts.issuer or "somebody without a name", until=until,
    )  # fmt: skip


def _verdict(case: Case, tls: Tls) -> Prose:
    if tls.why_not:
        return say("Inspector did not believe it, and broke off.") if tls.verified is False else NOTHING
    if tls.verified is False:
        return say("Nobody checked it, as was asked for: anyone on the way could have sent it.")
    if tls.resumed:
        return say("It was not sent again: the [[session resumption|resumed]] session proves that this is the server whose certificate was checked when they first met, or one that shares its secrets.")  # fmt: skip
    if tls.verified:
        return say(
            "Inspector believed it: the signatures lead to an authority in the [[trust store]], the name is the one that was asked for, and the dates are good."
        )
    return say("Whether anyone checked it is not on record.")


def _refusal(case: Case, tls: Tls) -> Prose:
    if not tls.why_not:
        return NOTHING
    found = why_not(tls.verify_code, tls.why_not, tls.chain, tls.sni or case.host, case.now)
    return say("{sentence}", sentence=found.sentence)


def _precise(tls: Tls, facts: CertificateFacts) -> Prose:
    sent = plural(len(tls.chain), "certificate")
    sentence = say("The site sent {sent}, its own first.", sent=sent) if not tls.resumed else NOTHING
    if facts.names:
        more = f" and {len(facts.names) - 4:,} more" if len(facts.names) > 4 else ""
        sentence += say("It is for `{names}`{more}.", names=", ".join(facts.names[:4]), more=more)
    if facts.key:
        sentence += say(
            "Key: {key}; signed with {signature}.",
            key=facts.key,
            signature=facts.signature or "an unknown method",
        )
    if facts.sct_count:
        sentence += say(
            "It stands in public logs ([[certificate transparency]]): {count} of them have signed for it.",
            count=facts.sct_count,
        )
    return sentence


def _numbers(facts: CertificateFacts, tls: Tls) -> tuple[Number, ...]:
    found = [Number("certificates", str(len(tls.chain)))]
    if facts.not_after:
        found.append(Number("valid until", day(facts.not_after.timestamp())))
    return tuple(found)
