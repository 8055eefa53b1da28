"""`inspector held list`: what waits at breakpoints."""

from __future__ import annotations

import json
import time
from pathlib import Path

import click

from inspector.cli.calling import calling
from inspector.cli.options import home_option


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print them for programs.")
@home_option
def command(as_json: bool, home_folder: Path | None) -> None:
    """List what waits at breakpoints, the oldest first."""
    with calling(home_folder) as inspector:
        found = inspector.ask("GET", "/held").json()["held"]
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    if not found:
        click.echo("Nothing waits at a breakpoint.")
    for each in found:
        left = max(round(each["until"] - time.time()), 0)
        address = _plain(f"{each['method']} {each['url'][:300]}")
        click.echo(f"{short(each['id'])}  {click.style(address, bold=True)}")
        click.echo(f"  by {_plain(each['rule'])}; goes on by itself in {left} s")


def short(id: str) -> str:
    """The end of an id, which is enough to tell one that waits from others: `6f1c9a40-request`."""
    return id[24:]


def _plain(text: str) -> str:
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
