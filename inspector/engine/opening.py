"""Which TLS connections are opened, and which pass through as they are: --only, --passthrough, and what was chosen on the dashboard.

A host is looked for by the name that the browser asks for (SNI); an address in a list also counts for a CONNECT to that address. Each
name is judged once, until a list changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress

from inspector.wire.hosts import address_of
from inspector.wire.patterns import Hosts, Pattern, parse_list, parse_pattern

_REMEMBERED = 4096
_MOST_CHOSEN = 10_000


class Opening:
    """The lists of one engine. `is_ours` tells hosts that Inspector answers for or plays itself: --only doesn't shut these out."""

    __slots__ = ("_chosen", "_chosen_as", "_is_ours", "_judged", "_only", "_passthrough")

    def __init__(
        self, only: Sequence[str], passthrough: Sequence[str], is_ours: Callable[[str], bool]
    ) -> None:
        self._only = _hosts(only)
        self._passthrough = _hosts(passthrough)
        self._is_ours = is_ours
        self._chosen = Hosts()
        self._chosen_as: object = []
        self._judged: dict[tuple[str, str], str] = {}

    def choose(self, hosts: object) -> bool:
        """Take the list that was chosen on the dashboard; whether it is another one than before. What is no host in it is passed over."""
        if hosts == self._chosen_as:
            return False
        self._chosen_as = hosts
        self._chosen = Hosts(_readable(hosts if isinstance(hosts, list) else []))
        self._judged.clear()
        return True

    def why_left(self, name: str, target: str = "") -> str:
        """Why a connection for `name` (to `target`, where that is known) is left encrypted, as a sentence; empty if it is opened."""
        key = (name, target)
        why = self._judged.get(key)
        if why is None:
            why = self._judge(name, target)
            if len(self._judged) >= _REMEMBERED:
                self._judged.clear()
            self._judged[key] = why
        return why

    def _judge(self, name: str, target: str) -> str:
        asked = self._find(self._passthrough, name, target)
        if asked:
            return f"you asked for it with --passthrough {asked}."
        chosen = self._find(self._chosen, name, target)
        if chosen:
            return f"you chose so on the dashboard, for {chosen}."
        if self._only and not self._find(self._only, name, target) and not self._is_ours(name):
            return f"--only says which hosts to open, and {name} is none of them."
        return ""

    @staticmethod
    def _find(hosts: Hosts, name: str, target: str) -> str:
        if not hosts:
            return ""
        found = hosts.find(name)
        return found or (hosts.find(target) if address_of(target) is not None else "")


def _hosts(texts: Iterable[str]) -> Hosts:
    return Hosts(pattern for text in texts for pattern in parse_list(text))


def _readable(hosts: list[object]) -> Iterable[Pattern]:
    for each in hosts[:_MOST_CHOSEN]:
        with suppress(ValueError):
            if isinstance(each, str):
                yield parse_pattern(each)
