"""A filter's text made into its tree: each value is read by its field's kind."""

from __future__ import annotations

import time
from collections.abc import Iterator
from difflib import get_close_matches

from lark import Token, Tree

from inspector.filter.errors import FilterMistake
from inspector.filter.fields import ANYWHERE, NAMES, find
from inspector.filter.grammar import JOINING, MOST_TERMS, read
from inspector.filter.tree import EVERYTHING, All, Any, Node, Not, Term, terms
from inspector.filter.written import Written, unquoted


def parse(text: str, now: float | None = None) -> Node:
    """The tree of a filter; an empty text is everything. Raises FilterMistake.

    `now` (seconds since the epoch) is what times of day and `today` are told from.
    """
    if not text.strip():
        return EVERYTHING
    node = _Reader(text, time.time() if now is None else now).node(read(text).children[0])
    if sum(1 for _ in terms(node)) > MOST_TERMS:
        raise FilterMistake(f"A filter has at most {MOST_TERMS} conditions.", 0, len(text))
    return node


class _Reader:
    """Walks lark's tree. Its rules have the names of the grammar's."""

    def __init__(self, text: str, now: float) -> None:
        self._text = text
        self._now = now

    def node(self, tree: Tree[Token] | Token) -> Node:
        assert isinstance(tree, Tree)
        start, end = tree.meta.start_pos, tree.meta.end_pos
        rule, children = str(tree.data), tree.children
        if rule == "no":
            return Not(self.node(children[0]), start, end)
        if rule in ("any", "all") and len(children) > 1:
            return (Any if rule == "any" else All)(tuple(map(self.node, children)), start, end)
        if rule in ("any", "all", "group"):
            return self.node(children[0])
        if rule == "said":
            return self._said(children[0])
        return self._asked(tree)

    def _said(self, token: Tree[Token] | Token) -> Node:
        written = self._written(token)
        condition = ANYWHERE.kind.read(written, self._now)
        return Term(ANYWHERE, "", condition, written.start, written.end)

    def _asked(self, tree: Tree[Token]) -> Node:
        name, value = tree.children
        assert isinstance(name, Token)
        assert isinstance(value, Tree)
        start, end = name.start_pos or 0, tree.meta.end_pos
        found = find(str(name)[:-1])
        if found is None:
            raise self._unknown(name, end)
        field, second = found
        made = [
            Term(field, second, field.kind.read(each, self._now), start, each.end)
            for each in self._values(value)
        ]
        return made[0] if len(made) == 1 else Any(tuple(made), start, end)

    def _values(self, value: Tree[Token]) -> Iterator[Written]:
        if value.data == "choices":
            (choice,) = value.children
            assert isinstance(choice, Tree)
            yield from (self._written(each) for each in choice.children)
            return
        *op, token = value.children
        yield self._written(token, *op)

    def _written(self, token: Tree[Token] | Token, op: Tree[Token] | Token | str = "") -> Written:
        assert isinstance(token, Token)
        start, end = token.start_pos or 0, token.end_pos or 0
        if token.type == "OPEN":
            raise FilterMistake("This quote is not closed.", start, end, (f'{token}"',))
        if token.type == "WORD" and token in JOINING:
            raise FilterMistake(
                f"Beside {token} something is missing. To look for the word itself, put it in quotes.",
                start, end, ("", f'"{token}"'),
            )  # fmt: skip
        begin = op.start_pos or 0 if isinstance(op, Token) else start
        text = unquoted(str(token)) if token.type == "STRING" else str(token)
        return Written(text, token.type == "STRING", str(op), begin, end)

    def _unknown(self, name: Token, end: int) -> FilterMistake:
        """A name before a colon that is none of ours: mistyped, or no field at all but an address with a port."""
        said, start = str(name)[:-1], name.start_pos or 0
        rest = self._text[start + len(name) : end]
        port = rest.split("/")[0]
        if port.isdecimal():
            close = [f"host:{said} port:{port}"]
        else:
            close = [f"{each}{'NAME' if each.endswith('.') else ''}:{rest}" for each in _close(said)]
        itself = () if '"' in rest else (f'"{self._text[start:end]}"',)
        return FilterMistake(
            f"There is no field “{said}”. To look for the text itself, put it in quotes.",
            start,
            end,
            (*close, *itself),
        )


def _close(said: str) -> list[str]:
    """Fields of nearly this name."""
    family, dot, name = said.rpartition(".")
    if dot and (
        near := get_close_matches(
            family.lower() + ".", [each for each in NAMES if each.endswith(".")], 1, 0.6
        )
    ):
        return [near[0] + name]
    if said.lower() + "." in NAMES:
        return [said.lower() + "."]
    return get_close_matches(said.lower(), [each for each in NAMES if not each.endswith(".")], 3, 0.6)
