"""What a browser checks on a chain, check by check, going on after the first that fails: each with its reason and its cure. Pure.

Verifiers stop at the first thing that is wrong; somebody who mends it then meets the next. Here all of them are looked at. Where the two
differ, the verifier is right: what a client really said stands beside these checks (`pki.visit`, `pki.verdict`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from cryptography import x509

from inspector.pki.constraints import admits, constraints_of
from inspector.pki.describe import CertificateFacts, describe, quietly
from inspector.pki.paths import Case, is_issued, matches, names_of
from inspector.pki.reading import in_order

_WEAK_RSA, _WEAK_EC = 2048, 224
_LONGEST_FOR_APPLE = dt.timedelta(days=825)


@dataclass(frozen=True, slots=True)
class Check:
    """One check. `good` is None where it could not be made. `cure` is empty where nothing is to be done."""

    id: str
    title: str
    good: bool | None
    sentence: str
    cure: str = ""


def run(case: Case) -> tuple[Check, ...]:
    """Every check, in the order in which one would mend things."""
    if not case.chain:
        return (Check("complete", "A certificate was sent", False, "The server sent no certificate."),)
    facts = [describe(der) for der in case.path()]
    if any(each.problem and not each.subject_rfc4514 for each in facts):
        return (Check("form", "It can be read", False, facts[0].problem, "It must be made again."),)
    return tuple(check(case, facts) for check in _CHECKS)


# --- the checks ------------------------------------------------------------------------------------------


def _dates(case: Case, facts: Sequence[CertificateFacts]) -> Check:
    title = "It is valid today"
    for each in facts:
        if each.not_before is None or each.not_after is None:
            return Check("dates", title, False, f"The dates of {_called(each)} cannot be read.")
        if case.now > each.not_after:
            days = (case.now - each.not_after).days
            sentence = f"{_called(each)} expired on {_day(each.not_after)}, {days} days ago."
            cure = "Renew it. If the date is not past, this computer's clock is wrong."
            return Check("dates", title, False, sentence, cure)
        if case.now < each.not_before:
            sentence = f"{_called(each)} is valid only from {_day(each.not_before)}."
            return Check("dates", title, False, sentence, "Wait, or set the clock of this computer right.")
    first = min(facts, key=lambda each: each.not_after or case.now)
    left = first.days_left(case.now.timestamp())
    return Check("dates", title, True, f"{_called(first)} is the first to expire, in {left} days.")


def _name(case: Case, facts: Sequence[CertificateFacts]) -> Check:
    title = f"It is for {case.host}" if case.host else "It names hosts"
    names = facts[0].names
    if not names:
        sentence = "It has no subjectAltName, and browsers have not looked at the common name since 2017."
        return Check("name", title, False, sentence, _make_again(case.host))
    if not case.host:
        return Check("name", title, True, _listed(names))
    if any(matches(name, case.host) for name in names):
        return Check("name", title, True, f"It is for {_listed(names)}.")
    return Check("name", title, False, f"It is for {_listed(names)}.", _make_again(case.host))


def _signatures(case: Case, facts: Sequence[CertificateFacts]) -> Check:
    title = "Each is signed by the next"
    path = case.path()
    for low, high in pairwise(range(len(path))):
        if not is_issued(path[low], path[high]):
            sentence = (
                f"The signature on {_called(facts[low])} was not made with the key of {_called(facts[high])}."
            )
            cure = "Another authority of the same name may have made it: serve the certificate that really signed it."
            return Check("signatures", title, False, sentence, cure)
    if len(path) == 1 and not facts[0].self_issued:
        return Check("signatures", title, None, f"The certificate of {facts[0].issuer} is not at hand.")
    return Check("signatures", title, True, " ← ".join(_called(each) for each in facts))


def _authorities(case: Case, facts: Sequence[CertificateFacts]) -> Check:
    title = "Those that signed may sign"
    for below, each in enumerate(facts[1:]):
        if not each.is_authority or (each.key_usage and "signing certificates" not in each.key_usage):
            sentence = f"{_called(each)} is no authority, and signed another certificate."
            cure = "It must be made with basicConstraints CA:TRUE and keyUsage keyCertSign."
            return Check("authorities", title, False, sentence, cure)
        if each.path_length is not None and each.path_length < below:
            sentence = (
                f"{_called(each)} allows {each.path_length} authorities below it, and there are {below}."
            )
            return Check("authorities", title, False, sentence, "Make the chain shorter.")
    if len(facts) == 1:
        return Check("authorities", title, None, "No authority is at hand.")
    names = _listed([_called(each) for each in facts[1:]])
    return Check(
        "authorities", title, True, f"{names}: {'an authority' if len(facts) == 2 else 'authorities'}."
    )


def _purpose(case: Case, facts: Sequence[CertificateFacts]) -> Check:
    title = "It is for servers"
    for each in facts:
        if each.purposes and not {"TLS server", "anything"} & set(each.purposes):
            sentence = f"{_called(each)} is for {_listed(each.purposes)}."
            return Check("purpose", title, False, sentence, "Make it with the extended key usage serverAuth.")
    usage = facts[0].key_usage
    if usage and not {"digital signature", "key agreement", "key encipherment"} & set(usage):
        sentence = f"Its key is for {_listed(usage)}."
        return Check("purpose", title, False, sentence, "Make it with the key usage digitalSignature.")
    if not facts[0].purposes:
        return Check("purpose", title, True, "It says no purpose, so it is for any.")
    return Check("purpose", title, True, f"It is for {_listed(facts[0].purposes)}.")


def _strength(case: Case, facts: Sequence[CertificateFacts]) -> Check:
    title = "Keys and signatures are strong"
    for each in facts:
        least = _WEAK_RSA if each.key_kind in {"RSA", "DSA"} else _WEAK_EC
        if 0 < each.key_bits < least:
            sentence = f"The key of {_called(each)} is weak: {each.key}."
            return Check(
                "strength", title, False, sentence, "Use RSA with 2048 bits or more, or ECDSA P-256."
            )
        if each.signature.endswith(("MD5", "SHA-1", "SHA1")) and not each.self_issued:
            sentence = f"The signature on {_called(each)} can be forged: {each.signature}."
            return Check("strength", title, False, sentence, "Have it issued again with SHA-256.")
    return Check("strength", title, True, f"{facts[0].key}; signed with {facts[0].signature}.")


def _constraints(case: Case, facts: Sequence[CertificateFacts]) -> Check:
    title = "Its authorities may vouch for these names"
    path = case.path()
    with quietly():
        names = names_of(path[0])
        for der, each in zip(path[1:], facts[1:], strict=True):
            constraints = constraints_of(x509.load_der_x509_certificate(der))
            outside = [name for name in names if constraints is not None and not admits(constraints, name)]
            if outside:
                sentence = (
                    f"{_called(each)} may not vouch for {_listed([str(name.value) for name in outside])}."
                )
                cure = "Leave these names out, or use an authority that may."
                return Check("constraints", title, False, sentence, cure)
    limited = [each for each in facts[1:] if each.is_constrained]
    sentence = (
        f"{_called(limited[0])} is limited, and the names lie inside."
        if limited
        else "None of them is limited."
    )
    return Check("constraints", title, True, sentence)


def _complete(case: Case, facts: Sequence[CertificateFacts]) -> Check:
    title = "The chain is complete"
    path = case.path()
    top = facts[-1]
    unused = len(case.chain) - sum(der in path for der in case.chain)
    if top.self_issued or (case.root_above(path[-1]) is not None):
        if case.chain != in_order(case.chain):
            sentence = "All that is needed was sent, in another order than from leaf to root."
            return Check("complete", title, True, sentence, "TLS 1.3 allows it; old clients may not.")
        count = "One certificate was" if len(case.chain) == 1 else f"{len(case.chain)} certificates were"
        more = f", {unused} of them not needed here" if unused else ""
        return Check("complete", title, True, f"{count} sent{more}.")
    return _incomplete(case, top)


def _incomplete(case: Case, top: CertificateFacts) -> Check:
    title = "The chain is complete"
    # Public authorities sign leaves with intermediates only, and say where those can be fetched.
    from_public_authority = bool(top.issuer_urls or top.sct_count or top.validation)
    if case.roots is None or not from_public_authority:
        sentence = f"{top.issuer}, which signed {_called(top)}, is not at hand. A root need not be sent; an intermediate must be."
        return Check("complete", title, None, sentence)
    fetch = f" Browsers that fetch it ({top.issuer_urls[0]}) show nothing." if top.issuer_urls else ""
    sentence = f"The certificate of {top.issuer}, which signed {_called(top)}, was not sent.{fetch}"
    return Check(
        "complete",
        title,
        False,
        sentence,
        "Serve leaf and intermediates in one file (often called fullchain.pem).",
    )


def _trust(case: Case, facts: Sequence[CertificateFacts]) -> Check:
    title = "A trusted root stands above it"
    if case.roots is None:
        return Check("trust", title, None, "The roots that this system trusts cannot be listed.")
    if case.root_above(case.path()[-1]) is not None:
        return Check("trust", title, True, f"{_called(facts[-1])} is in the trust store.")
    top = facts[-1]
    if top.self_issued and len(facts) == 1:
        sentence = "It is signed by itself: nobody vouches for it."
        return Check(
            "trust",
            title,
            False,
            sentence,
            "Use an authority: `inspector cert make` makes one that is signed.",
        )
    name = top.subject if top.self_issued else top.issuer
    sentence = f"{name} is not in the trust store."
    if name.startswith("Inspector "):
        cure = (
            "That is an authority of Inspector's: `inspector ca trust` adds this home's to the trust stores."
        )
    else:
        cure = "If you know whose authority that is, add it. A virus scanner or a company's proxy that opens HTTPS shows up like this too."
    return Check("trust", title, False, sentence, cure)


def _lifetime(case: Case, facts: Sequence[CertificateFacts]) -> Check:
    title = "It does not last too long"
    starts, ends = facts[0].not_before, facts[0].not_after
    if starts is None or ends is None:
        return Check("lifetime", title, None, "Its dates cannot be read.")
    days = (ends - starts).days
    if ends - starts > _LONGEST_FOR_APPLE:
        sentence = f"It is valid for {days} days: iPhone, iPad and Mac refuse more than 825."
        return Check("lifetime", title, False, sentence, "Make one that lasts 825 days at most.")
    return Check("lifetime", title, True, f"It is valid for {days} days in all.")


_CHECKS: tuple[Callable[[Case, Sequence[CertificateFacts]], Check], ...] = (
    _complete, _trust, _name, _dates, _signatures, _authorities, _purpose, _constraints, _strength, _lifetime,
)  # fmt: skip


# --- words and small questions ---------------------------------------------------------------------------


def _called(facts: CertificateFacts) -> str:
    return facts.subject or next(iter(facts.names), "") or "a certificate without a name"


def _day(moment: dt.datetime) -> str:
    return f"{moment.day} {moment:%B %Y}"


def _listed(names: Sequence[str], most: int = 6) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def _make_again(host: str) -> str:
    return f"Make it again for the right names: inspector cert make {host or 'myapp.test'}"
