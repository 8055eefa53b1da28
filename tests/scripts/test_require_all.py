"""CI skips nothing for want of a program: the rule in tests/conftest.py, tried on a few tests of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

TESTS = """
import pytest

@pytest.mark.clients
def test_with_a_client(client_path):
    client_path["no-such-client"]

@pytest.mark.browser
def test_with_a_browser(chromium_path):
    assert chromium_path

@pytest.mark.clients
@pytest.mark.xfail(strict=True)
def test_expected_to_fail():
    raise AssertionError

def test_skipped_for_another_reason():
    pytest.skip("not on this system")
"""


@pytest.fixture
def outcome(tmp_path, checkout):
    (tmp_path / "conftest.py").write_text((checkout / "tests" / "conftest.py").read_text())
    (tmp_path / "test_it.py").write_text(TESTS)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n    clients: x\n    browser: x\n")

    def run(path: str, **environment: str) -> dict[str, int]:
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "INSPECTOR"))
        }
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)],
            capture_output=True, text=True, check=False, env={**kept, "PATH": path, **environment},
        )  # fmt: skip
        last = done.stdout.strip().splitlines()[-1]
        return {word: int(number) for number, word in re.findall(r"(\d+) (\w+)", last)} | {
            "code": done.returncode
        }

    return run


def test_a_person_may_go_without_some_programs(outcome, tmp_path):
    assert outcome(str(tmp_path)) == {"skipped": 3, "xfailed": 1, "code": 0}


def test_ci_may_not(outcome, tmp_path):
    told = outcome(str(tmp_path), INSPECTOR_REQUIRE_ALL="1")
    assert told == {"failed": 1, "error": 1, "skipped": 1, "xfailed": 1, "code": 1}
