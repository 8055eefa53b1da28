"""A certificate of the course: real, signed by this authority, and without any power.

Whoever has it can do nothing with it. Its key is thrown away as soon as it is signed, so nobody can prove that it is theirs; it names no host; the only
use it has is one that no program knows, and both that and its key's use are critical, so that every program has to refuse it for all else.
"""

from __future__ import annotations

import datetime as dt

from cryptography import x509
from cryptography.x509.oid import NameOID

from inspector.pki.authority import Authority, moment
from inspector.pki.certificates import key_identifier_of, key_usage, new_key
from inspector.pki.constraints import subject_base
from inspector.pki.errors import PkiError

# An arc that anybody may use who has a UUID (ITU-T X.667); this one stands for “has taken a course”, here and nowhere else.
HAS_TAKEN_A_COURSE = x509.ObjectIdentifier("2.25.91703826491320856247019")
WHO = " (has taken a course)"  # no host is called so, whatever name was typed
LONGEST = 64 - len(WHO)  # RFC 5280, ub-common-name; cryptography counts UTF-8 bytes


class Ended(PkiError):  # noqa: N818 - a state of affairs
    """The authority's own time is over."""


def readable(name: str) -> str:
    """A name as it can stand on a certificate: in one line, printable, not too long; empty if nothing is left of it."""
    kept = " ".join("".join(each if each.isprintable() else " " for each in name).split())
    return kept.encode()[:LONGEST].decode(errors="ignore").strip()


def award(authority: Authority, name: str, lessons: int, now: float) -> x509.Certificate:
    """The certificate for somebody who has done so many lessons. Raises PkiError."""
    signer, today = authority.above[0], moment(now)
    if not signer.not_valid_before_utc <= today < signer.not_valid_after_utc:
        raise Ended(
            "The authority that would sign it is not valid today. Make a new one:  inspector ca renew"
        )
    key = new_key().public_key()  # its other half is forgotten here
    subject = [
        *subject_base(signer),
        x509.NameAttribute(
            NameOID.TITLE, f"{lessons} lesson{'s' if lessons != 1 else ''} of watching HTTP and HTTPS"
        ),
        x509.NameAttribute(NameOID.COMMON_NAME, readable(name) + WHO),
    ]
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name(subject))
        .issuer_name(signer.subject)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(max(today - dt.timedelta(minutes=1), signer.not_valid_before_utc))
        .not_valid_after(signer.not_valid_after_utc)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(key_usage(content_commitment=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([HAS_TAKEN_A_COURSE]), critical=True)
        .add_extension(key_identifier_of(signer), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )
    return authority.sign(builder)
