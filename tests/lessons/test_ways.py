"""Whether a lesson can be done without a captured window is told by its steps, and the page offers what can be."""

from __future__ import annotations

import re

import pytest
from lessons_board import BASE
from test_reading import FRONT, STEP

from inspector.lessons.course import load
from inspector.lessons.errors import LessonMistake
from inspector.lessons.reading import parse_lesson
from inspector.lessons.ways import ACROSS, ANEW, SAID, THE_LINE, opens, why_window

HERE = {"a-page-is-a-request", "methods-statuses-fields", "forms", "caching", "redirects", "json", "crud"}
SAFARI = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15"
OPEN = "open http://shop.inspector.test/try"


def lesson(step=STEP, **facts):
    lines = "".join(f"{name} = {value}\n" for name, value in facts.items())
    return parse_lesson(FRONT.removesuffix("+++\n") + lines + "+++\n" + step, name="x")


@pytest.mark.parametrize(
    ("written", "instead", "why"),
    [
        (OPEN, OPEN, ""),
        (OPEN, f"{OPEN}\nlook messages", ""),
        (OPEN, f"{OPEN}\nlook chains", THE_LINE),
        (OPEN, f"new {OPEN}".replace("new open", "new window"), ANEW),
        (OPEN, "terminal curl http://shop.inspector.test/", ""),
        ("host:shop.inspector.test", "host:inspector.test", ""),
        ("host:shop.inspector.test", "-host:shop.inspector.test", ""),
        ("host:shop.inspector.test", "host:api.elsewhere.test", ACROSS.format(host="api.elsewhere.test")),
        ("host:shop.inspector.test", "host:=api.elsewhere.test", ACROSS.format(host="api.elsewhere.test")),
    ],
)
def test_a_lesson_says_why_it_needs_a_window(written, instead, why):
    assert why_window(lesson(STEP.replace(written, instead))) == why


def test_a_terminal_leads_to_a_site_too():
    step = STEP.replace(OPEN, f"{OPEN}\nterminal curl -s 'http://api.elsewhere.test/x'")
    assert why_window(lesson(step.replace("host:shop.inspector.test", "host:api.elsewhere.test"))) == ""


def test_its_writer_knows_better():
    anew = STEP.replace(OPEN, "new window http://shop.inspector.test/try")
    assert why_window(lesson(anew, needs_window="false")) == ""
    assert why_window(lesson(needs_window="true")) == SAID
    assert why_window(lesson(anew, needs_window="true")) == ANEW
    with pytest.raises(LessonMistake, match="needs_window"):
        lesson(needs_window='"perhaps"')


def test_of_the_course_those_about_the_browser_itself_need_one():
    course = load().lessons
    free = {each.name for each in course if opens(each) and not why_window(each)}
    assert free >= HERE
    bound = {each.name: why_window(each) for each in course if why_window(each)}
    assert (bound["https"], bound["cookies"], bound["authorities"]) == (THE_LINE, ANEW, THE_LINE)
    assert bound["cors"] == ACROSS.format(host="api.elsewhere.test")
    assert "tls" not in bound  # all of it is typed in a terminal


def test_opening_something_here_chooses_it_and_it_is_taken_back(board):
    page = board.get("/learn/lesson/teapots")
    assert "I work in" not in page
    assert 'action="/learn/open-here" target="_blank"' in page
    led = board.post("/learn/open-here", 307, url="http://shop.inspector.test/try")
    assert led.headers["Location"] == "/send/open-here"
    chosen = board.get("/learn/lesson/teapots/now")
    assert "I work in" in chosen
    assert re.search(r'action="/send/open-here" target="_blank">.*?value="http://shop\.inspector\.test/try"', chosen, re.DOTALL)  # fmt: skip
    assert 'action="/browse"' not in chosen
    assert 'action="/send/open-here" target="_blank"' in board.get("/learn/show/teapots")
    assert "I work in" in board.get("/learn")
    back = board.post("/learn/way", way="window", next="/learn/lesson/teapots")
    assert back.headers["Location"] == "/learn/lesson/teapots"
    assert "I work in" not in board.get("/learn/lesson/teapots")


def test_a_lesson_that_needs_a_window_says_so_and_offers_nothing_else(board):
    anew = STEP.replace(OPEN, "new window http://shop.inspector.test/try")
    (board.lessons / "92-anew.md").write_text(FRONT + anew, "utf-8")
    board.post("/learn/way", way="here", next="/learn")
    page = board.get("/learn/lesson/anew")
    assert "needs a captured window" in page
    assert ANEW in page
    assert "open-here" not in page
    assert "I work in" not in page
    assert "Needs a captured window." in board.get("/learn")
    told = board.client.get("/api/v1/lessons", base_url=BASE).get_json()["lessons"]
    assert {each["name"]: each["needs_window"] for each in told if each["chapter"] == "Ours"} == {
        "teapots": "", "anew": ANEW,
    }  # fmt: skip


def test_where_no_site_can_be_opened_nothing_is_offered_and_it_is_said_why(board):
    board.post("/learn/way", way="here", next="/learn")
    for more, words in (
        ({"environ_base": {"REMOTE_ADDR": "192.0.2.7"}}, "--gateway-base NAME"),
        ({"headers": {"User-Agent": SAFARI}}, "Chrome, Edge or Firefox"),
    ):
        page = board.client.get("/learn/lesson/teapots", base_url=BASE, **more).get_data(as_text=True)
        assert words in page
        assert "open-here" not in page


@pytest.mark.parametrize("path", ["/learn/way", "/learn/open-here"])
def test_choosing_wants_a_token(board, path):
    board.post(path, 403, token=False)
