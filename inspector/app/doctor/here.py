"""Small questions that several checks ask: whether an address is this proxy's, and what a host's own name for itself is."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from inspector.app.addresses import Address, parse_address
from inspector.app.doctor.case import Case


def is_ours(case: Case, url: str) -> bool:
    """Whether a proxy's address is this Inspector's."""
    if case.running is None:
        return False
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        proxy = Address((parts.hostname or "").lower(), parts.port or 80)
    except ValueError:
        return False
    own = [parse_address(text) for text in case.running.listen]
    return any(
        proxy.port == each.port
        and (
            proxy.host == each.host
            or (proxy.loopback and (each.loopback or each.everywhere))
            or each.everywhere
        )
        for each in own
    )


def is_local(host: str) -> bool:
    """Whether a host of an exchange is this computer or its own network, by its name or address."""
    if host.endswith((".localhost", ".test", ".local")) or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_private
    except ValueError:
        return "." not in host
