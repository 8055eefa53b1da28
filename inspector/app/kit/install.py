"""Installs Inspector from the folder that this file is in: for this user alone, without a network, into a folder of its own.

    python3 install.py [FOLDER]          by default ~/inspector

Nothing but Python is needed; pip comes along as a wheel. Written so that an old Python can read it and say that it is too old.
"""

import os
import subprocess
import sys

OLDEST = (3, 11)
HERE = os.path.dirname(os.path.abspath(__file__))
WHEELS = os.path.join(HERE, "wheels")


def main() -> int:
    if sys.version_info < OLDEST:
        return give_up(
            "This Python is {}.{}, and Inspector needs {}.{} or newer.".format(
                *(*sys.version_info[:2], *OLDEST)
            ),
            "Install a newer one (python.org; for you alone is enough), and start this again.",
        )
    folder = os.path.abspath(
        sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.expanduser("~"), "inspector")
    )
    pip = [name for name in os.listdir(WHEELS) if name.startswith("pip-")] if os.path.isdir(WHEELS) else []
    if not pip:
        return give_up(
            "The folder wheels is missing beside this file.", "Copy the whole kit, and start this again."
        )
    print("Installing Inspector into {} ...".format(folder))
    try:
        import venv

        venv.EnvBuilder(with_pip=False, clear=True, symlinks=os.name != "nt").create(folder)
    except (ImportError, OSError) as error:
        return give_up(
            "No environment could be made in {}: {}.".format(folder, error),
            "Give another folder:  python3 install.py FOLDER  (on Debian the package python3-venv may be missing)",
        )
    python = (
        os.path.join(folder, "Scripts", "python.exe")
        if os.name == "nt"
        else os.path.join(folder, "bin", "python")
    )
    command = [
        sys.executable, os.path.join(WHEELS, sorted(pip)[-1], "pip"), "--python", python, "install", "--quiet", "--no-index",
        "--no-warn-script-location", "--disable-pip-version-check", "--find-links", WHEELS, "inspector-proxy",
    ]  # fmt: skip
    if subprocess.call(command) != 0:
        return give_up(
            "Not everything that is needed is in this kit, for Python %d.%d on this system."
            % sys.version_info[:2],
            "Make the kit again for it:  inspector kit FOLDER --python %d.%d" % sys.version_info[:2],
        )
    start = write_start(folder)
    print("Done. To start it:  {}".format(start))
    return 0


def write_start(folder: str) -> str:
    """A file that starts it by a double click."""
    if os.name == "nt":
        path, text = (
            os.path.join(folder, "start.cmd"),
            '@"%~dp0Scripts\\inspector.exe" run --home "%~dp0home" %*\r\n',
        )
    else:
        name = "start.command" if sys.platform == "darwin" else "start.sh"
        path, text = (
            os.path.join(folder, name),
            '#!/bin/sh\ncd "$(dirname "$0")" && exec bin/inspector run --home home "$@"\n',
        )
    with open(path, "w", newline="") as file:
        file.write(text)
    os.chmod(path, 0o755)
    return path


def give_up(sentence: str, cure: str) -> int:
    sys.stderr.write("{}\n  {}\n".format(sentence, cure))
    return 1


if __name__ == "__main__":
    sys.exit(main())
