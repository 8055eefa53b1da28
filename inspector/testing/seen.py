"""An exchange as a test speaks of it: what was asked, what was answered, when, and what Inspector did."""

from __future__ import annotations

import json
import re
from functools import cached_property
from typing import Any
from urllib.parse import parse_qs, urlsplit

from requests.structures import CaseInsensitiveDict

from inspector.exchange.faults import say as say_fault
from inspector.exchange.model import Decision, Message
from inspector.export.whole import Whole
from inspector.filter.subject import address_of
from inspector.wire.codings import decode

_CHARSET = re.compile(r"charset\s*=\s*\"?([\w.:-]+)", re.IGNORECASE)
_LONGEST_SHOWN = 112


class Half:
    """A request or a response. `raw` are the bytes of start line and header block as they came; `headers` doesn't mind upper and lower case."""

    def __init__(self, message: Message) -> None:
        self._message = message

    @property
    def raw(self) -> bytes:
        """The start line and the header block, every byte as it came."""
        return self._message.head

    @cached_property
    def headers(self) -> CaseInsensitiveDict[str]:
        """The header fields; those of one name with commas between. For each of them on its own: `header_list`."""
        found: CaseInsensitiveDict[str] = CaseInsensitiveDict()
        for name, value in self.header_list:
            found[name] = f"{found[name]}, {value}" if name in found else value
        return found

    @property
    def header_list(self) -> list[tuple[str, str]]:
        """Every header field in its order."""
        return [(each.name.decode("latin-1"), each.value.decode("latin-1")) for each in self._message.fields]

    @property
    def encoded(self) -> bytes:
        """The body as it was sent, perhaps compressed; at most as much as was captured (--max-body)."""
        return self._message.body.inline

    @cached_property
    def content(self) -> bytes:
        """The body, with gzip, br, zstd and deflate undone."""
        codings = self.headers.get("content-encoding", "")
        return decode(codings, self.encoded).data if codings else self.encoded

    @property
    def text(self) -> str:
        """The body as text, by the charset of its Content-Type, else UTF-8."""
        named = _CHARSET.search(self.headers.get("content-type", ""))
        try:
            return self.content.decode(named[1] if named else "utf-8", "replace")
        except LookupError:
            return self.content.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body read as JSON. ValueError if it isn't."""
        return json.loads(self.content)

    @property
    def form(self) -> dict[str, list[str]]:
        """The body read as a form (application/x-www-form-urlencoded)."""
        return parse_qs(self.text, keep_blank_values=True)


class Seen:
    """An exchange that passed the proxy. What it says never changes: for what came later, `inspector.find` again."""

    def __init__(self, whole: Whole) -> None:
        self.whole = whole
        exchange = whole.exchange
        self.id: str = exchange.id.hex()
        self.method: str = exchange.method
        self.scheme: str = exchange.scheme
        self.host: str = exchange.host
        self.port: int = exchange.port
        self.url: str = address_of(exchange)
        self.path: str = exchange.path.partition("?")[0]
        self.status: int = exchange.status
        self.started: float = exchange.started
        self.seconds: float | None = exchange.duration

    @property
    def query(self) -> dict[str, list[str]]:
        """What stands behind the question mark, decoded."""
        return parse_qs(urlsplit(self.url).query, keep_blank_values=True)

    @cached_property
    def request(self) -> Half:
        """What was asked, as the program under test said it."""
        return Half(self.whole.request or Message(b""))

    @cached_property
    def response(self) -> Half:
        """What was answered, as the program under test got it. Without an answer, an AssertionError says why there is none."""
        found = self.whole.response
        if found is None:
            raise AssertionError(f"{self} got no answer. {self.fault}".strip())
        return Half(found)

    @property
    def text(self) -> str:
        """The text of the response."""
        return self.response.text

    def json(self) -> Any:
        """The JSON of the response."""
        return self.response.json()

    @property
    def fault(self) -> str:
        """What went wrong, in a sentence; '' if nothing did."""
        exchange = self.whole.exchange
        detail = exchange.error.detail if exchange.error else ""
        return (
            say_fault(exchange.fault, host=exchange.host, port=exchange.port, detail=detail)
            if exchange.fault
            else ""
        )

    @property
    def rules(self) -> tuple[str, ...]:
        """The names of the rules that did something with it."""
        return tuple(
            dict.fromkeys(each.rule for each in self._decisions if each.code in ("ruled", "rule-held"))
        )

    @property
    def _decisions(self) -> tuple[Decision, ...]:
        return self.whole.exchange.decisions

    def __repr__(self) -> str:
        return f"<{self.method} {self.url} → {self.status or 'no answer'}>"


def line(method: str, status: int, url: str, seconds: float | None) -> str:
    """An exchange in a line, as the list of what was captured has it."""
    took = f"{seconds * 1000:,.0f} ms" if seconds is not None else "not over yet"
    plain = "".join(
        each if each.isprintable() else "\N{REPLACEMENT CHARACTER}"
        for each in f"{method:<7} {status or '—':<4} {url}"
    )
    shown = plain if len(plain) <= _LONGEST_SHOWN else f"{plain[: _LONGEST_SHOWN - 1]}…"
    return f"  {shown}   {took}"
