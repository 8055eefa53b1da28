"""Lists of hosts as people write them: `example.com` is that name and all below it, `*.example.com` only those below,
`192.168.0.7` an address, `10.0.0.0/8` a network, `*` everything. Names are compared as DNS has them (lower case, A-labels).
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import NamedTuple

from inspector.wire.hosts import address_of, to_ascii

_EVERYTHING = "*"
_BELOW = "*."


class Pattern(NamedTuple):
    """One entry in its one spelling, `text`; `network` if it is about addresses."""

    text: str
    network: IPv4Network | IPv6Network | None = None


def parse_pattern(text: str) -> Pattern:
    """One entry of a list. ValueError with a sentence if it is none."""
    text = text.strip()
    if text == _EVERYTHING:
        return Pattern(text)
    if "://" in text:
        raise ValueError(f"{text!r} is an address of a page. Write the host alone, as in example.com.")
    network = _network(text)
    if network is not None:
        whole = network.prefixlen == network.max_prefixlen
        return Pattern(str(network.network_address) if whole else str(network), network)
    if "/" in text:
        raise ValueError(f"{text!r} is neither a host name nor a network such as 10.0.0.0/8.")
    if ":" in text:
        raise ValueError(f"{text!r}: ports make no difference here. Write the host alone.")
    below = text.startswith(_BELOW)
    name = text.removeprefix(_BELOW).removeprefix(".")
    if "*" in name:
        raise ValueError(f"{text!r}: a star can only stand for the beginning, as in *.example.com.")
    return Pattern((_BELOW if below else "") + to_ascii(name))


def _network(text: str) -> IPv4Network | IPv6Network | None:
    address = address_of(text) if "/" not in text else None
    if address is not None:
        return ip_network(address)
    try:
        return ip_network(text.replace("[", "").replace("]", ""), strict=False)
    except ValueError:
        return None


def parse_list(text: str) -> tuple[Pattern, ...]:
    """Entries with commas between. ValueError with a sentence."""
    return tuple(parse_pattern(each) for each in text.split(",") if each.strip())


class Hosts:
    """A list of hosts to look others up in. As a truth value: whether it has any entry."""

    __slots__ = ("_below", "_everything", "_names", "_networks")

    def __init__(self, patterns: Iterable[Pattern] = ()) -> None:
        self._names: dict[str, str] = {}
        self._below: dict[str, str] = {}
        self._networks: list[Pattern] = []
        self._everything = ""
        for pattern in patterns:
            if pattern.network is not None:
                self._networks.append(pattern)
            elif pattern.text == _EVERYTHING:
                self._everything = pattern.text
            elif pattern.text.startswith(_BELOW):
                self._below[pattern.text.removeprefix(_BELOW)] = pattern.text
            else:
                self._names[pattern.text] = pattern.text

    def __bool__(self) -> bool:
        return bool(self._names or self._below or self._networks or self._everything)

    def find(self, host: str) -> str:
        """The entry that `host` (a name as DNS has it, or an IP address) falls under; empty if none does."""
        if self._everything:
            return self._everything
        address = address_of(host)
        if address is not None:
            return next(
                (
                    each.text
                    for each in self._networks
                    if each.network is not None and address in each.network
                ),
                "",
            )
        found = self._names.get(host, "")
        rest = host
        while not found and "." in rest:
            rest = rest.partition(".")[2]
            found = self._names.get(rest) or self._below.get(rest, "")
        return found
