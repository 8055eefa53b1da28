"""The pages of lessons, over captures made by hand."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography import x509
from lessons_board import BASE, Board
from test_reading import FRONT, STEP


def test_a_lesson_is_done_by_a_capture_and_an_answer(board: Board):
    first = board.get("/learn/lesson/teapots")
    assert "An intro." in first
    assert "Step 1 of 1" in first
    assert "It came." not in first
    id = board.captured("/try/status/418", 418)
    asked = board.get("/learn/lesson/teapots/now")
    assert "It came." in asked
    assert "It came: 418." in asked
    assert f"/exchange/{id}" in asked
    board.post("/learn/lesson/teapots/answer", answer="200")
    assert "Not 200." in board.get("/learn/lesson/teapots")
    board.post("/learn/lesson/teapots/answer", answer="418")
    done = board.get("/learn/lesson/teapots")
    assert "Done: all 1 steps" in done
    assert "Goodbye." in done
    assert "1 of " in board.get("/learn")


def test_nothing_ticks_by_looking_at_it(board: Board):
    for _ in range(3):
        assert "Step 1 of 1" in board.get("/learn/lesson/teapots/now")
    board.post("/learn/lesson/teapots/answer", answer="418")
    assert "Step 1 of 1" in board.get("/learn/lesson/teapots/now")


def test_hints_come_one_after_the_other_and_a_lesson_begins_anew(board: Board):
    board.get("/learn/lesson/teapots")
    for number in (1, 2, 3):
        assert f"Hint {number}:" not in board.get("/learn/lesson/teapots")
        board.post("/learn/lesson/teapots/hint")
    assert "Hint 3:" in board.get("/learn/lesson/teapots")
    board.captured("/try/status/418", 418)
    assert "It came." in board.get("/learn/lesson/teapots")
    board.captures.exchanges.clear()
    board.post("/learn/lesson/teapots/restart")
    again = board.get("/learn/lesson/teapots")
    assert "It came." not in again
    assert "Hint 1:" not in again


def test_the_strip_is_on_the_pages_that_a_lesson_leads_to_and_is_left(board: Board):
    assert 'aria-label="Lesson"' not in board.get("/set-up")
    board.get("/learn/lesson/teapots")
    assert 'aria-label="Lesson"' in board.get("/set-up")
    assert "step 1 of 1" in board.get("/learn/strip?here=/set-up")
    assert 'aria-label="Lesson"' not in board.get("/learn")
    board.post("/learn/leave", next="/set-up")
    assert 'aria-label="Lesson"' not in board.get("/set-up")
    assert "Step 1 of 1" in board.get("/learn/lesson/teapots")


def test_a_file_with_a_mistake_is_named_and_a_saved_one_is_read_again(board: Board):
    file = board.lessons / "91-bad.md"
    file.write_text("nothing", "utf-8")
    assert "91-bad.md:1" in board.get("/learn")
    file.write_text(FRONT.replace("Teapots", "Kettles") + STEP, "utf-8")
    assert "Kettles" in board.get("/learn")


def test_what_was_kept_by_another_version_counts_as_nothing(board: Board):
    board.control.set("lessons", {"runs": {"teapots": {"nonsense": 1}}})
    assert "Step 1 of 1" in board.get("/learn/lesson/teapots")


def test_a_lesson_that_has_become_shorter_begins_anew(board: Board):
    board.get("/learn/lesson/teapots")
    kept = board.control.read()["lessons"]
    kept["runs"]["teapots"]["at"] = 5
    board.control.set("lessons", kept)
    assert "Step 1 of 1" in board.get("/learn/lesson/teapots")


def test_an_exchange_that_was_forgotten_leaves_a_page_that_says_so(board: Board):
    board.get("/learn/lesson/teapots")
    board.captured("/try/status/418", 418)
    board.get("/learn/lesson/teapots")
    board.captures.exchanges.clear()
    assert "not kept any more" in board.get("/learn/lesson/teapots")


@pytest.mark.parametrize(
    "path", ["/learn/lesson/nothing", "/learn/show/nothing", "/learn/lesson/nothing/now"]
)
def test_there_is_no_such_lesson(board: Board, path):
    assert "no lesson of this name" in board.get(path, 404)


@pytest.mark.parametrize("path", ["/learn/lesson/teapots/answer", "/learn/lesson/teapots/restart", "/learn/restart", "/learn/leave", "/learn/certificate"])  # fmt: skip
def test_what_changes_something_wants_a_token(board: Board, path):
    board.post(path, 403, token=False)


def test_slides_have_every_step_and_its_notes_even_without_script(board: Board):
    page = board.get("/learn/show/teapots")
    assert "Wait for the laugh." in page
    assert page.count("data-slide") >= 3


def test_a_presenter_sees_no_secret_in_a_choice(board: Board):
    (board.lessons / "92-secret.md").write_text(
        FRONT + STEP.replace('from = "status"', 'from = "request.fields"\nright = "cookie"'), "utf-8"
    )
    board.get("/learn/lesson/secret")
    board.captured("/try/status/418", 418, "Cookie: session=very-secret-value-1234")
    assert "very-secret-value" in board.get("/learn/lesson/secret")
    board.post("/preferences", presenter="on")
    for page in ("/learn/lesson/secret", "/learn/show/secret", "/learn/lesson/secret/now", "/set-up"):
        assert "very-secret-value" not in board.get(page)
    board.post("/learn/lesson/secret/answer", answer="cookie")
    assert "Done: all 1 steps" in board.get("/learn/lesson/secret")


def test_the_course_ends_with_a_certificate_that_says_why_nobody_believes_it(board: Board):
    assert "lessons are done" in board.get("/learn/certificate")
    board.post("/learn/certificate", 403, name="Ada")
    kept: dict[str, Any] = {"runs": {}, "at": ""}
    for lesson in (
        "a-page-is-a-request",
        "methods-statuses-fields",
        "forms",
        "cookies",
        "https",
        "why-your-browser-believed-it",
    ):
        kept["runs"][lesson] = {"began": 1.0, "entered": 1.0, "marker": "00" * 16, "at": 5, "finished": 2.0}
    board.control.set("lessons", kept)
    board.post("/learn/certificate", 400, name=" \0 ")
    board.post("/learn/certificate", name="<b>Ada</b>")
    page = board.get("/learn/certificate")
    assert "&lt;b&gt;Ada&lt;/b&gt;" in page
    assert "nobody will believe it" in page
    assert x509.load_pem_x509_certificate(board.get("/learn/certificate/file").encode())


def test_the_api_lists_lessons(board: Board):
    board.get("/learn/lesson/teapots")
    answer = board.client.get("/api/v1/lessons", base_url=BASE).get_json()
    teapots = next(each for each in answer["lessons"] if each["name"] == "teapots")
    assert (teapots["state"], teapots["step"], teapots["steps"]) == ("begun", 0, 1)


def test_a_sign_in_link_may_lead_to_a_page_of_ours_alone(board: Board):
    told = board.client.get("/sign-in?ticket=x&next=//evil.test/", base_url=BASE)
    assert told.headers["Location"] == "/"
    told = board.client.get("/sign-in?ticket=x&next=/learn/show/teapots", base_url=BASE)
    assert told.headers["Location"] == "/learn/show/teapots"
