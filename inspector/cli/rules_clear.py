"""`inspector rules clear`: no rules any more."""

from __future__ import annotations

from pathlib import Path

import click

from inspector.cli.kept_rules import obeyed, rules_of
from inspector.cli.options import home_option


@click.command("clear")
@click.option("--yes", is_flag=True, help="Don't ask.")
@home_option
def command(yes: bool, home_folder: Path | None) -> None:
    """Remove all rules. Says how many, and asks."""
    with rules_of(home_folder) as kept:
        rules = kept.all()
        if not rules:
            click.echo("There are no rules.")
            return
        many = f"{len(rules)} rule{'s' if len(rules) != 1 else ''}"
        if not yes and not click.confirm(f"Remove {many}? `inspector rules export` keeps them in a file"):
            raise SystemExit(1)
        kept.replace(())
    click.echo(f"{many} removed, {obeyed(home_folder)}.")
