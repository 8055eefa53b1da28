"""docs/rules.md names every action and each of its lines, and its examples are rules that say what stands below them."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest

from inspector.rules.reading import read_toml
from inspector.rules.table import ACTIONS

TEXT = (Path(__file__).parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^### `([a-z-]+)`:(.*?)(?=^##)", TEXT, re.MULTILINE | re.DOTALL))


def test_every_action_is_there():
    assert set(SECTIONS) == set(ACTIONS)


@pytest.mark.parametrize("name", ACTIONS)
def test_an_action_is_told_with_its_lines_and_an_example(name):
    action, section = ACTIONS[name], SECTIONS[name]
    assert action.HELP in section
    assert action.MOMENT.words in section
    for parameter in action.PARAMETERS:
        assert f"| `{parameter.name}` | {parameter.help}" in section
    example = textwrap.dedent("".join(re.findall(r"^    .*\n", section, re.MULTILINE)))
    (rule,) = read_toml(example)
    assert name == rule.action.NAME
    assert f"> {rule.say()}" in section
