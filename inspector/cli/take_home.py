"""`inspector take-home`: a practice site as a project of one's own."""

from __future__ import annotations

from pathlib import Path

import click

from inspector.app import home
from inspector.app.command import command as own_command
from inspector.app.errors import InspectorError
from inspector.cli.options import home_option
from inspector.lab.sites.take_home import HELLO, PARCELS, NotEmptyError, begin, take_home


class CannotTakeHome(InspectorError):  # noqa: N818 (named as its kin in app.errors)
    """The folder can't take it."""


@click.command("take-home")
@click.argument("site", type=click.Choice([*PARCELS, HELLO]))
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), required=False)
@home_option
def command(site: str, folder: Path | None, home_folder: Path | None) -> None:
    """Copy a practice site into a folder, as a project of your own.

    `hello` is no practice site, but the smallest one there is, to begin with. Without FOLDER it goes into the folder sites of your home. `inspector run --my FOLDER` serves it at my.inspector.test.
    """
    place = folder or home.choose(home_folder) / "sites" / site
    try:
        took = begin(place.absolute()) if site == HELLO else take_home(site, place.absolute())
    except NotEmptyError as error:
        raise CannotTakeHome(
            f"{place} has something in it already.", "Choose another folder, or empty it."
        ) from error
    except OSError as error:
        raise CannotTakeHome(
            f"{place} cannot be written: {error.strerror or error}.", "Choose another folder."
        ) from error
    if site == HELLO:
        click.echo(f"A site of one page is in {took}. Begin with app.py.")
    else:
        click.echo(f"{PARCELS[site].title}, is in {took}. Begin with README.md and app.py.")
    click.echo(f"To see it at https://my.inspector.test/ :  {own_command('run', '--my', str(took))}")
