"""Why a filter does not fit: the first part of it that fails, and what stands there instead."""

from __future__ import annotations

from inspector.filter.conditions import Within
from inspector.filter.matching import matcher
from inspector.filter.subject import Subject, address_of, path_of, query_of
from inspector.filter.tree import All, Node, Not, Term
from inspector.filter.words import clause, number

_LONGEST = 120
_TEXTS = {"path": path_of, "query": query_of, "url": address_of}


def refuting(node: Node, subject: Subject, now: float) -> Node | None:
    """The first part that does not hold, as small as one can say it; None if all holds."""
    if isinstance(node, All):
        return next(
            (found for part in node.parts if (found := refuting(part, subject, now)) is not None), None
        )
    return None if matcher(node, now)(subject) else node


def say_refuting(node: Node, subject: Subject) -> str:
    """That part as the end of “It asks for exchanges …”, with what is there instead."""
    there = _there(node, subject)
    return f"{clause(node)}{f'; here {there}' if there else ''}"


def _there(node: Node, subject: Subject) -> str:
    """What the exchange has where the part looks; empty where that is long to say."""
    term = node.part if isinstance(node, Not) else node
    if not isinstance(term, Term):
        return ""
    field, row = term.field, subject.row
    noun = field.noun.format(name=term.name)
    if field.family and field.name.endswith("header."):
        values = subject.header(
            term.name,
            request=not field.name.startswith("response"),
            response=not field.name.startswith("request"),
        )
        shown = ", ".join(value.decode("utf-8", "replace") for value in values)
        return f"it is “{_short(shown)}”" if values else "there is none"
    if field.name in _TEXTS:
        return f"the {noun} is {_short(_TEXTS[field.name](row)) or 'empty'}"
    value = getattr(row, field.column, None) if field.column else None
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(term.condition, Within):
        return f"it is {number(value, field.name)}"
    return f"the {noun} is {_short(str(value)) or 'not there'}" if isinstance(value, str) else ""


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
