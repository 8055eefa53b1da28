"""Where a request wants to go: scheme, host and port, out of a request target, a Host field or a CONNECT line.

The grammar was checked in `wire`; here the parts are taken apart, names are brought to one spelling
(lower case, no trailing dot, A-labels), and the answers are remembered: a browser asks for few hosts many times.
"""

from __future__ import annotations

from typing import NamedTuple

from inspector.wire.hosts import split_authority, to_ascii

DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}
_REMEMBERED = 4096


class Authority(NamedTuple):
    """A host (A-label, or IP address without brackets), its port, and `field`: what Host should say for it."""

    host: str
    port: int
    field: bytes


class TargetError(ValueError):
    """The target can't be forwarded; the message says why, for `refused-target`."""


_authorities: dict[tuple[bytes, int], Authority] = {}


def authority(raw: bytes, default_port: int) -> Authority:
    """The authority that `raw` (`host`, `host:port`, `[v6]:port`) names. Raises TargetError."""
    key = (raw, default_port)
    found = _authorities.get(key)
    if found is None:
        parts = split_authority(raw)
        if parts is None:
            raise TargetError("its host or port is not valid")
        try:
            host = parts.host.lower() if ":" in parts.host else to_ascii(parts.host)
        except ValueError as error:
            raise TargetError(str(error)) from error
        found = Authority(host, default_port if parts.port is None else parts.port, raw)
        if not found.port:
            raise TargetError("it names no port")
        if len(_authorities) >= _REMEMBERED:
            _authorities.clear()
        _authorities[key] = found
    return found


def host_field(scheme: str, host: str, port: int) -> bytes:
    """What Host says for this origin: brackets round IPv6, no default port (RFC 9110 §7.2)."""
    name = f"[{host}]" if ":" in host else host
    return (name if DEFAULT_PORTS.get(scheme) == port else f"{name}:{port}").encode("ascii")


class Accepted(NamedTuple):
    """A certificate with a fault that is accepted all the same: the leaf's SHA-256, and OpenSSL's number and words for the fault."""

    leaf: bytes
    code: int
    why: str


class Origin(NamedTuple):
    """Where a connection leads: the pool's key. `name` is what TLS asks for and verifies; equal to `host` but inside tunnels.

    `unverified` says that the dashboard asked for it whatever certificate it shows. `mirrored` says what the browser has accepted, if it was shown the fault of the site's certificate and went on (see `mirroring`).
    """

    secure: bool
    host: str
    port: int
    name: str
    mirrored: Accepted | None = None
    unverified: bool = False


def path_text(path: bytes) -> str:
    """A request's path and query as the list shows it."""
    return path.decode("latin-1")
