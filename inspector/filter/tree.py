"""A filter as a tree, frozen: terms, and what joins them. Each node knows where in the text it stood."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from inspector.filter.conditions import Condition, OneOf
from inspector.filter.fields import FLAGS, Field
from inspector.filter.moments import Moment


@dataclass(frozen=True, slots=True)
class Term:
    """One condition on one field. `name` is the second half of `header.set-cookie`, in lower case."""

    field: Field
    name: str
    condition: Condition
    start: int = 0
    end: int = 0

    @property
    def moment(self) -> Moment:
        """When it can be told whether it holds."""
        if self.field.name == "is" and isinstance(self.condition, OneOf):
            return FLAGS[self.condition.said].moment
        return self.field.moment


@dataclass(frozen=True, slots=True)
class Not:
    """What does not fit the part."""

    part: Node
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class All:
    """What fits every part; with none, everything."""

    parts: tuple[Node, ...] = ()
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Any:
    """What fits at least one part."""

    parts: tuple[Node, ...]
    start: int = 0
    end: int = 0


Node: TypeAlias = Term | Not | All | Any

EVERYTHING = All()


def terms(node: Node) -> Iterator[Term]:
    """All terms, from left to right."""
    if isinstance(node, Term):
        yield node
    elif isinstance(node, Not):
        yield from terms(node.part)
    else:
        for part in node.parts:
            yield from terms(part)


def moment_of(node: Node) -> Moment:
    """When all that it asks for is known: the latest moment of its terms."""
    return max((term.moment for term in terms(node)), default=Moment.REQUEST_HEAD)


def possible(node: Node, moment: Moment, *, so: bool = True) -> Node:
    """What must hold at this moment for the node to be able to hold later: what can be told only then may turn out `so`."""
    if isinstance(node, Not):
        return Not(possible(node.part, moment, so=not so), node.start, node.end)
    if not isinstance(node, Term):
        parts = tuple(possible(part, moment, so=so) for part in node.parts)
        return All(parts) if isinstance(node, All) else Any(parts)
    return node if node.moment <= moment else EVERYTHING if so else Any(())


def latest_term(node: Node) -> Term | None:
    """The term that has to be waited for longest; None if there is none."""
    return max(terms(node), key=lambda term: term.moment, default=None)


def is_everything(node: Node) -> bool:
    """Whether it leaves nothing out because it asks for nothing."""
    return isinstance(node, All) and not node.parts
