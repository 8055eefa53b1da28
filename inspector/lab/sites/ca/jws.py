"""Every request that asks for something is signed with the account's key (RFC 8555 §6.2), so that nobody can ask in another's name.

The signature covers the address too, or a request for one thing could be sent to another; and a nonce, or it could be sent twice.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import Any, cast

from flask import request
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey
from joserfc.jws import FlattenedJSONSerialization, JWSRegistry

from .book import Account, Book
from .problems import Problem

ALGORITHMS = ["ES256", "ES384", "ES512", "RS256", "EdDSA"]
_KINDS: dict[str, Any] = {"EC": ECKey, "RSA": RSAKey, "OKP": OKPKey}
_REGISTRY = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
_REGISTRY.max_header_length = 8192  # an RSA key in the header has more than the 512 bytes that joserfc takes
_REGISTRY.max_payload_length = 32_768  # a certificate request
_LEAST_RSA, _MOST_RSA = 2048, 4096


@dataclass(frozen=True, slots=True)
class Signed:
    """A request whose signature is right: `account` is whose key it was, None where that has none yet. `payload` is None for an empty one
    (POST-as-GET: reading is signed too)."""

    key: Key
    account: Account | None
    payload: dict[str, Any] | None


def read(book: Book) -> Signed:
    """The request at hand. Raises Problem."""
    if request.mimetype != "application/jose+json":
        raise Problem(
            "malformed", "The request's Content-Type must be application/jose+json (RFC 8555 §6.2)."
        )
    envelope = request.get_json(force=True, silent=True)
    wanted = {"protected", "payload", "signature"}
    if not isinstance(envelope, dict) or envelope.keys() != wanted or not all(isinstance(each, str) for each in envelope.values()):  # fmt: skip
        raise Problem("malformed", "The body must be a JWS: an object of protected, payload and signature.")
    header = _header(envelope["protected"])
    if header.get("alg") not in ALGORITHMS:
        raise Problem("badSignatureAlgorithm", "Sign with one of these.", algorithms=ALGORITHMS)
    if header.get("url") != request.url:
        raise Problem("unauthorized", f"This was signed for {header.get('url')}, and sent to {request.url}.")
    key, account = _signer(header, book)
    try:
        whole = cast("FlattenedJSONSerialization", envelope)  # its shape was looked at above
        payload = jws.deserialize_json(whole, key, registry=_REGISTRY).payload
    except (JoseError, ValueError, TypeError) as error:
        raise Problem("unauthorized", "The signature does not fit the key.") from error
    if not book.use(str(header.get("nonce", ""))):
        raise Problem(
            "badNonce", "The nonce was used before, or never given out. Take the one of this answer."
        )
    return Signed(key, account, _object(payload or b""))


def of_account(book: Book) -> tuple[Account, dict[str, Any] | None]:
    """As `read`, from somebody who has an account."""
    signed = read(book)
    if signed.account is None:
        raise Problem("malformed", "Say which account asks: kid, not jwk.")
    return signed.account, signed.payload


def _signer(header: dict[str, Any], book: Book) -> tuple[Key, Account | None]:
    """RFC 8555 §6.2: "The 'jwk' and 'kid' fields are mutually exclusive." """
    if ("jwk" in header) == ("kid" in header):
        raise Problem("malformed", "The protected header must have either jwk or kid.")
    if "jwk" in header:
        key = _key(header["jwk"])
        return key, book.account_of(key)
    account = book.accounts.get(str(header["kid"]).rpartition("/")[2])
    if account is None:
        raise Problem(
            "accountDoesNotExist",
            "There is no such account here. (This authority forgets all when Inspector stops.)",
        )
    if account.status != "valid":
        raise Problem("unauthorized", "That account was closed.")
    return account.key, account


def _key(jwk: Any) -> Key:
    try:
        key: Key = _KINDS[jwk["kty"]].import_key(jwk)
        if key.is_private:
            raise Problem("badPublicKey", "That is a private key. Make a new one: this one has been shown.")
        size = key.public_key.key_size if isinstance(key, RSAKey) else _LEAST_RSA
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise Problem("badPublicKey", "The header's jwk is no key that this authority knows.") from error
    if not _LEAST_RSA <= size <= _MOST_RSA:
        raise Problem("badPublicKey", f"An RSA key must have {_LEAST_RSA} to {_MOST_RSA} bits.")
    return key


def _header(text: str) -> dict[str, Any]:
    try:
        found = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Problem("malformed", "The protected header is no JSON object.")
    return found


def _object(payload: bytes) -> dict[str, Any] | None:
    if not payload:
        return None
    try:
        found = json.loads(payload)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Problem("malformed", "The payload is no JSON object.")
    return found
