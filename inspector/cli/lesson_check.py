"""`inspector lesson check`: what is wrong in a lesson's file, at which line, and how to mend it."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("check")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
def command(files: tuple[Path, ...]) -> None:
    """Check a lesson's file, and say what is wrong in it and where. Exit code 1 if there is anything to mend."""
    from inspector.explain.glossary import look_up
    from inspector.lessons.checking import problems
    from inspector.lessons.errors import LessonMistake
    from inspector.lessons.reading import read_lesson

    wrong = 0
    for path in files:
        try:
            lesson = read_lesson(path)
        except LessonMistake as mistake:
            found = [mistake]
        else:
            found = list(problems(lesson, lambda id: look_up(id) is not None))
        for each in found:
            click.echo(f"{click.style('✗', fg='red', bold=True)} {each.file}:{each.line}: {each.sentence}")
            if each.cure:
                click.echo(f"    → {each.cure}")
        wrong += len(found)
        if not found:
            steps = len(lesson.steps)
            click.echo(
                f"{click.style('✓', fg='green', bold=True)} {path}: “{lesson.title}”, "
                f"{steps} step{'s' if steps != 1 else ''}, {lesson.minutes} minutes"
            )
    raise SystemExit(1 if wrong else 0)
