"""The certificates that a chain lacks, fetched from where it says they are (Authority Information Access), as Chrome, Safari and Edge do.

The addresses come from strangers. So: http only, nothing but what the proxy lets through (it never leads to the dashboard), no redirects, no cookies, at most
64 KiB and five seconds each, at most four in a row.
"""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from inspector.app.doctor.through import fetch
from inspector.app.notice import Running
from inspector.pki.describe import describe, quietly
from inspector.pki.paths import Case, is_issued
from inspector.pki.trust_stores.model import certificates_in

DEEPEST = 4
LARGEST = 64 * 1024
PATIENCE = 5.0


class Fetched(NamedTuple):
    """One try: the certificate (DER) that came, or why none did."""

    url: str
    der: bytes = b""
    subject: str = ""
    why_not: str = ""


def fetch_issuers(case: Case, running: Running, *, login: str = "") -> tuple[Fetched, ...]:
    """What can be fetched above the chain that was sent, upwards until a root or until nothing more is named."""
    top = case.path()[-1]
    found: list[Fetched] = []
    for _ in range(DEEPEST):
        facts = describe(top)
        url = next((each for each in facts.issuer_urls if _may_be_asked(each)), "")
        if facts.self_issued or case.root_above(top) is not None:
            break
        if not url:
            if facts.issuer_urls:
                found.append(Fetched(facts.issuer_urls[0], why_not="not fetched: only http:// addresses are"))
            break
        fetched = _fetch(url, top, running, login)
        found.append(fetched)
        if not fetched.der:
            break
        top = fetched.der
    return tuple(found)


def _may_be_asked(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return (
            parts.scheme == "http"
            and bool(parts.hostname)
            and (parts.port or 80) == 80
            and parts.username is None
        )
    except ValueError:
        return False


def _fetch(url: str, below: bytes, running: Running, login: str) -> Fetched:
    answer = fetch(running, url, login=login, patience=PATIENCE)
    if answer.failure:
        return Fetched(url, why_not=answer.failure)
    if answer.status != 200:
        return Fetched(url, why_not=f"it answered with status {answer.status}")
    if len(answer.body) > LARGEST:
        return Fetched(url, why_not="it is larger than a certificate should be")
    for der in _certificates(answer.body):
        if is_issued(below, der):
            return Fetched(url, der, describe(der).subject)
    return Fetched(url, why_not="what lies there did not sign it")


def _certificates(body: bytes) -> list[bytes]:
    """The certificates in what came: DER as RFC 5280 wants it, a PKCS #7 bundle as it allows, or PEM as some serve."""
    if b"-----BEGIN" in body:
        return list(certificates_in(body))
    with quietly():
        try:
            return [x509.load_der_x509_certificate(body).public_bytes(Encoding.DER)]
        except ValueError:
            pass
        try:
            return [each.public_bytes(Encoding.DER) for each in pkcs7.load_der_pkcs7_certificates(body)]
        except ValueError:
            return []
