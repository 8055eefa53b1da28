"""`inspector hooks example NAME`."""

from __future__ import annotations

import difflib

import click

from inspector.app.command import command as own_command
from inspector.app.errors import InspectorError
from inspector.hooks.examples import examples


class NoSuchExampleError(InspectorError):
    """There is no example of that name."""


@click.command("example")
@click.argument("name")
def command(name: str) -> None:
    """Print an example, to be put into a file: inspector hooks example banner > banner.py"""
    all = {each.name: each for each in examples()}
    found = all.get(name.removesuffix(".py").replace("-", "_"))
    if found is None:
        near = difflib.get_close_matches(name, all, 1, 0.5)
        meant = f"Did you mean {near[0]}? " if near else ""
        raise NoSuchExampleError(
            f"There is no example {name!r}.", f"{meant}All of them: {own_command('hooks', 'examples')}"
        )
    click.echo(found.code, nl=False)
