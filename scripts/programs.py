"""Programs that some tests drive: which there are, and Debian's packages for them."""

from __future__ import annotations

import shutil
from typing import NamedTuple

from environment import apt_install, can_use_apt, say


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
    Program(("certutil",), "libnss3-tools", "clients"),
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
