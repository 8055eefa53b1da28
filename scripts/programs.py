"""Programs that some tests drive: which there are, and Debian's packages for them; sslyze, in an environment of its own; and Flask's tutorial app, out of its sdist."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import NamedTuple

from environment import ROOT, apt_install, can_use_apt, say


class Program(NamedTuple):
    """A program under any of its names, its Debian package, and the tests that can't do without it."""

    names: tuple[str, ...]
    package: str
    tests: str

    @property
    def found(self) -> bool:
        return any(shutil.which(name) for name in self.names)


PROGRAMS = (
    Program(("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"), "chromium", "browser"),
    Program(("firefox", "firefox-esr"), "firefox-esr", "browser"),
    Program(("curl",), "curl", "clients"),
    Program(("wget",), "wget", "clients"),
    Program(("git",), "git", "clients"),
    Program(("node",), "nodejs", "clients"),
    Program(("javac",), "default-jdk-headless", "clients"),
    Program(("certutil",), "libnss3-tools", "clients"),
    Program(("testssl", "testssl.sh"), "testssl.sh", "clients"),
    Program(("postgres", "pg_ctlcluster"), "postgresql", "servers"),  # Debian keeps the first out of the PATH
    Program(("mariadbd",), "mariadb-server", "servers"),
    Program(("redis-server",), "redis-server", "servers"),
)


def install_programs() -> None:
    """Install what is missing where that needs no asking; else say which tests will be skipped, and why."""
    missing = [program for program in PROGRAMS if not program.found]
    if missing and can_use_apt():
        apt_install([program.package for program in missing])
        missing = [program for program in missing if not program.found]
    for program in missing:
        say(
            f"{program.names[0]} is not installed: tests marked `{program.tests}` that need it are skipped. "
            f"On Debian or Ubuntu: sudo apt install {program.package}"
        )


def install_headless_shell() -> None:
    """Chromium's engine without the browser around it, for tests that only look at pages: they need a third of the time.

    Where there is none (Ubuntu has no such package) they use Chromium, and nothing is skipped.
    """
    if not any(shutil.which(name) for name in HEADLESS_SHELL) and can_use_apt():
        apt_install([HEADLESS_SHELL[0]])


HEADLESS_SHELL = ("chromium-headless-shell", "chrome-headless-shell")
SSLYZE = "sslyze==6.3.1"
_SSLYZE_VENV = ROOT / ".venv" / "tools" / "sslyze"


def install_sslyze() -> None:
    """Put sslyze on the PATH, from an environment apart: it wants an older `cryptography` than we do."""
    folder = _SSLYZE_VENV / ("Scripts" if os.name == "nt" else "bin")
    if shutil.which("sslyze", path=str(folder)) is None:
        say(f"Installing {SSLYZE}, which judges our TLS in a test …")
        for command in (
            [sys.executable, "-m", "venv", "--clear", str(_SSLYZE_VENV)],
            [str(folder / "python"), "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check", SSLYZE],
        ):  # fmt: skip
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                say("sslyze could not be installed: the test that needs it is skipped.")
                return
    os.environ["PATH"] = os.pathsep.join((os.environ["PATH"], str(folder)))


_TOOLS = ROOT / ".venv" / "tools"
_TUTORIAL = "examples/tutorial/flaskr/"


def fetch_flaskr() -> None:
    """Put Flaskr, the app of Flask's tutorial, where the tests look for it; it is in Flask's sdist and in no wheel."""
    if (_TOOLS / "flaskr" / "__init__.py").is_file():
        return
    python = str(ROOT / ".venv" / ("Scripts" if os.name == "nt" else "bin") / "python")
    say("Fetching Flaskr, the app of Flask's tutorial, for a test …")
    with tempfile.TemporaryDirectory() as folder:
        asked = [python, "-c", "import importlib.metadata as found; print(found.version('flask'))"]
        version = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
        done = subprocess.run(
            [python, "-m", "pip", "download", "--quiet", "--no-input", "--disable-pip-version-check", "--no-deps", "--no-binary", "flask",
             "--dest", folder, f"flask=={version}"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        found = next(Path(folder).glob("flask-*.tar.gz"), None)
        if done.returncode or found is None:
            say("Flaskr could not be fetched: the tests that need it are skipped.")
            return
        _unpack(found)


def _unpack(sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        for member in archive.getmembers():
            _, _, inside = member.name.partition(_TUTORIAL)
            content = archive.extractfile(member) if inside and member.isfile() else None
            if content is not None and ".." not in inside:
                place = _TOOLS / "flaskr" / inside
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(content.read())
