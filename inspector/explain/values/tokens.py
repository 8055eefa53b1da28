"""Tokens that anyone can read: JSON Web Tokens (RFC 7519), Flask's signed sessions, and Basic's name and password. No signature is checked."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from dataclasses import dataclass
from typing import Any

LARGEST = 32_768


@dataclass(frozen=True, slots=True)
class Jwt:
    """What a token says. `claims` is empty for one that is encrypted (`sealed`)."""

    header: dict[str, Any]
    claims: dict[str, Any]
    signed: bool
    sealed: bool = False

    @property
    def algorithm(self) -> str:
        return str(self.header.get("alg", ""))

    def moment(self, claim: str) -> float | None:
        """A claim that is a time (`exp`, `nbf`, `iat`), in seconds since the epoch."""
        found = self.claims.get(claim)
        return (
            float(found)
            if isinstance(found, int | float) and not isinstance(found, bool) and abs(found) < 1e15
            else None
        )


def read_jwt(text: str) -> Jwt | None:
    """The token, if it is one: three parts (five if encrypted), the first of them JSON that names an algorithm."""
    if len(text) > LARGEST or text.count(".") not in (2, 4):
        return None
    parts = text.split(".")
    header = _json(_base64(parts[0]))
    if not isinstance(header, dict) or "alg" not in header:
        return None
    if len(parts) == 5:
        return Jwt(header, {}, signed=False, sealed=True)
    claims = _json(_base64(parts[1]))
    if not isinstance(claims, dict):
        return None
    return Jwt(header, claims, signed=bool(parts[2]))


@dataclass(frozen=True, slots=True)
class Session:
    """A session that Flask put into a cookie: its content as JSON text, and when it was signed."""

    content: str
    signed_at: float | None


def read_flask_session(text: str) -> Session | None:
    """The content of a cookie as itsdangerous signs it, as Flask does; None if it is none."""
    if len(text) > LARGEST or text.count(".") not in (2, 3):
        return None
    packed = text.startswith(".")
    parts = text.lstrip(".").split(".")
    if len(parts) != 3 or len(parts[2]) < 20:
        return None
    data = _base64(parts[0])
    if data is not None and packed:
        data = _inflated(data)
    content = _json(data)
    stamp = _base64(parts[1])
    if not isinstance(content, dict) or stamp is None or not 1 <= len(stamp) <= 6:
        return None
    return Session(json.dumps(content, ensure_ascii=False), float(int.from_bytes(stamp, "big")))


def read_basic(text: str) -> tuple[str, str] | None:
    """Name and password out of Basic credentials; None if they are none (RFC 7617)."""
    try:
        data = base64.b64decode(text.strip()[:LARGEST] + "=" * (-len(text.strip()) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
    name, colon, password = data.partition(b":")
    return (_text(name), _text(password)) if colon else None


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _base64(text: str) -> bytes | None:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None


def _inflated(data: bytes) -> bytes | None:
    try:
        return zlib.decompressobj().decompress(data, LARGEST * 4)
    except zlib.error:
        return None


def _json(data: bytes | None) -> Any:
    if not data:
        return None
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None
