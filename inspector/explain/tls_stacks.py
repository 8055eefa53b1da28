"""Which TLS library a program speaks with, from the order of the cipher suites in its hello.

A hint, never a proof: some programs choose an order of their own, and anything can copy another's. It matters because libraries refuse a
certificate in different ways, and because many programs send a proxy no name of theirs. Measured in November 2026 with those marked `measured`;
the others are from their sources.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

_TLS13 = frozenset({0x1301, 0x1302, 0x1303, 0x1304, 0x1305})
_SIGNS = frozenset({0x00FF, 0x5600})


class Stack(NamedTuple):
    """A library, or a program's own way with one.

    `begins` is how its list of suites begins. `inside` says that it judges a certificate before it ends the handshake, and `alerts` that it
    then says so by an alert; where it doesn't, it hangs up. `unknown_ca` are the alerts by which it refuses an authority that it doesn't know.
    """

    id: str
    title: str
    begins: tuple[int, ...]
    inside: bool
    alerts: bool
    unknown_ca: tuple[str, ...]
    used_by: str
    measured: bool


STACKS = (
    Stack(
        "gnutls", "GnuTLS", (0x1302, 0x1303, 0x1301, 0x1304), False, False, (), "wget and git on Debian and Ubuntu", True
    ),
    Stack(
        "node", "OpenSSL, as Node uses it", (0x1302, 0x1303, 0x1301, 0xC02F, 0xC02B), True, False, (), "Node, npm, Electron", True
    ),
    Stack(
        "python", "OpenSSL, as Python uses it", (0x1302, 0x1303, 0x1301, 0xC02C, 0xC030, 0xC02B), True, True, ("unknown_ca",),
        "requests, httpx, aiohttp, urllib, pip", True,
    ),
    Stack(
        "openssl", "OpenSSL", (0x1302, 0x1303, 0x1301), True, True, ("unknown_ca",), "curl, Ruby, PHP, Perl", True
    ),
    Stack(
        "java", "Java's own", (0x1302, 0x1301, 0x1303), True, True, ("certificate_unknown",), "Java, Kotlin, Scala", True
    ),
    Stack(
        "nss", "NSS", (0x1301, 0x1303, 0x1302), True, True, ("unknown_ca",), "Firefox and its kin", True
    ),
    Stack(
        "boringssl", "BoringSSL", (0x1301, 0x1302, 0x1303, 0xC02B), True, True, ("certificate_unknown",),
        "Chrome, Edge and their kin, Android", True,
    ),
    Stack(
        "apple", "Apple's own", (0x1301, 0x1302, 0x1303, 0xC02C), True, False, (), "Safari and apps on iPhone, iPad and Mac", False
    ),
    Stack(
        "schannel", "Windows' own (Schannel)", (0x1302, 0x1301, 0xC02C), True, False, (), "curl, PowerShell and .NET on Windows", False
    ),
    Stack("go", "Go's own", (0xC02B, 0xC02F, 0xC02C), True, True, ("bad_certificate", "unknown_ca"), "programs written in Go", False),
)  # fmt: skip

_NSS_12 = (0xC02B, 0xC02F, 0xCCA9, 0xCCA8)  # what Firefox offers when it tries again with TLS 1.2 alone
_OPENSSL_12 = (0xC02C, 0xC030, 0x009F, 0xCCA9)
_BY_ID = {stack.id: stack for stack in STACKS}


def stack_of(ciphers: Sequence[int], versions: Sequence[str] = ()) -> Stack | None:
    """The library behind a hello's suites, if it is one of those known here."""
    suites = tuple(suite for suite in ciphers if suite not in _SIGNS)
    if _is_go(suites):
        return _BY_ID["go"]
    if not _TLS13 & set(suites) or (versions and "TLS 1.3" not in versions):
        only12 = tuple(suite for suite in suites if suite not in _TLS13)
        if only12[:4] == _NSS_12:
            return _BY_ID["nss"]
        return _BY_ID["openssl"] if only12[:4] == _OPENSSL_12 else None
    return next((each for each in STACKS if suites[: len(each.begins)] == each.begins), None)


def _is_go(suites: tuple[int, ...]) -> bool:
    """Go puts the suites of TLS 1.3 behind the older ones."""
    first13 = next((at for at, suite in enumerate(suites) if suite in _TLS13), 0)
    return first13 > 0 and suites[0] in (0xC02B, 0xC02F) and set(suites[first13:]) <= _TLS13
