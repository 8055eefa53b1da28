"""docs/browse.md and docs/env.md name every browser, every policy and every variable."""

from __future__ import annotations

import pytest

from inspector.app.browsers.kinds import KINDS
from inspector.app.browsers.policies import FORBIDDING, NOTED
from inspector.app.shell.variables import BEFORE, VARIABLES
from inspector.app.shell.words import SHELLS


@pytest.mark.parametrize("word", [*KINDS, *(kind.name for kind in KINDS.values()), *FORBIDDING, *NOTED])
def test_browse_names_it(checkout, word):
    assert word in (checkout / "docs" / "browse.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("word", [*(f"`{variable.name}`" for variable in VARIABLES), f"`{BEFORE}`"])
def test_env_names_it(checkout, word):
    assert word in (checkout / "docs" / "env.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("shell", SHELLS.values())
def test_env_says_how_each_shell_reads_it(checkout, shell):
    text = (checkout / "docs" / "env.md").read_text(encoding="utf-8").replace("\\|", "|")
    assert shell.read.replace("COMMAND", "inspector env") in text
