"""What the engine refuses to be: a way to its own dashboard, API or proxy port.

The question is asked of the resolved address, after DNS and for each address tried, so every spelling of
loopback, and every public name that resolves to it, ends here. Other services on this computer stay reachable.
"""

from __future__ import annotations

import hmac
import ipaddress
import socket
from base64 import b64decode

_BEGIN = b"basic "


class Guard:
    """Knows the ports that are ours (`forbidden_ports`) and who may use the proxy (`proxy_auth`, `user:password` or empty)."""

    def __init__(self, forbidden_ports: tuple[int, ...], proxy_auth: str) -> None:
        self._ports = frozenset(forbidden_ports)
        self._credentials = proxy_auth.encode()

    def refuses(self, address: str, port: int) -> bool:
        """Whether `address` (a resolved IP, v4 or v6) and `port` lead back to Inspector."""
        return port in self._ports and is_this_computer(address)

    def admits(self, field: bytes | None) -> bool:
        """Whether a Proxy-Authorization value holds the right user name and password (RFC 7617)."""
        if field is None or field[:6].lower() != _BEGIN:
            return False
        try:
            given = b64decode(field[6:].strip(), validate=True)
        except ValueError:
            return False
        return self._credentials != b"" and hmac.compare_digest(given, self._credentials)


def is_this_computer(address: str) -> bool:
    """Whether an IP address belongs to this computer: loopback, unspecified, or one of its interfaces."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return True  # not an address: nothing that may be connected to
    if isinstance(ip, ipaddress.IPv6Address):
        embedded = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if embedded is None and ip in _NAT64:
            embedded = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if embedded is None and int(ip) >> 32 == 0:
            embedded = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if embedded is not None and is_this_computer(str(embedded)):
            return True
    return ip.is_loopback or ip.is_unspecified or _is_bound_here(address)


_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def _is_bound_here(address: str) -> bool:
    # only an address of one's own interface can be bound to; works alike on every system. Not remembered: it is
    # asked only where the port is one of ours, and computers change networks
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.bind((address, 0))
    except OSError:
        return False
    return True
