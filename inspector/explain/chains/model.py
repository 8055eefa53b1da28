"""What a told chain is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from inspector.explain.acceptance import Mark
from inspector.pki.checks import Check
from inspector.pki.describe import CertificateFacts
from inspector.pki.verdict import WhyNot

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


def check_of(refusal: WhyNot) -> str:
    """The id of the check that a verifier's reason belongs to."""
    return _CHECK_OF.get(refusal.code) or _CHECK_OF.get(refusal.check, "form")
