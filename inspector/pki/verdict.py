"""Why a site's certificate was not accepted: the sentence, the certificate to blame, the cure.

The verifier (OpenSSL; on macOS and Windows the system) gives a number and a few words for experts. The number picks a
row of REASONS; which certificate it is about, and for 'unable to get local issuer certificate' which of several quite
different mistakes, is found by looking at the chain itself. All of it is text from strangers, so nothing here raises.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from inspector.pki.describe import CertificateFacts, describe, quietly
from inspector.pki.paths import is_address, is_issued
from inspector.pki.reasons import DATES, NO_ISSUER, REASONS, VERIFIER_CODES, browser_names


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Why a chain was not accepted.

    `position` counts in the chain from 0, the leaf; None if the certificate to blame was not sent. `certificate` is its name.
    `chromium` and `firefox` are the error names that these browsers show for the same.
    """

    code: str
    sentence: str
    position: int | None
    certificate: str
    check: str
    chromium: str
    firefox: str
    cure: str


def why_not(verify_code: int, verify_message: str, chain: Sequence[bytes], host: str, now: float) -> WhyNot:
    """Why the chain (DER, leaf first, as the site sent it) was not accepted for `host`, at `now` (seconds since the epoch).

    `verify_code` and `verify_message` are those of ssl.SSLCertVerificationError.
    """
    case = _Case(verify_code, verify_message, tuple(describe(der) for der in chain), tuple(chain), host, now)
    code = case.code()
    reason = REASONS[code]
    position = case.blamed(code)
    blanks = {
        "{host}": _shown(host),
        "{who}": case.name(position),
        "{issuer}": case.missing_issuer(),
        "{detail}": case.detail(code, position),
    }
    return WhyNot(
        code=code,
        sentence=_fill(reason.sentence, blanks),
        position=position,
        certificate=case.name(position) if position is not None else blanks["{issuer}"],
        check=reason.check,
        chromium=reason.chromium,
        firefox=browser_names(code, position)[1],
        cure=_fill(reason.cure, blanks),
    )


@dataclass(frozen=True, slots=True)
class _Case:
    """One refused chain, and the questions asked about it."""

    number: int
    message: str
    chain: tuple[CertificateFacts, ...]
    ders: tuple[bytes, ...]
    host: str
    now: float

    def code(self) -> str:
        """The row of REASONS."""
        if not self.chain:
            return "no-certificate" if "no certificate" in self.message else self._without_chain()
        code = VERIFIER_CODES.get(self.number, "refused")
        if code == NO_ISSUER:
            return self._no_issuer()
        if code == DATES:
            return "not-yet-valid" if self._first(self._is_early) is not None else "expired"
        if code in {"wrong-name", "wrong-address"}:
            return self._no_match()
        if code == "expired" and self._first(self._is_late) is None:
            return "expired-root"
        return code

    def blamed(self, code: str) -> int | None:
        """Which certificate of the chain it is about."""
        if not self.chain:
            return None
        find = _FINDERS.get(code)
        return 0 if find is None else find(self)

    def name(self, position: int | None) -> str:
        """What to call that certificate; without a position, the leaf."""
        if not self.chain:
            return _shown(self.host)
        facts = self.chain[position or 0]
        return _shown(facts.subject or next(iter(facts.names), "")) or "a certificate without a name"

    def missing_issuer(self) -> str:
        """Who signed the last certificate that the chain leads to."""
        if not self.chain:
            return "an authority that is not known"
        return _shown(self.chain[self.path()[-1]].issuer) or "an authority without a name"

    def detail(self, code: str, position: int | None) -> str:
        """What fills the sentence's last blank."""
        facts = self.chain[position or 0] if self.chain else CertificateFacts()
        match code:
            case "expired":
                return f"{_day(facts.not_after)}, {_ago(self.now, facts.not_after)}"
            case "not-yet-valid":
                return _day(facts.not_before)
            case "wrong-name" | "wrong-address":
                return _listed(facts.names)
            case "weak-key":
                return facts.key
            case "weak-digest":
                return facts.signature
            case "path-length":
                return str(facts.path_length)
            case "wrong-purpose":
                return f"it is for: {_listed(facts.purposes)}" if facts.purposes else self.message
            case _:
                return _shown(self.message) or f"error {self.number}"

    def path(self) -> list[int]:
        """The way from the leaf upwards through what was sent, in whatever order it was sent."""
        path = [0]
        while True:
            issuer = self.chain[path[-1]].issuer_rfc4514
            onward = [
                at for at, each in enumerate(self.chain) if each.subject_rfc4514 == issuer and at not in path
            ]
            if self.chain[path[-1]].self_issued or not onward:
                return path
            path.append(onward[0])

    def _without_chain(self) -> str:
        code = VERIFIER_CODES.get(self.number, "refused")
        return "refused" if code in {NO_ISSUER, DATES, "wrong-name", "wrong-address", "expired"} else code

    def _no_issuer(self) -> str:
        path = self.path()
        top = self.chain[path[-1]]
        if top.self_issued:
            return "self-signed" if len(path) == 1 else "unknown-authority"
        # Public authorities sign leaves with intermediates only, and say in the leaf where the intermediate can be fetched.
        from_public_authority = bool(top.issuer_urls or top.sct_count or top.validation)
        return (
            "missing-intermediate" if from_public_authority and not top.is_authority else "unknown-authority"
        )

    def _no_match(self) -> str:
        if not self.chain[0].names:
            return "no-names"
        return "wrong-address" if is_address(self.host) else "wrong-name"

    def _first(self, fits: Callable[[CertificateFacts], bool], start: int = 0) -> int | None:
        return next((at for at, facts in enumerate(self.chain) if at >= start and fits(facts)), None)

    def _is_late(self, facts: CertificateFacts) -> bool:
        return facts.not_after is not None and facts.not_after.timestamp() < self.now

    def _is_early(self, facts: CertificateFacts) -> bool:
        return facts.not_before is not None and facts.not_before.timestamp() > self.now

    def late(self) -> int | None:
        return self._first(self._is_late)

    def early(self) -> int | None:
        return self._first(self._is_early)

    def top(self) -> int | None:
        """The root that was sent, if it was."""
        last = self.path()[-1]
        return last if self.chain[last].self_issued else None

    def weak_key(self) -> int | None:
        return self._first(
            lambda facts: 0 < facts.key_bits < (2048 if facts.key_kind in {"RSA", "DSA"} else 224)
        )

    def weak_digest(self) -> int | None:
        return self._first(
            lambda facts: facts.signature.endswith(("MD5", "SHA-1", "SHA1")) and not facts.self_issued
        )

    def not_an_authority(self) -> int | None:
        return self._first(lambda facts: not facts.is_authority or not _may_sign(facts), start=1)

    def too_long_for(self) -> int | None:
        """The authority whose path length is exceeded: it counts the authorities below it."""
        return next((
            at for below, at in enumerate(self.path()[1:])
            if (limit := self.chain[at].path_length) is not None and limit < below
        ), None)  # fmt: skip

    def other_purpose(self) -> int | None:
        return self._first(
            lambda facts: bool(facts.purposes) and not {"TLS server", "anything"} & set(facts.purposes)
        )

    def constrained(self) -> int | None:
        return self._first(lambda facts: facts.is_constrained)

    def badly_signed(self) -> int | None:
        """The first whose signature does not fit what stands above it; else the last one, whose issuer is in the store."""
        path = self.path()
        unfit = (low for low, high in pairwise(path) if not _signed(self.ders[low], self.ders[high]))
        return next(unfit, path[-1])


def _nothing_sent(case: _Case) -> None:
    """The certificate to blame is not in the chain."""


_FINDERS: dict[str, Callable[[_Case], int | None]] = {
    "expired": _Case.late,
    "expired-root": _nothing_sent,
    "not-yet-valid": _Case.early,
    "unknown-authority": _Case.top,
    "missing-intermediate": _nothing_sent,
    "weak-key": _Case.weak_key,
    "weak-digest": _Case.weak_digest,
    "bad-signature": _Case.badly_signed,
    "invalid-authority": _Case.not_an_authority,
    "path-length": _Case.too_long_for,
    "wrong-purpose": _Case.other_purpose,
    "name-constraint": _Case.constrained,
    "too-long": _nothing_sent,
    "refused": _nothing_sent,
}


def _may_sign(facts: CertificateFacts) -> bool:
    return not facts.key_usage or "signing certificates" in facts.key_usage


def _signed(der: bytes, issuer: bytes) -> bool:
    with quietly():
        return is_issued(der, issuer)


def _fill(text: str, blanks: dict[str, str]) -> str:
    """In one pass, so that a name which holds a blank's name stays as it is."""
    parts = text.split("{")
    filled = [parts[0]]
    for part in parts[1:]:
        blank, _, rest = part.partition("}")
        filled.append(blanks["{" + blank + "}"] + rest)
    return "".join(filled)


def _shown(text: str) -> str:
    """A stranger's text inside a sentence of ours: no control or direction-changing characters, not too long."""
    text = "".join(
        character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text
    )
    return text if len(text) <= 100 else text[:99] + "…"


def _listed(names: Sequence[str], most: int = 5) -> str:
    shown = [_shown(name) for name in names[:most]]
    if len(names) > most:
        return f"{', '.join(shown)} and {len(names) - most} more"
    return " and ".join(filter(None, (", ".join(shown[:-1]), *shown[-1:]))) or "nothing"


def _day(moment: datetime | None) -> str:
    return "a date that cannot be read" if moment is None else f"{moment.day} {moment:%B %Y}"


def _ago(now: float, moment: datetime | None) -> str:
    if moment is None:
        return "before now"
    days = (datetime.fromtimestamp(now, UTC) - moment).days
    return "less than a day ago" if days < 1 else "a day ago" if days == 1 else f"{days:,} days ago"
