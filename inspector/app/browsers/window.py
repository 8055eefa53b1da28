"""A captured window: from its folder and its settings to the browser's process, and everything put away afterwards."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from inspector.app import platform
from inspector.app.browsers import chromium, diary, firefox, folders
from inspector.app.browsers.kinds import Browser, System, Wish
from inspector.app.command import command
from inspector.app.errors import InspectorError
from inspector.app.home import Home

OPEN_WITHIN = 20.0
CLOSED_WITHIN = 5.0
TOLD_WITHIN = 10.0
SOON = 10.0
LOOK_EVERY = 0.05
FAMILIES = {"chromium": chromium, "firefox": firefox}

# What a browser that ended at once may have said, in words, and what to do about it.
LAST_WORDS = (
    (
        "No usable sandbox",
        "it found no sandbox that it may use here",
        "Allow unprivileged user namespaces, or take another browser with --browser.",
    ),
    (
        "cannot open display",
        "it cannot reach the screen",
        "Start it from a terminal on the desktop of this computer.",
    ),
    (
        "Missing X server",
        "it cannot reach the screen",
        "Start it from a terminal on the desktop of this computer.",
    ),
    (
        "as root in a regular user",
        "it does not run as root in another user's session",
        "Start Inspector and the window as the user who sits at this computer.",
    ),
    (
        "cannot open shared object file",
        "a library is missing that it needs",
        "Start that browser by itself once, and mend what it complains of.",
    ),
)


class Window(NamedTuple):
    """An open window: `folder` has its profile, `notes` what its user should know."""

    browser: Browser
    process: subprocess.Popen[bytes]
    folder: Path
    started: float
    notes: tuple[str, ...] = ()

    def wait(self) -> None:
        """Until the browser has ended; InspectorError if it failed soon. A signal handler may end it by an exception."""
        if sys.platform == "win32":
            while self.process.poll() is None:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self.process.wait(0.25)  # a longer one would not notice Ctrl-C
        if self.process.wait() > 0 and time.monotonic() < self.started + SOON:
            raise _ended_at_once(self)

    def close(self) -> None:
        """Ask the browser to end, with all its processes; what is slow is killed."""
        for ask in (_ask, _kill):
            if self.process.poll() is None:
                ask(self.process)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(CLOSED_WITHIN)
        _kill_group(self.process.pid)


@contextlib.contextmanager
def opened(
    browser: Browser, wish: Wish, place: Home, system: System, *, keep: bool = False
) -> Iterator[Window]:
    """Open the window; when the block is left it is closed, and its folder deleted (unless kept)."""
    if not (wish.headless or platform.here().has_screen()):
        raise InspectorError(
            "There is no screen here that a window could open on.",
            f"Type the command on the desktop of this computer. Without a screen: {command('env')}.",
        )
    folders.remove_leftovers(system)
    folder_for = folders.kept(place.data, browser) if keep else folders.throw_away(browser, system)
    with folder_for as folder:
        began = time.time()  # it asks for things before it is seen to be open
        window = _start(browser, wish, folder)
        try:
            _wait_until_open(window)
            with diary.noted(place.data, browser, window.process.pid, began):
                yield window
        finally:
            window.close()


def tell(browser: Browser, wish: Wish, folder: Path) -> bool:
    """Open the address in the window that this folder is of. False if it is closed, or cannot be told: Firefox, which is started apart from all others.

    Chrome's kin hands an address over to the process that uses its profile. It gets every switch all the same, so that one that
    was closed at that very moment is no window that nobody captures.
    """
    profile = folder / folders.PROFILE
    in_use = any(os.path.lexists(profile / marker) for marker in chromium.MARKERS)
    if browser.kind.family != "chromium" or not in_use:
        return False
    launch = chromium.prepare(browser, profile, wish)
    own = {"XDG_CONFIG_HOME": folder / "config", "XDG_CACHE_HOME": folder / "cache"}
    places = {name: str(place) for name, place in own.items() if place.is_dir()}
    try:
        told = subprocess.run(
            [*browser.command, *launch.arguments], env={**os.environ, **places, **launch.environment}, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=TOLD_WITHIN, check=False, **_apart(),
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return False
    return told.returncode == 0


def _start(browser: Browser, wish: Wish, folder: Path) -> Window:
    family = FAMILIES[browser.kind.family]
    profile = folder / folders.PROFILE
    for marker in family.MARKERS:  # of the last time, where the profile is kept
        (profile / marker).unlink(missing_ok=True)
    launch = family.prepare(browser, profile, wish)
    environment = {**os.environ, **folders.surroundings(folder, browser), **launch.environment}
    with (folder / folders.LOG).open("wb") as log:
        try:
            process = subprocess.Popen(
                [*browser.command, *launch.arguments], env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                **_apart(),
            )  # fmt: skip
        except OSError as error:
            raise InspectorError(
                f"{browser.name} could not be started: {error.strerror} ({browser.command[0]}).",
                "Take another browser with --browser.",
            ) from error
    return Window(browser, process, folder, time.monotonic(), _notes(browser))


def _notes(browser: Browser) -> tuple[str, ...]:
    if browser.kind.family == "chromium" and chromium.without_sandbox(browser):
        return (
            f"{browser.name} runs without its sandbox, since you are root: open only sites that you trust in it.",
        )
    return ()


def _wait_until_open(window: Window) -> None:
    """Until its profile is in use; InspectorError if it ends before."""
    family = FAMILIES[window.browser.kind.family]
    profile = window.folder / folders.PROFILE
    until = time.monotonic() + OPEN_WITHIN
    while time.monotonic() < until:
        ended = window.process.poll() is not None
        if any(os.path.lexists(profile / marker) for marker in family.MARKERS):
            return
        if ended:
            raise _ended_at_once(window)
        time.sleep(LOOK_EVERY)


def _ended_at_once(window: Window) -> InspectorError:
    log = (window.folder / folders.LOG).read_text(encoding="utf-8", errors="replace")
    for words, sentence, cure in LAST_WORDS:
        if words in log:
            return InspectorError(f"{window.browser.name} ended at once: {sentence}.", cure)
    last = next((line.strip() for line in reversed(log.splitlines()) if line.strip()), "it said nothing")
    return InspectorError(
        f"{window.browser.name} ended at once (exit status {window.process.returncode}): {last[:300]}",
        "Take another browser with --browser.",
    )


def _apart() -> dict[str, Any]:
    """The terminal's Ctrl-C is for us alone: we end the browser in order."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


def _ask(process: subprocess.Popen[bytes]) -> None:
    if sys.platform == "win32":
        subprocess.run(
            ["taskkill", "/PID", str(process.pid), "/T"],  # noqa: S607 (Windows' own)
            capture_output=True, check=False,
        )  # fmt: skip
    else:
        process.terminate()  # it alone: its helpers have cookies to write before it ends them


def _kill(process: subprocess.Popen[bytes]) -> None:
    process.kill()


def _kill_group(pid: int) -> None:
    """What the browser left behind: helpers that would go on writing into the folder."""
    if sys.platform != "win32":
        with contextlib.suppress(OSError):  # none of them is left
            os.killpg(pid, signal.SIGKILL)
