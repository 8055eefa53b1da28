"""A pupil made of a browser: does what a step says, by the names on the page, and nothing else."""

from __future__ import annotations

import contextlib
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from inspector.lessons.model import Act, Lesson, Step

WAIT = 15_000


class Pupil:
    """`window` is what is captured, `board` the dashboard with the lesson."""

    def __init__(self, browser: Any, board: Page, proxy: str, ca: Path) -> None:
        self._browser = browser
        self.board = board
        self._proxy = proxy
        self._ca = ca
        self._contexts: list[Any] = []
        self.window = self._new_window()

    def _new_window(self) -> Page:
        context = self._browser.new_context(proxy={"server": self._proxy})
        context.set_default_timeout(WAIT)
        self._contexts.append(context)
        return context.new_page()

    def close(self) -> None:
        for context in self._contexts:
            context.close()

    # -- a lesson

    def take(self, lesson: Lesson) -> None:
        """The lesson from its start to its end."""
        self.board.goto(f"/learn/lesson/{lesson.name}")
        again = self.board.get_by_role("button", name="Begin this lesson anew")
        if again.count():
            again.click()
        for number, step in enumerate(lesson.steps, 1):
            self._step(lesson, step, number)
        expect(self.board.locator("[data-lesson-place]")).to_have_text(
            f"Done: all {len(lesson.steps)} steps", timeout=WAIT
        )

    def _step(self, lesson: Lesson, step: Step, number: int) -> None:
        self._is_at(lesson, step, number)
        doings = [act for act in step.acts if act.verb not in ("look", "visit") and not act.dashboard]
        for at, act in enumerate(step.acts):
            if act.verb == "look" and step.seen:
                continue  # that comes when there is something to look at
            if step.seen and doings and act is doings[-1]:
                self._is_at(lesson, step, number)
            self.do(act)
            if act.dashboard and not any(each.dashboard for each in step.acts[at + 1 : at + 2]):
                self._come_back(lesson, step, looked=act.verb in ("look", "visit"))
        if step.seen:
            self._came(lesson, step, number)
        if step.question:
            self._answer(lesson, step, number)

    def _is_at(self, lesson: Lesson, step: Step, number: int) -> None:
        """It waits for this step, whatever was captured until now."""
        if self.window.url != "about:blank":
            self.window.wait_for_load_state("load")
        told = self.board.request.get(f"/learn/lesson/{lesson.name}/now").text()
        place = re.search(r"data-lesson-place>([^<]*)<", told)
        assert place is not None, told[:3000]
        assert place[1].startswith(f"Step {number} of "), (
            f"“{step.title}” is not what it waits for: {place[1]}"
        )
        if step.seen:
            assert "It came." not in told, f"“{step.title}” was ticked before it was done"

    def _came(self, lesson: Lesson, step: Step, number: int) -> None:
        """The page shows that it came, without anybody's asking."""
        if step.question:
            expect(self.board.get_by_text("It came.")).to_be_visible(timeout=WAIT)
        else:
            done = self.board.locator(".lesson-done").nth(number - 1)
            expect(done, f"“{step.title}” was done, and is not seen").to_be_visible(timeout=WAIT)
        for link in self.board.locator(".lesson-now [data-lesson-look]").all():
            address = link.get_attribute("href") or ""
            answer = self.board.request.get(address)
            assert answer.ok, f"{address}: {answer.status}"

    def _come_back(self, lesson: Lesson, step: Step, *, looked: bool) -> None:
        """On the page that was looked at, the strip says which lesson one is in, and leads back. Where something was pressed the step may be done already."""
        if not looked:
            self.board.goto(f"/learn/lesson/{lesson.name}")
            return
        strip = self.board.get_by_role("complementary", name="Lesson")
        expect(strip).to_contain_text(step.title)
        strip.get_by_role("link", name="To the lesson").click()
        self.board.wait_for_url(f"**/learn/lesson/{lesson.name}")

    def _answer(self, lesson: Lesson, step: Step, number: int) -> None:
        question = step.question
        assert question is not None
        form = self.board.locator(".lesson-ask")
        expect(form).to_be_visible(timeout=WAIT)
        keys = [each.get_attribute("value") or "" for each in form.locator("button[name=answer]").all()]
        assert len(keys) > 1, f"“{question.text}” leaves no choice: {keys}"
        right = [key for key in keys if key.lower() in {each.lower() for each in question.right}]
        if question.right:
            assert right, f"“{question.text}”: none of {question.right} is among {keys}"
            wrong = next(key for key in keys if key not in right)
            self._choose(wrong)
            expect(self.board.locator(".lesson-why")).not_to_be_empty(timeout=WAIT)
            self._is_at_question(number)
            self._choose(right[0])
        else:
            for key in keys:
                self._choose(key)
                if self._left_question(number, key):
                    break
        expect(self.board.locator(".lesson-done").nth(number - 1)).to_be_visible(timeout=WAIT)

    def _choose(self, key: str) -> None:
        buttons = self.board.locator(".lesson-ask button[name=answer]")
        with self.board.expect_response("**/answer"):
            next(each for each in buttons.all() if each.get_attribute("value") == key).click()

    def _is_at_question(self, number: int) -> None:
        expect(self.board.locator("[data-lesson-place]")).to_contain_text(f"Step {number} of")

    def _left_question(self, number: int, key: str) -> bool:
        """Whether the answer was right: the step is done then; else it says why it was wrong."""
        done = self.board.locator(".lesson-done").nth(number - 1)
        tried = self.board.locator(".lesson-wrong")
        tried_it = self.board.locator(f'.lesson-wrong[value="{key}"]')
        expect(done.or_(tried_it).first).to_be_visible(timeout=WAIT)
        return tried.count() == 0 or not tried_it.count()

    # -- what a step says

    def do(self, act: Act) -> None:
        page = self.board if act.dashboard else self.window
        match act.verb:
            case "open":
                self._open(act.what)
            case "new window":
                self._contexts.pop().close()
                self.window = self._new_window()
                self._open(act.what)
            case "reload":
                page.reload()
            case "back":
                page.go_back()
            case "click":
                one = page.get_by_role("link", name=act.what, exact=True).or_(
                    page.get_by_role("button", name=act.what, exact=True)
                )
                one.or_(page.get_by_text(act.what, exact=True)).first.click()
            case "press":
                page.get_by_role("button", name=act.what, exact=True).first.click()
            case "fill":
                page.get_by_label(act.what, exact=True).first.fill(act.value)
            case "choose":
                page.get_by_label(act.what, exact=True).first.select_option(label=act.value)
            case "tick":
                page.get_by_label(act.what, exact=True).first.check()
            case "terminal":
                self._type(act.what)
            case "look":
                self.board.locator(".lesson-now [data-lesson-look]").first.click()
                self.board.wait_for_url("**/exchange/**")
            case "visit":
                self.board.goto(act.what)

    def _open(self, address: str) -> None:
        """As one does it: a page that answers, or one that says why none comes."""
        with _the_browsers_own_page_is_one():
            self.window.goto(address)

    def _type(self, command: str) -> None:
        words = shlex.split(command)
        with_proxy = [
            words[0],
            "--proxy",
            self._proxy,
            "--cacert",
            str(self._ca),
            "--silent",
            "--max-time",
            "10",
            *words[1:],
        ]
        subprocess.run(with_proxy, check=False, capture_output=True, timeout=30)


@contextlib.contextmanager
def _the_browsers_own_page_is_one() -> Iterator[None]:
    """Where no site's page comes, the browser's own page about it is what the lesson is about."""
    try:
        yield
    except Exception as error:
        if "net::ERR_" not in str(error):
            raise


class PupilHere(Pupil):
    """Somebody without a captured window: what a step says to open is opened by its button on the page, in a tab of the dashboard's own browser."""

    def __init__(self, browser: Any, board: Page, proxy: str, ca: Path) -> None:
        self._tabs: list[Page] = []
        super().__init__(browser, board, proxy, ca)

    def _new_window(self) -> Page:
        return self._tab(self.board.context.new_page())

    def _tab(self, tab: Page) -> Page:
        self._tabs.append(tab)
        return tab

    def close(self) -> None:
        for tab in self._tabs:
            tab.close()

    def _open(self, address: str) -> None:
        """Press the button; the tab goes through the dashboard's own pages to the site's name here, or to the browser's own page about what went wrong there."""
        field = self.board.locator(f'.lesson-now form[target=_blank] input[name=url][value="{address}"]')
        with self.board.context.expect_page() as opening:
            field.locator("xpath=..").get_by_role("button").click()
        self.window = self._tab(opening.value)
        with _the_browsers_own_page_is_one():
            self.window.wait_for_url(_of_the_site, timeout=WAIT)


def _of_the_site(url: str) -> bool:
    return ".localhost:" in url and "/__inspector__/" not in url
