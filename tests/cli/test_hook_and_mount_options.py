"""--hook and --mount on the command line: what can't be is said before anything starts."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from inspector.cli.main import main

WRONG = {
    "no such file": (("--hook", "nowhere.py"), "does not exist"),
    "a folder": (("--hook", "."), "is a directory"),
    "no time": (("--hook-timeout", "10ms"), "at least 100ms"),
    "a mount without the lab": (("--mount", "a.test=json:dumps", "--no-lab"), "left out by --no-lab"),
    "a mount in front of a site": (("--mount", "a.test=json:dumps", "--reverse", "http://127.0.0.1:1"), "by --reverse"),
    "two at one name": (("--mount", "a.test=json:dumps", "--mount", "a.test=json:loads"), "given twice"),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_what_cannot_be_is_refused(what, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    options, words = WRONG[what]
    result = CliRunner().invoke(main, ["run", "--home", str(tmp_path / "home"), *options])
    assert result.exit_code == 2
    assert words in " ".join(result.output.split())
    assert not (tmp_path / "home").exists()
