"""Host names and addresses in every spelling: `example.com:80`, `[::1]:8080`, `0x7f.1`, `::ffff:127.0.0.1`.

What names the same computer has to compare equal here, or a proxy could be talked into calling itself.
"""

from __future__ import annotations

import re
import unicodedata
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import NamedTuple

import idna

from inspector.wire.grammar import HOST_PORT

Address = IPv4Address | IPv6Address

_NUMBER = re.compile(r"0[xX][0-9A-Fa-f]*|0[0-7]*|[1-9][0-9]*")
_LABEL = re.compile(r"[a-z0-9_\-]{1,63}")
_DOTS = re.compile("[\u3002\uff0e\uff61]")


class Authority(NamedTuple):
    """Host (brackets of an IPv6 address taken off, otherwise as it came) and port, None when none was given."""

    host: str
    port: int | None


def split_authority(authority: bytes) -> Authority | None:
    """`host[:port]` by the strict grammar; None if it isn't one: empty host, user info, port above 65535."""
    match = HOST_PORT.fullmatch(authority)
    if match is None:
        return None
    host, digits = match[1].decode("ascii"), match[2] or b""
    if len(digits.lstrip(b"0")) > 5 or int(digits or b"0") > 65_535:
        return None
    if host[0] == "[":
        host = host[1:-1]
        try:
            IPv6Address(host)
        except ValueError:
            return None
    return Authority(host, int(digits) if digits else None)


def join_authority(host: str, port: int | None = None) -> str:
    """`host:port` with the brackets that an IPv6 address needs."""
    name = f"[{host}]" if ":" in host else host
    return name if port is None else f"{name}:{port}"


def to_ascii(name: str) -> str:
    """The name as it is asked for in DNS: lower case, IDNA, no dot at the end; ValueError with a sentence if it can't be."""
    name = _DOTS.sub(".", name).removesuffix(".").lower()
    if name.isascii():
        labels = name.split(".")
        if len(name) > 253 or any(_LABEL.fullmatch(label) is None for label in labels):
            raise ValueError(
                f"{name!r} is not a host name: between its dots are 1 to 63 letters, digits or hyphens."
            )
        return name
    try:
        return idna.encode(name, uts46=True).decode("ascii")
    except idna.IDNAError as error:
        raise ValueError(f"{name!r} is not an international host name: {error}") from error


def address_of(host: str) -> Address | None:
    """The IP address that a host spells, in any spelling that a C library's `inet_aton` takes; None for a name.

    An IPv6 address that only wraps an IPv4 one (mapped, compatible, 6to4, NAT64) is given as that IPv4 address.
    """
    host = unicodedata.normalize("NFKC", _DOTS.sub(".", host)).strip("[]").partition("%")[0]
    if ":" in host:
        try:
            return unwrapped(IPv6Address(host))
        except ValueError:
            return None
    return _loose_ipv4(host.removesuffix("."))


def unwrapped(address: Address) -> Address:
    """The IPv4 address inside an IPv6 one, or the address itself."""
    if isinstance(address, IPv4Address):
        return address
    number = int(address)
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if number >> 32 == 0x0064FF9B << 64 or (number >> 32 == 0 and number > 1):
        return IPv4Address(number & 0xFFFFFFFF)
    return address


def _loose_ipv4(host: str) -> IPv4Address | None:
    parts = host.split(".")
    if len(parts) > 4 or any(_NUMBER.fullmatch(part) is None for part in parts):
        return None
    numbers = [_number(part) for part in parts]
    last = numbers.pop()
    if last >= 256 ** (4 - len(numbers)) or any(number > 255 for number in numbers):
        return None
    value = last
    for place, number in enumerate(numbers):
        value += number << (24 - 8 * place)
    return IPv4Address(value)


def _number(part: str) -> int:
    if part[:2] in ("0x", "0X"):
        return int(part[2:] or "0", 16)
    return int(part, 8) if part[0] == "0" else int(part[:20])


__all__ = [
    "Address",
    "Authority",
    "address_of",
    "ip_address",
    "join_authority",
    "split_authority",
    "to_ascii",
    "unwrapped",
]
