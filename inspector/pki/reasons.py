"""Why a certificate can be refused, as one table, and the verifiers' numbers that lead to its rows.

OpenSSL's numbers are positive and small (X509_V_ERR_..., <openssl/x509_vfy.h>), Apple's negative (errSec..., SecBase.h),
Microsoft's have the top bit set (CERT_E_..., winerror.h). `openssl verify` and the browsers' error pages use the same words.
"""

from __future__ import annotations

from typing import NamedTuple


class Reason(NamedTuple):
    """One row. `{host}`, `{who}`, `{issuer}`, `{detail}` are filled in; `chromium` and `firefox` are the names these browsers show, empty where they don't mind."""

    check: str
    sentence: str
    cure: str
    chromium: str
    firefox: str


_ASK_OPERATOR = "Only the operator of the site can mend this. "
_DEV = "If it is your own, give it a certificate for this name (`mkcert {host}` makes one, for instance). "

REASONS: dict[str, Reason] = {
    "expired": Reason(
        "dates",
        "The certificate of {who} expired on {detail}.",
        "Its operator must renew it. If the date is not past, this machine's clock is wrong: set it right.",
        "ERR_CERT_DATE_INVALID", "SEC_ERROR_EXPIRED_CERTIFICATE",
    ),
    "expired-root": Reason(
        "dates",
        "The certificate of {issuer}, with which the chain ends in the trust store, has expired.",
        "The trust store is old: update the system (on Linux, the package ca-certificates).",
        "ERR_CERT_DATE_INVALID", "SEC_ERROR_EXPIRED_ISSUER_CERTIFICATE",
    ),
    "not-yet-valid": Reason(
        "dates",
        "The certificate of {who} is valid only from {detail}.",
        "Most often this machine's clock is behind: set it right. Else wait, or ask the operator.",
        "ERR_CERT_DATE_INVALID", "MOZILLA_PKIX_ERROR_NOT_YET_VALID_CERTIFICATE",
    ),
    "self-signed": Reason(
        "trust",
        "The certificate of {who} is signed by itself: no authority vouches for it.",
        "If the site is your own, or you got its certificate another safe way, save it as a file and start Inspector "
        "with --upstream-ca FILE.",
        "ERR_CERT_AUTHORITY_INVALID", "MOZILLA_PKIX_ERROR_SELF_SIGNED_CERT",
    ),
    "unknown-authority": Reason(
        "trust",
        "The certificate was signed in the end by {issuer}, which is not in the trust store.",
        "If that is your own authority, or your company's or school's, give its certificate with --upstream-ca FILE. A virus scanner "
        "or a company proxy that opens HTTPS shows up like this too. Else somebody may be sitting in between.",
        "ERR_CERT_AUTHORITY_INVALID", "SEC_ERROR_UNKNOWN_ISSUER",
    ),
    "missing-intermediate": Reason(
        "trust",
        "{host} did not send the certificate of {issuer}, which signed {who}, so the way to a trusted root is broken.",
        "Its operator must serve the whole chain (often a file called fullchain.pem). Many browsers fetch or remember the missing one and "
        "show nothing. Until it is mended, save that certificate as a file and give it with --upstream-ca FILE.",
        "ERR_CERT_AUTHORITY_INVALID", "SEC_ERROR_UNKNOWN_ISSUER",
    ),
    "wrong-name": Reason(
        "name",
        "The certificate is for {detail}, not for {host}.",
        "Open the site under one of those names. " + _DEV + "Else the server is set up for another site, or it isn't the right one.",
        "ERR_CERT_COMMON_NAME_INVALID", "SSL_ERROR_BAD_CERT_DOMAIN",
    ),
    "no-names": Reason(
        "name",
        "The certificate names no host (it has no subjectAltName), only {who} as its common name, which browsers have not looked at since 2017.",
        "It must be made again with a subjectAltName. " + _DEV,
        "ERR_CERT_COMMON_NAME_INVALID", "SSL_ERROR_BAD_CERT_DOMAIN",
    ),
    "wrong-address": Reason(
        "name",
        "The certificate is for {detail}, not for the address {host}.",
        "Open the site by its name instead of its address. " + _DEV,
        "ERR_CERT_COMMON_NAME_INVALID", "SSL_ERROR_BAD_CERT_DOMAIN",
    ),
    "weak-key": Reason(
        "strength",
        "The key of {who} is too weak ({detail}): it could be broken.",
        "It must be made again with RSA of 2048 bits or more, or ECDSA P-256.",
        "ERR_CERT_WEAK_KEY", "MOZILLA_PKIX_ERROR_INADEQUATE_KEY_SIZE",
    ),
    "weak-digest": Reason(
        "strength",
        "The signature on {who} is made with an outdated digest ({detail}), for which forgeries can be made.",
        "It must be issued again with SHA-256 or better.",
        "ERR_CERT_INVALID", "SEC_ERROR_CERT_SIGNATURE_ALGORITHM_DISABLED",
    ),
    "bad-signature": Reason(
        "signature",
        "The signature on {who} does not fit its issuer's key: it was changed, or another authority of the same name made it.",
        "If an authority was made anew under an old name, give the new one with --upstream-ca FILE. Else somebody may have tampered with it.",
        "ERR_CERT_INVALID", "SEC_ERROR_BAD_SIGNATURE",
    ),
    "revoked": Reason(
        "revocation",
        "The certificate of {who} was revoked by its issuer.",
        _ASK_OPERATOR + "Revoked means that its key may be in wrong hands: do not go on.",
        "ERR_CERT_REVOKED", "SEC_ERROR_REVOKED_CERTIFICATE",
    ),
    "invalid-authority": Reason(
        "authority",
        "{who} signed another certificate, and is not allowed to: it is not the certificate of an authority.",
        "It must be made again with basicConstraints CA:TRUE and keyUsage keyCertSign, or the right file must be served.",
        "ERR_CERT_INVALID", "SEC_ERROR_CA_CERT_INVALID",
    ),
    "path-length": Reason(
        "constraints",
        "The chain is longer than {who} allows (its path length is {detail}).",
        "An authority with path length 0 may sign leaves only. Make the leaf with the authority itself, or the authority with a longer path.",
        "ERR_CERT_INVALID", "SEC_ERROR_PATH_LEN_CONSTRAINT_INVALID",
    ),
    "wrong-purpose": Reason(
        "purpose",
        "The certificate of {who} is not for TLS servers ({detail}).",
        "It must be made again with the extended key usage serverAuth.",
        "ERR_CERT_INVALID", "SEC_ERROR_INADEQUATE_CERT_TYPE",
    ),
    "wrong-key-usage": Reason(
        "purpose",
        "The key of {who} may not be used for TLS ({detail}).",
        "It must be made again with the key usage digitalSignature.",
        "ERR_SSL_KEY_USAGE_INCOMPATIBLE", "SEC_ERROR_INADEQUATE_KEY_USAGE",
    ),
    "leaf-is-authority": Reason(
        "authority",
        "The certificate of {who} is marked as an authority's, and is used as a site's.",
        "It must be made again with basicConstraints CA:FALSE.",
        "", "MOZILLA_PKIX_ERROR_CA_CERT_USED_AS_END_ENTITY",
    ),
    "lasts-too-long": Reason(
        "dates",
        "The certificate of {who} lasts longer than Apple's systems, and for public authorities Chrome, accept.",
        "It must be made again for 825 days at most; a public authority's for 398.",
        "ERR_CERT_VALIDITY_TOO_LONG", "",
    ),
    "name-constraint": Reason(
        "constraints",
        "An authority in the chain may sign only for certain names, and {host} is none of them.",
        "Ask the operator of that authority: it issued a certificate it had no right to.",
        "ERR_CERT_INVALID", "SEC_ERROR_CERT_NOT_IN_NAME_SPACE",
    ),
    "distrusted": Reason(
        "trust",
        "The trust store knows {who}, and says that it is not to be trusted for this.",
        "Someone took the trust away on this machine, or its maker did. Look at it in the system's certificate settings.",
        "ERR_CERT_AUTHORITY_INVALID", "SEC_ERROR_UNTRUSTED_CERT",
    ),
    "too-long": Reason(
        "constraints",
        "The chain is too long to be checked, or goes in a circle.",
        "The operator must serve the leaf and its intermediates, each once.",
        "ERR_CERT_INVALID", "SEC_ERROR_UNKNOWN_ISSUER",
    ),
    "malformed": Reason(
        "form",
        "The certificate of {who} breaks the rules for certificates: {detail}.",
        "It must be made again. `openssl verify -x509_strict` says what else is wrong with it.",
        "ERR_CERT_INVALID", "SEC_ERROR_BAD_DER",
    ),
    "transparency": Reason(
        "transparency",
        "The certificate of {who} is in no public log (Certificate Transparency), which is asked for here.",
        _ASK_OPERATOR,
        "ERR_CERTIFICATE_TRANSPARENCY_REQUIRED", "MOZILLA_PKIX_ERROR_INSUFFICIENT_CERTIFICATE_TRANSPARENCY",
    ),
    "no-certificate": Reason(
        "form",
        "{host} sent no certificate at all.",
        "Is it a TLS server? Some answer like this when they were not set up to the end.",
        "ERR_SSL_PROTOCOL_ERROR", "SSL_ERROR_NO_CERTIFICATE",
    ),
    "refused": Reason(
        "trust",
        "The certificate of {host} was not accepted: {detail}.",
        "Look at the chain below. `openssl s_client -connect {host}:443 -showcerts` shows what the site sends.",
        "ERR_CERT_INVALID", "SEC_ERROR_UNKNOWN_ISSUER",
    ),
}  # fmt: skip

# What Firefox calls it where not the leaf is to blame, but an authority above it.
FIREFOX_OF_ISSUERS = {
    "expired": "SEC_ERROR_EXPIRED_ISSUER_CERTIFICATE",
    "not-yet-valid": "MOZILLA_PKIX_ERROR_NOT_YET_VALID_ISSUER_CERTIFICATE",
}


def browser_names(code: str, position: int | None = 0) -> tuple[str, str]:
    """What Chromium and Firefox show for a row of REASONS, the certificate at `position` of the chain being to blame; empty: they don't mind it."""
    reason = REASONS[code]
    firefox = FIREFOX_OF_ISSUERS.get(code, reason.firefox) if position else reason.firefox
    # Chromium's page writes errors of certificates with the name of their part before them.
    chromium = f"NET::{reason.chromium}" if reason.chromium.startswith("ERR_CERT") else reason.chromium
    return chromium, firefox


NO_ISSUER = "?"  # an issuer was not found: which of three reasons it is, the chain says
DATES = "dates?"  # Windows has one number for too early and too late

VERIFIER_CODES: dict[int, str] = {
    2: NO_ISSUER, 4: "bad-signature", 6: "malformed", 7: "bad-signature", 9: "not-yet-valid", 10: "expired",
    13: "malformed", 14: "malformed", 18: "self-signed", 19: NO_ISSUER, 20: NO_ISSUER, 21: NO_ISSUER, 22: "too-long",
    23: "revoked", 24: "malformed", 25: "path-length", 26: "wrong-purpose", 27: "distrusted", 28: "distrusted",
    29: NO_ISSUER, 30: NO_ISSUER, 31: NO_ISSUER, 32: "invalid-authority", 34: "malformed", 37: "malformed",
    39: "wrong-purpose", 41: "malformed", 42: "malformed", 47: "name-constraint", 48: "name-constraint",
    49: "malformed", 51: "malformed", 52: "malformed", 53: "malformed", 55: "too-long", 62: "wrong-name",
    64: "wrong-address", 66: "weak-key", 67: "weak-key", 68: "weak-digest", 71: "transparency", 76: "malformed",
    77: "malformed", 78: "malformed", 79: "invalid-authority", **dict.fromkeys(range(80, 95), "malformed"),
    -67602: "wrong-name", -67609: "wrong-purpose", -67818: "expired", -67819: "not-yet-valid", -67820: "revoked",
    -67843: NO_ISSUER, -25318: NO_ISSUER,
    0x800B0101: DATES, 0x800B0109: NO_ISSUER, 0x800B010A: NO_ISSUER, 0x800B0112: NO_ISSUER, 0x800B010C: "revoked",
    0x80092010: "revoked", 0x800B010F: "wrong-name", 0x800B0110: "wrong-purpose", 0x800B0111: "distrusted",
    0x800B0114: "name-constraint", 0x80096004: "bad-signature", 0x80096019: "invalid-authority",
}  # fmt: skip
