"""`inspector token list`: who may call the API."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import click

from inspector.app import home
from inspector.cli.options import home_option


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print them for programs.")
@home_option
def command(as_json: bool, home_folder: Path | None) -> None:
    """List the tokens: what each may, when it was used last, when it ends. Never the tokens themselves."""
    from inspector.store.tokens import Tokens

    tokens = Tokens(home.locate(home.choose(home_folder)).run)
    try:
        found = tokens.all()
    finally:
        tokens.close()
    if as_json:
        told = [each._asdict() | {"expires": each.expires or None, "used": each.used or None} for each in found]  # fmt: skip
        click.echo(json.dumps(told, indent=2))
        return
    if not found:
        click.echo("There are no tokens. To make one: inspector token make --name NAME --scope read")
    for each in found:
        ends = "is over" if each.over else f"until {_day(each.expires)}" if each.expires else "until revoked"
        used = f"used {_day(each.used)}" if each.used else "not used yet"
        click.echo(f"{each.id}  {click.style(each.name, bold=True)}: {', '.join(each.scopes)} ({ends}, {used})")  # fmt: skip


def _day(moment: float) -> str:
    return datetime.fromtimestamp(moment).astimezone().strftime("%Y-%m-%d %H:%M")
