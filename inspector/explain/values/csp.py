"""A content security policy taken apart: policies, directives, sources (CSP 3)."""

from __future__ import annotations

from typing import NamedTuple

MOST = 300


class CspDirective(NamedTuple):
    """One directive: name in lower case, its sources, and where it begins in the value."""

    name: str
    sources: tuple[str, ...]
    offset: int
    length: int


def directives(value: str, at: int = 0) -> tuple[CspDirective, ...]:
    """The directives of one policy in order; of one that stands twice only the first counts (CSP 3 §2.2.1). `at` is where it begins."""
    found: list[CspDirective] = []
    for each in value.split(";"):
        text = each.strip()
        if text and len(found) < MOST:
            name, *sources = text.split()
            offset = at + len(each) - len(each.lstrip())
            found.append(CspDirective(name.lower(), tuple(sources), offset, len(text)))
        at += len(each) + 1
    return tuple(found)


def policies(values: tuple[str, ...]) -> tuple[tuple[CspDirective, ...], ...]:
    """Each policy of all the fields: commas divide them, and all of them hold at once."""
    return tuple(found for value in values for found in split(value))


def split(value: str) -> tuple[tuple[CspDirective, ...], ...]:
    """The policies of one field; offsets count in the field's value."""
    found = []
    at = 0
    for each in value.split(",")[:MOST]:
        policy = directives(each, at)
        if policy:
            found.append(policy)
        at += len(each) + 1
    return tuple(found)


def sources_for(policy: tuple[CspDirective, ...], *names: str) -> tuple[str, ...] | None:
    """The sources of the first of these directives that the policy has; None if it has none of them."""
    for name in names:
        for each in policy:
            if each.name == name:
                return each.sources
    return None


def allows_inline(sources: tuple[str, ...]) -> bool:
    """Whether inline scripts may run: 'unsafe-inline', unless a nonce or hash makes browsers ignore it (CSP 3 §6.7.3.3)."""
    words = [each.lower() for each in sources]
    strict = any(each.startswith(("'nonce-", "'sha256-", "'sha384-", "'sha512-")) for each in words)
    return "'unsafe-inline'" in words and not strict and "'strict-dynamic'" not in words
