"""scripts/stories: a second run tells the same stories as docs/stories holds."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest


@pytest.fixture(scope="module")
def made(checkout, tmp_path_factory):
    folder = tmp_path_factory.mktemp("stories")
    run = "import sys, pathlib; sys.path.insert(0, 'scripts'); import stories_told; sys.exit(stories_told.main(pathlib.Path(sys.argv[1])))"
    done = subprocess.run(
        [sys.executable, "-c", run, str(folder)], capture_output=True, text=True, timeout=100, check=False, cwd=checkout,
        env={**os.environ, "PYTHONPATH": str(checkout)},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}


@pytest.fixture(scope="module")
def kept(checkout):
    return {
        path.name: path.read_text(encoding="utf-8") for path in (checkout / "docs" / "stories").glob("*.md")
    }


def headings(text):
    return [line for line in text.splitlines() if line.startswith("#")]


def test_every_story_is_in_the_docs(made, kept):
    assert set(made) == set(kept)
    assert len(kept) == 13


def test_a_second_run_tells_the_same_steps(made, kept):
    for name, text in made.items():
        assert headings(text) == headings(kept[name]), f"{name}: write docs/stories anew with scripts/stories"


def test_nothing_of_the_computer_it_was_made_on_is_left(kept):
    for text in kept.values():
        assert "/tmp/" not in text
        assert "inspector-stories" not in text


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("tls-1-2", "TLS 1.2 needs two round trips"),
        ("tls-1-3", "TLS 1.3 needs one round trip"),
        ("resumed", "the session was resumed"),
        ("pooled", "## TLS with the site (skipped)"),
        ("not-modified", "your copy is still good"),
        ("unbelieved", "## The site's certificate (went wrong)"),
        ("stand-in-refused", "## TLS with the browser (went wrong)"),
        ("refused", "## The connection to the site (went wrong)"),
        ("form", "A body of 31 B of type `application/x-www-form-urlencoded` followed."),
    ],
)
def test_each_story_tells_what_it_is_about(made, name, words):
    assert words in made[f"{name}.md"]
