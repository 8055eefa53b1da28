"""Browsers of this computer, as far as a captured window has to know them: where they are, and how each family is
told to use the proxy and to believe our authority, all in a folder of its own.

    kinds       which browsers there are, as a table
    linux, macos, windows      where they are installed, what an administrator ordered: one interface, `System`
    chromium, firefox          what a family is told: arguments, settings in the profile, environment
    find, policies, folders, window     choose one, judge it, its folder, its life
"""

from __future__ import annotations

import functools
import sys

from inspector.app.browsers.kinds import System


@functools.cache
def here() -> System:
    """The system this runs on."""
    if sys.platform == "win32":
        from inspector.app.browsers.windows import Windows as Here
    elif sys.platform == "darwin":
        from inspector.app.browsers.macos import MacOS as Here
    else:
        from inspector.app.browsers.linux import Linux as Here
    return Here()
