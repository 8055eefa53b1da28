"""Is there an authority, is it valid, and what may it vouch for?"""

from __future__ import annotations

from collections.abc import Iterator

from inspector.app.doctor.case import Case
from inspector.explain.findings import Finding
from inspector.pki import vault
from inspector.pki.constraints import Scope

SOON = 30
TITLE = "The authority is valid"


def check(case: Case) -> Iterator[Finding]:
    anchor = case.anchor
    if anchor is None:
        there = vault.exists(case.place.certs)
        sentence = (
            f"The authority in {case.place.certs} cannot be read."
            if there
            else f"There is no authority yet in {case.place.certs}."
        )
        cure = (
            f"Make a new one: {case.command('ca', 'new', '--full')}."
            if there
            else f"It is made at the first start: {case.command('run')}."
        )
        yield Finding("authority", "trust", TITLE, "bad" if there or case.running else "open", sentence, cure)
        return
    certificate = anchor.certificate
    now = case.clock()
    days = int((certificate.not_valid_after_utc.timestamp() - now) // 86400)
    evidence = (f"{anchor.name}, SHA-256 {anchor.sha256}",)
    renew = f"{case.command('ca', 'renew')}, then {case.command('ca', 'trust')}."
    scope = Scope.of(certificate)
    if days < 0:
        yield Finding(
            "authority",
            "trust",
            TITLE,
            "bad",
            f"It expired {-days} days ago: no program believes it any more.",
            f"Make the next one: {renew}",
            evidence,
        )
    elif certificate.not_valid_before_utc.timestamp() > now:
        sentence = "It is valid only from a day to come: this computer's clock was ahead when it was made, or is behind now."
        yield Finding(
            "authority",
            "trust",
            TITLE,
            "bad",
            sentence,
            f"Set the clock right. If it is, make a new authority: {renew}",
            evidence,
        )
    elif days < SOON:
        yield Finding(
            "authority",
            "trust",
            TITLE,
            "caution",
            f"It expires in {days} days.",
            f"Make the next one: {renew}",
            evidence,
        )
    else:
        yield Finding(
            "authority", "trust", TITLE, "good", f"It is valid for {days} more days.", evidence=evidence
        )
    if scope is not None:
        sentence = (
            f"It is a practice authority, for {scope} and nothing else: all other hosts are left encrypted."
        )
        cure = f"To open every host: {case.command('ca', 'new', '--full')}."
        yield Finding("authority-scope", "trust", "It may vouch for every host", "open", sentence, cure)
