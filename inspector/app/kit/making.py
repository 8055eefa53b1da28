"""Makes a kit: our own wheel, those of everything it needs for each system, pip's own, and the scripts that install them without a network."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterable, Sequence
from email import message_from_bytes
from functools import partial
from pathlib import Path
from typing import NamedTuple

from inspector import __version__
from inspector.app.errors import InspectorError
from inspector.app.kit.parts import OURS, Installed, look_here, needed
from inspector.app.kit.targets import TARGETS, Machine, Target, conditions

PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check")
WHEELS = "wheels"
HERE = Path(__file__).parent
LINES = 12

_UNIX = """#!/bin/sh
# Installs Inspector for you alone, without a network. It needs Python 3.11 or newer.
cd "$(dirname "$0")" || exit 1
for python in python3.13 python3.12 python3.11 python3; do
  if command -v "$python" >/dev/null 2>&1; then exec "$python" install.py; fi
done
echo "There is no Python 3 here. Install Python 3.11 or newer, and try again."
"""
_WINDOWS = """@echo off
rem Installs Inspector for you alone, without a network. It needs Python 3.11 or newer.
cd /d "%~dp0"
where py >nul 2>nul && (py -3 install.py) || (python install.py)
pause
"""


class Made(NamedTuple):
    """What is in a folder now; `left_out` are systems that could not be had, each with the reason."""

    folder: Path
    wheels: int
    size: int
    left_out: tuple[str, ...] = ()


Run = Callable[[Sequence[str]], None]
Say = Callable[[str], None]


def make(
    folder: Path, targets: Iterable[Target], pythons: Iterable[str], *, say: Say, run: Run | None = None, checkout: Path | None = None
) -> Made:  # fmt: skip
    """Fill a folder. What is there already is kept, so that one that was cut off goes on. Raises InspectorError."""
    run = run or _run
    wheels = folder / WHEELS
    try:
        wheels.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InspectorError(
            f"The folder {folder} cannot be made: {error.strerror}.", "Choose another one."
        ) from error
    chosen = tuple(targets)
    say("Inspector itself, and what is the same everywhere")
    run(_own(wheels, checkout))
    look = partial(_look, wheels)
    wanted = [
        (target, machine, python, needed(conditions(target, machine, python), look))
        for target in chosen
        for machine in target.machines
        for python in pythons
    ]
    same = sorted({each.requirement for *_, needs in wanted for each in needs if each.pure})
    run((*PIP, "wheel", "--quiet", "--no-deps", "--wheel-dir", str(wheels), "pip", *same))
    left_out = []
    for target, machine, python, needs in wanted:
        name = f"{target.title}, {machine.machine}, Python {python}"
        say(name)
        try:
            run(_download(wheels, machine, python, [each.requirement for each in needs if not each.pure]))
        except InspectorError as error:  # not every package has wheels for every system
            left_out.append(f"{name}: {error.sentence.splitlines()[-1].strip(' |')}")
            if len(left_out) == len(wanted):
                raise
    _scripts(folder, chosen)
    found = list(wheels.glob("*.whl"))
    return Made(folder, len(found), sum(each.stat().st_size for each in found), tuple(left_out))


def _look(wheels: Path, name: str) -> Installed | None:
    """What is installed here; of ourselves, what the wheel says: a checkout's may be older."""
    own = max(wheels.glob("inspector_proxy-*.whl"), key=lambda each: each.stat().st_mtime, default=None)
    if name != OURS or own is None:
        return look_here(name)
    with zipfile.ZipFile(own) as packed:
        place = next(each for each in packed.namelist() if each.endswith(".dist-info/METADATA"))
        told = message_from_bytes(packed.read(place))
    return Installed(str(told["Version"]), tuple(told.get_all("Requires-Dist", ())))


def _own(wheels: Path, checkout: Path | None) -> tuple[str, ...]:
    """Our wheel: built from a checkout, else fetched."""
    if checkout is not None:
        return (*PIP, "wheel", "--quiet", "--no-deps", "--wheel-dir", str(wheels), str(checkout))
    return (*PIP, "download", "--quiet", "--dest", str(wheels), "--no-deps", f"{OURS}=={__version__}")


def _download(wheels: Path, machine: Machine, python: str, wanted: Iterable[str]) -> tuple[str, ...]:
    platforms = [word for tag in machine.tags for word in ("--platform", tag)]
    return (
        *PIP, "download", "--quiet", "--dest", str(wheels), "--no-deps", "--only-binary=:all:", "--implementation", "cp",
        "--python-version", python, *platforms, *wanted,
    )  # fmt: skip


def _run(command: Sequence[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        last = [
            line for line in done.stderr.splitlines() if line.strip() and not line.startswith("[notice]")
        ][-LINES:]
        raise InspectorError(
            "pip could not fetch what is needed:\n" + "\n".join(f"  | {line}" for line in last),
            "Is there a network? What was fetched is kept; type the command again to go on.",
        )


def _scripts(folder: Path, targets: Iterable[Target]) -> None:
    shutil.copyfile(HERE / "install.py", folder / "install.py")
    for target in targets:
        script = folder / target.script
        windows = target.name == "windows"
        script.write_text(
            _WINDOWS if windows else _UNIX, encoding="ascii", newline="\r\n" if windows else "\n"
        )
        script.chmod(0o755)
    names = "\n".join(f"  {each.title + ':':<10}{each.script}" for each in targets)
    (folder / "README.txt").write_text(
        _README.format(names=names, version=__version__), encoding="utf-8", newline="\r\n"
    )


_README = """Inspector {version}: a class kit

What it is    A proxy that shows what a browser and a site say to each other, with a course of lessons.
              Everything happens on the computer it runs on. No network is needed.

What it needs Python 3.11 or newer. Nothing else, and no administrator.

To install    Copy this folder to the computer, or leave it on the stick, and start:

{names}

              On macOS and Linux you can also type in a terminal:   python3 install.py
              It goes into a folder "inspector" in your home folder. Nothing else is changed.

To start      In that folder, start the file "start". Then press "Start learning".

To remove     Delete the folder "inspector" in your home folder.
"""

__all__ = ["TARGETS", "Made", "make"]
