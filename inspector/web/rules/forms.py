"""A rule as a form: how each parameter is shown, and what a person typed made into the rule's lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from inspector.rules.errors import RuleMistake
from inspector.rules.model import Action
from inspector.rules.parameters import Parameter

Shape = Literal["line", "lines", "choice", "check"]
_LINES = {"fields", "names"}
_LONG = {"text", "find", "by"}


@dataclass(frozen=True, slots=True)
class Control:
    """One parameter on the page. `value` is what stands in it, `choices` what can be chosen, `hint` how it is written."""

    name: str
    label: str
    help: str
    shape: Shape
    value: str
    choices: tuple[str, ...] = ()
    required: bool = False
    hint: str = ""


_HINTS = {
    "time": "500ms, 2s, 1min", "size": "10kb, 1.5mb", "rate": "50kb/s, 400kbit/s", "fields": "one on each line: Name: value",
    "names": "one name on each line", "address": "http://127.0.0.1:5000",
}  # fmt: skip


def controls(kind: type[Action], given: Mapping[str, Any]) -> tuple[Control, ...]:
    """The controls for an action's parameters, with what was given or the defaults in them."""
    return tuple(_control(parameter, given.get(parameter.name)) for parameter in kind.PARAMETERS)


def _control(parameter: Parameter, given: Any) -> Control:
    default = parameter.default
    shape: Shape = "line"
    if parameter.choices:
        shape = "choice"
    elif parameter.kind == "flag":
        shape = "check"
    elif parameter.kind in _LINES or (parameter.kind == "text" and parameter.name in _LONG):
        shape = "lines"
    value = _written(given if given is not None else default)
    label = parameter.name.replace("-", " ").capitalize()
    return Control(
        parameter.name,
        label,
        parameter.help,
        shape,
        value,
        parameter.choices,
        parameter.required,
        _HINTS.get(parameter.kind, ""),
    )


def _written(value: Any) -> str:
    """A value of a rule's line as a person types it."""
    if value is None or value == ():
        return ""
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, Mapping):
        pairs = [
            (name, each)
            for name, given in value.items()
            for each in (given if isinstance(given, list) else [given])
        ]
        return "\n".join(f"{name}: {each}" for name, each in pairs)
    if isinstance(value, list | tuple):
        return "\n".join(str(each) for each in value)
    return str(value)


def typed(kind: type[Action], form: Mapping[str, str]) -> dict[str, Any]:
    """The lines of a rule from what a person typed; what was left empty, or as it would be anyhow, is left out. Raises RuleMistake."""
    lines: dict[str, Any] = {}
    for parameter in kind.PARAMETERS:
        said = form.get(f"p-{parameter.name}", "").replace("\r\n", "\n")
        value = _read(parameter, said)
        if value not in (None, "", [], {}) and value != parameter.default:
            lines[parameter.name] = value
    return lines


def _read(parameter: Parameter, said: str) -> Any:
    if parameter.kind == "flag":
        return bool(said)
    if parameter.kind == "names":
        return [line.strip() for line in said.split("\n") if line.strip()]
    if parameter.kind == "fields":
        return _pairs(parameter, said)
    if parameter.kind == "text":
        return said
    said = said.strip()
    return int(said) if parameter.kind == "status" and said.isascii() and said.isdigit() else said


def _pairs(parameter: Parameter, said: str) -> dict[str, Any]:
    pairs: dict[str, Any] = {}
    for line in filter(str.strip, said.split("\n")):
        name, colon, value = line.partition(":")
        if not colon:
            raise RuleMistake(
                f"“{line.strip()}” has no colon: a field is written as Name: value.", key=parameter.name
            )
        name, value = name.strip(), value.strip()
        before = pairs.get(name)
        pairs[name] = (
            value if before is None else [*(before if isinstance(before, list) else [before]), value]
        )
    return pairs
