"""Rules that a test makes, and that end with it. They are the rules of the dashboard: kept in the settings, obeyed by the engine.

The engine looks at the settings every 50 ms. So that a test can go on with the next line, each change comes with a rule
that answers a question of ours; when that is answered, all the others are obeyed as well.
"""

from __future__ import annotations

import http.client
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from inspector.app.errors import InspectorError
from inspector.rules.reading import read_rule
from inspector.web.rules.kept import KeptRules

if TYPE_CHECKING:
    from inspector.testing.proxy import Inspector
    from inspector.testing.seen import Seen

_NOWHERE = "127.0.0.1:1"  # where our question goes as long as no rule answers it: nobody listens there
_ANSWERED = 299
_WITHIN = 10.0
_LOOK_EVERY = 0.01


class Mock:
    """A rule made by a test. It ends with the test, or by `remove()`, or as a context manager."""

    def __init__(self, inspector: Inspector, name: str, sentence: str) -> None:
        self._inspector = inspector
        self.name = name
        self.sentence = sentence

    @property
    def seen(self) -> list[Seen]:
        """The exchanges so far in which it did something, oldest first."""
        return [each for each in self._inspector.all() if self.name in each.rules]

    def expect(self, times: int | None = None) -> list[Seen]:
        """Fail with NotSeen unless it did something: so many times, or at least once. The exchanges are given, oldest first."""
        __tracebackhide__ = True
        seen = self.seen
        if len(seen) == times or (times is None and seen):
            return seen
        counted = f"asked {len(seen)} time{'s' if len(seen) != 1 else ''}" if seen else "never asked"
        wanted = "" if times is None else f", and {times} {'was' if times == 1 else 'were'} expected"
        raise self._inspector.not_seen(f"“{self.name}” was {counted}{wanted}. It is for:\n  {self.sentence}")

    def remove(self) -> None:
        """End it before the test ends."""
        self._inspector.rules.remove(self.name)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()

    def __repr__(self) -> str:
        return f"<{self.name}: {self.sentence}>"


class TestRules:
    """The rules of one test."""

    __test__ = False  # its name begins as pytest's own classes do

    def __init__(self, kept: KeptRules, proxy: str, questions: str) -> None:
        self._kept = kept
        self._proxy = proxy
        self._questions = questions
        self._tables: list[dict[str, Any]] = []
        self.made = 0

    def add(self, when: str, do: str, lines: Mapping[str, Any], name: str = "") -> tuple[str, str]:
        """Make one; its name, and what it does as a sentence. RuleMistake says what is wrong with it."""
        self.made += 1
        table = {"name": name or f"{do} {self.made} of this test", "when": when, "do": do, **lines}
        rule = read_rule(table)
        self._obey([*self._tables, table])
        return rule.name, rule.say()

    def remove(self, name: str) -> None:
        """End one, if it is there."""
        left = [table for table in self._tables if table["name"] != name]
        if len(left) < len(self._tables):
            self._obey(left)

    def clear(self) -> None:
        """End all."""
        if self._tables:
            self._obey([])

    def _obey(self, tables: list[dict[str, Any]]) -> None:
        question = f"{self._questions}{secrets.token_hex(4)}"
        ours = {
            "name": "Are the rules obeyed",
            "when": f"path:={question}",
            "do": "answer",
            "status": _ANSWERED,
        }
        self._kept.replace([read_rule(table) for table in (ours, *tables)])
        self._tables = tables
        until = time.monotonic() + _WITHIN
        while ask(self._proxy, question) != _ANSWERED:
            if time.monotonic() > until:
                raise InspectorError("The proxy does not obey the rules of this test.", "Does it still run?")
            time.sleep(_LOOK_EVERY)


@dataclass(frozen=True, slots=True)
class Body:
    """What a mock answers with: a text, something to be said in JSON, or a file; or nothing."""

    text: str | None = None
    json: Any = None
    file: str | Path | None = None


def answer(status: int, body: Body, type: str, headers: Mapping[str, str]) -> dict[str, Any]:
    """The lines of a rule that answers. TypeError if two bodies were given."""
    if sum(each is not None for each in (body.text, body.json, body.file)) > 1:
        raise TypeError("one body is enough: text, json or file")
    text = body.text
    lines: dict[str, Any] = {"status": status, "type": type, "fields": dict(headers)}
    if body.json is not None:
        text, lines["type"] = json.dumps(body.json), type or "application/json"
    if body.file is not None:
        lines["file"] = str(Path(body.file).absolute())
    elif text:
        lines["text"] = text
    return {name: value for name, value in lines.items() if value}


def ask(proxy: str, path: str) -> int:
    """The status of the answer to a question of ours; 0 if there was none."""
    connection = http.client.HTTPConnection(proxy, timeout=_WITHIN)
    try:
        connection.request("GET", f"http://{_NOWHERE}{path}", headers={"Host": _NOWHERE})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()
