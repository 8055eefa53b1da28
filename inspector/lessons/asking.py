"""Questions made from the learner's own exchange: read from an `ask` block, and what there is to choose from."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, get_args
from urllib.parse import parse_qsl

from inspector.filter.subject import path_of, query_of
from inspector.filter.tree import Node
from inspector.lessons.errors import LessonMistake
from inspector.lessons.facts import cut, facts
from inspector.lessons.model import Question, Source
from inspector.lessons.seeing import read_wanted
from inspector.lessons.witness import Witness

MOST_CHOICES = 7
_LONGEST_VALUE = 60
_STATUSES = (200, 303, 404, 304, 401, 500)
_METHODS = ("GET", "POST", "PUT", "DELETE", "HEAD")
_KNOWN = {"question", "from", "right", "because", "choices", "why", "otherwise", "step", "count"}
_DECIDED = ("status", "method", "count")  # the exchange itself says which choice is right
Count = Callable[[Node], int]


class Choice(NamedTuple):
    """One button. `key` is what it sends, `name` what stands on it, `value` after it; `code`: as in the bytes."""

    key: str
    name: str
    value: str = ""
    right: bool = False
    code: bool = True
    why: str = ""


def read_question(text: str, line: int) -> Question:
    """An `ask` block (TOML) whose first line is `line` of its file. Raises LessonMistake."""
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise LessonMistake(
            f"The question is not readable: {error}.", "It is written in TOML.", line=line
        ) from error
    try:
        return _question(told)
    except LessonMistake as mistake:
        raise mistake.at("", line) from mistake


def _question(told: dict[str, Any]) -> Question:
    if unknown := sorted(set(told) - _KNOWN):
        raise LessonMistake(f"A question has no “{unknown[0]}”.", f"It has: {', '.join(sorted(_KNOWN))}.")
    source: Source = told.get("from", "choices")
    if source not in get_args(Source):
        raise LessonMistake(
            f"Choices cannot come from “{source}”.", f"Write one of: {', '.join(get_args(Source))}."
        )
    right = told.get("right", ())
    right = (right,) if isinstance(right, str) else tuple(right)
    choices, why = tuple(told.get("choices", ())), told.get("why", {})
    question = Question(
        _text(told, "question"), source, right, _text(told, "because"), choices,
        {str(key): str(value) for key, value in why.items()}, str(told.get("otherwise", "")),
        int(told.get("step", 0)), read_wanted(told["count"]) if "count" in told else None,
    )  # fmt: skip
    _check(question)
    return question


def _text(told: dict[str, Any], name: str) -> str:
    text = told.get(name, "")
    if not isinstance(text, str) or not text.strip():
        raise LessonMistake(f"The question lacks “{name}”.", f'Write {name} = "…".')
    return text.strip()


def _check(question: Question) -> None:
    if bool(question.right) == (question.source in _DECIDED):
        says = (
            "the exchange itself says what is right"
            if question.right
            else "nothing says which choice is right"
        )
        raise LessonMistake(
            f"From “{question.source}”: {says}.",
            "Leave out “right”." if question.right else 'Write right = "…".',
        )
    if (question.source == "choices") != bool(question.choices):
        raise LessonMistake("“choices” are written where “from” is left out, and only there.")
    if question.source == "choices":
        if len(question.choices) < 2 or len(set(question.choices)) < len(question.choices):
            raise LessonMistake("There are fewer than two different choices.")
        if missing := set(question.right) - set(question.choices):
            raise LessonMistake(f"“{missing.pop()}” is right, and not among the choices.")
    if (question.source == "count") != (question.counted is not None):
        raise LessonMistake('From "count" wants count = "FILTER", and nothing else does.')
    wrong = set(question.choices) - set(question.right)
    if question.source == "choices" and not question.otherwise and (without := wrong - set(question.why)):
        raise LessonMistake(
            f"Nothing says why “{without.pop()}” is wrong.", 'Write it under [why], or otherwise = "…".'
        )
    if question.source != "choices" and not question.otherwise:
        raise LessonMistake(
            "Nothing is said to wrong answers.", 'Write otherwise = "…"; {choice} stands for what was chosen.'
        )


def choices_of(question: Question, seen: Witness | None, count: Count) -> tuple[Choice, ...]:
    """What can be chosen. Without the exchange there are only written choices; empty means that nothing can be asked."""
    if question.source == "choices":
        blanks = facts(seen) if seen is not None else {}
        found = [Choice(each, filled(each, blanks), code=False) for each in question.choices]
    elif seen is None:
        return ()
    else:
        found = _SOURCES[question.source](question, seen, count)
    return tuple(
        each._replace(
            right=each.right or _is_right(question, each.key),
            why=question.why.get(each.key, question.otherwise),
        )
        for each in found
    )


def _is_right(question: Question, key: str) -> bool:
    return key.lower() in {each.lower() for each in question.right}


def filled(text: str, blanks: dict[str, str]) -> str:
    """A text with its blanks filled in; one that is not known stays as it is."""
    for name, value in blanks.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def _fields(question: Question, fields: Iterable[tuple[bytes, bytes]]) -> list[Choice]:
    """Fields by name, each once: the right ones, and others up to what one can take in."""
    once: dict[str, Choice] = {}
    for raw, value in fields:
        name = cut(raw.decode("latin-1"))
        if name and name.lower() not in once:
            once[name.lower()] = Choice(name.lower(), name, cut(value.decode("latin-1"), _LONGEST_VALUE))
    named = {each.lower() for each in (*question.right, *question.why)}
    spare = MOST_CHOICES - len(named & set(once))
    found = []
    for key, choice in once.items():
        if key in named:
            found.append(choice)
        elif spare > 0:
            spare -= 1
            found.append(choice)
    return found


def _request_fields(question: Question, seen: Witness, _: Count) -> list[Choice]:
    return _fields(question, ((each.name, each.value) for each in seen.request_fields))


def _response_fields(question: Question, seen: Witness, _: Count) -> list[Choice]:
    return _fields(question, ((each.name, each.value) for each in seen.response_fields))


def _status(_: Question, seen: Witness, __: Count) -> list[Choice]:
    right = seen.row.status
    numbers = sorted({right, *[each for each in _STATUSES if each != right][:4]})
    return [Choice(str(each), str(each), right=each == right) for each in numbers]


def _method(_: Question, seen: Witness, __: Count) -> list[Choice]:
    right = seen.row.method
    names = dict.fromkeys((*_METHODS[:4], right))
    return [Choice(each, cut(each), right=each == right) for each in names]


def _address(_: Question, seen: Witness, __: Count) -> list[Choice]:
    row = seen.row
    parts = {"scheme": row.scheme, "host": row.host, "path": path_of(row), "query": query_of(row)}
    return [Choice(key, cut(value, _LONGEST_VALUE)) for key, value in parts.items() if value]


def _cookies(question: Question, seen: Witness, _: Count) -> list[Choice]:
    pairs = [
        each.value.partition(b";")[0].partition(b"=")
        for each in seen.response_fields
        if each.name.lower() == b"set-cookie"
    ]
    sent = (each.value for each in seen.request_fields if each.name.lower() == b"cookie")
    pairs += [pair.partition(b"=") for line in sent for pair in line.split(b";")]
    return _fields(question, ((name.strip(), value) for name, _, value in pairs))


def _form(question: Question, seen: Witness, _: Count) -> list[Choice]:
    pairs = parse_qsl(seen.request_text.decode("utf-8", "replace"), keep_blank_values=True)
    return _fields(
        question,
        ((name.encode("latin-1", "replace"), value.encode("latin-1", "replace")) for name, value in pairs),
    )


def _count(question: Question, _: Witness, count: Count) -> list[Choice]:
    assert question.counted is not None
    right = count(question.counted.node)
    step = max(1, right // 4)
    lowest = max(0, right - step * (1 + right % 3))  # so that the right one stands now here, now there
    return [
        Choice(str(each), str(each), right=each == right) for each in range(lowest, lowest + 4 * step, step)
    ]


_SOURCES: dict[Source, Callable[[Question, Witness, Count], list[Choice]]] = {
    "request.fields": _request_fields,
    "response.fields": _response_fields,
    "status": _status,
    "method": _method,
    "address": _address,
    "cookies": _cookies,
    "form": _form,
    "count": _count,
}
