"""docs/cli.md names every command and every option, and no default that isn't so."""

from __future__ import annotations

import re

import click
import pytest

from inspector.cli.main import COMMANDS, main
from inspector.cli.options import OPTIONS
from inspector.cli.values import DURATION, SIZE, say_duration, say_size


def every_command(command: click.Command = main, path: tuple[str, ...] = ("inspector",)):
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            yield from every_command(command.get_command(context, name), (*path, name))


@pytest.fixture(scope="module")
def text(checkout):
    return (checkout / "docs" / "cli.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", [path for path, _ in every_command()], ids=" ".join)
def test_every_command_is_named(text, path):
    assert " ".join(path) in text


@pytest.mark.parametrize(
    "option",
    sorted({
        option
        for _, command in every_command()
        for parameter in command.params
        if not getattr(parameter, "hidden", False)
        for option in parameter.opts
    }),
)  # fmt: skip
def test_every_option_is_named(text, option):
    assert re.search(rf"{re.escape(option)}(?![\w-])", text)


@pytest.mark.parametrize(
    "option", [option for option in OPTIONS if option.sets], ids=lambda option: option.opts[0]
)
def test_every_default_is_right(text, option):
    [row] = re.findall(rf"^\| `{re.escape(option.opts[0])} [A-Z]+` \| ([^|]+) \|", text, re.MULTILINE)
    said = {SIZE: say_size, DURATION: say_duration}.get(option.type, str)(option.default)
    assert row == (said if option.default else "no limit")


def test_nothing_is_named_that_is_not_there(text):
    options = {
        option for _, command in every_command() for parameter in command.params for option in parameter.opts
    }
    named = set(re.findall(r"(?<![\w-])--[a-z][\w-]+", text)) - {"--help", "--cacert"}
    assert named - options == set()


def test_each_commands_line_of_help_is_its_own_first_sentence():
    for name, entry in COMMANDS.items():
        command = main.get_command(click.Context(main), name)
        assert command.help.startswith(entry.help)
