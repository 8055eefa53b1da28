"""Captures as a presenter may show them: the same, with every secret replaced before any page, list or file is made from them.

All of the dashboard reads through this, so a page that is added later cannot forget it. While nobody presents it costs a look at the session.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import msgspec
from flask import has_request_context, session

from inspector.exchange.model import Body, Connection, Exchange, Summary
from inspector.exchange.report import Report
from inspector.secrets import Hider
from inspector.secrets.exchanges import (
    hide_body,
    hide_captured,
    hide_connection,
    hide_exchange,
    hide_summary,
    hide_text,
    messages,
)
from inspector.secrets.reports import hide_report
from inspector.secrets.sockets import hide_message
from inspector.store.captures import Captures
from inspector.store.talk import Side, Talk
from inspector.web.api.bearers import bearer_here
from inspector.web.finding import known_connection

_PATH = re.compile(rb'("(?:path|query|comment)":)("(?:[^"\\]|\\.)*")')


def presenting() -> bool:
    """Whether whoever asks is presenting; a token that may not see secrets always is."""
    if not has_request_context():
        return False
    bearer = bearer_here()
    return session.get("presenter") is True if bearer is None else "secrets" not in bearer.scopes


class Veil:
    """`store.captures.Captures`, veiled while somebody presents. `key` decides what the marks look like."""

    def __init__(self, captures: Captures, key: bytes) -> None:
        self._captures = captures
        self._key = key

    @property
    def plain(self) -> Captures:
        """The captures as they are: for sending them again, never for showing."""
        return self._captures

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._captures, name)
        if not callable(found) or not presenting():
            return found
        return lambda *args, **named: self._veiled(found(*args, **named))

    def body(self, id: bytes, body: Body) -> Iterator[bytes]:
        """The captured bytes of a body; read whole while somebody presents, since a secret may lie across two pieces."""
        # decided now, not when the first byte is asked for: by then the request may be over
        veiled = presenting() and body.pieces
        return self._hidden_body(id, body) if veiled else self._captures.body(id, body)

    def _hidden_body(self, id: bytes, body: Body) -> Iterator[bytes]:
        data = b"".join(self._captures.body(id, body))
        hider = Hider(self._key)
        exchange = self._captures.exchange(id)
        message = next((each for each in messages(exchange) if each.body.pieces == body.pieces), None) if exchange else None  # fmt: skip
        if message is not None:
            hider.head(message.head)
        if exchange is None or message is None:
            yield hide_body(hider, data, b"")
        else:
            yield hide_captured(hider, exchange, message, data)

    def secret(self, id: bytes, mark: str) -> bytes | None:
        """What a mark on a page of this exchange stands for."""
        exchange = self._captures.exchange(id)
        if exchange is None:
            return None
        hider = Hider(self._key)
        hide_exchange(hider, exchange)
        for leg in (exchange.client_leg, exchange.server_leg):
            line = known_connection(self._captures, leg)
            if line is not None:
                hide_connection(hider, line)
        if mark not in hider.values:  # perhaps in a body that lies in the archive
            for message in messages(exchange):
                if message.body.pieces:
                    hide_captured(hider, exchange, message, b"".join(self._captures.body(id, message.body)))
        report = self._captures.report(exchange) if mark not in hider.values else None
        if report is not None:
            hide_report(hider, report)
        return hider.values.get(mark)

    def report(self, exchange: Exchange) -> Report | None:
        """What the app told of an exchange, with what is secret on the exchange found in there as well."""
        report = self._captures.report(exchange)
        if report is None or not presenting():
            return report
        return hide_report(self._reader_of(exchange), report)

    def talk(self, exchange: Exchange, side: Side) -> Talk:
        """What was said over a WebSocket: read as it was, since a secret is in no masked frame to be found, then each message veiled."""
        if not presenting():
            return self._captures.talk(exchange, side)
        talk = self._captures.talk(self._captures.exchange(exchange.id) or exchange, side)
        hider = self._reader_of(exchange)
        said = tuple(replace(each, payload=hide_message(hider, each)) for each in talk.said)
        return talk._replace(said=said)

    def _reader_of(self, exchange: Exchange) -> Hider:
        """A hider that has met the secrets of an exchange."""
        hider = Hider(self._key)
        hide_exchange(hider, self._captures.exchange(exchange.id) or exchange)
        return hider

    def hider(self) -> Hider | None:
        """What replaces secrets while somebody presents; None while nobody does."""
        return Hider(self._key) if presenting() else None

    def text(self, text: str) -> str:
        """Something that a person wrote beside the captures, veiled while somebody presents."""
        return _prose(Hider(self._key), text) if presenting() else text

    def rows(self, told: bytes) -> bytes:
        """A message of the live feed with the addresses and comments in it veiled; for who presents."""
        hider = Hider(self._key)

        def hide(found: re.Match[bytes]) -> bytes:
            text = msgspec.json.decode(found[2], type=str)
            prose = found[1] == b'"comment":'
            return found[1] + msgspec.json.encode(_prose(hider, text) if prose else hide_text(hider, text))

        return _PATH.sub(hide, told)

    def _veiled(self, found: Any) -> Any:
        if isinstance(found, Exchange):
            return hide_exchange(Hider(self._key), found)
        if isinstance(found, Summary):
            return hide_summary(Hider(self._key), found)
        if isinstance(found, Connection):
            return hide_connection(Hider(self._key), found)
        if isinstance(found, tuple) and hasattr(found, "_replace"):
            named: Any = found
            return named._replace(**{
                name: self._veiled(value) for name, value in zip(named._fields, named, strict=True) if isinstance(value, tuple)
            })  # fmt: skip
        if isinstance(found, (tuple, list)):
            return type(found)(self._veiled(each) for each in found)
        return found


def _prose(hider: Hider, text: str) -> str:
    return hider.body(text.encode("utf-8", "surrogatepass"), "text/plain").decode("utf-8", "replace")
