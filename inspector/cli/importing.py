"""`inspector import`: HAR files into the captures."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from inspector import __version__
from inspector.app import home, lock
from inspector.app.platform import here
from inspector.cli.options import home_option
from inspector.cli.plain import plain

if TYPE_CHECKING:
    from inspector.store.importing import Outcome, Trouble

_SHOWN = 10


@click.command("import")
@click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE…",
)
@click.option("--again", is_flag=True, help="Import a file that was imported before once more.")
@click.option("--json", "as_json", is_flag=True, help="Print it for programs.")
@home_option
def command(files: tuple[Path, ...], again: bool, as_json: bool, home_folder: Path | None) -> None:
    """Bring HAR files from browsers and other tools into the list. Exit code 1 if one of them could not be read."""
    from inspector.store.importing import Importer
    from inspector.store.marks import Marks
    from inspector.store.settings import Settings

    place = home.locate(home.choose(home_folder))
    home.prepare(place)
    with closing(Settings(place.data)) as settings, closing(Marks(place.data)) as marks:
        importer = Importer(place.data, settings, marks, version=__version__)
        told = [_take(importer, file, again=again, quiet=as_json) for file in files]
    _into_the_list(place)
    if as_json:
        click.echo(json.dumps(told, indent=2))
    raise SystemExit(1 if any(each["problem"] for each in told) else 0)


def _take(importer: Any, file: Path, *, again: bool, quiet: bool) -> dict[str, Any]:
    from inspector.store.captures import StoreProblem
    from inspector.store.importing import NotHar, Outcome

    problem, outcome = "", Outcome(file.name)
    try:
        with file.open("rb") as opened, _bar(file, quiet=quiet) as tell:
            outcome = importer.take(opened, file.name, tell, again=again)
    except (NotHar, StoreProblem) as error:
        problem = str(error)
    except OSError as error:
        problem = f"It cannot be read: {error.strerror}."
    if not quiet:
        _say(file, outcome, problem, again=again)
    return {
        "file": str(file), "imported": outcome.kept, "left_out": outcome.lost, "problem": problem, "made_by": outcome.made_by,
        "imported_before": outcome.before or None,
        "troubles": [_trouble(each) for each in outcome.troubles], "more_troubles": outcome.more_troubles,
    }  # fmt: skip


@contextmanager
def _bar(file: Path, *, quiet: bool) -> Iterator[Callable[[Outcome], None]]:
    if quiet or not sys.stderr.isatty():
        yield lambda _: None
        return
    with click.progressbar(
        length=file.stat().st_size, label=f"Importing {file.name}", file=sys.stderr
    ) as bar:
        yield lambda outcome: bar.update(outcome.read - bar.pos)


def _say(file: Path, outcome: Outcome, problem: str, *, again: bool) -> None:
    if problem:
        click.echo(f"{click.style('inspector:', fg='red', bold=True)} {file}: {plain(problem)}", err=True)
    elif outcome.before and not again:
        when = datetime.fromtimestamp(outcome.before).astimezone().strftime("%Y-%m-%d at %H:%M")
        click.echo(
            f"{file}: the same file was imported on {when}; nothing was added. To have it twice: --again"
        )
        return
    else:
        made = f", from a file made by {plain(outcome.made_by)}" if outcome.made_by else ""
        click.echo(f"{file}: {outcome.kept:,} exchange{'s' if outcome.kept != 1 else ''} imported{made}.")
    if outcome.lost:
        click.echo(
            f"  {outcome.lost:,} entr{'ies' if outcome.lost != 1 else 'y'} could not be read and left out."
        )
    for each in outcome.troubles[:_SHOWN]:
        click.echo(
            f"  line {each.place.line:,}, column {each.place.column:,}, {plain(each.pointer)}: {plain(each.expected)} was expected"
        )
    more = len(outcome.troubles) - _SHOWN + outcome.more_troubles
    if more > 0:
        click.echo(f"  and {more:,} more; all with --json")


def _trouble(trouble: Trouble) -> dict[str, Any]:
    return {
        "line": trouble.place.line,
        "column": trouble.place.column,
        "pointer": trouble.pointer,
        "expected": trouble.expected,
        "left_out": trouble.lost,
    }


def _into_the_list(place: home.Home) -> None:
    """While Inspector runs its recorder takes it in; otherwise it is done here, so that `inspector export` finds it, too."""
    from inspector.store.recorder import Recorder

    with lock.Lock(place.run / lock.LOCK, here()) as ours:
        if not ours:
            return
        recorder = Recorder(place.data)
        try:
            while recorder.step():
                pass
        finally:
            recorder.close()
