"""`inspector`: the table of commands, and what happens to errors.

Exit codes: 0 done, or stopped as asked; 1 it could not be done, with a sentence and a cure; 2 the command line was wrong.
"""

from __future__ import annotations

import importlib
from typing import NamedTuple

import click

from inspector import __version__
from inspector.app.errors import InspectorError
from inspector.cli.plain import plain


class Entry(NamedTuple):
    """A command: the module that has it, and its line in `inspector --help`."""

    module: str
    help: str


COMMANDS = {
    "run": Entry("inspector.cli.run", "Start the proxy and its dashboard; Ctrl-C stops them."),
    "open": Entry(
        "inspector.cli.open", "Open the dashboard of a running Inspector with a fresh sign-in link."
    ),
    "browse": Entry("inspector.cli.browse", "Open a browser window that is captured."),
    "env": Entry(
        "inspector.cli.env", "Print the variables that send a terminal's programs through the proxy."
    ),
    "doctor": Entry(
        "inspector.cli.doctor", "Find out why nothing appears, or why HTTPS fails, and say what to do."
    ),
    "lesson": Entry("inspector.cli.lesson", "List lessons, check one of your own, show one to a class."),
    "take-home": Entry(
        "inspector.cli.take_home", "Copy a practice site into a folder, as a project of your own."
    ),
    "export": Entry(
        "inspector.cli.export",
        "Write what was captured into a file: HAR, a report to read offline, or cURL commands.",
    ),
    "import": Entry(
        "inspector.cli.importing", "Bring HAR files from browsers and other tools into the list."
    ),
    "send": Entry("inspector.cli.send", "Send a request through a running Inspector, and print the answer."),
    "token": Entry(
        "inspector.cli.token", "Tokens of the API: make one for a program of yours, list them, revoke them."
    ),
    "tail": Entry("inspector.cli.tail", "Print a line for each exchange as it ends, until Ctrl-C."),
    "rules": Entry(
        "inspector.cli.rules", "The rules: list them, write them into a file, read them from one."
    ),
    "held": Entry(
        "inspector.cli.held", "Messages that wait at breakpoints: list them, let them go on, drop them."
    ),
    "hooks": Entry("inspector.cli.hooks", "Hooks in Python: examples to begin with."),
    "kit": Entry(
        "inspector.cli.kit",
        "Make a class kit: wheels in a folder, installed without a network and without an administrator.",
    ),
    "status": Entry("inspector.cli.status", "Say whether Inspector runs, where, and how it is."),
    "ca": Entry("inspector.cli.ca", "The certificate authority: where it is, who trusts it, a new one."),
    "cert": Entry(
        "inspector.cli.cert", "Make certificates for your own servers, look at anybody's, check a server."
    ),
}


class Failed(click.ClickException):
    """An InspectorError as click shows it: the sentence, then the cure on a line of its own."""

    def __init__(self, error: InspectorError) -> None:
        super().__init__(error.sentence)
        self.cure = error.cure

    def show(self, file: object = None) -> None:
        click.echo(f"{click.style('inspector:', fg='red', bold=True)} {plain(self.message)}", err=True)
        if self.cure:
            click.echo(f"  {plain(self.cure)}", err=True)


class Commands(click.Group):
    """A group that imports a command when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        command: click.Command = importlib.import_module(entry.module).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.help) for name, entry in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except InspectorError as error:
            raise Failed(error) from error


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, "--version", message="inspector %(version)s")
def main() -> None:
    """Inspector: watch how the web works. An HTTP and HTTPS proxy that shows every exchange."""


if __name__ == "__main__":
    main()
