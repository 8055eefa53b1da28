"""`inspector open`: a fresh sign-in link to the dashboard of a running Inspector."""

from __future__ import annotations

from pathlib import Path

import click

from inspector.app import home, notice
from inspector.app.platform import here
from inspector.cli.options import home_option
from inspector.cli.screen import open_in_browser
from inspector.cli.status import not_running
from inspector.web.tickets import sign_in_url


@click.command("open")
@home_option
@click.option("--no-browser", is_flag=True, help="Print the link instead of opening it.")
def command(home_folder: Path | None, no_browser: bool) -> None:
    """Open the dashboard of a running Inspector with a fresh sign-in link."""
    root = home.choose(home_folder)
    place = home.locate(root)
    running = notice.read(place.run, here())
    if running is None:
        raise not_running(root)
    link = sign_in_url(place.run, running.dashboard)
    if not no_browser and open_in_browser(link):
        click.echo(f"Opened {running.dashboard} in your browser.")
    else:
        click.echo(link)
