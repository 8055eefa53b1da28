"""`inspector token revoke`: a token counts no more, from the next call on."""

from __future__ import annotations

from pathlib import Path

import click

from inspector.app import home
from inspector.app.errors import InspectorError
from inspector.cli.options import home_option


@click.command("revoke")
@click.argument("names", nargs=-1, metavar="ID|NAME…")
@click.option("--all", "everything", is_flag=True, help="Revoke all of them.")
@home_option
def command(names: tuple[str, ...], everything: bool, home_folder: Path | None) -> None:
    """Let a token count no more, by its id or its name."""
    from inspector.store.tokens import Tokens

    if bool(names) == everything:
        raise click.UsageError("Say which, or --all. inspector token list tells them.")
    tokens = Tokens(home.locate(home.choose(home_folder)).run)
    try:
        known = tokens.all()
        for name in names:
            if not any(name in (each.id, each.name) for each in known):
                raise InspectorError(f"There is no token {name!r}.", "inspector token list tells them.")
        gone = [each for each in known if everything or each.id in names or each.name in names]
        for each in gone:
            tokens.revoke(each.id)
    finally:
        tokens.close()
    click.echo(f"{len(gone)} token{'s' if len(gone) != 1 else ''} revoked: {', '.join(each.name for each in gone)}" if gone else "There were none.")  # fmt: skip
