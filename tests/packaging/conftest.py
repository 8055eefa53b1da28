"""The packages as people get them: built, and installed into an environment of their own, for each Python that is here."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

collect_ignore = ["small_project"]  # it is somebody else's, with a pytest of its own

NEWEST = "3.13"
LONGEST = 240.0  # seconds for pip, on a machine that does much else


def run(*command: str | Path, **given: object) -> subprocess.CompletedProcess[str]:
    """Run it to its end; what it said is in the failure if it failed."""
    done = subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, check=False, timeout=LONGEST, **given
    )  # type: ignore[call-overload]
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
    return done


def find_python(version: str) -> str | None:
    """A Python of this version that starts: the one that runs this, one on the PATH, one of pyenv's."""
    if sys.version_info[:2] == tuple(map(int, version.split("."))):
        return sys.executable
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"), "versions")
    named = [
        shutil.which(f"python{version}"),
        *sorted(map(str, pyenv.glob(f"{version}.*/bin/python{version}")), reverse=True),
    ]
    for each in filter(None, named):
        told = subprocess.run(
            [each, "-c", "import ssl, venv; print('here')"], capture_output=True, text=True, check=False
        )
        if told.stdout == "here\n":
            return each
    return None


THIS = "{}.{}".format(*sys.version_info)
PYTHONS = (THIS, NEWEST) if THIS != NEWEST and find_python(NEWEST) else (THIS,)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, checkout: Path) -> Path:
    """A folder with an sdist and the wheel that was built from it, and in `tree` one that was built from the checkout."""
    folder = tmp_path_factory.mktemp("built")
    told = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=checkout).stdout
    used = folder / "checkout"
    for name in filter(None, told.split("\0")):
        if (checkout / name).is_file():  # what is deleted and not committed yet is listed, too
            (used / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(checkout / name, used / name)
    shutil.copytree(checkout / "inspector/web/static/dist", used / "inspector/web/static/dist")
    build = functools.partial(run, sys.executable, "-m", "build", "--no-isolation")
    build("--outdir", folder, used)
    build("--wheel", "--outdir", folder / "tree", used)
    shutil.rmtree(used)
    return folder


@pytest.fixture(scope="session")
def make_venv(
    built: Path, tmp_path_factory: pytest.TempPathFactory, checkout: Path
) -> Iterator[Callable[..., Path]]:
    """Makes an environment with our wheel and what it needs, once for each Python, with more packages if asked; the folder of its programs."""
    made: dict[str, Path] = {}

    def install(folder: Path, *words: str | Path) -> None:
        pip = (sys.executable, "-m", "pip", "--python", folder / "python", "install", "--quiet", "--no-input")
        run(*pip, "--no-compile", "-c", checkout / "scripts" / "constraints.txt", *words)

    def make(version: str, *more: str) -> Path:
        if version not in made:
            python = find_python(version)
            assert python is not None
            venv = tmp_path_factory.mktemp(f"venv{version}")
            run(python, "-m", "venv", "--without-pip", venv)
            made[version] = venv / ("Scripts" if os.name == "nt" else "bin")
            lend = version == THIS and len(PYTHONS) > 1
            install(made[version], *(["--no-deps"] if lend else []), next(built.glob("*.whl")))
            if lend:
                _lend(venv)
        if more:
            install(made[version], *more)
        return made[version]

    yield make
    for folder in made.values():
        shutil.rmtree(folder.parent, ignore_errors=True)


def _lend(venv: Path) -> None:
    """What the wheel needs, from the environment of the tests, to spare the time of installing it; our own package there stands behind the wheel's.

    So of this Python it is only said that the wheel works where all it needs is there: that it asks for that, the other one says, and test_needs.
    """
    [site] = venv.glob("lib/python*/site-packages") or venv.glob("Lib/site-packages")
    (site / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")


@pytest.fixture(scope="session", params=PYTHONS)
def version(request: pytest.FixtureRequest) -> str:
    """This Python's version, and that of the newest that we are made for, where it is installed."""
    return str(request.param)


@pytest.fixture(scope="session")
def newest() -> str:
    """The last of them: for what one is enough for."""
    return PYTHONS[-1]


@pytest.fixture(scope="session")
def clean() -> dict[str, str]:
    """An environment in which nothing points to the checkout, its home or a proxy."""
    left = ("PATH", "LANG", "SYSTEMROOT", "TEMP", "TMP")
    return {name: value for name, value in os.environ.items() if name in left}
