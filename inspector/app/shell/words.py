"""How each shell sets a variable, unsets it, and reads the lines that a program prints."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Mapping
from pathlib import PurePath
from typing import NamedTuple


class Shell(NamedTuple):
    """A shell's words. `read` is what one types; COMMAND in it stands for our command."""

    set: Callable[[str, str], str]
    unset: Callable[[str], str]
    remark: Callable[[str], str]
    read: str


def _bash(name: str, value: str) -> str:
    return f"export {name}={shlex.quote(value)}"


def _fish(name: str, value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"set -gx {name} '{escaped}'"


def _powershell(name: str, value: str) -> str:
    escaped = value.replace("'", "''")
    return f"$env:{name} = '{escaped}'"


def _cmd(name: str, value: str) -> str:
    return f'set "{name}={value}"'


SHELLS = {
    "bash": Shell(_bash, lambda name: f"unset {name}", lambda text: f"# {text}", 'eval "$(COMMAND)"'),
    "fish": Shell(_fish, lambda name: f"set -e {name}", lambda text: f"# {text}", "COMMAND | source"),
    "powershell": Shell(
        _powershell,
        lambda name: f"Remove-Item Env:{name} -ErrorAction SilentlyContinue",
        lambda text: f"# {text}",
        "COMMAND | Out-String | Invoke-Expression",
    ),
    "cmd": Shell(
        _cmd,
        lambda name: f'set "{name}="',
        lambda text: f"rem {text}",
        "for /f \"delims=\" %i in ('COMMAND') do @%i",
    ),
}


def guess(environment: Mapping[str, str] = os.environ, *, windows: bool = os.name == "nt") -> str:
    """The shell that this was typed in, as far as its variables tell."""
    name = PurePath(environment.get("SHELL", "")).stem
    if name == "fish":
        return "fish"
    if windows and not name:
        return "powershell" if environment.get("PSModulePath", "").count(";") > 1 else "cmd"
    return "bash"


def lines(shell: str, values: Mapping[str, str]) -> list[str]:
    """A line for each variable; an empty value unsets it."""
    words = SHELLS[shell]
    return [words.set(name, value) if value else words.unset(name) for name, value in values.items()]
