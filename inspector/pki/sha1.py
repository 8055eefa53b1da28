"""A certificate signed over SHA-1, put together by hand: no library signs one any more.

A certificate is a sequence of three (RFC 5280 §4.1): what is signed, the algorithm, the signature; and the algorithm stands in what is
signed as well. So a certificate is taken as the library makes it, the algorithm exchanged in both places, and what is signed then signed again.
"""

from __future__ import annotations

from collections.abc import Iterator

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.serialization import Encoding

from inspector.pki.certificates import Key

_SEQUENCE, _BIT_STRING = 0x30, 0x03
_ECDSA_WITH_SHA1 = bytes.fromhex("300906072a8648ce3d0401")  # RFC 3279 §2.2.3; no parameters
_RSA_WITH_SHA1 = bytes.fromhex("300d06092a864886f70d0101050500")  # RFC 3279 §2.2.1; NULL as parameters
_ALGORITHM = 2  # its place in what is signed: version, serial number, algorithm, ...


def signed_over_sha1(certificate: x509.Certificate, key: Key) -> x509.Certificate:
    """The same certificate, signed over SHA-1 by `key`, its issuer's."""
    elements = list(_elements(_content(certificate.tbs_certificate_bytes)))
    algorithm = _ECDSA_WITH_SHA1 if isinstance(key, ec.EllipticCurvePrivateKey) else _RSA_WITH_SHA1
    elements[_ALGORITHM] = algorithm
    signed = _wrap(_SEQUENCE, b"".join(elements))
    return x509.load_der_x509_certificate(
        _wrap(_SEQUENCE, signed + algorithm + _wrap(_BIT_STRING, b"\0" + _signature(key, signed)))
    )


def signed_wrongly(certificate: x509.Certificate) -> x509.Certificate:
    """The same certificate with one bit of its signature changed."""
    der = bytearray(certificate.public_bytes(Encoding.DER))
    der[-1] ^= 1  # the signature comes last
    return x509.load_der_x509_certificate(bytes(der))


def _signature(key: Key, signed: bytes) -> bytes:
    digest = hashes.SHA1()  # noqa: S303 (that is the point of it)
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key.sign(signed, ec.ECDSA(digest))
    return key.sign(signed, padding.PKCS1v15(), digest)


def _elements(content: bytes) -> Iterator[bytes]:
    """The elements of DER that lie side by side, each with its header."""
    at = 0
    while at < len(content):
        start, size = _head(content, at)
        yield content[at : start + size]
        at = start + size


def _content(element: bytes) -> bytes:
    start, size = _head(element, 0)
    return element[start : start + size]


def _head(data: bytes, at: int) -> tuple[int, int]:
    """Where the content of the element at `at` begins, and its size. X.690 §8.1.3: long lengths say first how many bytes they take."""
    size, start = data[at + 1], at + 2
    if size & 0x80:
        start += size & 0x7F
        size = int.from_bytes(data[at + 2 : start], "big")
    return start, size


def _wrap(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content
