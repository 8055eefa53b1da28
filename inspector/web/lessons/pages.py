"""The pages: the course, a lesson, what one does in it. A GET looks at what was captured and keeps what it saw: the ticks follow from the traffic,
whoever asks for the page; all that a person decides is a POST."""

from __future__ import annotations

import time
from functools import partial
from typing import Any, TypedDict

from flask import Blueprint, jsonify, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from inspector.lessons.model import Lesson
from inspector.lessons.progress import Run, advance, answer, begin, current, hint, waits_for_answer
from inspector.store.captures import Captures
from inspector.store.database import StoreProblem
from inspector.web.api.describing import says
from inspector.web.errors import not_found
from inspector.web.guard import signed_in
from inspector.web.lessons.keeper import Keeper
from inspector.web.lessons.library import Library
from inspector.web.lessons.looking import CapturesLook
from inspector.web.lessons.present import LessonView, choices, lesson_view, lines
from inspector.web.navigation import back_to

PART = "X-Lesson-Part"  # asks for what changes alone
_LONGEST = 400


class Classroom:
    """What the pages share. `captures` are the real ones, since a presenter's veil would hide what steps wait for; `shown` what may be shown."""

    def __init__(self, library: Library, keeper: Keeper, captures: Captures, shown: Captures) -> None:
        self.library = library
        self.keeper = keeper
        self.real = CapturesLook(captures)
        self.shown = CapturesLook(shown)

    def lesson(self, name: str) -> Lesson:
        """A lesson by the name in an address."""
        found = self.library.course().find(name)
        if found is None:
            raise not_found("There is no lesson of this name.")
        return found

    def look(self, lesson: Lesson) -> Run:
        """Begin it, if that wasn't done, and see how far what was captured leads."""
        return self.keeper.change(lesson.name, partial(self._on, lesson))

    def _on(self, lesson: Lesson, run: Run | None) -> Run:
        now = time.time()
        if run is None or run.at > len(lesson.steps):
            return begin(now)
        return advance(lesson, run, self.real, now)

    def answer(self, lesson: Lesson, given: str) -> None:
        """An answer to the current question. What is right is told by the real exchange."""

        def right(key: str) -> bool:
            step = current(lesson, run)
            assert step is not None
            return any(each.right and each.key == key for each in choices(step, run, self.real))

        run = self.look(lesson)
        if waits_for_answer(lesson, run):
            after = answer(lesson, run, given, right, time.time())
            self.keeper.change(lesson.name, lambda _: after)

    def view(self, lesson: Lesson) -> LessonView:
        """A lesson as it stands now."""
        return lesson_view(lesson, self.look(lesson), self.shown, self.library.course(), time.time())

    def done(self) -> int:
        """How many lessons are done."""
        runs = self.keeper.read().runs
        return sum(
            1
            for each in self.library.course().lessons
            if each.name in runs and runs[each.name].finished is not None
        )

    def needed(self) -> int:
        """How many have to be, for a certificate: as many as the first chapter has."""
        chapters = self.library.course().chapters
        return len(chapters[0].lessons) if chapters else 1

    def strip(self) -> LessonView | None:
        """The lesson one is at, for other pages; None if one is at none."""
        name = self.keeper.read().at
        lesson = self.library.course().find(name) if name else None
        return self.view(lesson) if lesson is not None else None


class Line(TypedDict):
    """A lesson. `needs_window`: why it needs a captured window, else empty."""

    name: str
    title: str
    chapter: str
    minutes: int
    state: str
    step: int
    steps: int
    needs_window: str


class Lessons(TypedDict):
    """`mistakes`: what is wrong with files that should have been lessons."""

    lessons: list[Line]
    mistakes: list[str]


def blueprint(room: Classroom) -> Blueprint:
    pages = Blueprint("lessons", __name__)

    @pages.get("/learn")
    def course() -> str:
        return render_template("lessons/course.html", **_course(room))

    @pages.get("/api/v1/lessons")
    @says("The lessons, and how far each is", tag="Learning", scope="read", gives=Lessons)
    def listed() -> Response:
        told = _course(room)
        return jsonify(
            lessons=[
                {
                    "name": line.lesson.name, "title": line.lesson.title, "chapter": line.lesson.chapter,
                    "minutes": line.lesson.minutes, "state": line.state, "step": line.at, "steps": len(line.lesson.steps),
                    "needs_window": line.window,
                }
                for _, some in told["chapters"]
                for line in some
            ],
            mistakes=[str(each) for each in told["mistakes"]],
        )  # fmt: skip

    @pages.get("/learn/lesson/<name>")
    def lesson(name: str) -> str:
        return render_template("lessons/lesson.html", view=room.view(room.lesson(name)))

    @pages.get("/learn/lesson/<name>/now")
    def part(name: str) -> str:
        return render_template("lessons/now.html", view=room.view(room.lesson(name)))

    @pages.get("/learn/strip")
    def strip() -> str:
        return render_template(
            "lessons/strip.html", view=room.strip(), here=back_to(request.args.get("here"))
        )

    @pages.get("/learn/show/<name>")
    def show(name: str) -> str:
        return render_template("lessons/show.html", view=room.view(room.lesson(name)))

    @pages.post("/learn/lesson/<name>/answer")
    def answered(name: str) -> Response | str:
        found = room.lesson(name)
        room.answer(found, request.form.get("answer", "")[:_LONGEST])
        return went(found)

    @pages.post("/learn/lesson/<name>/hint")
    def hinted(name: str) -> Response | str:
        found = room.lesson(name)
        room.look(found)
        room.keeper.change(name, lambda run: hint(run) if run is not None else begin(time.time()))
        return went(found)

    @pages.post("/learn/lesson/<name>/restart")
    def again(name: str) -> Response | str:
        found = room.lesson(name)
        room.keeper.change(name, lambda _: begin(time.time()))
        return went(found)

    @pages.post("/learn/restart")
    def from_the_beginning() -> Response:
        room.keeper.forget()
        return redirect(url_for("lessons.course"), 303)

    @pages.post("/learn/leave")
    def leave() -> Response:
        room.keeper.leave()
        return redirect(back_to(request.form.get("next")), 303)

    def went(lesson: Lesson) -> Response | str:
        if request.headers.get(PART):
            return render_template("lessons/now.html", view=room.view(lesson))
        return redirect(back_to(request.form.get("next") or url_for("lessons.lesson", name=lesson.name)), 303)

    @pages.app_context_processor
    def around() -> dict[str, Any]:
        return {"lesson_strip": partial(_strip, room), "next_lesson": partial(_next, room)}

    return pages


def _strip(room: Classroom) -> LessonView | None:
    """On pages of the dashboard that a lesson may lead to, and never where it could be in the way."""
    if not signed_in() or request.path.startswith(("/learn", "/start", "/sign")) or session.get("tour"):
        return None
    try:
        return room.strip()
    except StoreProblem:
        return None  # no page fails because of a lesson


def _next(room: Classroom) -> Lesson | None:
    """The lesson to go on with: the one one is at, else the first that isn't done."""
    course, kept = room.library.course(), room.keeper.read()
    here = kept.runs.get(kept.at)
    if here is not None and here.finished is None and (found := course.find(kept.at)):
        return found
    left = (
        each for each in course.lessons if (run := kept.runs.get(each.name)) is None or run.finished is None
    )
    return next(left, None)


def _course(room: Classroom) -> dict[str, Any]:
    course, kept = room.library.course(), room.keeper.read()
    following = _next(room)
    told = [
        (
            chapter,
            lines(chapter.lessons, kept.runs, course.find, following.name if following else "", time.time()),
        )
        for chapter in course.chapters
    ]
    done = sum(line.state == "done" for _, some in told for line in some)
    return {
        "chapters": told, "mistakes": course.mistakes, "following": following, "done": done,
        "all": len(course.lessons), "begun": bool(kept.runs), "needed": room.needed(),
    }  # fmt: skip
