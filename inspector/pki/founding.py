"""Founds an authority: makes its keys and certificates and writes them, private from their first moment.

Several processes may do it at once: what was written first counts for all of them.
"""

from __future__ import annotations

import datetime as dt
import socket
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from inspector.pki import certificates, files
from inspector.pki.certificates import Key, new_key
from inspector.pki.constraints import Scope
from inspector.pki.errors import AuthorityUnwritable

CERTIFICATE = "ca.pem"
KEY = "ca-key.pem"
INTERMEDIATE = "ca-intermediate.pem"

LIFETIME = dt.timedelta(days=730)
BACKDATED = dt.timedelta(days=1)  # a browser's clock may be behind ours


def make_key(folder: Path) -> bytes:
    """Write a new key; what is in the file then (PEM)."""
    return _publish(folder / KEY, _pem(new_key()), files.PRIVATE)


def make_root(folder: Path, key: Key, now: dt.datetime) -> bytes:
    """Write the root of a full authority with this key; what is in the file then (PEM)."""
    starts = now - BACKDATED
    made = certificates.root(key, host=socket.gethostname(), made=now, starts=starts, ends=starts + LIFETIME)
    return _publish(folder / CERTIFICATE, made.public_bytes(Encoding.PEM), files.PUBLIC)


def make_practice(folder: Path, scope: Scope, now: dt.datetime) -> None:
    """Write a practice authority. The root's key lives in this function alone: it signs the root and one intermediate, and is gone."""
    host, starts = socket.gethostname(), now - BACKDATED
    root_key, key = new_key(), new_key()
    root = certificates.root(
        root_key, host=host, made=now, starts=starts, ends=starts + LIFETIME, scope=scope
    )
    above = certificates.intermediate(
        key.public_key(), signed_by=root, key=root_key, host=host, made=now, scope=scope
    )
    del root_key
    parts = (
        (INTERMEDIATE, above.public_bytes(Encoding.PEM), files.PUBLIC),
        (CERTIFICATE, root.public_bytes(Encoding.PEM), files.PUBLIC),
        (KEY, _pem(key), files.PRIVATE),
    )
    for name, pem, mode in parts:
        if not files.publish(folder / name, pem, mode):
            raise AuthorityUnwritable(
                f"Another program made an authority in {folder} at the same moment. Look at it, then try again."
            )


def _publish(path: Path, pem: bytes, mode: int) -> bytes:
    """Write the file, unless another process was faster; what is in it now counts."""
    files.publish(path, pem, mode)
    return files.settled(path) or pem


def _pem(key: Key) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
