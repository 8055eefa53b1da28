"""Certificates and checks on a terminal, in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

import click

from inspector.pki.checks import Check
from inspector.pki.describe import CertificateFacts

_MARKS = {True: ("✓", "green"), False: ("✗", "red"), None: ("?", "yellow")}


def chain(facts: Sequence[CertificateFacts], now: dt.datetime) -> str:
    """Every certificate of a chain, leaf first."""
    return "\n\n".join(_one(number, each, len(facts), now) for number, each in enumerate(facts))


def checks(found: Iterable[Check]) -> str:
    """Every check ticked or crossed, with its reason, and its cure where there is something to do."""
    lines = []
    for check in found:
        mark, color = _MARKS[check.good]
        lines.append(f"  {click.style(mark, fg=color, bold=True)} {check.title}")
        lines.append(f"      {clean(check.sentence)}")
        if check.cure:
            lines.append(f"      {click.style('→', dim=True)} {clean(check.cure)}")
    return "\n".join(lines)


def clean(text: str) -> str:
    """A stranger's text: without characters that a terminal would obey."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)


def _one(number: int, facts: CertificateFacts, count: int, now: dt.datetime) -> str:
    title = clean(facts.subject or next(iter(facts.names), "") or "A certificate without a name")
    rows = [row for row in _rows(facts, now) if row[1]]
    lines = [f"{click.style(title, bold=True)}    {click.style(_role(number, facts, count), dim=True)}"]
    lines += [f"  {name:<14}{clean(text)}" for name, text in rows]
    return "\n".join(lines)


def _role(number: int, facts: CertificateFacts, count: int) -> str:
    if facts.is_authority and facts.self_issued:
        return "a root: an authority that signed itself"
    if facts.is_authority:
        return "an authority that another one vouches for"
    if facts.self_issued:
        return "signed by itself"
    return "the leaf" if number == 0 and count > 1 else "a leaf"


def _rows(facts: CertificateFacts, now: dt.datetime) -> list[tuple[str, str]]:
    return [
        ("For", _listed(facts.names)),
        ("Signed by", "itself" if facts.self_issued else facts.issuer),
        ("Valid", _validity(facts, now)),
        ("Key", facts.key),
        ("Signature", facts.signature),
        ("May be used", _listed((*facts.purposes, *facts.key_usage))),
        ("Authority", _authority(facts)),
        ("Only for", _listed(facts.only_for)),
        ("Never for", _listed(facts.never_for)),
        ("Checked", facts.validation),
        ("Logs", f"in {facts.sct_count} Certificate Transparency logs" if facts.sct_count else ""),
        ("Revocation", _listed((*facts.ocsp_urls, *facts.crl_urls))),
        ("Issuer's file", _listed(facts.issuer_urls)),
        ("Serial", facts.serial),
        ("SHA-256", facts.fingerprint),
        ("Note", facts.problem),
    ]


def _validity(facts: CertificateFacts, now: dt.datetime) -> str:
    if facts.not_before is None or facts.not_after is None:
        return ""
    days = facts.days_left(now.timestamp()) or 0
    if now < facts.not_before:
        state = "not yet"
    else:
        state = f"{days} days left" if now < facts.not_after else f"expired {-days} days ago"
    return f"{facts.not_before:%d %B %Y} to {facts.not_after:%d %B %Y} ({state})"


def _authority(facts: CertificateFacts) -> str:
    if not facts.is_authority:
        return ""
    limits = {None: "with any number of authorities below it", 0: "for leaves only"}
    depth = limits.get(facts.path_length, f"with at most {facts.path_length} authorities below it")
    constrained = ", for certain names only (name constraints)" if facts.is_constrained else ""
    return f"may sign certificates, {depth}{constrained}"


def _listed(words: Sequence[str], most: int = 12) -> str:
    more = f" and {len(words) - most} more" if len(words) > most else ""
    return ", ".join(words[:most]) + more
