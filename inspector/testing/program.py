"""The proxy that tests use, as a program: an Inspector on a temporary home that ends when its stdin does, whoever started it and however that ended.

It takes the options of `inspector run`, says one line of JSON as soon as it works (or why it can't), and deletes its home in the end.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from typing import Any

import click
import msgspec

from inspector.app.errors import InspectorError
from inspector.app.home import Home
from inspector.app.run import run
from inspector.app.settings import RunSettings
from inspector.cli.run import command, prepared

DASHBOARD = "--dashboard"
_NOT_FOR_TESTS = ("--home", "--fresh", "--listen", "--web", "--reverse", "--no-browser")


class Reporter:
    """The supervisor's screen: the one line, and whatever else happens on stderr."""

    def __init__(self, settings: RunSettings, place: Home) -> None:
        self._settings = settings
        self._place = place

    def started(self, facts: dict[str, str]) -> None:
        _tell(home=str(self._place.root), proxy=self._settings.listen[0], link=facts.get("link", ""))

    def say(self, sentence: str, cure: str = "") -> None:
        sys.stderr.write(f"{sentence} {cure}\n")

    def printed(self, line: str) -> None:
        sys.stderr.write(f"{line}\n")


def main(words: list[str]) -> int:
    """Run; 1 if it could not start."""
    threading.Thread(target=_stop_with_stdin, daemon=True).start()
    try:
        settings, place = _settings(words)
        run(settings, place, Reporter)
    except InspectorError as error:
        _tell(problem=error.sentence, cure=error.cure)
        return 1
    except click.ClickException as error:
        _tell(problem=error.format_message(), cure="These are the options given for Inspector in tests.")
        return 1
    return 0


def _settings(words: list[str]) -> tuple[RunSettings, Home]:
    for word in words:
        if word.partition("=")[0] in _NOT_FOR_TESTS:
            raise click.UsageError(f"{word}: that is chosen for each run of the tests.")
    dashboard = DASHBOARD in words
    given = [
        "--fresh", "--listen", "127.0.0.1:0", "--web", "127.0.0.1:0", "--no-browser",
        *(word for word in words if word != DASHBOARD),
    ]  # fmt: skip
    told: dict[str, Any] = dict(command.make_context("run", given).params)
    settings, place = prepared(told, told.pop("home_folder"), told.pop("fresh"))
    return (settings if dashboard else msgspec.structs.replace(settings, web=())), place


def _tell(**facts: str) -> None:
    sys.stdout.write(f"{json.dumps(facts)}\n")
    sys.stdout.flush()


def _stop_with_stdin() -> None:
    try:
        while os.read(0, 4096):
            pass
    except OSError:
        pass
    signal.raise_signal(signal.SIGINT)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
