"""Clear words for a Python that is too old. This file must be readable by every Python 3."""

import os
import shutil
import subprocess
import sys

OLDEST = (3, 11)
NEWER = ("python3.14", "python3.13", "python3.12", "python3.11")


def starts(name: str) -> bool:
    """Whether this command is a Python and not only a stand-in of pyenv and its like."""
    return subprocess.call([name, "-c", ""], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0


def require_python() -> None:
    """Go on if this Python is new enough; else let a newer one on this machine do it, or say what is missing."""
    if sys.version_info >= OLDEST:
        return
    for name in NEWER:
        if os.name != "nt" and shutil.which(name) and starts(name):
            os.execvp(name, [name, *sys.argv])
    sys.exit(
        "Inspector needs Python 3.11 or newer; this is Python {}.{}.\n"
        "  Cure: install one from https://www.python.org/downloads/ or your system's packages, then run it with that one,\n"
        "        as in: python3.13 {}".format(sys.version_info[0], sys.version_info[1], " ".join(sys.argv))
    )
