"""Somebody's own small project, with our wheel in an environment of its own: its tests use the fixture, side by side, and what fails says why and leaves a HAR file."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = [pytest.mark.clients, pytest.mark.timeout(400)]


@pytest.fixture(scope="module")
def pytest_there(make_venv, newest, clean, tmp_path_factory):
    """Runs pytest in a copy of the project, with the packages that it asks for and no option of ours."""
    folder = shutil.copytree(
        Path(__file__).parent / "small_project", tmp_path_factory.mktemp("somebody") / "shop"
    )
    programs = make_venv(newest, "pytest", "pytest-xdist", "httpx")

    def run(*words: str) -> tuple[int, str]:
        done = subprocess.run(
            [programs / "python", "-m", "pytest", "-p", "no:cacheprovider", *words],
            cwd=folder, env={**clean, "HOME": str(folder)}, capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    run.folder = folder
    return run


def test_its_tests_pass_side_by_side(pytest_there):
    code, told = pytest_there("-q", "-n", "2")
    assert code == 0, told
    assert "15 passed" in told


def test_what_fails_says_what_passed_the_proxy_and_leaves_it_as_a_file(pytest_there):
    code, told = pytest_there("tests/failing.py", "--tb=short")
    assert code == 1
    assert "3 failed, 1 passed, 1 error" in told
    for said in (
        "What was captured in this test (1):", "POST    200  https://bank.example/charge", "KeyError: 'nothing'",
        "There is no field “hots”.", "acts when the request's head has arrived",
    ):  # fmt: skip
        assert said in told, told
    assert "site-packages/inspector" not in told
    file = pytest_there.folder / "hars" / "tests_failing.py_test_the_wrong_receipt.har"
    [entry] = json.loads(file.read_text(encoding="utf-8"))["log"]["entries"]
    assert entry["response"]["status"] == 200
    assert "hush-hush" not in file.read_text(encoding="utf-8")
