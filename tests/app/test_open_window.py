"""How the dashboard starts `inspector browse`, with a program that plays it."""

from __future__ import annotations

import json
import sys

import pytest

from inspector.app.open_window import opener
from inspector.app.settings import RunSettings


@pytest.fixture
def opens(tmp_path):
    """An opener whose `inspector browse` does this, with its arguments as `given`."""

    def make(play, patience=20.0):
        script = tmp_path / "play.py"
        script.write_text(f"import json, os, sys, time\ngiven = sys.argv[1:]\n{play}\n")
        settings = RunSettings(name="x", home="/the home", data="/the home")
        return opener(settings, (sys.executable, str(script)), patience)

    return make


ECHO = "print(json.dumps({'open': True, 'sentence': json.dumps(given), 'notes': ['a']}), flush=True)"


def test_it_is_told_the_home_the_place_and_the_address_after_all_options(opens):
    outcome = opens(ECHO)("--proxy-server=evil", "1,2,3,4")
    assert json.loads(outcome.sentence) == [
        "browse", "--json", "--home", "/the home", "--place=1,2,3,4", "--", "--proxy-server=evil",
    ]  # fmt: skip
    assert (outcome.opened, outcome.notes) == (True, ("a",))


def test_without_place_and_address_it_is_told_neither(opens):
    assert json.loads(opens(ECHO)("", "").sentence) == ["browse", "--json", "--home", "/the home", "--"]


def test_why_there_is_none_comes_back_with_its_cure(opens):
    outcome = opens("print(json.dumps({'open': False, 'sentence': 'No.', 'cure': 'Yes.'}))")("", "")
    assert outcome == (False, "No.", "Yes.", ())


@pytest.mark.parametrize("play", ["", "print('Traceback')", "print('{}')", "print('[]')"])
def test_one_that_ends_without_a_word_is_said(opens, play):
    outcome = opens(play)("", "")
    assert (outcome.opened, outcome.sentence) == (False, "The window ended before it said anything.")


def test_one_that_takes_long_is_not_waited_for_for_ever(opens):
    outcome = opens("sys.stdin.read() or time.sleep(3)", patience=0.2)("", "")
    assert (outcome.opened, outcome.sentence) == (False, "The browser has not opened yet.")


def test_one_that_cannot_be_started_is_said():
    outcome = opener(RunSettings(name="x", home="/h", data="/h"), ("/nothing/here",))("", "")
    assert "could not be started" in outcome.sentence


PLAYS_A_WINDOW = (
    "print(json.dumps({'open': True, 'sentence': json.dumps(given), 'folder': '/a/window'}), flush=True)"
)


def test_more_is_opened_in_the_window_that_is_open(opens):
    opener = opens(f"{PLAYS_A_WINDOW}\nsys.stdin.read() or ('--into' in str(given)) or time.sleep(30)")
    first = json.loads(opener("http://a.test/", "", again=True).sentence)
    second = json.loads(opener("http://b.test/", "", again=True).sentence)
    opener._last[0].kill()
    assert (first[4:], second[4:]) == (["--", "http://a.test/"], ["--into=/a/window", "--", "http://b.test/"])


def test_a_window_that_was_closed_is_not_asked_again(opens):
    opener = opens(PLAYS_A_WINDOW)
    opener("", "", again=True)
    opener._last[0].wait(20)
    assert not any("--into" in each for each in json.loads(opener("", "", again=True).sentence))
