"""`inspector lesson list`: every lesson by chapter, with the name that the other commands take."""

from __future__ import annotations

import json
from pathlib import Path

import click


@click.command("list")
@click.option(
    "--lessons", "folders", metavar="DIR", multiple=True, type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Also those of this folder; may be given several times.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print them for programs.")
def command(folders: tuple[Path, ...], as_json: bool) -> None:
    """List the lessons, chapter by chapter."""
    from inspector.lessons.course import load

    course = load(folders)
    if as_json:
        told = [
            {
                "name": each.name, "title": each.title, "chapter": each.chapter, "minutes": each.minutes,
                "steps": len(each.steps), "level": each.level, "needs": each.needs, "file": each.file,
            }
            for each in course.lessons
        ]  # fmt: skip
        click.echo(
            json.dumps({"lessons": told, "mistakes": [str(each) for each in course.mistakes]}, indent=2)
        )
        return
    width = max((len(each.name) for each in course.lessons), default=0)
    for chapter in course.chapters:
        click.echo(f"\n{click.style(chapter.title, bold=True)}  {chapter.minutes} minutes")
        for each in chapter.lessons:
            click.echo(f"  {each.name:<{width}}  {each.minutes} min  {each.title}")
    for mistake in course.mistakes:
        click.echo(f"{click.style('!', fg='yellow', bold=True)} {mistake}")
