"""The certificates of a chain, from the leaf on: what each is there for, how it came here, when it counts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from inspector.explain.chains.model import Came, Dates, Link
from inspector.pki.checks import Check
from inspector.pki.describe import CertificateFacts, describe
from inspector.pki.paths import Case

SITE_ROLES = (
    "The site's own certificate",
    "An intermediate authority",
    "A root: an authority that signed itself",
)


STAND_IN_ROLES = ("The stand-in certificate", "Inspector's intermediate authority", "Inspector's authority")


def links_of(  # noqa: PLR0917 (what a chain is told from)
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


def gap_of(links: Sequence[Link], found: Sequence[Check]) -> str:
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


def moment_of(seconds: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, dt.UTC)


def upper(text: str) -> str:
    return text[:1].upper() + text[1:]
