"""The words that belong to a status number (RFC 9110 §15)."""

from __future__ import annotations

from http import HTTPStatus


def phrase(status: int) -> str:
    """The registered words after a status number; empty for one that has none."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
