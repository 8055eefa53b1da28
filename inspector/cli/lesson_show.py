"""`inspector lesson show`: a lesson on a projector, as pages of the dashboard of a running Inspector."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from urllib.parse import quote

import click

from inspector.app import home, notice
from inspector.app.errors import InspectorError
from inspector.app.platform import here
from inspector.cli.options import home_option
from inspector.cli.screen import open_in_browser
from inspector.cli.status import not_running
from inspector.web.tickets import sign_in_url


@click.command("show")
@click.argument("name")
@home_option
@click.option("--no-browser", is_flag=True, help="Print the link instead of opening it.")
def command(name: str, home_folder: Path | None, no_browser: bool) -> None:
    """Show a lesson step by step, for a projector. Arrow keys step, N shows the speaker's notes, R begins anew."""
    root = home.choose(home_folder)
    place = home.locate(root)
    running = notice.read(place.run, here())
    if running is None:
        raise not_running(root)
    found = _find(name, tuple(map(Path, running.lessons)))
    link = f"{sign_in_url(place.run, running.dashboard)}&next={quote(f'/learn/show/{found}', safe='')}"
    if not no_browser and open_in_browser(link):
        click.echo(
            f"Opened the lesson “{found}” in your browser: → and ← step, N shows notes, R begins anew."
        )
    else:
        click.echo(link)


def _find(name: str, folders: tuple[Path, ...]) -> str:
    from inspector.lessons.course import load

    names = [each.name for each in load(folders).lessons]
    if name in names:
        return name
    close = get_close_matches(name, names, n=1) or [each for each in names if name.lower() in each]
    raise InspectorError(
        f"There is no lesson “{name}”.",
        f"Perhaps: inspector lesson show {close[0]}" if close else "All of them: inspector lesson list",
    )
