"""The judges of a failed handshake, the surest first. Each knows one cause, and says nothing where its evidence is missing.

What real programs do was measured in November 2026 with curl 7.88, wget 1.21, git 2.39, Python 3.11 (requests, httpx, aiohttp, pip), Node 20,
Java 17 and 25, Chromium 156 and Firefox 153; docs/doctor.md has the table, and tests run those that are here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Literal, NamedTuple

from inspector.exchange.model import Exchange
from inspector.explain.refusals.case import TWICE, Case

Sure = Literal["sure", "likely", "perhaps"]
HANDSHAKES = frozenset({"tls-client-alert", "tls-client-failed", "tls-client-closed", "tls-client-left"})
AT_THE_DOOR = "not-http"
WANTED = "tls-client-certificate-wanted"
_ABOUT_CERTIFICATES = frozenset({
    "bad_certificate", "unsupported_certificate", "certificate_revoked", "certificate_expired", "certificate_unknown", "unknown_ca",
    "access_denied",
})  # fmt: skip
_OLD = ("TLS 1.1", "TLS 1.0", "SSL 3.0")
_BROWSERS = ("chromium", "firefox", "safari")
# These say bad_certificate of one that is not valid yet, or not for that name: measured.
_BAD_IS_EARLY = ("openssl", "python", "nss", "java")


class Verdict(NamedTuple):
    """What a judge says: the cause, how sure it is, what fills the sentence, what else it may be."""

    code: str
    sure: Sure
    detail: str = ""
    others: tuple[str, ...] = ()


def judge(case: Case) -> Verdict:
    """The first that knows."""
    return next(found for each in JUDGES if (found := each(case)) is not None)


def _at_the_door(case: Case) -> Verdict | None:
    return Verdict("tls-at-the-door", "sure") if is_at_the_door(case.exchange) else None


def _wanted(case: Case) -> Verdict | None:
    return Verdict("client-certificate", "sure") if case.fault == WANTED else None


def _slow(case: Case) -> Verdict | None:
    if case.fault == "client-timeout" or case.detail.startswith("no answer within"):
        return Verdict("too-slow", "sure", case.detail)
    return None


def _version(case: Case) -> Verdict | None:
    offered = case.tls.offered_versions
    if offered and all(version in _OLD for version in offered):
        return Verdict("old-version", "sure", f"{', '.join(offered)} at most")
    if "unsupported protocol" in case.detail or case.tls.alert == "inappropriate_fallback":
        return Verdict("old-version", "likely", ", ".join(offered) or "no version that is still in use")
    if case.alert == "protocol_version":
        return Verdict("old-version", "likely", ", ".join(offered) or "other versions")
    return None


def _cipher(case: Case) -> Verdict | None:
    for sign, words in (
        (
            "no shared cipher",
            "none of its cipher suites is among the three kinds that Mozilla's intermediate list leaves for our keys (ECDSA)",
        ),
        ("no suitable key share", "no group (elliptic curve) for the key exchange is common to both"),
        ("no shared group", "no group (elliptic curve) for the key exchange is common to both"),
        ("signature algorithm", "it takes no signature of the kind that our keys make (ECDSA P-256)"),
    ):
        if sign in case.detail:
            return Verdict("no-common-cipher", "sure", words)
    if case.tls.alert in ("handshake_failure", "insufficient_security") and not case.saw_certificate:
        return Verdict(
            "no-common-cipher", "likely", f"the handshake ended with {case.tls.alert}, before any certificate"
        )
    if case.alert == "insufficient_security":
        return Verdict("no-common-cipher", "likely", "what was agreed on is too weak for it")
    return None


def _alpn(case: Case) -> Verdict | None:
    offered = case.tls.offered_alpn
    named = ", ".join(offered) or "another protocol"
    if case.tls.alert == "no_application_protocol":
        return Verdict("alpn", "sure", named)
    if offered and not case.tls.alpn and case.finished and not {"http/1.1", "http/1.0"} & set(offered):
        return Verdict("alpn", "likely", named, ("untrusted",))
    return None


def _bytes(case: Case) -> Verdict | None:
    """A rule of `wire.rules` was broken before there was a hello."""
    if case.fault in HANDSHAKES or case.fault in ("client-timeout", "internal"):
        return None
    error = case.exchange.error
    at = f" at byte {error.offset}" if error is not None and error.offset is not None else ""
    return Verdict("not-tls", "sure", f"{case.detail or case.fault}{at}")


def _by_us(case: Case) -> Verdict | None:
    error = case.exchange.error
    return Verdict("ours", "sure", case.detail) if error is not None and error.who == "us" else None


def _dates(case: Case) -> Verdict | None:
    late = case.expired()
    if late is not None and case.alert in _ABOUT_CERTIFICATES and late.not_after is not None:
        return Verdict("authority-expired", "sure", f"{late.subject} was valid until {_day(late.not_after)}")
    if case.alert != "certificate_expired" and not (
        case.alert == "bad_certificate" and case.stack and case.stack.id in _BAD_IS_EARLY
    ):
        return None
    leaf = case.chain[0] if case.chain else None
    if leaf is None or leaf.not_before is None or leaf.not_after is None:
        return None
    here = dt.datetime.fromtimestamp(case.exchange.started, dt.UTC)
    dates = f"it is valid from {_day(leaf.not_before)} to {_day(leaf.not_after)}, and this computer has {_day(here)}"
    if case.alert == "certificate_expired":
        return Verdict("clock", "sure", dates)
    return Verdict("clock", "likely", dates, ("unknown",))


def _constraint(case: Case) -> Verdict | None:
    if case.alert not in _ABOUT_CERTIFICATES or not case.chain:
        return None
    limited = next((each for each in case.chain if each.only_for or each.is_constrained), None)
    if limited is None or not limited.only_for:
        return None
    if any(_covers(name, case.host) for name in limited.only_for):
        return None
    return Verdict(
        "name-constraint", "sure", f"{limited.subject} may vouch for {', '.join(limited.only_for[:6])} only"
    )


def _pinned(case: Case, *others: str) -> Verdict:
    """It uses other hosts through Inspector, and not this one. Browsers pin nothing where the authority is one that was added."""
    if case.program is not None and case.program.id in _BROWSERS:
        return Verdict("untrusted" if case.alert else "closed", "likely")
    return Verdict("pinned", "likely" if case.history.refused >= TWICE else "perhaps", others=others)


def _refused(case: Case) -> Verdict | None:
    """An alert about the certificate."""
    if case.alert not in _ABOUT_CERTIFICATES:
        return None
    if case.alert == "unknown_ca":
        if case.only_here and case.history.refused >= TWICE:
            return Verdict("untrusted", "likely", others=("pinned",))
        return Verdict("untrusted", "sure")
    if case.only_here:
        return _pinned(case, "untrusted")
    if case.alert == "certificate_unknown":
        return Verdict("untrusted", "likely", others=("pinned", "clock"))
    if case.stack is not None and case.alert in case.stack.unknown_ca:
        return Verdict("untrusted", "likely", others=("pinned",))
    if case.alert == "bad_certificate":
        return Verdict("untrusted", "perhaps", others=("pinned", "clock"))
    return None


def _hung_up(case: Case) -> Verdict | None:
    """It closed in the middle, without a word."""
    if case.fault != "tls-client-closed":
        return None
    if not case.saw_certificate:
        return Verdict("closed", "likely")
    if case.only_here:
        return _pinned(case, "closed", "untrusted")
    hangs_up = _hangs_up(case)
    if case.history.trusted_here is not None and not hangs_up:
        return Verdict("closed", "likely")
    if hangs_up:  # measured: they close so when they don't know the authority
        return Verdict("untrusted", "likely", others=("closed",))
    return Verdict(
        "untrusted", "likely" if case.history.refused >= TWICE else "perhaps", others=("closed", "pinned")
    )


def _left(case: Case) -> Verdict | None:
    """It finished the handshake, and left without a request."""
    if case.fault != "tls-client-left":
        return None
    if case.only_here:
        return _pinned(case, "closed")
    stack, program = case.stack, case.program
    if stack is not None and not stack.inside and case.history.trusted_here is None:
        # GnuTLS judges only when the handshake is over
        return Verdict("untrusted", "likely", others=("closed",))
    if program is not None and program.id in ("chromium", "safari"):
        return Verdict("closed", "likely")  # they judge before they finish, and connect in advance
    if program is not None and program.id == "firefox":
        # its second try, with TLS 1.2 alone, sends Finished before the certificate is judged (False Start)
        early = case.tls.version == "TLSv1.2" and case.history.trusted is None
        return Verdict("untrusted", "likely", others=("closed",)) if early else Verdict("closed", "likely")
    if stack is not None and stack.inside and stack.alerts:
        return Verdict("pinned", "likely" if case.history.refused >= TWICE else "perhaps", others=("closed",))
    return Verdict("untrusted", "perhaps", others=("closed", "pinned"))


def _nothing_else(case: Case) -> Verdict:
    if case.alert in ("user_canceled", "close_notify"):
        return Verdict("closed", "likely")
    if case.alert:
        return Verdict("unknown", "sure", f" with the alert {case.alert}")
    if case.fault == "tls-client-failed" and case.detail:
        return Verdict("unknown", "sure", f": {case.detail}")
    return Verdict("unknown", "sure", ", and nothing is kept that would say why")


JUDGES: tuple[Callable[[Case], Verdict | None], ...] = (
    _at_the_door, _wanted, _slow, _bytes, _by_us, _version, _alpn, _cipher, _dates, _constraint, _refused, _hung_up, _left, _nothing_else,
)  # fmt: skip


def is_at_the_door(exchange: Exchange) -> bool:
    """A TLS record where the proxy waits for a request."""
    if exchange.fault != AT_THE_DOOR or exchange.client_leg is None:
        return False
    said = exchange.client_leg.request
    first = said.head[:2] or said.body.inline[:2]
    detail = exchange.error.detail if exchange.error is not None else ""
    return first == b"\x16\x03" or detail == "first byte 0x16"


def _hangs_up(case: Case) -> bool:
    """Whether this program is known to close without an alert when it doesn't know the authority."""
    if case.stack is not None and (not case.stack.alerts or case.stack.id == "java"):
        return True  # Java's HttpClient does; its HttpURLConnection sends an alert
    named = case.program.id if case.program is not None else ""
    own = case.stack.id if case.stack is not None else ""
    return "python" in (named, own) or named in ("node", "java")  # aiohttp does


def _covers(permitted: str, host: str) -> bool:
    base = permitted.lower().lstrip(".")
    return host.lower() == base or host.lower().endswith("." + base) or "/" in base


def _day(moment: dt.datetime) -> str:
    return f"{moment.day} {moment:%B %Y}"
