"""JSON, indented: only the white space changes. Numbers keep their digits, strings their escapes, repeated keys stay."""

from __future__ import annotations

import json
import re
from typing import NamedTuple

from inspector.web.words import plural

_TOKEN = re.compile(r'\s+|"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+|"', re.DOTALL)
_CLOSED = {"{": "}", "[": "]"}
_EMPTY = {"{": "{}", "[": "[]"}
DEEPEST = 100


class Broken(NamedTuple):
    """Where JSON stops being JSON: `line` and `column` from 1, `at` an index into the text."""

    sentence: str
    at: int
    line: int
    column: int


def find_fault(text: str) -> Broken | None:
    """Why `text` isn't JSON; None if it is."""
    try:
        json.loads(
            text, parse_int=str, parse_float=str, object_pairs_hook=_no_object, parse_constant=_not_json
        )
    except json.JSONDecodeError as error:
        return Broken(
            f"{error.msg} (line {error.lineno}, column {error.colno}).", error.pos, error.lineno, error.colno
        )
    except _NotJsonError as error:
        return Broken(f"{error} is a number to JavaScript, but not JSON.", 0, 1, 1)
    except RecursionError:
        return Broken("It is nested too deep to be checked.", 0, 1, 1)
    return None


class _NotJsonError(ValueError):
    pass


def _not_json(name: str) -> None:
    raise _NotJsonError(name)


def _no_object(pairs: list[tuple[str, object]]) -> None:
    """Keys and values were read and are thrown away: only the grammar is wanted."""


def indent(text: str) -> str:
    """`text`, valid JSON, one value a line, by two spaces; levels below the hundredth stay where that one is."""
    out: list[str] = []
    depth = 0
    opened = ""
    for match in _TOKEN.finditer(text):
        part = match[0]
        if part.isspace():
            continue
        if opened:
            if part == _CLOSED[opened]:
                out[-1] = _EMPTY[opened]
                opened = ""
                continue
            depth += 1
            out.append(_line(depth))
            opened = ""
        if part in _CLOSED:
            out.append(part)
            opened = part
        elif part in "}]":
            depth -= 1
            out.append(_line(depth) + part)
        elif part == ",":
            out.append("," + _line(depth))
        elif part == ":":
            out.append(": ")
        else:
            out.append(part)
    return "".join(out)


def _line(depth: int) -> str:
    return "\n" + "  " * min(depth, DEEPEST)


def summary(text: str) -> str:
    """What a valid JSON text is, in a word or two: `an object of 3 members`."""
    try:
        value = json.loads(text, object_pairs_hook=list[tuple[str, object]])
    except (ValueError, RecursionError):
        return ""
    if text.lstrip()[:1] == "{":
        return f"an object with {plural(len(value), 'member')}"
    if isinstance(value, list):
        return f"a list of {plural(len(value), 'value')}"
    return "a single value"
