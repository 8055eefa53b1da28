"""A lesson as a page shows it: steps that are done, the one that is to be done, those to come; and the course with what is done of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from markupsafe import Markup

from inspector.lessons.acts import Phrase, phrases
from inspector.lessons.asking import Choice, choices_of
from inspector.lessons.course import Course
from inspector.lessons.facts import facts
from inspector.lessons.model import Act, Lesson, Step
from inspector.lessons.progress import Run, exchange_of, stuck, waits_for_answer
from inspector.lessons.seeing import sentences
from inspector.lessons.ways import opens, why_window
from inspector.lessons.words import html, html_line
from inspector.web.lessons.looking import CapturesLook


class ActView(NamedTuple):
    """One thing to do. `address` is what a captured window opens, `url` a page of the dashboard; both may be empty."""

    verb: str
    pieces: tuple[Phrase, ...]
    address: str
    url: str
    ready: bool


class ChoiceView(NamedTuple):
    """One answer. `tried`: it was given, and was wrong; `why` then says why."""

    key: str
    name: str
    value: str
    code: bool
    tried: bool
    why: Markup


class StepView(NamedTuple):
    """One step. `state` is done, now or later; `seen` that its traffic has come, `asks` that its question waits."""

    number: int
    title: str
    state: str
    before: Markup
    then: Markup
    after: Markup
    acts: tuple[ActView, ...]
    seen: bool
    asks: bool
    question: Markup
    choices: tuple[ChoiceView, ...]
    because: Markup
    waits: tuple[str, ...]
    hints: tuple[Markup, ...]
    more_hints: bool
    exchange: str
    notes: Markup
    slow: bool


class LessonView(NamedTuple):
    """A lesson and how far one is. `opens`: some of it is done in a browser; `window`: why that has to be a captured window, empty if it need not."""

    lesson: Lesson
    intro: Markup
    ending: Markup
    notes: Markup
    steps: tuple[StepView, ...]
    at: int
    done: bool
    following: Lesson | None
    opens: bool
    window: str

    @property
    def now(self) -> StepView | None:
        """The step one is at."""
        return self.steps[self.at] if self.at < len(self.steps) else None


class Line(NamedTuple):
    """A lesson on the course page. `state` is done, begun or new; `current` the one to go on with; `window` as in LessonView."""

    lesson: Lesson
    state: str
    current: bool
    at: int
    minutes: str
    stuck: str
    missing: tuple[Lesson, ...]
    window: str


def markup(text: str, blanks: dict[str, str] | None = None) -> Markup:
    """Words of a lesson. Safe: the parser lets no HTML through, and blanks are filled in as text."""
    return Markup(html(text, blanks))  # noqa: S704


def inline(text: str, blanks: dict[str, str] | None = None) -> Markup:
    """A sentence of a lesson."""
    return Markup(html_line(text, blanks))  # noqa: S704


def lesson_view(lesson: Lesson, run: Run, look: CapturesLook, course: Course, now: float) -> LessonView:
    """A lesson with the learner's own exchanges in it; `look` is what may be shown."""
    steps = tuple(_step(lesson, run, look, number, now) for number in range(len(lesson.steps)))
    return LessonView(
        lesson, markup(lesson.intro), markup(lesson.ending), markup(lesson.notes), steps, run.at,
        run.finished is not None, course.after(lesson.name),
        opens(lesson), why_window(lesson),
    )  # fmt: skip


def _step(lesson: Lesson, run: Run, look: CapturesLook, number: int, now: float) -> StepView:
    step = lesson.steps[number]
    state = "done" if number < run.at else "now" if number == run.at else "later"
    own = exchange_of(run, number + 1) if number < len(run.seen) else ""
    known = look.named(own or _newest_before(run, number)) if state != "later" else None
    blanks = facts(known) if known is not None else {}
    asks = state == "now" and waits_for_answer(lesson, run)
    shown = run.hints if state == "now" else 0
    return StepView(
        number + 1, step.title, state,
        markup(step.before, blanks), markup(step.then, blanks), markup(step.after, blanks),
        tuple(_act(act, run, number) for act in step.acts), bool(own), asks,
        inline(step.question.text, blanks) if step.question else Markup(),
        _choices(step, run, look) if asks else (),
        inline(step.question.because, blanks) if step.question else Markup(),
        sentences(step.seen) if step.seen else (),
        tuple(inline(hint) for hint in step.hints[:shown]), shown < len(step.hints),
        own, markup(step.notes), state == "now" and stuck(run, now),
    )  # fmt: skip


def _newest_before(run: Run, number: int) -> str:
    return next((ids[-1] for ids in reversed(run.seen[: number + 1]) if ids), "")


def _act(act: Act, run: Run, number: int) -> ActView:
    address = act.what if act.verb in ("open", "new window") else ""
    url = act.what if act.verb == "visit" else ""
    if act.verb == "look":
        id = exchange_of(run, act.step) if act.step or number < len(run.seen) else _newest_before(run, number)
        if id:
            url = f"/exchange/{id}/chains" if act.what == "chains" else f"/exchange/{id}?tab={act.what}"
    return ActView(act.verb, phrases(act), address, url, act.verb != "look" or bool(url))


def choices(step: Step, run: Run, look: CapturesLook) -> tuple[Choice, ...]:
    """What a question gives to choose from; as `look` may show it."""
    question = step.question
    assert question is not None
    seen = look.named(exchange_of(run, question.step))
    return choices_of(question, seen, lambda node: look.count(node, seen) if seen is not None else 0)


def _choices(step: Step, run: Run, look: CapturesLook) -> tuple[ChoiceView, ...]:
    seen = look.named(exchange_of(run, step.question.step)) if step.question else None
    blanks = facts(seen) if seen is not None else {}
    return tuple(
        ChoiceView(
            each.key, each.name, each.value, each.code, each.key in run.wrong,
            inline(each.why, blanks | {"choice": each.name}),
        )
        for each in choices(step, run, look)
    )  # fmt: skip


def lines(
    lessons: Iterable[Lesson],
    runs: dict[str, Run],
    find: Callable[[str], Lesson | None],
    current: str,
    now: float,
) -> tuple[Line, ...]:
    """Lessons as lines of the course page."""
    return tuple(_line(each, runs, find, current, now) for each in lessons)


def _line(
    lesson: Lesson, runs: dict[str, Run], find: Callable[[str], Lesson | None], current: str, now: float
) -> Line:
    run = runs.get(lesson.name)
    missing = tuple(
        found
        for name in lesson.needs
        if (found := find(name)) is not None and (runs.get(name) is None or runs[name].finished is None)
    )
    if run is None:
        return Line(lesson, "new", lesson.name == current, 0, "", "", missing, why_window(lesson))
    state = "done" if run.finished is not None else "begun"
    spent = sum(run.took)
    return Line(
        lesson,
        state,
        lesson.name == current,
        min(run.at, len(lesson.steps)),
        _minutes(spent),
        _stuck(lesson, run, now),
        missing,
        why_window(lesson),
    )


def _stuck(lesson: Lesson, run: Run, now: float) -> str:
    """Where one got stuck: the step one is at for long, or the one that took the longest by far."""
    if run.finished is None and run.at < len(lesson.steps):
        title = lesson.steps[run.at].title
        return f"You are at step {run.at + 1}: {title}." + (
            f" The last try was {_ago(now - run.entered)} ago." if stuck(run, now) else ""
        )
    if len(run.took) == len(lesson.steps) and max(run.took) > 120 and max(run.took) > sum(run.took) / 2:
        longest = run.took.index(max(run.took))
        return f"Step {longest + 1} took you the longest: {lesson.steps[longest].title}, {_minutes(run.took[longest])}."
    return ""


def _minutes(seconds: float) -> str:
    if seconds < 60:
        return "less than a minute"
    minutes = round(seconds / 60)
    return f"{minutes} minute{'s' if minutes != 1 else ''}"


def _ago(seconds: float) -> str:
    for size, name in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {name}{'s' if count > 1 else ''}"
    return "a moment"
