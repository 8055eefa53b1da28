"""What names give away: which cookies carry a log-in, which fields of a form or query hold something secret. Guesses, and said to be."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl

_SESSION = re.compile(
    r"(?i)(?:^|[-_.])(?:sess(?:ion)?(?:id)?|sid|auth|jwt|login|remember|phpsessid|jsessionid|asp\.net_sessionid|connect\.sid|token|access)"
    r"|session|phpsessid|jsessionid"
)
_CSRF = re.compile(r"(?i)csrf|xsrf|authenticity|nonce|_token$|^token$|verification")
_FORGERY = re.compile(r"(?i)csrf|xsrf|authenticity|verification")
_PASSWORD = re.compile(
    r"(?i)^(?:.*[-_.\[])?(?:pass(?:w(?:or)?d|wd|phrase|code)?|pwd|pw|kennwort|passwort|pin)\]?\d?$"
)
_SECRET = re.compile(
    r"(?i)^(?:.*[-_.])?(?:pass(?:w(?:or)?d|wd|phrase)?|pwd|secret|api[-_]?key|access[-_]?token|id[-_]?token|refresh[-_]?token|auth|token|jwt|session(?:id)?|sid)$"
)


def is_csrf(name: str) -> bool:
    """Whether a field, cookie or header of this name is there against forged requests."""
    return _CSRF.search(name) is not None


def is_session(name: str) -> bool:
    """Whether a cookie of this name most likely carries a log-in."""
    bare = name.removeprefix("__Host-").removeprefix("__Secure-")
    return _SESSION.search(bare) is not None and not is_csrf(bare)


def is_password(name: str) -> bool:
    return _PASSWORD.fullmatch(name) is not None


def is_secret(name: str) -> bool:
    """Whether a query's value of this name should not stand in an address."""
    return (_SECRET.fullmatch(name) is not None and _FORGERY.search(name) is None) or is_password(name)


def pairs(text: str) -> tuple[tuple[str, str], ...]:
    """A query's or a form's names and values; of a huge one the first two hundred."""
    try:
        return tuple(
            parse_qsl(
                "&".join(text[:65_536].split("&")[:200]),
                keep_blank_values=True,
                encoding="utf-8",
                errors="replace",
            )
        )
    except ValueError:
        return ()
