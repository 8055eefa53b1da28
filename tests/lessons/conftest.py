"""One running Inspector with its practice sites for all lessons, and a Chromium that believes its authority."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # the pupil is a module of its own
sys.path.insert(0, str(Path(__file__).parent.parent / "web"))  # and so are the fakes

from lessons_board import Board, made_in
from lessons_pupil import Pupil, PupilHere


@pytest.fixture(scope="session")
def school(inspector_class: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A running Inspector on a fresh home, its lab at work."""
    running = inspector_class(tmp_path_factory.mktemp("school") / "home")
    try:
        running.wait_until_ready()
        yield running.wait_for_lab()
    finally:
        running.clean_up()


@pytest.fixture(scope="session")
def pupil_browser(school: Any, chromium_believing: Callable[..., Any]) -> Iterator[Any]:
    """One browser for all: the dashboard in it goes straight, each lesson's window goes through the proxy."""
    browser = chromium_believing(school.ca)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def signed_in(school: Any, pupil_browser: Any) -> Iterator[Any]:
    """The dashboard, signed in, at half a screen."""
    context = pupil_browser.new_context(base_url=school.dashboard, viewport={"width": 640, "height": 800})
    context.set_default_timeout(15_000)
    page = context.new_page()
    page.goto(school.ticket)
    page.wait_for_url(re.compile(r"/(traffic|start)?$"))
    yield page
    context.close()


@pytest.fixture
def pupil(school: Any, pupil_browser: Any, signed_in: Any) -> Iterator[Pupil]:
    """Somebody who does what a lesson says, with a captured window of their own."""
    one = Pupil(pupil_browser, signed_in, f"http://{school.proxy}", school.ca)
    yield one
    one.close()


@pytest.fixture
def pupil_here(school: Any, pupil_browser: Any, signed_in: Any) -> Iterator[Pupil]:
    """Somebody who has no captured window, and opens a lesson's sites here."""
    one = PupilHere(pupil_browser, signed_in, f"http://{school.proxy}", school.ca)
    yield one
    one.close()
    signed_in.goto("/learn")
    signed_in.get_by_role("button", name="a captured window").click()


@pytest.fixture(scope="session")
def made_board(tmp_path_factory: pytest.TempPathFactory) -> Board:
    """Made once: compiling its templates takes longer than a test."""
    return made_in(tmp_path_factory.mktemp("board"))


@pytest.fixture
def board(made_board: Board) -> Board:
    """A dashboard with a teacher's lesson that was never begun, and somebody who is signed in to it."""
    made_board.begin()
    return made_board
