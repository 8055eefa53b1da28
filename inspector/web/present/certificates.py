"""A certificate and its checks for looking at: rows of what it says, and the words between them."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from typing import NamedTuple

from inspector.explain.chains import Chain, Finding, Link
from inspector.pki.describe import CertificateFacts
from inspector.web.words import day, plural

MOST = 60  # names that are listed


class Row(NamedTuple):
    """What is said, and whether it is bytes or names as they stand in the certificate."""

    title: str
    value: str
    code: bool = False


def rows(facts: CertificateFacts) -> tuple[Row, ...]:
    """Everything that a certificate says, in words; what it doesn't say is left out."""
    found = (
        Row("For the names", _listed(facts.names), True),
        Row("Subject", facts.subject_rfc4514 or "empty", True),
        Row("Issuer", facts.issuer_rfc4514 or "empty", True),
        Row("Valid", _term(facts)),
        Row("What was checked", facts.validation),
        Row("Key", facts.key),
        Row("Signed with", facts.signature),
        Row("Key may be used for", ", ".join(facts.key_usage)),
        Row("Made for", ", ".join(facts.purposes)),
        Row("Authority", authority(facts)),
        Row("Only for", _listed(facts.only_for), True),
        Row("Never for", _listed(facts.never_for), True),
        Row("Public logs", _logs(facts)),
        Row("Revocation, by OCSP", _listed(facts.ocsp_urls), True),
        Row("Revocation, by list", _listed(facts.crl_urls), True),
        Row("Must staple", "yes: its server has to show an OCSP answer" if facts.must_staple else ""),
        Row("Issuer's certificate", _listed(facts.issuer_urls), True),
        Row("Serial number", facts.serial, True),
        Row("SHA-256", facts.fingerprint, True),
        Row("SHA-256 of the key", facts.spki, True),
        Row("Size", plural(facts.size, "byte")),
        Row("Unreadable", facts.problem),
    )
    return tuple(row for row in found if row.value)


def authority(facts: CertificateFacts) -> str:
    """Whether it may sign others, and how far down."""
    if not facts.is_authority:
        return "no: it may sign no other certificate"
    depths = {None: "with any number of authorities below it", 0: "leaves only"}
    limit = f"with at most {plural(facts.path_length or 0, 'authority', 'authorities')} below it"
    limited = ", for certain names only" if facts.is_constrained else ""
    return f"yes: it may sign others, {depths.get(facts.path_length, limit)}{limited}"


def pem(der: bytes) -> str:
    """As files hold it."""
    return ssl.DER_cert_to_PEM_cert(der)


def file_name(link: Link) -> str:
    """What a download of it is called."""
    kept = "".join(
        letter if letter.isascii() and (letter.isalnum() or letter in ".-_") else "-"
        for letter in link.facts.subject
    )
    return f"{kept.strip('-.')[:60] or 'certificate'}.pem"


def issued_by(link: Link, above: Link | None) -> str:
    """By whom, and whether that one stands in the chain."""
    if link.facts.self_issued:
        return "Signed by itself"
    who = link.facts.issuer or "nobody that it names"
    return f"Signed by {who}" if above is not None else f"Signed by {who}, which is not at hand"


def counted(chain: Chain) -> str:
    """The checks in a line: `11 passed, 1 failed, 3 could not be told`."""
    parts = [f"{chain.passed} passed"]
    if chain.failed:
        parts.append(f"{len(chain.failed)} failed")
    if chain.left_open:
        parts.append(f"{chain.left_open} can't be told from here")
    return ", ".join(parts)


def names_of(finding: Finding) -> tuple[tuple[str, str], ...]:
    """What the browsers show for a check that failed."""
    found = (("Chrome, Edge", finding.chromium), ("Firefox", finding.firefox))
    return tuple((who, name) for who, name in found if name)


def _term(facts: CertificateFacts) -> str:
    if facts.not_before is None or facts.not_after is None:
        return ""
    days = (facts.not_after - facts.not_before).days
    return f"{day(facts.not_before.timestamp())} to {day(facts.not_after.timestamp())}, {plural(days, 'day')} in all"


def _logs(facts: CertificateFacts) -> str:
    each = (f"{log.id[:8]}… on {day(log.at.timestamp())}" for log in facts.logs)
    return "; ".join(each) or (plural(facts.sct_count, "receipt") if facts.sct_count else "")


def _listed(words: Sequence[str]) -> str:
    more = f" and {len(words) - MOST} more" if len(words) > MOST else ""
    return ", ".join(words[:MOST]) + more
