"""What a person wrote wrongly in a rule: in a sentence that says the cure, and where."""

from __future__ import annotations


class RuleMistake(ValueError):  # noqa: N818 - a person's slip, shown to them
    """A rule that cannot be understood or carried out. `rule` is its name or number, `key` the line of it that is meant."""

    def __init__(self, sentence: str, *, rule: str = "", key: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.rule = rule
        self.key = key

    def within(self, rule: str) -> RuleMistake:
        """The same, with the rule's name."""
        return RuleMistake(self.sentence, rule=rule, key=self.key)

    def __str__(self) -> str:
        place = ", ".join(part for part in (f"rule “{self.rule}”" if self.rule else "", self.key) if part)
        return f"{place}: {self.sentence}" if place else self.sentence
