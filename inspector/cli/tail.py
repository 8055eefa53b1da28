"""`inspector tail`: a line for each exchange as it ends. It reads the store as the dashboard does, so it costs the proxy nothing."""

from __future__ import annotations

import json
import time
from collections import OrderedDict
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from inspector.app import home, notice
from inspector.app.errors import InspectorError
from inspector.app.platform import here
from inspector.cli.filtering import read_filter
from inspector.cli.options import home_option
from inspector.cli.status import not_running
from inspector.cli.values import say_size

if TYPE_CHECKING:
    from inspector.filter.tree import Node
    from inspector.store.captures import Captures, Row

LOOK_EVERY = 0.1
_AT_ONCE = 2_000
_REMEMBERED = 10_000
_COLOURS = {2: "green", 3: "cyan", 4: "yellow", 5: "red"}


@click.command("tail")
@click.argument("text", metavar="[FILTER]", default="")
@click.option("--last", type=click.IntRange(0, 1000), default=0, metavar="NUMBER", help="Begin with the last ones that fit.  [default: 0]")  # fmt: skip
@click.option("--count", type=click.IntRange(1), default=None, metavar="NUMBER", help="Stop after so many.")
@click.option("--json", "as_json", is_flag=True, help="Print each as a JSON object in a line of its own.")
@home_option
def command(text: str, last: int, count: int | None, as_json: bool, home_folder: Path | None) -> None:
    """Print a line for each exchange as it ends, until Ctrl-C. With FILTER, only what fits, as in the list: 'host:shop.test status:>=400'."""
    from inspector.store.captures import Captures, StoreProblem

    wanted = read_filter(text)
    root = home.choose(home_folder)
    place = home.locate(root)
    if notice.read(place.run, here()) is None:
        raise not_running(root)
    captures = Captures(place.data)
    try:
        for number, row in enumerate(_ended(captures, wanted, last), 1):
            click.echo(json.dumps(_for_programs(row)) if as_json else _for_people(row))
            if number == count:
                return
    except KeyboardInterrupt:
        return  # as asked
    except StoreProblem as problem:
        raise InspectorError(str(problem)) from problem
    finally:
        captures.close()


def _ended(captures: Captures, wanted: Node, last: int) -> Iterator[Row]:
    """Exchanges that fit, each once, when it is over."""
    told: OrderedDict[bytes, None] = OrderedDict()
    for row in _all(captures, wanted, last):
        if row.state == "open" or row.id in told:
            continue
        told[row.id] = None
        if len(told) > _REMEMBERED:
            told.popitem(last=False)
        yield row


def _all(captures: Captures, wanted: Node, last: int) -> Iterator[Row]:
    """The last ones, then each change. The place in the feed is taken first, so that nothing falls between the two."""
    cursor = captures.changes("").cursor
    if last:
        yield from captures.find(wanted, limit=last, patience=10.0).rows
    while True:
        found = captures.changes(cursor, _AT_ONCE, wanted)
        yield from found.rows
        if found.skipped:
            _note(f"{found.skipped:,} more came at once and are left out here; the dashboard has them.")
        if found.forgotten:
            _note("Something was deleted from the list, or brought back.")
        if found.cursor == cursor:
            time.sleep(LOOK_EVERY)
        cursor = found.cursor


def _note(sentence: str) -> None:
    click.echo(f"inspector: {sentence}", err=True)


def _for_people(row: Row) -> str:
    from inspector.filter.subject import address_of
    from inspector.web.brief import brief

    when = datetime.fromtimestamp(row.started).astimezone().strftime("%H:%M:%S")
    took = f"{row.duration * 1000:,.0f} ms" if row.duration is not None else "—"
    status = click.style(f"{row.status or '—':<3}", fg=_COLOURS.get(row.status // 100, "red"))
    what = _plain(f"{row.method or row.kind:<7}")
    trouble = f"  {click.style(brief(row.fault), fg='red')}" if row.fault else ""
    size = say_size(row.response_size) if row.response_size else "—"
    return f"{when}  {what} {status} {took:>10} {size:>9}  {_plain(address_of(row))}{trouble}"


def _for_programs(row: Row) -> dict[str, Any]:
    """As the API names them, without the dashboard's own words."""
    from inspector.filter.subject import address_of
    from inspector.web.rows import row_json

    said = row_json(row)
    for name in ("engine", "change", "phrase", "brief", "kind_words", "kind_icon"):
        del said[name]
    return {"url": address_of(row), **said}


def _plain(text: str) -> str:
    """What was captured may try to speak to the terminal: it is shown, never obeyed."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
