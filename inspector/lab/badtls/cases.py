"""The cases, as one table: what is wrong with each site, and what has to come of it.

`reason` is a row of `pki.reasons.REASONS`, `fault` one of `exchange.faults.FAULTS`: what Inspector must say when it is asked for the site.
`chromium` and `firefox` are the names on these browsers' own error pages when they open the site themselves and know the lab's root; empty
where they open it. Each of these was looked at with a real one. docs/badtls.md holds this table, and tests hold the two together.
"""

from __future__ import annotations

from dataclasses import dataclass

DOMAIN = "badtls.inspector.test"
HOME = f"http://{DOMAIN}/"

UNTRUSTED = "tls-untrusted"
VERSION = "tls-version"
WANTED = "tls-client-certificate-wanted"


@dataclass(frozen=True, slots=True)
class Case:
    """One site. `wrong` says what is the matter, `cure` what its owner would do; `note` is what else one should know, or empty."""

    label: str
    title: str
    wrong: str
    cure: str
    reason: str = ""
    fault: str = ""
    chromium: str = ""
    firefox: str = ""
    note: str = ""

    @property
    def host(self) -> str:
        return f"{self.label}.{DOMAIN}"

    @property
    def url(self) -> str:
        return f"https://{self.host}/"

    @property
    def is_good(self) -> bool:
        return not self.fault


CASES: tuple[Case, ...] = (
    Case(
        "good", "A good one",
        "Nothing. An authority signed this certificate for this name, it is valid today, and the whole chain is sent.",
        "Nothing is to be done.",
    ),
    Case(
        "expired", "Expired",
        "The certificate was fine, and its last day is past.",
        "Renew it, and let a program do that from now on (certbot, Caddy, your host's own): public certificates last a few months at most.",
        "expired", UNTRUSTED, "ERR_CERT_DATE_INVALID", "SEC_ERROR_EXPIRED_CERTIFICATE",
    ),
    Case(
        "not-yet-valid", "Not yet valid",
        "The certificate's first day lies in the future.",
        "Wait for that day, or use the one from before. More often it is the visitor's clock that is wrong.",
        "not-yet-valid", UNTRUSTED, "ERR_CERT_DATE_INVALID", "MOZILLA_PKIX_ERROR_NOT_YET_VALID_CERTIFICATE",
    ),
    Case(
        "wrong-host", "For another name",
        "The certificate is a good one, for another host.",
        "Have it issued for every name under which the site can be reached, with and without www.",
        "wrong-name", UNTRUSTED, "ERR_CERT_COMMON_NAME_INVALID", "SSL_ERROR_BAD_CERT_DOMAIN",
    ),
    Case(
        "no-san", "No name but the common name",
        "The host stands in the common name alone, which browsers have not looked at since 2017; the list of names (subjectAltName) is missing.",
        "Have it issued again with a subjectAltName. Old instructions for openssl leave it out.",
        "no-names", UNTRUSTED, "ERR_CERT_COMMON_NAME_INVALID", "SSL_ERROR_BAD_CERT_DOMAIN",
        "curl, and other programs that still look at the common name, open it.",
    ),
    Case(
        "self-signed", "Signed by itself",
        "The site signed its certificate itself, so nobody else vouches for it: anybody could have made one like it.",
        "Get one from an authority (Let's Encrypt gives them away); for a server of your own that nobody else visits, `inspector cert`.",
        "self-signed", UNTRUSTED, "ERR_CERT_AUTHORITY_INVALID", "MOZILLA_PKIX_ERROR_SELF_SIGNED_CERT",
    ),
    Case(
        "unknown-root", "An authority that nobody knows",
        "The chain is whole and every signature fits, up to a root that is in no trust store.",
        "Use an authority that the visitors' trust stores have, or give the visitors the root by a safe way, as a company does with its own.",
        "unknown-authority", UNTRUSTED, "ERR_CERT_AUTHORITY_INVALID", "SEC_ERROR_UNKNOWN_ISSUER",
    ),
    Case(
        "missing-intermediate", "A link is missing",
        "The certificate that signed this one is not sent along, so the way from it to the root is broken.",
        "Serve the whole chain: the file that is often called fullchain.pem, in place of cert.pem.",
        "missing-intermediate", UNTRUSTED, "", "SEC_ERROR_UNKNOWN_ISSUER",
        "Chromium fetches the missing one from the address that this one gives (AIA), and opens the site. Firefox fetches nothing, but "
        "remembers intermediates from other sites; this one it has met nowhere.",
    ),
    Case(
        "ca-flag-missing", "Signed by one that may not sign",
        "The certificate above this one is that of an ordinary site: it does not say that it is an authority (basicConstraints CA:TRUE).",
        "Have it issued by an authority. If every site could sign for others, anybody with a certificate could be everybody.",
        "invalid-authority", UNTRUSTED, "ERR_CERT_INVALID", "SEC_ERROR_CA_CERT_INVALID",
    ),
    Case(
        "name-constraint", "Outside of what its authority may vouch for",
        "The authority above this certificate is limited to names below school.example (name constraints), and signed for this one all the same.",
        "Use an authority that may vouch for the name.",
        "name-constraint", UNTRUSTED, "ERR_CERT_INVALID", "SEC_ERROR_CERT_NOT_IN_NAME_SPACE",
    ),
    Case(
        "weak-key", "A weak key",
        "The key has 1024 bits of RSA. Somebody with many computers could find its other half, and play this site.",
        "Make a new key, ECDSA P-256 or RSA of at least 2048 bits, and have a certificate issued for that.",
        "weak-key", UNTRUSTED, "", "",
        "Chromium and Firefox take 1024 bits from an authority that somebody added to them, as here; public authorities may not sign for less "
        "than 2048. OpenSSL, and with it curl, Python and Inspector, refuses it.",
    ),
    Case(
        "sha1", "Signed over SHA-1",
        "The authority signed a SHA-1 digest. Two certificates with the same SHA-1 digest can be made, so the signature of a harmless one fits a forged one.",
        "Have it issued again: every authority signs over SHA-256 today.",
        "weak-digest", UNTRUSTED, "ERR_CERT_INVALID", "SEC_ERROR_CERT_SIGNATURE_ALGORITHM_DISABLED",
    ),
    Case(
        "revoked", "Revoked",
        "Its authority took the certificate back, since the key is in wrong hands (so it says in its list of revoked certificates, the CRL).",
        "Make a new key and have a new certificate issued.",
        "revoked", UNTRUSTED, "", "",
        "Chromium and Firefox look into lists that their makers send them, and not into this authority's own, so they open the site. curl and "
        "Python look into none unless they are told to. Inspector reads the lab's.",
    ),
    Case(
        "client-certificate", "Visitors must show a certificate too",
        "Nothing with the site's certificate. It asks the visitor for one, and lets nobody in without.",
        "Give the visitors certificates of an authority that this site knows. Here: the one on the lab's first page.",
        "", WANTED, "ERR_BAD_SSL_CLIENT_AUTH_CERT", "SSL_ERROR_RX_CERTIFICATE_REQUIRED_ALERT",
        "In TLS 1.3 the refusal comes when the visitor thinks that the handshake is over, and has sent its request already.",
    ),
    Case(
        "tls-v1-0", "TLS 1.0 only",
        "The server speaks no version after TLS 1.0 (1999), which browsers gave up in 2020 (RFC 8996).",
        "Let the server speak TLS 1.2 and 1.3, and nothing before.",
        "", VERSION, "ERR_SSL_VERSION_OR_CIPHER_MISMATCH", "SSL_ERROR_PROTOCOL_VERSION_ALERT",
    ),
)  # fmt: skip

BY_LABEL: dict[str, Case] = {case.label: case for case in CASES}
