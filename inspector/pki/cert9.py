"""A certificate store of NSS (cert9.db, as a Firefox profile has it) that trusts one authority, written without NSS.

Firefox creates a missing key4.db beside it and adds the columns that its version wants. The store is an SQLite database with a
row for each PKCS #11 object and a column for each attribute, named by the attribute's number. Two objects say that an
authority is trusted: the certificate, and NSS's own kind of object that holds the trust in it. NSS has read this form since 2009,
and has to go on reading it: it is in everybody's profile. Without a password on the store nothing in it is signed.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from contextlib import closing
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

FILE = "cert9.db"
LABEL = "Inspector"

# PKCS #11 (OASIS, version 3.0, annex A) and what Mozilla added to it (its vendor number is 0x4E534350, with the high bit set).
CLASS, TOKEN, PRIVATE, NAME, VALUE = 0x0, 0x1, 0x2, 0x3, 0x11
CERTIFICATE_TYPE, ISSUER, SERIAL, SUBJECT, ID, MODIFIABLE = 0x80, 0x81, 0x82, 0x101, 0x102, 0x170
MOZILLA = 0xCE534350
SERVER_AUTH, CLIENT_AUTH, CODE_SIGNING, EMAIL, STEP_UP, SHA1, MD5 = (
    MOZILLA + number for number in (0x2008, 0x2009, 0x200A, 0x200B, 0x2010, 0x2064, 0x2065)
)
A_CERTIFICATE, X509, A_TRUST = 1, 0, MOZILLA + 3
TRUSTED_AUTHORITY, NOT_SAID = MOZILLA + 2, MOZILLA + 3
YES, NO, EMPTY = b"\1", b"\0", b"\xa5\0Z"  # what NSS writes for an empty value
INDEXES = {"issuer": ISSUER, "subject": SUBJECT, "label": NAME, "ckaid": ID}


def write(folder: Path, pem: bytes) -> Path:
    """Make the store in `folder`, which trusts the authority (PEM) for web sites and for nothing else."""
    path = folder / FILE
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    objects = _objects(x509.load_pem_x509_certificate(pem))
    columns = sorted({attribute for each in objects for attribute in each})
    with closing(sqlite3.connect(path)) as store, store:
        named = ", ".join(_column(each) for each in columns)
        store.execute(f"CREATE TABLE nssPublic (id PRIMARY KEY UNIQUE ON CONFLICT ABORT, {named})")
        for name, attribute in INDEXES.items():
            store.execute(f"CREATE INDEX {name} ON nssPublic ({_column(attribute)})")
        for number, each in enumerate(objects, 1):
            row = (number, *(each.get(attribute) for attribute in columns))
            marks = ", ".join("?" * len(row))
            store.execute(f"INSERT INTO nssPublic VALUES ({marks})", row)  # noqa: S608 (question marks only)
    return path


def _column(attribute: int) -> str:
    return f"a{attribute:x}"


def _objects(certificate: x509.Certificate) -> tuple[dict[int, bytes], dict[int, bytes]]:
    der = certificate.public_bytes(Encoding.DER)
    shared = {
        TOKEN: YES,
        PRIVATE: NO,
        MODIFIABLE: YES,
        ISSUER: certificate.issuer.public_bytes(),
        SERIAL: _integer(certificate.serial_number),
    }
    itself = shared | {
        CLASS: _number(A_CERTIFICATE),
        NAME: LABEL.encode(),
        VALUE: der,
        CERTIFICATE_TYPE: _number(X509),
        SUBJECT: certificate.subject.public_bytes(),
        ID: x509.SubjectKeyIdentifier.from_public_key(certificate.public_key()).digest,
    }
    trust = shared | {
        CLASS: _number(A_TRUST),
        NAME: EMPTY,
        SERVER_AUTH: _number(TRUSTED_AUTHORITY),
        CLIENT_AUTH: _number(NOT_SAID),
        CODE_SIGNING: _number(NOT_SAID),
        EMAIL: _number(NOT_SAID),
        STEP_UP: NO,
        SHA1: hashlib.sha1(der, usedforsecurity=False).digest(),
        MD5: hashlib.md5(der, usedforsecurity=False).digest(),
    }
    return itself, trust


def _number(value: int) -> bytes:
    return value.to_bytes(4, "big")


def _integer(value: int) -> bytes:
    """An INTEGER in DER. Serial numbers have at most 20 octets (RFC 5280 §4.1.2.2), so its length is one octet."""
    content = value.to_bytes(value.bit_length() // 8 + 1, "big")
    return bytes((2, len(content))) + content
