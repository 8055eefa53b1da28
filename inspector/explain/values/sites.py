"""Which hosts belong together: the registrable domain and the site, by the public suffix list (publicsuffix.org)."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import urlsplit

from publicsuffixlist import PublicSuffixList

from inspector.wire.hosts import address_of


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()  # reads its list, some 30 ms: at first use, not at import


@lru_cache(maxsize=4096)
def public_suffix(host: str) -> str:
    """The part of the name under which anybody can register: `com`, `co.uk`, `github.io`. Empty for an address."""
    if not host or address_of(host) is not None:
        return ""
    return _suffixes().publicsuffix(host.lower().rstrip(".")) or ""


@lru_cache(maxsize=4096)
def registrable(host: str) -> str:
    """The public suffix and one label more: `example.co.uk`. Empty where there is none (an address, `localhost`, a suffix itself)."""
    if not host or address_of(host) is not None:
        return ""
    return _suffixes().privatesuffix(host.lower().rstrip(".")) or ""


def is_public_suffix(host: str) -> bool:
    """Whether the name itself is one under which strangers register names. A single label (`localhost`) counts as one."""
    return bool(host) and public_suffix(host) == host.lower().rstrip(".")


def site_of(host: str) -> str:
    """What SameSite compares besides the scheme: the registrable domain, or the host itself where there is none."""
    return registrable(host) or host.lower().rstrip(".")


def same_site(scheme: str, host: str, other_scheme: str, other_host: str) -> bool:
    """Schemeful same-site (HTML standard)."""
    return scheme == other_scheme and site_of(host) == site_of(other_host)


def split_origin(origin: str) -> tuple[str, str, int] | None:
    """Scheme, host and port (0 if none is named) of an origin or address; None if it is none, such as `null`."""
    try:
        found = urlsplit(origin)
        host, port = found.hostname, found.port
    except ValueError:
        return None
    if not found.scheme or not host:
        return None
    return found.scheme.lower(), host.lower(), port or 0
