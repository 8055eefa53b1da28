"""Which exchanges send a password: the form of a log-in, however it is written."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl

from inspector.exchange.model import Exchange
from inspector.explain.case import Case
from inspector.explain.words import visible

_PASSWORD = re.compile(r"pass|pwd|kennwort|contrase|wachtwoord|motdepasse", re.IGNORECASE)
_MEMBER = re.compile(rb'"([^"\\]{1,80})"\s*:')
_PART = re.compile(rb'\bname="?([^";\r\n]{1,80})')
_MOST = 65_536


def sends_password(exchange: Exchange) -> bool:
    """Whether the request's body is a form, or JSON, with a password in it."""
    return exchange.method == "POST" and any(_PASSWORD.search(name) for name in form_names(Case(exchange)))


def form_names(case: Case) -> tuple[str, ...]:
    """The names of what the request's body sends, in order; none if it is no form."""
    media = case.request.first("content-type").partition(";")[0].strip().lower()
    data = case.request_content.data[:_MOST]
    if media == "application/x-www-form-urlencoded":
        return tuple(name for name, _ in form(data))
    pattern = _MEMBER if media.endswith("json") else _PART if media == "multipart/form-data" else None
    return tuple(visible(name) for name in pattern.findall(data)) if pattern else ()


def form(data: bytes) -> tuple[tuple[str, str], ...]:
    """The entries of an urlencoded form."""
    return tuple(
        parse_qsl(data.decode("latin-1"), keep_blank_values=True, encoding="utf-8", errors="replace")
    )
