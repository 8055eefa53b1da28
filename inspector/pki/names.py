"""Names that a certificate can be made for: host names (as A-labels) and IP addresses.

What arrives as SNI or in a CONNECT line was written by anybody, so everything is checked here and nothing
further in: letters, digits, hyphens, underscores (which are in use, whatever RFC 952 says) and dots.
"""

from __future__ import annotations

import ipaddress
import re

import idna
from cryptography import x509

from inspector.pki.errors import BadName

LONGEST_NAME = 253  # RFC 1035 §2.3.4: 255 octets on the wire, with the first length and the root
LONGEST_INPUT = 1024

# Hyphens at a label's end are against RFC 952, and there are sites with them.
_HOST_NAME = re.compile(r"(?:[a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")


def canonical(name: str) -> str:
    """The one spelling of a host name or IP address: lower case, A-labels, no final dot, no brackets.

    Raises BadName, with the reason in its message.
    """
    if len(name) > LONGEST_INPUT:
        raise BadName(
            f"This name is {len(name)} characters long, and a host name has at most {LONGEST_NAME}."
        )
    name = name.removesuffix(".")
    address = _address(name)
    if address is not None:
        return str(address)
    host = name.lower() if name.isascii() else _to_ascii(name)
    if len(host) > LONGEST_NAME:
        raise BadName(
            f"This name is {len(host)} characters long, and a host name has at most {LONGEST_NAME}."
        )
    if _HOST_NAME.fullmatch(host) is None:
        raise BadName(f"{_shown(name)} is not a host name: check its spelling.")
    if _NUMBER.fullmatch(host.rpartition(".")[2]):
        # A browser reads a name whose last label is a number as an IPv4 address, and fails (WHATWG URL, 3.5).
        raise BadName(f"{_shown(name)} looks like an IP address and is none: check its spelling.")
    return host


def general_name(name: str) -> x509.GeneralName:
    """How a canonical name stands in a certificate's subjectAltName."""
    address = _address(name)
    return x509.DNSName(name) if address is None else x509.IPAddress(address)


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    bare = name[1:-1] if name.startswith("[") and name.endswith("]") else name
    try:
        # A zone (fe80::1%eth0) means something on one machine only.
        return ipaddress.ip_address(bare.partition("%")[0])
    except ValueError:
        return None


def _to_ascii(name: str) -> str:
    try:
        # The final dot may have been a 。
        return idna.encode(name, uts46=True).decode("ascii").removesuffix(".")
    except (idna.IDNAError, UnicodeError) as error:
        raise BadName(f"{_shown(name)} cannot be written as a host name: {error}.") from error


def _shown(name: str) -> str:
    return ascii(name if len(name) <= 80 else name[:77] + "...")
