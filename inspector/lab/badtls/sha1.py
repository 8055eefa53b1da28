"""A certificate signed over SHA-1, put together by hand: no library signs one any more.

A certificate (RFC 5280 §4.1) is a sequence of three: what is signed, the algorithm, the signature. The algorithm stands in what is signed
too, as its third part. So: take a certificate as the library makes it, name the other algorithm in both places, and sign again.
"""

from __future__ import annotations

from collections.abc import Iterator

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

_SEQUENCE, _BIT_STRING = 0x30, 0x03
_ECDSA_WITH_SHA1 = bytes.fromhex(
    "3009 0607 2a8648ce3d0401"
)  # RFC 3279 §2.2.3: 1.2.840.10045.4.1, without parameters
_ALGORITHM = 2  # its place in what is signed: version, serial number, algorithm, issuer, …


def signed_over_sha1(certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    """The same certificate, signed over SHA-1 by `key`, which must be its issuer's."""
    whole = next(_parts(certificate.public_bytes(Encoding.DER)))
    parts = [_element(*each) for each in _parts(next(_parts(whole[1]))[1])]
    parts[_ALGORITHM] = _ECDSA_WITH_SHA1
    signed = _element(_SEQUENCE, b"".join(parts))
    signature = key.sign(signed, ec.ECDSA(hashes.SHA1()))  # noqa: S303 (that is the point of it)
    no_bits_unused = b"\0"
    der = _element(_SEQUENCE, signed + _ECDSA_WITH_SHA1 + _element(_BIT_STRING, no_bits_unused + signature))
    return x509.load_der_x509_certificate(der)


def _parts(content: bytes) -> Iterator[tuple[int, bytes]]:
    """The elements of DER that lie side by side: tag and content of each."""
    at = 0
    while at < len(content):
        tag, size, start = content[at], content[at + 1], at + 2
        if (
            size & 0x80
        ):  # X.690 §8.1.3.5: the long form, whose first byte says how many bytes of length follow
            start += size & 0x7F
            size = int.from_bytes(content[at + 2 : start], "big")
        yield tag, content[start : start + size]
        at = start + size


def _element(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content
