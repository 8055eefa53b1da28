"""The rules as the settings keep them. Each change is checked whole before it is kept; engines obey within a moment."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import tomli_w

from inspector.rules.actions.hold import Hold
from inspector.rules.errors import RuleMistake
from inspector.rules.model import Rule
from inspector.rules.reading import plain, read_rule, read_rules, read_toml
from inspector.secrets.hider import is_mark
from inspector.store.settings import Settings
from inspector.web.rules.copying import Copies, refused

NAME = "rules"
LARGEST_FILE = 256 * 1024


class KeptRules:
    """The rules of one home, in the order in which they are asked."""

    def __init__(
        self,
        settings: Settings,
        copies: Copies | None = None,
        *,
        let_go: Callable[[str], object] | None = None,
    ) -> None:
        """`copies` copies captured responses into rules that answer with them. `let_go` lets go on what waits by the rule of this name: it is
        asked for every breakpoint that a change turned off, changed or removed, and that was off already."""
        self._settings = settings
        self._copies = copies
        self._let_go = let_go
        self._changing = threading.Lock()

    def all(self) -> tuple[Rule, ...]:
        """Every rule; those that a newer version wrote and this one can't read are left out."""
        kept = self._settings.read().get(NAME)
        rules = []
        for table in kept if isinstance(kept, list) else []:
            try:
                rules.append(read_rule(table))
            except RuleMistake:
                continue
        return tuple(rules)

    def find(self, name: str) -> Rule | None:
        return next((rule for rule in self.all() if rule.name == name), None)

    def look(self, exchange: str) -> str:
        """What a rule would keep of an exchange's response, in words. Raises RuleMistake."""
        return self._copies.look(exchange).say() if self._copies is not None else ""

    def save(self, table: Mapping[str, Any], instead_of: str = "") -> Rule:
        """Keep a rule, at the end or in another's place. Raises RuleMistake."""
        rule = self._whole(read_rule(table))

        def saved(rules: list[Rule]) -> list[Rule]:
            if any(rule.name == other.name != instead_of for other in rules):
                raise RuleMistake("another rule has the same name.", rule=rule.name, key="name")
            if any(other.name == instead_of for other in rules):
                return [rule if other.name == instead_of else other for other in rules]
            return [*rules, rule]

        self._change(saved)
        return rule

    def remove(self, name: str) -> None:
        self._change(lambda rules: [rule for rule in rules if rule.name != name])

    def switch(self, name: str, *, on: bool) -> None:
        """Turn one on or off."""
        self._change(
            lambda rules: [
                read_rule({**plain(rule), "on": on}) if rule.name == name else rule for rule in rules
            ]
        )

    def move(self, name: str, by: int) -> None:
        """Let a rule be asked earlier (below zero) or later by so many places."""

        def moved(rules: list[Rule]) -> list[Rule]:
            at = next((place for place, rule in enumerate(rules) if rule.name == name), None)
            if at is None:
                return rules
            rule = rules.pop(at)
            rules.insert(max(0, at + by), rule)
            return rules

        self._change(moved)

    def order(self, names: Sequence[str]) -> bool:
        """Let them be asked in this order; False, and nothing is changed, unless each is named once."""
        done = False

        def ordered(rules: list[Rule]) -> list[Rule]:
            nonlocal done
            known = {rule.name: rule for rule in rules}
            done = sorted(known) == sorted(names)
            return [known[name] for name in names] if done else rules

        self._change(ordered)
        return done

    def replace(self, rules: Sequence[Rule]) -> None:
        """Keep just these."""
        whole = [self._whole(rule) for rule in rules]
        self._change(lambda _: whole)

    def take_in(self, text: str) -> tuple[Rule, ...]:
        """Keep the rules of a TOML text too; one of the same name takes the other's place. Raises RuleMistake."""
        new = tuple(self._whole(rule) for rule in read_toml(text))

        def taken(rules: list[Rule]) -> list[Rule]:
            named = {rule.name: rule for rule in new}
            stay = [named.pop(rule.name, rule) for rule in rules]
            return [*stay, *named.values()]

        self._change(taken)
        return new

    @staticmethod
    def toml(rules: Iterable[Rule]) -> str:
        """Rules as a TOML text, to keep or to pass on."""
        return tomli_w.dumps({"rule": [plain(rule) for rule in rules]}, multiline_strings=True)

    def _whole(self, rule: Rule) -> Rule:
        """The rule with a captured response copied into it, if it names one."""
        table = plain(rule)
        if not table.get("exchange"):
            return rule
        try:
            return read_rule(self._copies.filled(table) if self._copies is not None else refused(table))
        except RuleMistake as mistake:
            raise mistake.within(rule.name) from None

    def _change(self, change: Callable[[list[Rule]], list[Rule]]) -> None:
        with self._changing:
            before = self.all()
            after = change(list(before))
            for rule in after:
                if rule not in before:
                    _check_unmasked(rule, before)
            tables = [plain(rule) for rule in after]
            read_rules(tables)
            self._settings.set(NAME, tables)
        for rule in before:
            if isinstance(rule.action, Hold) and not (rule.on and rule in after) and self._let_go is not None:
                self._let_go(rule.name)
        if self._copies is not None:
            self._copies.sweep(read_rules(tables))


def _check_unmasked(rule: Rule, before: Sequence[Rule]) -> None:
    """What the presenter's view shows in the place of secrets must not be kept in their place: read there, changed, and sent back."""
    others = [dict(other.given) | {"when": other.when} for other in before if other.name == rule.name]
    others = others or [dict(other.given) for other in before if type(other.action) is type(rule.action)]
    for key, value in (dict(rule.given) | {"when": rule.when}).items():
        if others and is_mark(str(value)) and not any(other.get(key) == value for other in others):
            raise RuleMistake(
                "stars stand here in the place of a secret, as the presenter's view shows it; keeping them would lose what they stand for. "
                "Leave the presenter's view, or use a token that may see secrets, and read the rule again.",
                rule=rule.name,
                key=key,
            )
