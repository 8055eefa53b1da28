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
_MAILBOX = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*")
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


def subject(name: str) -> str:
    """The one spelling of anything that a certificate made by hand may be for: besides host names and addresses,
    wildcards (`*.dev.test`), and for client certificates e-mail addresses and URIs. Raises BadName, with the cure.
    """
    if name.startswith("*."):
        return "*." + _wildcard_base(name)
    if "://" in name:
        return _uri(name)
    if "@" in name:
        mailbox, _, host = name.rpartition("@")
        if not _MAILBOX.fullmatch(mailbox):
            raise BadName(f"{_shown(name)} is no e-mail address: check what stands before the @.")
        return f"{mailbox}@{canonical(host)}"
    if "*" in name:
        raise BadName(
            f"{_shown(name)}: a wildcard stands for one whole label, the first one, as in *.dev.test (RFC 6125 §6.4.3)."
        )
    return canonical(name)


def general_name(name: str) -> x509.GeneralName:
    """How a name in its one spelling stands in a certificate's subjectAltName."""
    address = _address(name)
    if address is not None:
        return x509.IPAddress(address)
    if "://" in name:
        return x509.UniformResourceIdentifier(name)
    return x509.RFC822Name(name) if "@" in name else x509.DNSName(name)


def _wildcard_base(name: str) -> str:
    base = canonical(name[2:])
    if _address(base) is not None:
        raise BadName(f"{_shown(name)}: there are no wildcards for addresses. List the addresses one by one.")
    if "." not in base:
        # RFC 6125 leaves it to the client, and Chromium, Firefox and curl refuse it.
        raise BadName(
            f"{_shown(name)}: browsers accept no wildcard right below a top-level name. "
            f"Go one level down, as in *.dev.{base}, or list the names."
        )
    return base


def _uri(name: str) -> str:
    scheme, _, rest = name.partition("://")
    host = rest.partition("/")[0].partition(":")[0]
    if not _SCHEME.fullmatch(scheme) or not name.isascii() or not name.isprintable() or " " in name:
        raise BadName(f"{_shown(name)} is no URI: check its spelling.")
    canonical(host)
    if scheme in {"http", "https"}:
        raise BadName(f"A certificate for a site names its host alone: {host}, not {_shown(name)}.")
    return name


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
