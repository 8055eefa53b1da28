"""A lesson as it is read: steps, what each asks to be done, what it waits for, and what it asks the learner."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from inspector.filter.tree import Node

MOST_STEPS = 6
MOST_MINUTES = 8
LEVELS = ("first", "further")

Verb = Literal[
    "open", "new window", "reload", "back", "click", "press", "fill", "choose", "tick", "terminal", "look", "visit"
]  # fmt: skip
Source = Literal[
    "choices", "request.fields", "response.fields", "status", "method", "address", "cookies", "form", "count"
]  # fmt: skip


class Act(NamedTuple):
    """One thing to do. `what` is an address, a name on the page, or a tab; `value` what is typed; `step` whose exchange is looked at (0: the newest).

    `dashboard`: it is done on the dashboard, and not in the captured window.
    """

    verb: Verb
    what: str = ""
    value: str = ""
    step: int = 0
    dashboard: bool = False


class Wanted(NamedTuple):
    """A filter, as it was written and understood."""

    text: str
    node: Node


class Check(NamedTuple):
    """A function of `functions.FUNCTIONS` by name, with what follows it."""

    name: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """What has to be in the captured traffic: exchanges one after the other, the last of which passes every check."""

    wanted: tuple[Wanted, ...]
    checks: tuple[Check, ...] = ()
    same_connection: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """Asked of the learner's own exchange. `right` names the right choices; it is empty where the exchange itself decides.

    `choices` are written ones, `why` says of a wrong choice why it is, `otherwise` of all others. `step` is whose exchange (0: the newest),
    `counted` the filter of what a count counts.
    """

    text: str
    source: Source = "choices"
    right: tuple[str, ...] = ()
    because: str = ""
    choices: tuple[str, ...] = ()
    why: dict[str, str] = field(default_factory=dict)
    otherwise: str = ""
    step: int = 0
    counted: Wanted | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `before` is said at its beginning, `then` when its traffic was seen, `after` at its end; all Markdown, as are hints and notes."""

    title: str
    line: int
    before: str = ""
    then: str = ""
    after: str = ""
    acts: tuple[Act, ...] = ()
    seen: Seen | None = None
    question: Question | None = None
    hints: tuple[str, ...] = ()
    notes: str = ""


@dataclass(frozen=True, slots=True)
class Lesson:
    """One file. `name` is in its address; `gist` says in a sentence what one knows afterwards; `ending` closes it.

    `needs_window` is what its writer said of doing it without a captured window; None leaves it to `ways`.
    """

    name: str
    title: str
    chapter: str
    minutes: int
    level: str
    gist: str
    needs: tuple[str, ...]
    intro: str
    steps: tuple[Step, ...]
    ending: str = ""
    notes: str = ""
    file: str = ""
    needs_window: bool | None = None
