"""`inspector kit`: everything that a class needs, in a folder for a stick."""

from __future__ import annotations

from pathlib import Path

import click

from inspector.app.kit.targets import PYTHONS, TARGETS


class Among(click.ParamType[tuple[str, ...]]):
    """Words with commas between."""

    name = "list"

    def __init__(self, known: tuple[str, ...]) -> None:
        self.known = known

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        if isinstance(value, tuple):
            return value
        words = tuple(dict.fromkeys(each.strip().lower() for each in str(value).split(",") if each.strip()))
        if not words or (wrong := next((each for each in words if each not in self.known), None)) is not None:
            self.fail(f"{wrong if words else value!r} is none of {', '.join(self.known)}.", param, ctx)
        return words


@click.command("kit")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--for", "systems", type=Among(tuple(TARGETS)), default=",".join(TARGETS), show_default=True, metavar="SYSTEMS",
    help="For which systems, commas between.",
)  # fmt: skip
@click.option(
    "--python", "pythons", type=Among((*PYTHONS, "3.14")), default=",".join(PYTHONS), show_default=True, metavar="VERSIONS",
    help="For which versions of Python, commas between.",
)  # fmt: skip
def command(folder: Path, systems: tuple[str, ...], pythons: tuple[str, ...]) -> None:
    """Make a class kit: wheels in a folder, installed without a network and without an administrator."""
    from inspector.app.home import checkout
    from inspector.app.kit.making import make

    made = make(
        folder.absolute(),
        [TARGETS[each] for each in systems],
        pythons,
        say=lambda what: click.echo(f"  {what} …"),
        checkout=checkout(),
    )
    for each in made.left_out:
        click.echo(f"{click.style('!', fg='yellow', bold=True)} Left out: {each}")
    click.echo(
        f"{made.folder} has {made.wheels} wheels, {made.size / 1_048_576:.0f} MiB. Copy it to a stick; README.txt says how to go on."
    )
