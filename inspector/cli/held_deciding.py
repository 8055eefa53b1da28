"""What `inspector held go-on` and `inspector held drop` share: finding the message, and saying what becomes of it."""

from __future__ import annotations

from pathlib import Path

import click

from inspector.app.errors import InspectorError
from inspector.cli.calling import Caller, calling


def decide(do: str, message: str | None, *, all: bool, home_folder: Path | None) -> None:
    """Decide about one message, or about all that wait."""
    if all == (message is not None):
        raise InspectorError(
            "Which message?", "Give its number, as  inspector held list  says it, or --all. Not both."
        )
    with calling(home_folder) as inspector:
        if message is None:
            count = inspector.ask("POST", "/held", json={"do": do}).json()["decided"]
            click.echo("Nothing waits at a breakpoint." if not count else f"{count} decided.")
        else:
            one = _found(inspector, message)
            click.echo(inspector.ask("POST", f"/held/{one}", json={"do": do}).json()["became"])


def _found(inspector: Caller, message: str) -> str:
    """The whole id of the one that is meant: it may be given by its end."""
    waiting = [str(each["id"]) for each in inspector.ask("GET", "/held").json()["held"]]
    fits = [id for id in waiting if id.endswith(message)]
    if len(fits) != 1:
        many = f"{len(fits)} messages end so." if fits else "No message that waits has this number."
        raise InspectorError(many, "inspector held list  says what waits.")
    return fits[0]
