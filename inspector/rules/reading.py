"""Rules read from TOML, or from the plain data that settings and forms are made of; and made into plain data again.

[[rule]]
name = "No trackers"
when = "host:metrics.test"
do = "block"
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import Any, cast

from inspector.filter.errors import FilterMistake
from inspector.filter.moments import Moment
from inspector.filter.parsing import parse
from inspector.filter.tree import EVERYTHING, Node, latest_term, moment_of
from inspector.rules.errors import RuleMistake
from inspector.rules.model import Action, Rule
from inspector.rules.table import ACTIONS

MOST_RULES = 500
_LONGEST_NAME = 120
_COMMON = ("name", "when", "do", "on")
# Python's reader keeps something for each beginning of a dotted name: of a hundred thousand dots that is all of a computer's memory.
_SEGMENT = r"""(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')"""
_LONG_KEY = re.compile(rf"(?:^|[\[{{,])[ \t]*+{_SEGMENT}(?:[ \t]*+\.[ \t]*+{_SEGMENT}){{100}}", re.MULTILINE)


def read_toml(text: str) -> tuple[Rule, ...]:
    """The rules of a TOML file. Raises RuleMistake with the place."""
    if _LONG_KEY.search(text):
        raise RuleMistake("a name in it has dozens of dots, and no rule has such a name.")
    try:
        data = tomllib.loads(text)
    except RecursionError:
        raise RuleMistake("it is nested too deeply.") from None
    except ValueError as error:  # a TOMLDecodeError, or a number that Python does not read
        raise RuleMistake(f"this is not TOML: {error}.") from None
    unknown = sorted(set(data) - {"rule"})
    if unknown:
        raise RuleMistake(f"each rule begins with the line [[rule]]; {unknown[0]!r} stands outside of one.")
    tables = data.get("rule", [])
    if not isinstance(tables, list):
        raise RuleMistake("each rule begins with the line [[rule]], with two brackets.")
    return read_rules(tables)


def read_rules(tables: Iterable[Any]) -> tuple[Rule, ...]:
    """Rules from plain data, in order. Raises RuleMistake, also where two have one name."""
    rules: list[Rule] = []
    for number, table in enumerate(tables, 1):
        rule = read_rule(table, str(number))
        if any(rule.name == other.name for other in rules):
            raise RuleMistake("another rule has the same name.", rule=rule.name, key="name")
        rules.append(rule)
        if len(rules) > MOST_RULES:
            raise RuleMistake(f"{MOST_RULES} rules are the most.")
    return tuple(rules)


def read_rule(table: Any, number: str = "") -> Rule:
    """One rule from plain data; `number` is what an error calls a rule without a name."""
    if not isinstance(table, Mapping):
        raise RuleMistake("a rule is a table of names and values.", rule=number)
    name = table.get("name")
    try:
        if (
            not isinstance(name, str)
            or not name.strip()
            or len(name) > _LONGEST_NAME
            or not name.isprintable()
        ):
            raise RuleMistake(f"each rule has a name of at most {_LONGEST_NAME} characters.", key="name")
        return _rule(name.strip(), table)
    except RuleMistake as mistake:
        raise mistake.within(name if isinstance(name, str) and name else number) from None


def _rule(name: str, table: Mapping[str, Any]) -> Rule:
    kind = _kind(table.get("do"))
    on = table.get("on", True)
    if not isinstance(on, bool):
        raise RuleMistake("this is true or false.", key="on")
    given = {key: value for key, value in table.items() if key not in _COMMON}
    action = _action(kind, given)
    when, scope = _scope(table.get("when", ""), action)
    return Rule(name, when, scope, action, tuple(given.items()), on)


def _kind(said: Any) -> type[Action]:
    found = ACTIONS.get(said) if isinstance(said, str) else None
    if found is not None:
        return found
    if said is None:
        raise RuleMistake(f"what shall it do? One of: {', '.join(ACTIONS)}.", key="do")
    near = get_close_matches(str(said), ACTIONS, 1, 0.5)
    meant = f" Did you mean {near[0]}?" if near else ""
    raise RuleMistake(f"there is no action {said!r}.{meant} There are: {', '.join(ACTIONS)}.", key="do")


def _action(kind: type[Action], given: Mapping[str, Any]) -> Action:
    known = {parameter.name: parameter for parameter in kind.PARAMETERS}
    for key in given:
        if key not in known:
            near = get_close_matches(key, (*known, *_COMMON), 1, 0.5)
            meant = f" Did you mean {near[0]}?" if near else f" It has: {', '.join((*_COMMON, *known))}."
            raise RuleMistake(f"{kind.NAME} has no such line.{meant}", key=key)
    values = []
    for parameter in kind.PARAMETERS:
        if parameter.name in given:
            values.append(parameter.read(given[parameter.name]))
        elif parameter.required:
            raise RuleMistake(f"this line is missing. {parameter.help}", key=parameter.name)
        else:
            values.append(parameter.default)
    return cast("Callable[..., Action]", kind)(*values)


def _scope(when: Any, action: Action) -> tuple[str, Node]:
    if not isinstance(when, str):
        raise RuleMistake("a filter in quotes belongs here.", key="when")
    try:
        scope = parse(when) if when.strip() else EVERYTHING
    except FilterMistake as mistake:
        meant = f" Perhaps: {mistake.mended(when)[0]}" if mistake.suggestions else ""
        raise RuleMistake(
            f"{mistake.sentence} (at character {mistake.start + 1}){meant}", key="when"
        ) from None
    if moment_of(scope) > action.latest:
        raise RuleMistake(_too_late(when, scope, action), key="when")
    return when, scope


def _too_late(when: str, scope: Node, action: Action) -> str:
    term = latest_term(scope)
    assert term is not None
    said = when[term.start : term.end]
    other = ""
    if Moment.REQUEST_BODY < term.moment < Moment.END:
        fitting = [name for name, each in ACTIONS.items() if each.MOMENT == Moment.RESPONSE_HEAD]
        other = f" These could: {', '.join(fitting)}."
    return f"{action.NAME} acts when {action.moment.words}, and “{said}” can be told only when {term.moment.words}.{other}"


def plain(rule: Rule) -> dict[str, Any]:
    """A rule as plain data, with what was written and nothing more."""
    return {
        "name": rule.name,
        "when": rule.when,
        "do": rule.action.NAME,
        **({} if rule.on else {"on": False}),
        **dict(rule.given),
    }
