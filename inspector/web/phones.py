"""Where a phone in the same network finds the proxy, as addresses and as a picture to be photographed (QR code)."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from markupsafe import Markup

_ANYWHERE = (
    ("192.0.2.1", socket.AF_INET),
    ("2001:db8::1", socket.AF_INET6),
)  # RFC 5737, RFC 3849: nobody is asked there


def reachable(proxies: Iterable[str]) -> tuple[str, ...]:
    """The proxy's addresses (`192.168.1.5:8080`) that another device may reach; none if it listens for this computer only."""
    found: list[str] = []
    for each in proxies:
        parts = urlsplit(f"//{each}")
        host, port = parts.hostname or "", parts.port or 0
        hosts = _own_addresses(":" in host) if host in ("0.0.0.0", "::") else (host,)  # noqa: S104 (compared, not bound)
        found += [
            f"[{one}]:{port}" if ":" in one else f"{one}:{port}" for one in hosts if not _is_loopback(one)
        ]
    return tuple(dict.fromkeys(found))


def picture(address: str) -> Markup:
    """A QR code for a web address, as SVG. Black on white in either theme: cameras want it so."""
    import segno  # noqa: PLC0415 (only the pages with a code need it)
    from markupsafe import Markup  # noqa: PLC0415 (comes with Jinja)

    code = segno.make(address, error="m", micro=False)
    svg = code.svg_inline(
        scale=5, border=4, dark="#000", light="#fff", omitsize=True, svgclass="qr", lineclass=None
    )
    return Markup(svg)  # noqa: S704 - made here, and holds no text


def _own_addresses(v6: bool) -> tuple[str, ...]:
    """The address of this computer that a packet to somewhere else would carry. Nothing is sent."""
    found = []
    for somewhere, family in _ANYWHERE:
        if family is socket.AF_INET6 and not v6:
            continue
        with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((somewhere, 9))
            found.append(probe.getsockname()[0])
    return tuple(found)


def _is_loopback(host: str) -> bool:
    if host.rpartition(".")[2] == "localhost":
        return True
    with suppress(ValueError):
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    return False
