"""`inspector hooks examples`."""

from __future__ import annotations

import click

from inspector.hooks.examples import examples


@click.command("examples")
def command() -> None:
    """List the examples."""
    all = examples()
    width = max(len(each.name) for each in all)
    for each in all:
        click.echo(f"{each.name:<{width}}  {each.title}")
