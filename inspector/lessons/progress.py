"""How far a learner is in a lesson, and how they get on: by what was captured since the step began, and by answers. Pure; who keeps it gives the clock.

A step counts only exchanges newer than the one that ended the step before it. A question ends its step by the right answer, and what was captured
until then doesn't count for the next one.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

import msgspec

from inspector.lessons.model import Lesson, Step
from inspector.lessons.seeing import look_for
from inspector.lessons.witness import Look, Witness

MOST_HINTS = 3


class Run(msgspec.Struct, frozen=True):
    """One learner's way through one lesson.

    `at` is the step they are at (the number of steps when all is done), `marker` the id after which exchanges count (hex), `seen` the ids that
    each step was ended by, also of one that still waits for its answer. `took` are seconds per step. `wrong` are the wrong answers given at this step.
    """

    began: float
    entered: float
    marker: str
    at: int = 0
    seen: tuple[tuple[str, ...], ...] = ()
    took: tuple[float, ...] = ()
    wrong: tuple[str, ...] = ()
    hints: int = 0
    finished: float | None = None


def moment_id(seconds: float) -> bytes:
    """The least id (UUIDv7) that an exchange of that moment can have."""
    return struct.pack(">QQ", int(seconds * 1000) << 16, 0)


def begin(now: float) -> Run:
    """A lesson's beginning: nothing before it counts."""
    return Run(now, now, moment_id(now).hex())


def waits_for_answer(lesson: Lesson, run: Run) -> bool:
    """Whether the current step's traffic was seen, if it wants any, and its question is not answered."""
    step = current(lesson, run)
    return step is not None and step.question is not None and (step.seen is None or len(run.seen) > run.at)


def current(lesson: Lesson, run: Run) -> Step | None:
    """The step one is at; None when the lesson is done."""
    return lesson.steps[run.at] if run.at < len(lesson.steps) else None


def advance(lesson: Lesson, run: Run, look: Look, now: float) -> Run:
    """As far as what was captured leads."""
    while (step := current(lesson, run)) is not None:
        if step.seen is None:
            return run
        if len(run.seen) <= run.at:
            found = look_for(step.seen, bytes.fromhex(run.marker), witnesses(run, look), look)
            if not found:
                return run
            run = msgspec.structs.replace(run, seen=(*run.seen, tuple(each.hex() for each in found)))
        if step.question is not None:
            return run
        run = _next(lesson, run, run.seen[run.at][-1], now)
    return run


def answer(lesson: Lesson, run: Run, given: str, right: Callable[[str], bool], now: float) -> Run:
    """An answer to the current question. A wrong one is remembered, and one may try again."""
    if not waits_for_answer(lesson, run):
        return run
    if not right(given):
        kept = tuple(each for each in run.wrong if each != given)
        return msgspec.structs.replace(run, wrong=(*kept, given)[-12:])
    if len(run.seen) <= run.at:
        run = msgspec.structs.replace(run, seen=(*run.seen, ()))
    newest = max((run.marker, moment_id(now).hex(), *run.seen[run.at]))
    return _next(lesson, run, newest, now)


def hint(run: Run) -> Run:
    """One hint more, stronger than the last."""
    return msgspec.structs.replace(run, hints=min(run.hints + 1, MOST_HINTS))


def witnesses(run: Run, look: Look) -> tuple[Witness, ...]:
    """The exchanges that ended the steps until now, oldest first; those that are gone are left out."""
    ids = [bytes.fromhex(each) for step in run.seen for each in step]
    return tuple(found for id in ids if (found := look.witness(id)) is not None)


def exchange_of(run: Run, number: int) -> str:
    """The id (hex) of the exchange that a step was ended by, counted from 1; 0: the newest there is. Empty if there is none."""
    if number:
        ids = run.seen[number - 1] if number <= len(run.seen) else ()
        return ids[-1] if ids else ""
    return next((step[-1] for step in reversed(run.seen) if step), "")


def stuck(run: Run, now: float, patience: float = 180.0) -> bool:
    """Whether somebody has been at this step for long."""
    return run.finished is None and now - run.entered > patience


def _next(lesson: Lesson, run: Run, marker: str, now: float) -> Run:
    at = run.at + 1
    return msgspec.structs.replace(
        run,
        at=at, marker=marker, entered=now, took=(*run.took, round(now - run.entered, 1)), wrong=(), hints=0,
        finished=now if at == len(lesson.steps) else None,
    )  # fmt: skip
