"""A rule as the presenter's view shows it: what is secret in its values replaced."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inspector.rules.errors import RuleMistake
from inspector.rules.model import Rule
from inspector.rules.reading import plain, read_rule
from inspector.secrets.hider import Hider


def veiled(rule: Rule, hider: Hider | None) -> Rule:
    """The rule with its secrets replaced; as it is where nobody presents."""
    if hider is None:
        return rule
    table = {key: _value(hider, value) for key, value in plain(rule).items()}
    try:
        return read_rule(table)
    except RuleMistake:  # what stands for a secret is no value there: only that there is a rule is shown
        return read_rule({"name": table["name"], "do": "answer", "on": False, "text": "***"})


def _value(hider: Hider, value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _field(hider, name, each) for name, each in value.items()}
    if isinstance(value, str):
        return hider.body(value.encode(), "text/plain").decode("utf-8", "replace")
    return value


def _field(hider: Hider, name: str, value: Any) -> Any:
    if isinstance(value, list):
        return [_field(hider, name, each) for each in value]
    head = hider.head(f"GET / HTTP/1.1\r\n{name}: {value}\r\n\r\n".encode("latin-1", "replace"))
    return head.split(b"\r\n")[1].partition(b": ")[2].decode("latin-1")
