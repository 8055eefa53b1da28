"""Whether a lesson can be done without a captured window, with its sites opened under names of the dashboard's own.

There the browser speaks plain http with Inspector, keeps its cookies and copies, and what a page asks of another site goes past Inspector. A lesson that lives by one of
these says why it wants a window; a line of its facts, `needs_window`, says it where this can't be told from its steps.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from urllib.parse import urlsplit

from inspector.filter.conditions import Below, Is
from inspector.filter.tree import Term, terms
from inspector.lessons.model import Lesson

OPENING = ("open", "new window")
OF_THE_BROWSER = ("chains", "sees", "connection")  # tabs about the connection that a browser makes

ANEW = "It begins anew with no cookies and no copies, which only a new window does."
THE_LINE = "It looks at the connection that a browser makes itself. A site that is opened here is reached over plain http with Inspector."
ACROSS = (
    "A page of it asks {host} by itself, and from a site that is opened here that would go past Inspector."
)
SAID = "It is about the browser itself, and not about the site alone."


def opens(lesson: Lesson) -> bool:
    """Whether anything of it is done in a browser; else it makes no difference where."""
    return any(act.verb in OPENING for step in lesson.steps for act in step.acts)


def why_window(lesson: Lesson) -> str:
    """Why it can be done in a captured window alone, as a sentence; empty if it needs none."""
    if lesson.needs_window is False or not (lesson.needs_window or opens(lesson)):
        return ""
    found = _told_by_steps(lesson)
    return found or (SAID if lesson.needs_window else "")


def _told_by_steps(lesson: Lesson) -> str:
    acts = [act for step in lesson.steps for act in step.acts]
    if any(act.verb == "look" and act.what in OF_THE_BROWSER for act in acts):
        return THE_LINE
    if any(act.verb == "new window" for act in acts):
        return ANEW
    across = next(_across(lesson), None)
    return ACROSS.format(host=across) if across else ""


def _across(lesson: Lesson) -> Iterator[str]:
    """Hosts that a step waits for, though nothing that is done leads to them."""
    reached = set(_reached(lesson))
    for step in lesson.steps:
        for wanted in step.seen.wanted if step.seen is not None else ():
            for term in terms(wanted.node):
                host = _host(term)
                if host and not any(each == host or each.endswith(f".{host}") for each in reached):
                    yield host


def _reached(lesson: Lesson) -> Iterator[str]:
    for act in (act for step in lesson.steps for act in step.acts):
        words = (
            (act.what,) if act.verb in OPENING else shlex.split(act.what) if act.verb == "terminal" else ()
        )
        yield from (
            urlsplit(each).hostname or "" for each in words if each.startswith(("http://", "https://"))
        )


def _host(term: Term) -> str:
    if term.field.name != "host":
        return ""
    if isinstance(term.condition, Below):
        return term.condition.host.lower()
    return term.condition.text.lower() if isinstance(term.condition, Is) else ""
