"""What the page says where Inspector did not believe a site: which check, on which certificate, what else is wrong, and the cures. No Flask here."""

from __future__ import annotations

import time
from typing import NamedTuple

from inspector.engine.pages import PageAsk
from inspector.exchange.model import Connection, Tls
from inspector.explain.chains import Chain, TrustStore, site_chain
from inspector.pki.describe import describe

MOST = 8  # certificates that are named

_CHECKS = {
    "authority": "whether its issuer may issue certificates",
    "constraints": "whether its issuer may vouch for this name, and so far down",
    "dates": "whether it is valid today",
    "form": "whether it is made as certificates must be",
    "name": "whether it is for this name",
    "purpose": "whether it was made for web servers",
    "revocation": "whether it was withdrawn",
    "signature": "whether its issuer really signed it",
    "strength": "whether key and signature are strong enough",
    "transparency": "whether it stands in the public logs",
    "trust": "whether a trusted authority vouches for it",
}


class Untrusted(NamedTuple):
    """The words of it. `chain` are the certificates as they were sent, and whether each is to blame; commands stand between back-ticks."""

    sentence: str
    cure: str
    facts: tuple[tuple[str, str], ...]
    chain: tuple[tuple[str, bool], ...]


def untrusted(ask: PageAsk) -> Untrusted:
    """Why the certificate was refused, from the verifier's reason and the chain itself. The trust store isn't read here: the verifier just did."""
    tls = Tls(sni=ask.host, chain=ask.chain, verified=False, why_not=ask.verify_message or "refused", verify_code=ask.verify_code)  # fmt: skip
    now = time.time()
    line = Connection(bytes(16), "server", now, "", ask.port, "", 0, ask.host, tls=tls)
    judged = site_chain(line, TrustStore(ask.trust_store, None), now)
    assert judged is not None
    assert judged.refusal is not None
    cure = judged.blamed.visitor if judged.blamed is not None else judged.refusal.cure
    position = judged.refusal.position
    called = (describe(der).subject or "a certificate without a name" for der in ask.chain[:MOST])
    links = tuple((name, n == position) for n, name in enumerate(called))
    return Untrusted(judged.verdict, cure, tuple(_facts(judged, ask.trust_store)), links)


def _facts(judged: Chain, store: str) -> list[tuple[str, str]]:
    refusal, blamed = judged.refusal, judged.blamed
    assert refusal is not None
    found = [
        ("The check", _CHECKS.get(refusal.check, refusal.check)),
        ("The certificate", refusal.certificate),
        ("Looked for in", store if refusal.check == "trust" else ""),
    ]
    if blamed is not None:
        names = (("Chrome", blamed.chromium), ("Firefox", blamed.firefox))
        found += [
            ("Browsers call it", ", ".join(f"{name} ({who})" for who, name in names if name)),
            ("Why it matters", blamed.why),
            ("If it is yours", blamed.owner),
            ("Also wrong", " ".join(each.check.sentence for each in judged.failed if each is not blamed)),
        ]
    return [each for each in found if each[1]]
