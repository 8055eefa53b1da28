"""A filter said in plain words: “Exchanges whose host is shop.test or below it and whose status is 400 or more”."""

from __future__ import annotations

import datetime as dt

from inspector.filter.conditions import (
    Ago,
    At,
    Begins,
    Below,
    Condition,
    Contains,
    From,
    Is,
    Like,
    OneOf,
    Present,
    Until,
    Within,
)
from inspector.filter.fields import ANYWHERE, FLAGS
from inspector.filter.tree import All, Any, Node, Not, Term, is_everything

_SIZES = ((1024**3, "GB"), (1024**2, "MB"), (1024, "KB"), (1, "B"))
_TIMES = ((3600, "h"), (60, "min"), (1, "s"), (1e-3, "ms"), (1e-6, "µs"))
_SPANS = ((604800, "week"), (86400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))


def say(node: Node) -> str:
    """The whole filter as a sentence, without a full stop."""
    if is_everything(node):
        return "All exchanges"
    return f"Exchanges {_clause(node, no=False)}"


def clause(node: Node) -> str:
    """The same as what follows “Exchanges”."""
    return _clause(node, no=False)


def _clause(node: Node, *, no: bool) -> str:
    """What follows “Exchanges”; `no` turns it round, so that no double negation is left to the reader."""
    if isinstance(node, Not):
        return _clause(node.part, no=not no)
    if isinstance(node, Term):
        return say_term(node, no=no)
    # not (a or b) is: not a, and not b
    word = _joining(node, no=no)
    *first, last = (_part(part, no=no, within=word) for part in node.parts)
    return f"{', '.join(first)}{',' if len(first) > 1 else ''} {word} {last}"


def _joining(node: All | Any, *, no: bool) -> str:
    return "and" if isinstance(node, All) != no else "or"


def _part(node: Node, *, no: bool, within: str) -> str:
    """One part, in brackets if it is itself joined by another word."""
    said = _clause(node, no=no)
    while isinstance(node, Not):
        node, no = node.part, not no
    mixed = isinstance(node, All | Any) and _joining(node, no=no) != within
    return f"({said})" if mixed else said


def say_term(term: Term, *, no: bool = False) -> str:
    """One condition as a clause: “whose status is 404”, “that took more than 500 ms”."""
    field, condition = term.field, term.condition
    if field.name == "is" and isinstance(condition, OneOf):
        flag = FLAGS[condition.said]
        return flag.no if no else flag.yes
    if field.name == "pinned" and isinstance(condition, OneOf):
        return "that you pinned" if (condition.said == "yes") != no else "that you did not pin"
    if isinstance(condition, From | Until):
        return _beginning(condition, no=no)
    if field is ANYWHERE:
        return _anywhere(condition, no=no)
    noun = field.noun.format(name=_proper(term.name) if "header" in field.name else term.name)
    if isinstance(condition, Present):
        return f"{'without' if no else 'with'} a {noun}"
    if isinstance(condition, Within):
        verb = (field.verbs or (f"whose {noun} is", f"whose {noun} is not"))[no]
        return f"{verb} {_range(condition, field.name)}"
    return f"whose {noun} {_compared(condition, no=no)}"


def _anywhere(condition: Condition, *, no: bool) -> str:
    if isinstance(condition, Present):
        return "that are empty" if no else "with anything in them"
    text = condition.text if isinstance(condition, Contains) else getattr(condition, "pattern", "")
    return f"that {'do not contain' if no else 'contain'} {_quote(text)} anywhere"


def _compared(condition: Condition, *, no: bool) -> str:
    match condition:
        case Contains(text):
            return f"{'does not contain' if no else 'contains'} {_quote(text)}"
        case Begins(text):
            return f"{'does not begin' if no else 'begins'} with {text}"
        case Is(text):
            return f"{'is not' if no else 'is'} {text}"
        case Below(host):
            return f"is neither {host} nor below it" if no else f"is {host} or below it"
        case Like(pattern, whole):
            if whole:
                return f"{'does not look' if no else 'looks'} like {pattern}"
            return f"{'does not contain' if no else 'contains'} {_quote(pattern)}"
        case OneOf(_, said):
            return f"{'is not' if no else 'is'} {said}"
        case _:
            raise AssertionError(condition)


def _range(within: Within, name: str) -> str:
    low, high = within.low, within.high
    if low is not None and low == high:
        return number(low, name)
    if high is None:
        assert low is not None
        return f"more than {number(low, name)}" if within.above else f"{number(low, name)} or more"
    if low is None:
        return f"less than {number(high, name)}" if within.below else f"{number(high, name)} or less"
    left_out = [number(end, name) for end, out in ((low, within.above), (high, within.below)) if out]
    but = f" (without {' and '.join(left_out)})" if left_out else ""
    return f"between {number(low, name)} and {number(high, name)}{but}"


def number(value: float, name: str) -> str:
    """A number as the field of this name has it: 1.5 KB, 20 ms, 404."""
    if name in ("size", "request.size"):
        return _in_units(value, _SIZES)
    if name == "time":
        return _in_units(value, _TIMES)
    return f"{value:.10g}"


def _in_units(number: float, units: tuple[tuple[float, str], ...]) -> str:
    unit, word = next((each for each in units if number >= each[0]), units[-1])
    return f"{round(number / unit, 3):,g} {word}"


def _beginning(condition: From | Until, *, no: bool) -> str:
    later = isinstance(condition, From) != no
    when = condition.when
    if isinstance(when, Ago):
        span = _span(when.seconds)
        return f"that began in the last {span}" if later else f"that began more than {span} ago"
    return f"that began {_moment(when)} or later" if later else f"that began before {_moment(when)}"


def _span(seconds: float) -> str:
    unit, word = next((each for each in _SPANS if seconds >= each[0] and seconds % each[0] == 0), _SPANS[-1])
    count = f"{seconds / unit:g}"
    return word if count == "1" and unit > 1 else f"{count} {word}{'' if count == '1' else 's'}"


def _moment(at: At) -> str:
    if at.said in ("today", "yesterday"):
        return at.said
    when = dt.datetime.fromtimestamp(at.moment, dt.UTC).astimezone()
    clock = f"{when:%H:%M:%S}".removesuffix(":00")
    return clock if ":" in at.said and "-" not in at.said else f"{when.day} {when:%B} {when.year}, {clock}"


def _quote(text: str) -> str:
    return f"“{text}”"


def _proper(name: str) -> str:
    """`set-cookie` as people write it: Set-Cookie."""
    return "-".join(part[:1].upper() + part[1:] for part in name.split("-"))
