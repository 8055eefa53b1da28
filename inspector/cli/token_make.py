"""`inspector token make`: a token for a program, printed once."""

from __future__ import annotations

import json
from pathlib import Path

import click

from inspector.app import home
from inspector.app.errors import InspectorError
from inspector.cli.options import home_option
from inspector.cli.values import DURATION, say_duration
from inspector.web.api.scopes import SCOPES


@click.command("make")
@click.option("--name", required=True, metavar="NAME", help="By which you know it again: the program that will have it.")  # fmt: skip
@click.option("--scope", "scopes", multiple=True, required=True, type=click.Choice(list(SCOPES)), help="What it may do; several times for several.")  # fmt: skip
@click.option("--lasts", type=DURATION, default=30 * 86400.0, metavar="TIME", help="How long it counts, such as 8h or 7d; 0: until it is revoked.  [default: 30d]")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print it for programs.")
@home_option
def command(
    name: str, scopes: tuple[str, ...], lasts: float, as_json: bool, home_folder: Path | None
) -> None:
    """Make a token and print it, this once. A running Inspector knows it at once."""
    from inspector.store.tokens import LONGEST_NAME, MOST, Tokens, TooManyTokens

    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise click.UsageError(f"A name has 1 to {LONGEST_NAME} characters.")
    place = home.locate(home.choose(home_folder))
    home.prepare(place)
    tokens = Tokens(place.run)
    try:
        token, text = tokens.make(name, [scope for scope in SCOPES if scope in scopes], lasts)
    except TooManyTokens:
        raise InspectorError(
            f"There are {MOST} tokens already.", "Revoke some: inspector token list"
        ) from None
    finally:
        tokens.close()
    if as_json:
        click.echo(json.dumps({"id": token.id, "name": name, "scopes": list(token.scopes), "expires": token.expires or None, "token": text}, indent=2))  # fmt: skip
        return
    click.echo(text)
    ends = f"It counts for {say_duration(lasts)}." if lasts else "It counts until it is revoked."
    click.echo(f"The token “{name}” may: {', '.join(token.scopes)}. {ends} It is not shown again.", err=True)
