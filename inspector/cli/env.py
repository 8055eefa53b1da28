"""`inspector env`: a terminal, or one command, whose programs go through the proxy and believe it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import click

from inspector.app import home, notice, platform
from inspector.app.command import command as own_command
from inspector.app.errors import InspectorError
from inspector.app.shell.words import SHELLS, guess, lines
from inspector.cli.options import home_option
from inspector.cli.status import not_running


@click.command("env", context_settings={"ignore_unknown_options": False, "allow_interspersed_args": False})
@click.option(
    "--shell", type=click.Choice(list(SHELLS)), help="Which shell's words to print.  [default: this one's]"
)
@click.option("--unset", is_flag=True, help="Print what undoes it in the same terminal.")
@click.option("--json", "as_json", is_flag=True, help="Print the variables for programs.")
@home_option
@click.argument("words", metavar="[-- COMMAND...]", nargs=-1, type=click.UNPROCESSED)
def command(
    shell: str | None, unset: bool, as_json: bool, home_folder: Path | None, words: tuple[str, ...]
) -> None:
    """Print the variables that send a terminal's programs through the proxy.

    They make curl, Python, Node, Java, git, pip and others use it and believe its certificates:
    eval "$(inspector env)". With COMMAND, run that with them instead.
    """
    if unset and words:
        raise click.UsageError("--unset is for a terminal: leave it out, or the command.")
    values = _restored() if unset else _variables(home_folder)
    if words:
        _run(words, {**os.environ, **values})
    if as_json:
        click.echo(json.dumps(values, indent=2))
        return
    shell = shell or guess()
    for line in lines(shell, values):
        click.echo(line)
    if sys.stdout.isatty():
        typed = SHELLS[shell].read.replace("COMMAND", own_command("env", *(["--unset"] if unset else [])))
        click.echo(SHELLS[shell].remark(f"To set this in a terminal, type there:  {typed}"))


def _variables(home_folder: Path | None) -> dict[str, str]:
    from inspector.app.shell.variables import before, variables

    root = home.choose(home_folder)
    place = home.locate(root)
    running = notice.read(place.run, platform.here())
    if running is None:
        raise not_running(root)
    for name, value in before(
        os.environ
    ).items():  # what the system trusts is read from here: not out of our own file
        if value:
            os.environ[name] = value
        else:
            os.environ.pop(name, None)
    return variables(place, running)


def _restored() -> dict[str, str]:
    from inspector.app.shell.variables import restored

    return restored(os.environ)


def _run(words: tuple[str, ...], environment: dict[str, str]) -> None:
    """Become the command; its exit code is ours."""
    program = shutil.which(words[0])
    if program is None:
        raise InspectorError(f"There is no command {words[0]}.", "Check its name, or write its path.")
    sys.stdout.flush()
    if os.name == "nt":
        raise SystemExit(subprocess.run([program, *words[1:]], env=environment, check=False).returncode)  # noqa: S603
    os.execve(program, [program, *words[1:]], environment)  # noqa: S606 (it is what was asked for)
