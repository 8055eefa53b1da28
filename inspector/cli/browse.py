"""`inspector browse`: a browser window whose traffic is captured, gone without a trace when it is closed."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any, NoReturn

import click

from inspector.app import home, notice, platform
from inspector.app.browsers.kinds import KINDS, Area
from inspector.app.errors import InspectorError
from inspector.cli.options import home_option
from inspector.cli.status import not_running

HOW_IT_TRUSTS = {
    "chromium": "It was told to accept Inspector's stand-in certificates; it trusts no authority more than before.",
    "firefox": "It trusts Inspector's authority by a certificate store of its own.",
}


class Place(click.ParamType[Area]):
    """A part of the screen: LEFT,TOP,WIDTH,HEIGHT."""

    name = "place"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Area:
        if isinstance(value, Area):
            return value
        try:
            return Area(*map(int, str(value).split(",")))
        except (TypeError, ValueError):
            self.fail(f"{value!r} is not LEFT,TOP,WIDTH,HEIGHT.", param, ctx)


@click.command("browse")
@click.argument("url", default="")
@click.option("--browser", metavar="NAME", help=f"Which one: {', '.join(KINDS)}, or a program's path.")
@click.option("--beside", is_flag=True, help="Put the window on the right half of the screen.")
@click.option("--keep", is_flag=True, help="Keep cookies, log-ins and history for the next time.")
@home_option
@click.option("--json", "as_json", is_flag=True, help="Say for programs when the window is open, or why not.")
@click.option("--place", type=Place(), hidden=True)
@click.option("--into", type=click.Path(path_type=Path), hidden=True)
@click.option("--headless", is_flag=True, hidden=True, envvar="INSPECTOR_BROWSE_HEADLESS")
@click.option("--debugging-port", type=int, hidden=True)
def command(
    url: str, browser: str | None, keep: bool, home_folder: Path | None, as_json: bool, **how: Any
) -> None:
    """Open a browser window that is captured.

    It is a browser that is installed here, with a throw-away profile that uses the proxy and accepts Inspector's
    certificates. No setting and no trust store of this computer is changed. URL is what it opens.
    """
    how["area"] = how.pop("place")
    into = how.pop("into")
    try:
        _browse(url, browser, keep=keep, home_folder=home_folder, as_json=as_json, how=how, into=into)
    except InspectorError as error:
        if not as_json:
            raise
        click.echo(json.dumps({"open": False, "sentence": error.sentence, "cure": error.cure}))
        raise SystemExit(1) from error


def _browse(
    url: str,
    browser: str | None,
    *,
    keep: bool,
    home_folder: Path | None,
    as_json: bool,
    how: dict[str, Any],
    into: Path | None,
) -> None:
    root = home.choose(home_folder)
    place = home.locate(root)
    running = notice.read(place.run, platform.here())
    if running is None:
        raise not_running(root)

    from inspector.app import browsers
    from inspector.app.browsers import find, opening, window

    system = browsers.here()
    chosen = find.choose(browser, system)
    wish = opening.wish(opening.Ask(url=url, **how), place, running, system)
    if into is not None and window.tell(chosen.browser, wish, into):
        click.echo(json.dumps({"open": True, "sentence": "It is open in your captured window."}))
        return
    _stop_on_signals()
    try:
        with window.opened(chosen.browser, wish, place, system, keep=keep) as open_window:
            notes = (*chosen.notes, *open_window.notes, *_login(running))
            _say(open_window, notes, keep=keep, as_json=as_json)
            open_window.wait()
    except KeyboardInterrupt:
        pass
    if not as_json:
        click.echo("The window is closed." if keep else "The window is closed, and nothing of it is left.")


def _say(opened: Any, notes: tuple[str, ...], *, keep: bool, as_json: bool) -> None:
    name, family = opened.browser.name, opened.browser.kind.family
    if as_json:
        facts = {"open": True, "browser": name, "pid": opened.process.pid, "folder": str(opened.folder)}
        click.echo(json.dumps(facts | {"sentence": f"{name} is open.", "notes": notes}))
        sys.stdout.flush()
        return
    kept = f"Its profile is kept in {opened.folder}." if keep else "Closing it leaves nothing behind."
    quits = "Quit it" if sys.platform == "darwin" else "Close it"
    click.echo(
        f"{click.style(f'{name} is open, with a coloured frame.', bold=True)}\n"
        "What you do in that window shows up on the dashboard. Other windows don't.\n\n"
        f"  {HOW_IT_TRUSTS[family]}\n  {kept} {quits}, or press Ctrl-C here."
    )
    for note in notes:
        click.echo(f"{click.style('!', fg='yellow', bold=True)} {note}")


def _login(running: notice.Running) -> tuple[str, ...]:
    if not running.asks_for_login:
        return ()
    return ("The proxy will ask this window for the name and the password of --proxy-auth.",)


def _stop_on_signals() -> None:
    for name in ("SIGTERM", "SIGHUP", "SIGBREAK"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _interrupt)
    if os.name == "posix":  # also where a shell started us in the background, with SIGINT ignored
        signal.signal(signal.SIGINT, _interrupt)


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt
