"""`inspector rules list`: every rule in the order in which they are asked."""

from __future__ import annotations

import json
from pathlib import Path

import click

from inspector.cli.kept_rules import rules_of
from inspector.cli.options import home_option


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print them for programs.")
@home_option
def command(as_json: bool, home_folder: Path | None) -> None:
    """List the rules, each as a sentence."""
    from inspector.rules.reading import plain

    with rules_of(home_folder) as kept:
        rules = kept.all()
    if as_json:
        told = [{"on": True, **plain(rule), "sentence": rule.say()} for rule in rules]
        click.echo(json.dumps(told, indent=2))
        return
    if not rules:
        click.echo("There are no rules: traffic passes unchanged.")
    for rule in rules:
        mark = click.style("on ", fg="green") if rule.on else click.style("off", dim=True)
        click.echo(f"{mark}  {click.style(rule.name, bold=True)}")
        click.echo(f"     {_plain(rule.say())}")


def _plain(text: str) -> str:
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
