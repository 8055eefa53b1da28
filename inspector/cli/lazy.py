"""A command with commands of its own, each imported when it is asked for; and what the lower floors say, as the command line says it."""

from __future__ import annotations

import importlib
from typing import Any, NamedTuple

import click

from inspector.app.errors import InspectorError


class Part(NamedTuple):
    """A command of a command: the module that has it, and its line of help."""

    module: str
    help: str


class LazyGroup(click.Group):
    """A group made of a table of parts."""

    def __init__(self, *args: Any, parts: dict[str, Part], **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.parts = parts

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.parts)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        part = self.parts.get(cmd_name)
        if part is None:
            return None
        command: click.Command = importlib.import_module(part.module).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, part.help) for name, part in self.parts.items()])

    def invoke(self, ctx: click.Context) -> object:
        from inspector.pki.errors import PkiError

        try:
            return super().invoke(ctx)
        except PkiError as error:
            raise InspectorError(str(error)) from error
