"""Addresses as people write them: `127.0.0.1:8080`, `[::1]:8080`, `localhost:8080`, or a bare port.

A bare port means this computer only. Every address of the machine has to be asked for: `0.0.0.0:8080`.
"""

from __future__ import annotations

import ipaddress
from typing import NamedTuple

LOOPBACK = "127.0.0.1"


class Address(NamedTuple):
    """A host (name or IP address, without brackets) and a port; port 0 lets the system choose."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def loopback(self) -> bool:
        """Whether only programs on this computer can connect here."""
        if self.host.lower().rstrip(".").rpartition(".")[2] == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host.partition("%")[0]).is_loopback
        except ValueError:
            return False

    @property
    def everywhere(self) -> bool:
        """Whether this stands for all addresses of the machine: 0.0.0.0 or ::."""
        return self.host in ("0.0.0.0", "::")  # noqa: S104 (compared, not bound)

    @property
    def reachable(self) -> Address:
        """The address to connect to from this computer: loopback in place of "all addresses"."""
        if not self.everywhere:
            return self
        return Address("::1" if ":" in self.host else LOOPBACK, self.port)


def parse_address(text: str) -> Address:
    """The address that `text` spells; ValueError with a sentence if it spells none."""
    host, colon, port = text.strip().rpartition(":")
    if not colon:
        host = LOOPBACK
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    elif ":" in host:
        raise ValueError(f"write an IPv6 address in brackets: [{text.strip()}]:8080")
    if not host:
        raise ValueError("say which address: 127.0.0.1:8080 for this computer only, 0.0.0.0:8080 for all")
    if not (port.isascii() and port.isdigit()) or int(port) > 65535:
        raise ValueError(f"{port!r} is not a port: a port is a number from 0 to 65535")
    return Address(host, int(port))
