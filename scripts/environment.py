"""What scripts/run, test, check and bench need before they can begin: a Python environment in .venv.

Standard library only. Nothing is done twice: a stamp in .venv remembers what was installed for which
pyproject.toml and which pins, so an unchanged checkout starts at once. Each step says itself in a few words,
and one that fails says the cure.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
SUFFIX = ".exe" if os.name == "nt" else ""
PYTHON = BIN / f"python{SUFFIX}"
PINS = ROOT / "scripts" / "constraints.txt"
BUILD_NEEDS = ("hatchling",)
ADDRESS = re.compile(r"\b[a-z]+://\S+|\bhost='[^']+'", re.IGNORECASE)


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def give_up(sentence: str, cure: str = "") -> NoReturn:
    """End with exit code 1: what went wrong, and what to do about it."""
    say(sentence)
    if cure:
        say(f"  Cure: {cure}")
    raise SystemExit(1)


def prepare(*, development: bool = False) -> None:
    """Make .venv if there is none, and install the package (editable) with all it needs; then build the dashboard's assets."""
    stamp = VENV / ("stamp-development" if development else "stamp-run")
    wanted = _fingerprint()
    if not (PYTHON.exists() and stamp.is_file() and stamp.read_text(encoding="ascii") == wanted):
        _make_venv()
        say("Installing packages into .venv (once; a minute or two) …")
        # What is there as source only is built apart, with setuptools if it asks: a Python of 3.12 or newer doesn't bring that.
        _pip_install(*BUILD_NEEDS, *_needs(development=development))
        _pip_install("--no-build-isolation", "--no-deps", "-e", ".")
        for made in ["stamp-run", *(["stamp-development"] if development else [])]:
            (VENV / made).write_text(wanted, encoding="ascii")
    build_assets()


def build_assets() -> None:
    """The dashboard's styles and scripts, bundled; nothing to do where they are up to date."""
    import build_assets as assets

    try:
        assets.build(say=say)
    except assets.NotBuilt as problem:
        give_up(f"The dashboard's styles and scripts could not be built.\n{problem}")


def tool(name: str) -> str:
    """The path of a command in .venv."""
    return str(BIN / f"{name}{SUFFIX}")


def become(command: list[str]) -> NoReturn:
    """Run `command` in place of this script, so that Ctrl-C and exit codes are its own."""
    if os.name != "nt":
        os.execv(command[0], command)
    child = subprocess.Popen(command)
    while True:
        try:
            raise SystemExit(child.wait())
        except KeyboardInterrupt:
            continue  # the child got the Ctrl-C too, and is stopping


def _fingerprint() -> str:
    total = hashlib.sha256(f"{sys.version_info[:2]} {ROOT}".encode())
    for file in (ROOT / "pyproject.toml", PINS):
        total.update(file.read_bytes())
    return total.hexdigest()


def _needs(*, development: bool) -> list[str]:
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return [*told["project"]["dependencies"], *(told["dependency-groups"]["dev"] if development else ())]


# --- the environment -------------------------------------------------------------------------------------


def _make_venv() -> None:
    if _works():
        return
    say(f"Making a Python environment in {VENV.name} …")
    said = _venv()
    if said and "ensurepip" in said and _install_venv_package():
        said = _venv()
    if said and "ensurepip" in said:
        give_up(
            "This Python comes without the parts that make an environment (venv, ensurepip).",
            f"on Debian or Ubuntu: sudo apt install {_venv_package()}. Then run this again.",
        )
    if said:
        give_up(
            f"The Python environment could not be made in {VENV}:\n{_tail(said)}",
            "delete the folder .venv and run this again.",
        )


def _works() -> bool:
    """Whether .venv is there with a Python that starts and has pip (one that was moved, or lost its Python, does not)."""
    if not PYTHON.exists():
        return False
    try:
        done = subprocess.run(
            [PYTHON, "-c", "import pip, sys; assert sys.version_info >= (3, 11)"],
            capture_output=True,
            check=False,
        )
    except OSError:
        return False
    return done.returncode == 0


def _venv() -> str:
    """Make it; what was said if that failed."""
    done = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", VENV], capture_output=True, text=True, check=False
    )
    return "" if done.returncode == 0 else (done.stdout + done.stderr or "venv failed")


def _venv_package() -> str:
    return f"python{sys.version_info.major}.{sys.version_info.minor}-venv"


def _install_venv_package() -> bool:
    return can_use_apt() and apt_install([_venv_package()])


def _pip_install(*arguments: str) -> None:
    command = [
        str(PYTHON),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-input",
        "--disable-pip-version-check",
        "-c",
        str(PINS),
    ]
    done = subprocess.run([*command, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return
    say(f"Packages could not be installed:\n{_tail(done.stderr or done.stdout)}")
    give_up(
        "Nothing was started.",
        "connect to the network (behind a proxy: set https_proxy; with an own package index: set PIP_INDEX_URL) and run this again.",
    )


def _tail(text: str, lines: int = 8) -> str:
    """The last words of a command, without the addresses it spoke to."""
    kept = [line for line in text.strip().splitlines() if line.strip()][-lines:]
    return "\n".join("  | " + ADDRESS.sub("…", line) for line in kept)


# --- Debian's packages -----------------------------------------------------------------------------------


def can_use_apt() -> bool:
    """Whether missing programs can be installed without asking anybody: as root, on Debian and its kin."""
    return hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get") is not None


def apt_install(packages: list[str]) -> bool:
    """Install Debian packages; False, with what was said, if that failed."""
    say(f"Installing {', '.join(packages)} with apt-get …")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    for command in (["apt-get", "update", "-qq"], install):
        done = subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            say(f"{' '.join(command[:2])} failed:\n{_tail(done.stderr or done.stdout)}")
    return done.returncode == 0
