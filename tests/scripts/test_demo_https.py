"""scripts/demo-https: all of it really happens, and what it tells is what happened."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest


@pytest.fixture(scope="module")
def told(checkout):
    done = subprocess.run(
        [sys.executable, checkout / "scripts" / "https_story.py"], capture_output=True, text=True, timeout=100, check=False,
        env={**os.environ, "PYTHONPATH": str(checkout)},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    return done.stdout


def test_it_is_short_and_fits_a_terminal(told):
    lines = told.splitlines()
    assert 40 < len(lines) <= 100
    assert max(map(len, lines)) <= 120


def test_it_tells_every_step(told):
    assert re.findall(r"^(\d)  ", told, re.MULTILINE) == list("12345678")
    assert "200 OK, “Hello, ada.”" in told
    for name in ("client_hello", "server_hello", "certificate", "finished"):
        assert re.search(rf"[→←] {name} +\d+ bytes +\d+ bytes", told)
    assert "signed by Town authority" in told
    assert re.search(r"Inspector CA, .*, [0-9A-F]{4}", told)


def test_the_ciphertext_stands_beside_the_plaintext(told):
    assert re.search(r"17 03 03 [0-9a-f ]+POST /log-in HTTP/1\.1", told)
    assert "user=ada&password=correct+horse" in told


def test_nothing_of_it_stays(told, tmp_path):
    assert "nothing of it stays" in told
    done = subprocess.run(
        [sys.executable, "-c", "import https_story; raise SystemExit(https_story.main())"],
        capture_output=True, text=True, timeout=100, check=False,
        env={**os.environ, "TMPDIR": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert list(tmp_path.iterdir()) == []


def test_where_something_is_not_so_it_says_what_and_fails(monkeypatch, capsys):
    import https_story

    def tell(folder):
        raise https_story.NotAsItShouldBe("The site did not let ada in.")

    monkeypatch.setattr(https_story, "tell", tell)
    assert https_story.main() == 1
    assert "That is not how it should be. The site did not let ada in." in capsys.readouterr().out
