"""What a step waits for: read from its `seen` block, said in words, and looked for among the exchanges captured since the step began."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from inspector.exchange.model import Summary
from inspector.filter.errors import FilterMistake
from inspector.filter.parsing import parse
from inspector.filter.tree import is_everything
from inspector.filter.words import say
from inspector.lessons.errors import LessonMistake
from inspector.lessons.functions import FUNCTIONS, Scene
from inspector.lessons.model import Check, Seen, Wanted
from inspector.lessons.witness import Look, Witness

MOST_LOOKED_AT = 200
MOST_TIMES = 20
_TIMES = re.compile(r"times (\d+)")
_TOGETHER = "same connection"


def read_wanted(text: str) -> Wanted:
    """A filter. Raises LessonMistake."""
    try:
        node = parse(text)
    except FilterMistake as mistake:
        maybe = mistake.mended(text)
        cure = f"Perhaps: {maybe[0].strip()}" if maybe else "See docs/filter.md."
        raise LessonMistake(f"The filter “{text}” is not understood: {mistake.sentence}", cure) from mistake
    if is_everything(node):
        raise LessonMistake(
            "The filter is empty.", "Write what the step waits for, as in host:shop.inspector.test."
        )
    return Wanted(text, node)


def read_seen(text: str, line: int) -> Seen:
    """A `seen` block whose first line is `line` of its file. Raises LessonMistake.

    A filter; then `times N`, or more filters after `then`; `same connection`; and functions after `and`.
    """
    wanted: list[Wanted] = []
    checks: list[Check] = []
    together = False
    for number, written in enumerate(text.splitlines(), line):
        each = written.strip()
        try:
            if not each:
                continue
            if not wanted:
                wanted.append(read_wanted(each))
            elif each == _TOGETHER:
                together = True
            elif times := _TIMES.fullmatch(each):
                wanted.extend(wanted[-1:] * (_number(times[1]) - 1))
            elif each.startswith("then "):
                wanted.append(read_wanted(each.removeprefix("then ").strip()))
            elif each.startswith("and "):
                checks.append(_check(each.removeprefix("and ").strip()))
            else:
                raise LessonMistake(
                    f"“{each}” is not understood.",
                    "After the first filter a line begins with then, times, and, or is: same connection.",
                )
        except LessonMistake as mistake:
            raise mistake.at("", number) from mistake
    if not wanted:
        raise LessonMistake("The block says nothing.", "Its first line is a filter.", line=line)
    return Seen(tuple(wanted), tuple(checks), together)


def _number(text: str) -> int:
    number = int(text[:4])
    if not 2 <= number <= MOST_TIMES:
        raise LessonMistake(f"“times {text}” cannot be.", f"Write a number from 2 to {MOST_TIMES}.")
    return number


def _check(text: str) -> Check:
    name, _, about = text.partition(" ")
    function = FUNCTIONS.get(name)
    if function is None:
        raise LessonMistake(f"There is no function “{name}”.", f"Write one of: {', '.join(FUNCTIONS)}.")
    if bool(function.takes) != bool(about):
        wants = (
            f"wants what stands for {function.takes} after it" if function.takes else "takes nothing after it"
        )
        raise LessonMistake(f"“{name}” {wants}.", f"Write: and {name} {function.takes}".rstrip() + ".")
    return Check(name, about.strip())


def sentences(seen: Seen) -> tuple[str, ...]:
    """What the step waits for, in plain words, one after the other."""
    found: list[str] = []
    texts = [each.text for each in seen.wanted]
    for text, wanted in {each.text: each for each in seen.wanted}.items():
        times = texts.count(text)
        found.append(f"{say(wanted.node)}{f', {times} times' if times > 1 else ''}.")
    if seen.same_connection:
        found.append("All of them over one connection.")
    return (*found, *(FUNCTIONS[each.name].sentence for each in seen.checks))


def look_for(seen: Seen, after: bytes, before: Sequence[Witness], look: Look) -> tuple[bytes, ...]:
    """The ids of the exchanges that the step waited for, the earliest there are; empty while they have not come."""
    for first in _candidates(seen, 0, after, look):
        found = _chain(seen, [first], before, look)
        if found:
            return found
        if len(seen.wanted) > 1 and not seen.same_connection:
            return ()  # a later beginning leaves no more to choose from
    return ()


def _chain(seen: Seen, chain: list[Summary], before: Sequence[Witness], look: Look) -> tuple[bytes, ...]:
    """The rest of them, each after the one before it."""
    line = _line(chain[0], look) if seen.same_connection else b""
    while len(chain) < len(seen.wanted):
        last = len(chain) == len(seen.wanted) - 1
        following = (
            each
            for each in _candidates(seen, len(chain), chain[-1].id, look)
            if (not seen.same_connection or _line(each, look) == line)
            and (not last or _passes(seen, [*chain, each], before, look))
        )
        each = next(following, None)
        if each is None:
            return ()
        chain.append(each)
    if len(seen.wanted) == 1 and not _passes(seen, chain, before, look):
        return ()
    return tuple(each.id for each in chain)


def _candidates(seen: Seen, number: int, after: bytes, look: Look) -> Iterator[Summary]:
    """What fits one of the filters and has been answered, or has failed."""
    for row in look.find(seen.wanted[number].node, after, MOST_LOOKED_AT):
        if row.state != "open" or row.status:
            yield row


def _passes(seen: Seen, chain: Sequence[Summary], before: Sequence[Witness], look: Look) -> bool:
    """Whether every function holds for the last of them."""
    if not seen.checks:
        return True
    whole = [look.witness(each.id) for each in chain]
    there = [each for each in whole if each is not None]
    if not there or there[-1].exchange.id != chain[-1].id:
        return False
    scene = Scene(there[-1], (*before, *there[:-1]))
    return all(FUNCTIONS[each.name].holds(scene, each.about) for each in seen.checks)


def _line(row: Summary, look: Look) -> bytes:
    found = look.witness(row.id)
    return found.line if found is not None else b""
