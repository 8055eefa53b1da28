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
from inspector.pki.paths import Case, is_address, is_issued, matches, names_of
from inspector.pki.reading import in_order

_WEAK_RSA, _WEAK_EC = 2048, 224
_LONGEST_FOR_APPLE = dt.timedelta(days=825)
_FEWEST_LOGS = 2  # what Chrome and Safari ask of public authorities, for certificates of up to 180 days
_SHORT_LIVED = dt.timedelta(days=10)


@dataclass(frozen=True, slots=True)
class Check:
    """One check. `good` is None where it could not be made. `cure` is empty where nothing is to be done.

    Of one that failed, `reason` is its row of `reasons.REASONS`, and `blamed` are the certificates it is about, counted along the path from
    the leaf, 0; empty if the one to blame isn't there.
    """

    id: str
    title: str
    good: bool | None
    sentence: str
    cure: str = ""
    reason: str = ""
    blamed: tuple[int, ...] = ()


def run(case: Case) -> tuple[Check, ...]:
    """Every check, in the order in which one would mend things."""
    if not case.chain:
        sentence = "The server sent no certificate."
        return (Check("complete", "A certificate was sent", False, sentence, reason="no-certificate"),)
    facts = [describe(der) for der in case.path()]
    unread = next((n for n, each in enumerate(facts) if each.problem and not each.subject_rfc4514), None)
    if unread is not None and not facts[unread].key:
        sentence, cure = facts[unread].problem, "It must be made again."
        return (Check("form", "It can be read", False, sentence, cure, "malformed", (unread,)),)
    return tuple(check(case, facts) for check in _CHECKS)


# --- the checks ------------------------------------------------------------------------------------------


def _dates(case: Case, facts: Sequence[CertificateFacts]) -> Check:
    title = "It is valid today"
    wrong = {n: said for n, each in enumerate(facts) if (said := _out_of_time(case, each))}
    if wrong:
        reason, _, cure = next(iter(wrong.values()))
        sentence = " ".join(sentence for _, sentence, _ in wrong.values())
        return Check("dates", title, False, sentence, cure, reason, tuple(wrong))
    first = min(facts, key=lambda each: each.not_after or case.now)
    left = first.days_left(case.now.timestamp()) or 0
    ends = f"in {left} days" if left > 1 else "tomorrow" if left == 1 else "today"
    return Check("dates", title, True, f"{_called(first)} is the first to expire, {ends}.")


def _out_of_time(case: Case, each: CertificateFacts) -> tuple[str, str, str] | None:
    """What is wrong with a certificate's dates: reason, sentence, cure."""
    if each.not_before is None or each.not_after is None:
        return "malformed", f"The dates of {_called(each)} cannot be read.", "It must be made again."
    if case.now > each.not_after:
        days = (case.now - each.not_after).days
        ago = "less than a day ago" if days < 1 else "a day ago" if days == 1 else f"{days:,} days ago"
        sentence = f"{_called(each)} expired on {_day(each.not_after)}, {ago}."
        return "expired", sentence, "Renew it. If the date is not past, this computer's clock is wrong."
    if case.now < each.not_before:
        sentence = f"{_called(each)} is valid only from {_day(each.not_before)}."
        return "not-yet-valid", sentence, "Wait, or set the clock of this computer right."
    return None


def _name(case: Case, facts: Sequence[CertificateFacts]) -> Check:
    title = f"It is for {case.host}" if case.host else "It names hosts"
    names = facts[0].names
    if not names:
        sentence = "It has no subjectAltName, and browsers have not looked at the common name since 2017."
        return Check("name", title, False, sentence, _make_again(case.host), "no-names", (0,))
    if not case.host:
        return Check("name", title, True, _listed(names))
    if any(matches(name, case.host) for name in names):
        return Check("name", title, True, f"It is for {_listed(names)}.")
    reason = "wrong-address" if is_address(case.host) else "wrong-name"
    return Check("name", title, False, f"It is for {_listed(names)}.", _make_again(case.host), reason, (0,))


def _signatures(case: Case, facts: Sequence[CertificateFacts]) -> Check:
    title = "Each is signed by the next"
    path = case.path()
    unfit = [low for low, high in pairwise(range(len(path))) if not is_issued(path[low], path[high])]
    if unfit:
        sentence = " ".join(
            f"The signature on {_called(facts[low])} was not made with the key of {_called(facts[low + 1])}."
            for low in unfit
        )
        cure = "Another authority of the same name may have made it: serve the certificate that really signed it."
        return Check("signatures", title, False, sentence, cure, "bad-signature", tuple(unfit))
    if len(path) == 1 and not facts[0].self_issued:
        return Check("signatures", title, None, f"The certificate of {facts[0].issuer} is not at hand.")
    return Check("signatures", title, True, " ← ".join(_called(each) for each in facts))


def _authorities(case: Case, facts: Sequence[CertificateFacts]) -> Check:
    title = "Those that signed may sign"
    may_not = [n for n, each in enumerate(facts) if n and not _may_sign(each)]
    if may_not:
        sentence = " ".join(
            f"{_called(facts[n])} is no authority, and signed another certificate." for n in may_not
        )
        cure = "It must be made with basicConstraints CA:TRUE and keyUsage keyCertSign."
        return Check("authorities", title, False, sentence, cure, "invalid-authority", tuple(may_not))
    if len(facts) == 1:
        return Check("authorities", title, None, "No authority is at hand.")
    names = _listed([_called(each) for each in facts[1:]])
    return Check(
        "authorities", title, True, f"{names}: {'an authority' if len(facts) == 2 else 'authorities'}."
    )


def _path_length(case: Case, facts: Sequence[CertificateFacts]) -> Check:
    title = "The chain is not longer than they allow"
    limits = [(n, each.path_length) for n, each in enumerate(facts) if n and each.path_length is not None]
    broken = [(n, limit) for n, limit in limits if limit < n - 1]
    if broken:
        sentence = " ".join(
            f"{_called(facts[n])} allows {limit} authorities below it, and there are {n - 1}." for n, limit in broken
        )  # fmt: skip
        blamed = tuple(n for n, _ in broken)
        return Check("path-length", title, False, sentence, "Make the chain shorter.", "path-length", blamed)
    if len(facts) == 1:
        return Check("path-length", title, None, "No authority is at hand.")
    if not limits:
        return Check("path-length", title, True, "None of them sets a limit.")
    sentence = "; ".join(f"{_called(facts[n])} allows {limit} below it" for n, limit in limits)
    return Check("path-length", title, True, f"{sentence}.")


def _leaf(case: Case, facts: Sequence[CertificateFacts]) -> Check:
    title = "It is a site's, and no authority's"
    if facts[0].is_authority:
        sentence = f"{_called(facts[0])} is marked as an authority (CA:TRUE): whoever has its key could sign for others with it."
        cure = "Make it with basicConstraints CA:FALSE. Firefox refuses such a one, other programs do not."
        return Check("leaf", title, False, sentence, cure, "leaf-is-authority", (0,))
    return Check("leaf", title, True, "It may sign no other certificate.")


def _key_usage(case: Case, facts: Sequence[CertificateFacts]) -> Check:
    title = "Its key may be used for TLS"
    usage = facts[0].key_usage
    if not usage:
        return Check("key-usage", title, True, "It sets no limit to what its key is used for.")
    if not {"digital signature", "key agreement", "key encipherment"} & set(usage):
        cure = "Make it with the key usage digitalSignature."
        return Check(
            "key-usage", title, False, f"Its key is for {_listed(usage)}.", cure, "wrong-key-usage", (0,)
        )
    return Check("key-usage", title, True, f"Its key is for {_listed(usage)}.")


def _purpose(case: Case, facts: Sequence[CertificateFacts]) -> Check:
    title = "It is for servers"
    others = [
        n for n, each in enumerate(facts) if each.purposes and not {"TLS server", "anything"} & set(each.purposes)
    ]  # fmt: skip
    if others:
        sentence = " ".join(f"{_called(facts[n])} is for {_listed(facts[n].purposes)}." for n in others)
        cure = "Make it with the extended key usage serverAuth."
        return Check("purpose", title, False, sentence, cure, "wrong-purpose", tuple(others))
    if not facts[0].purposes:
        return Check("purpose", title, True, "It says no purpose, so it is for any.")
    return Check("purpose", title, True, f"It is for {_listed(facts[0].purposes)}.")


def _strength(case: Case, facts: Sequence[CertificateFacts]) -> Check:
    title = "Keys and signatures are strong"
    weak = [n for n, each in enumerate(facts) if 0 < each.key_bits < _least_bits(each)]
    forgeable = [
        n for n, each in enumerate(facts)
        if each.signature.endswith(("MD5", "SHA-1", "SHA1")) and not each.self_issued
    ]  # fmt: skip
    said = [f"The key of {_called(facts[n])} is weak: {facts[n].key}." for n in weak]
    said += [f"The signature on {_called(facts[n])} can be forged: {facts[n].signature}." for n in forgeable]
    if said:
        cures = ["Use RSA with 2048 bits or more, or ECDSA P-256."] if weak else []
        cures += ["Have it issued again with SHA-256."] if forgeable else []
        reason = "weak-key" if weak else "weak-digest"
        blamed = tuple(sorted({*weak, *forgeable}))
        return Check("strength", title, False, " ".join(said), " ".join(cures), reason, blamed)
    return Check("strength", title, True, f"{facts[0].key}; signed with {facts[0].signature}.")


def _least_bits(facts: CertificateFacts) -> int:
    return _WEAK_RSA if facts.key_kind in {"RSA", "DSA"} else _WEAK_EC


def _constraints(case: Case, facts: Sequence[CertificateFacts]) -> Check:
    title = "Its authorities may vouch for these names"
    path = case.path()
    outside: dict[int, list[str]] = {}
    with quietly():
        names = names_of(path[0])
        for n, der in enumerate(path[1:], start=1):
            constraints = _constraints_in(der)
            if constraints is not None:
                found = [str(name.value) for name in names if not admits(constraints, name)]
                outside |= {n: found} if found else {}
    if outside:
        sentence = " ".join(
            f"{_called(facts[n])} may not vouch for {_listed(names)}." for n, names in outside.items()
        )
        cure = "Leave these names out, or use an authority that may."
        return Check("constraints", title, False, sentence, cure, "name-constraint", tuple(outside))
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
    cure = "Serve leaf and intermediates in one file (often called fullchain.pem)."
    return Check("complete", title, False, sentence, cure, "missing-intermediate")


def _trust(case: Case, facts: Sequence[CertificateFacts]) -> Check:
    title = "A trusted root stands above it"
    if case.roots is None:
        return Check("trust", title, None, "The roots that this system trusts cannot be listed.")
    if case.root_above(case.path()[-1]) is not None:
        return Check("trust", title, True, f"{_called(facts[-1])} is in the trust store.")
    top, last = facts[-1], len(facts) - 1
    if top.self_issued and len(facts) == 1:
        sentence = "It is signed by itself: nobody vouches for it."
        cure = "Use an authority: `inspector cert make` makes one that is signed."
        return Check("trust", title, False, sentence, cure, "self-signed", (0,))
    name = top.subject if top.self_issued else top.issuer
    sentence = f"{name} is not in the trust store."
    if name.startswith("Inspector CA"):
        cure = (
            "That is an authority of Inspector's: `inspector ca trust` adds this home's to the trust stores."
        )
    else:
        cure = "If you know whose authority that is, add it. A virus scanner or a company's proxy that opens HTTPS shows up like this too."
    blamed = (last,) if top.self_issued else ()
    return Check("trust", title, False, sentence, cure, "unknown-authority", blamed)


def _lifetime(case: Case, facts: Sequence[CertificateFacts]) -> Check:
    title = "It does not last too long"
    starts, ends = facts[0].not_before, facts[0].not_after
    if starts is None or ends is None:
        return Check("lifetime", title, None, "Its dates cannot be read.")
    days = (ends - starts).days
    if ends - starts > _LONGEST_FOR_APPLE:
        sentence = f"It is valid for {days:,} days: iPhone, iPad and Mac refuse more than 825."
        cure = "Make one that lasts 825 days at most."
        return Check("lifetime", title, False, sentence, cure, "lasts-too-long", (0,))
    return Check("lifetime", title, True, f"It is valid for {days} days in all.")


def _transparency(case: Case, facts: Sequence[CertificateFacts]) -> Check:
    """Noted, not judged: whether a log really has it, only the log can say, and a proof may also come with the handshake."""
    title = "It names the public logs it is in"
    logs = len({log.id for log in facts[0].logs}) or facts[0].sct_count
    if logs >= _FEWEST_LOGS:
        sentence = (
            f"It carries the receipts of {logs} logs (Certificate Transparency). The logs were not asked."
        )
        return Check("transparency", title, True, sentence)
    if logs:
        sentence = "It carries the receipt of one log (Certificate Transparency). Of public authorities Chrome and Safari want two at least."
        return Check("transparency", title, None, sentence)
    sentence = (
        "It carries no receipt of a log (Certificate Transparency). Chrome, Safari and Firefox want some of public authorities, though they may "
        "come with the handshake instead; of a private authority nobody wants any."
    )
    return Check("transparency", title, None, sentence)


def _revocation(case: Case, facts: Sequence[CertificateFacts]) -> Check:
    """Noted, not judged: nobody is asked."""
    title = "It was not withdrawn"
    ways = [f"OCSP at {facts[0].ocsp_urls[0]}"] if facts[0].ocsp_urls else []
    ways += [f"a list at {facts[0].crl_urls[0]}"] if facts[0].crl_urls else []
    staple = " Its server has to show an answer itself (must-staple)." if facts[0].must_staple else ""
    if ways:
        sentence = f"Whether it was can be asked by {' and '.join(ways)}. Inspector did not ask.{staple}"
        return Check("revocation", title, None, sentence)
    starts, ends = facts[0].not_before, facts[0].not_after
    if starts is not None and ends is not None and ends - starts <= _SHORT_LIVED:
        sentence = "It names no place to ask: it lives so short that it need not (RFC 9608)."
        return Check("revocation", title, None, sentence + staple)
    return Check("revocation", title, None, f"It names no place where one could ask whether it was.{staple}")


_CHECKS: tuple[Callable[[Case, Sequence[CertificateFacts]], Check], ...] = (
    _complete, _trust, _name, _dates, _signatures, _authorities, _path_length, _leaf, _key_usage, _purpose, _constraints, _strength, _lifetime,
    _transparency, _revocation,
)  # fmt: skip


# --- words and small questions ---------------------------------------------------------------------------


def _may_sign(facts: CertificateFacts) -> bool:
    return facts.is_authority and (not facts.key_usage or "signing certificates" in facts.key_usage)


def _constraints_in(der: bytes) -> x509.NameConstraints | None:
    """The constraints of an authority; None also where they cannot be read."""
    try:
        return constraints_of(x509.load_der_x509_certificate(der))
    except ValueError:
        return None


def _called(facts: CertificateFacts) -> str:
    return facts.subject or next(iter(facts.names), "") or "a certificate without a name"


def _day(moment: dt.datetime) -> str:
    return f"{moment.day} {moment:%B %Y}"


def _listed(names: Sequence[str], most: int = 6) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def _make_again(host: str) -> str:
    return f"Make it again for the right names: inspector cert make {host or 'myapp.test'}"
