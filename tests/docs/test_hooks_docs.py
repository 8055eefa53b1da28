"""docs/hooks.md has each example as it is shipped, and names all that a hook gets."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest
from click.testing import CliRunner

from inspector.cli.main import main
from inspector.hooks import Exchange, Fault, Message, Request, Response
from inspector.hooks.examples import examples
from inspector.hooks.loading import TAKES, load

TEXT = (Path(__file__).parents[2] / "docs" / "hooks.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^### `(\w+)`\n\n(.*?)(?=^##)", TEXT, re.MULTILINE | re.DOTALL))
EXAMPLES = {each.name: each for each in examples()}
INNER = {"of", "made", "finish", "changes"}


def test_every_example_is_there():
    assert set(SECTIONS) == set(EXAMPLES)
    assert len(EXAMPLES) >= 6


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_as_it_is_shipped_can_be_loaded_and_is_printed(name):
    assert textwrap.dedent(SECTIONS[name]).strip() == EXAMPLES[name].code.strip()
    path = Path(__file__).parents[2] / "inspector" / "hooks" / "examples" / f"{name}.py"
    assert not load(path, 0).file.trouble
    assert CliRunner().invoke(main, ["hooks", "example", name]).output == EXAMPLES[name].code
    assert EXAMPLES[name].title in CliRunner().invoke(main, ["hooks", "examples"]).output


def test_an_example_that_is_not_there_is_said_with_one_that_is():
    result = CliRunner().invoke(main, ["hooks", "example", "banners"])
    assert result.exit_code == 1
    assert "Did you mean banner?" in result.output


@pytest.mark.parametrize(
    "kind", [Request, Response, Exchange, Fault, Message], ids=lambda kind: kind.__name__
)
def test_all_that_a_hook_gets_is_named(kind):
    [line] = re.findall(rf"^\*\*`{kind.__name__}`\*\*: (.*?)\n\n", TEXT, re.MULTILINE | re.DOTALL)
    public = {name for each in kind.__mro__[:-1] for name in vars(each) if not name.startswith("_")}
    for name in public - INNER:
        assert re.search(rf"`{name}\b", line), name


@pytest.mark.parametrize("moment", TAKES)
def test_each_moment_is_told_with_its_parameters(moment):
    assert f"| `{moment}({', '.join(TAKES[moment])})` |" in TEXT
