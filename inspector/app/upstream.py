"""The proxy that this computer is set to use: found at start, used upstream, named on the first screen.

Ours is left out: a system set to use Inspector must not make Inspector ask itself.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from inspector.app.addresses import Address
from inspector.app.platform import Platform, UpstreamProxy

SYSTEM, NONE = "system", "none"
SCHEMES = ("http",)
DEFAULT_PORTS = {"http": 80, "https": 443}


def find(asked: str, listen: tuple[Address, ...], platform: Platform) -> UpstreamProxy | None:
    """The proxy to use: the one asked for, or the system's with `system`; ValueError with a sentence if it is none."""
    if asked == NONE:
        return None
    if asked != SYSTEM:
        return UpstreamProxy(checked(asked), (), "--upstream-proxy")
    found = platform.system_proxy()
    if found is None or _is_ours(found.url, listen):
        return None
    try:
        return found._replace(url=checked(found.url))
    except ValueError:
        return None


def checked(url: str) -> str:
    """The URL with its scheme written out; ValueError with a sentence for what can't be used as a proxy."""
    whole = url if "://" in url else f"http://{url}"
    parts = urlsplit(whole)
    if parts.scheme not in SCHEMES:
        raise ValueError(
            f"a proxy of the kind {parts.scheme}:// cannot be used; one that is reached by http:// can (it carries HTTPS as well)"
        )
    if not parts.hostname:
        raise ValueError(f"{url!r} names no proxy: write it as http://host:port")
    _ = parts.port  # ValueError where it is no number
    return whole.rstrip("/")


def without_password(url: str) -> str:
    """The URL for showing to people."""
    parts = urlsplit(url)
    if parts.password is None:
        return url
    return url.replace(f":{parts.password}@", ":…@", 1)


def _is_ours(url: str, listen: tuple[Address, ...]) -> bool:
    parts = urlsplit(url if "://" in url else f"http://{url}")
    proxy = Address(parts.hostname or "", parts.port or DEFAULT_PORTS.get(parts.scheme, 0))
    return any(
        proxy.port == own.port
        and (proxy.host == own.host or (proxy.loopback and (own.loopback or own.everywhere)))
        for own in listen
    )
