"""Did the program at this end believe the stand-in, and why? From evidence, and never more than that.

A handshake that went well, with a request after it, shows that a program accepted the certificate; it does not show why. It may trust the
authority, or it may have been told not to look. Two things are known besides: a refusal says so with an alert, and Inspector keeps a
diary of the captured windows that it opened. A Chromium among them was told to accept what our key signed
(--ignore-certificate-errors-spki-list): it trusts no authority, so it never gets a tick. A Firefox among them has our authority in its own profile.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from inspector.exchange.model import Connection, Exchange, Tls

Family = Literal["chromium", "firefox"]
Mark = Literal["good", "bad", "open"]

# What a program says of itself when it is built on Chromium, or on Firefox (`exchange.agents`).
FAMILIES: dict[str, Family] = {
    "Chrome": "chromium", "Edge": "chromium", "Opera": "chromium", "Firefox": "firefox",
}  # fmt: skip
# Alerts by which a client says what it has against a certificate (RFC 8446 §6.2), in words; and whether that is its authority: some clients send the
# same alert for whatever it is.
REFUSALS: dict[str, tuple[str, bool | None]] = {
    "unknown_ca": ("it does not know the authority", True),
    "bad_certificate": ("the certificate is not to its liking", None),
    "certificate_unknown": ("the certificate is not to its liking", None),
    "unsupported_certificate": ("it does not take certificates of this kind", False),
    "certificate_expired": ("it takes the certificate for one that has expired", False),
    "certificate_revoked": ("it takes the certificate for one that was withdrawn", False),
    "access_denied": ("it does not want to go on with this certificate", None),
}


@dataclass(frozen=True, slots=True)
class CapturedWindow:
    """One window that Inspector opened: which browser, from when, until when (seconds since the epoch; None: it is open)."""

    family: Family
    name: str
    opened: float
    closed: float | None = None

    def was_open(self, moment: float) -> bool:
        return self.opened <= moment and (self.closed is None or moment <= self.closed)


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Whether the stand-in was believed. `who` vouches, in a few words; `sentence` says it whole, `basis` by what one knows.

    `mark` is `good` only where the authority is known to be trusted; `told` if the program was told to accept it instead. Where it was refused,
    `for_trust` says whether that was for its authority; None: the alert leaves that open.
    """

    mark: Mark
    who: str
    sentence: str
    basis: str = ""
    told: bool = False
    for_trust: bool | None = None


def acceptance(exchange: Exchange, connection: Connection, windows: Iterable[CapturedWindow]) -> Acceptance:
    """What the record shows of it. `connection` is the client leg's, with its TLS facts."""
    tls = connection.tls
    assert tls is not None
    if not tls.version:
        return _refused(tls)
    if exchange.fault == "tls-client-left":
        return _LEFT
    window = _window_of(exchange, connection, windows)
    accepted = _RESUMED if tls.resumed else _ACCEPTED
    return accepted if window is None else _by_window(window)


_ACCEPTED = Acceptance(
    "open",
    "Not visible from here",
    "The program accepted the stand-in: it finished the handshake and went on. Whether it trusts the authority, or was told not to look (as by curl -k), "
    "is not visible from here.",
)
_RESUMED = Acceptance(
    "open",
    "Not visible from here",
    "The program resumed an earlier session, in which it had accepted the stand-in. Whether it trusts the authority, or was told not to look, is not "
    "visible from here.",
)
_LEFT = Acceptance(
    "open",
    "Not visible from here",
    "The program left right after the handshake, without asking for anything. Most often it does not trust the authority; a browser that only prepared a "
    "connection does the same. Which of the two it was is not visible from here.",
)


def _refused(tls: Tls) -> Acceptance:
    """A handshake that did not come to its end."""
    known = REFUSALS.get(tls.alert) if tls.alert_by == "client" else None
    if known:
        why, for_trust = known
        sentence = f"The program refused the stand-in: it ended the handshake with the alert {tls.alert}, which says that {why}."
        return Acceptance("bad", "Nobody: it was refused", sentence, for_trust=for_trust)
    sentence = "The handshake did not come to its end, so whether the program would have believed the stand-in is not visible from here."
    return Acceptance("open", "Not visible from here", sentence)


def _by_window(window: CapturedWindow) -> Acceptance:
    basis = (
        f"How one knows: the requests came from this computer, from a program that calls itself what {window.name} does, while a captured window of it "
        "was open. Another one that was set to this proxy by hand would look the same."
    )
    if window.family == "firefox":
        sentence = (
            "This captured window trusts Inspector's authority: it stands in the certificate store of the window's own throw-away profile, which no "
            "other program looks at."
        )
        return Acceptance("good", "The certificate store of this window's own profile", sentence, basis)
    sentence = "This window was told to accept the stand-in, it doesn't know the authority. Nobody vouches for it there; a list of keys took the place of trust."
    return Acceptance("open", "Nobody: the window was told to accept it", sentence, basis, told=True)


def _window_of(
    exchange: Exchange, connection: Connection, windows: Iterable[CapturedWindow]
) -> CapturedWindow | None:
    """The captured window that this came from, by all signs."""
    family = FAMILIES.get(exchange.agent.partition(" ")[0])
    if family is None or not _from_this_computer(connection):
        return None
    fitting = (each for each in windows if each.family == family and each.was_open(connection.opened))
    return next(fitting, None)


def _from_this_computer(connection: Connection) -> bool:
    if connection.peer == connection.local:
        return True
    try:
        return ipaddress.ip_address(connection.peer.partition("%")[0]).is_loopback
    except ValueError:
        return False
