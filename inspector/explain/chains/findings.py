"""Every check on a chain, in step with what the verifier said; and what it would say now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from inspector.explain.chains.links import moment_of
from inspector.explain.chains.model import Finding, check_of
from inspector.explain.remedies import REMEDIES
from inspector.pki import checks
from inspector.pki.checks import Check
from inspector.pki.paths import Case
from inspector.pki.reasons import browser_names
from inspector.pki.verdict import WhyNot


def findings_of(found: Sequence[Check], case: Case, now: float) -> tuple[Finding, ...]:
    found = _without_what_follows(found)
    today = {each.id: each for each in checks.run(replace(case, now=moment_of(now)))} if found else {}
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


def findings_without(refusal: WhyNot | None) -> tuple[Finding, ...]:
    """Where no certificate was seen, the verifier's reason is all there is."""
    return () if refusal is None else (_finding(_said_by_the_verifier(refusal, ())),)


def _later(then: Check, today: Check | None) -> str:
    """Only time passes between the two: nothing else is judged anew."""
    if then.id != "dates" or today is None or then.good == today.good:
        return ""
    return f"That was when it was captured. Today: {today.sentence}"


def obey(
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


_TITLES = {
    "complete": "The chain is complete", "trust": "A trusted root stands above it", "name": "It is for this name", "dates": "It is valid today",
    "signatures": "Each is signed by the next", "authorities": "Those that signed may sign", "path-length": "The chain is not longer than they allow",
    "leaf": "It is a site's, and no authority's", "key-usage": "Its key may be used for TLS", "purpose": "It is for servers",
    "constraints": "Its authorities may vouch for these names", "strength": "Keys and signatures are strong", "lifetime": "It does not last too long",
    "revocation": "It was not withdrawn", "transparency": "It names the public logs it is in",
}  # fmt: skip
