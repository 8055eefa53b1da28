"""--mount HOST=APP: read and looked over before anything starts."""

from __future__ import annotations

import importlib.machinery
import re
import sys
from pathlib import Path

import click

from inspector.app.settings import Mount
from inspector.wire.hosts import address_of, to_ascii

_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_APP = re.compile(r"[A-Za-z_][\w.]*(:[A-Za-z_][\w.]*(\(.*\))?)?")
_LONGEST_NAME = 253
EXAMPLE = "--mount api.shop.test=shop:app"


def mount(given: str) -> Mount:
    """What is served under which name. Raises UsageError, which says the cure."""
    host, equals, app = (part.strip() for part in given.partition("="))
    if not equals or not host or not app:
        raise click.UsageError(
            f"--mount {given}: write the name, an equals sign, and the app, as in {EXAMPLE}."
        )
    return _found(given, _host(given, host), app)


def mounts(given: tuple[str, ...]) -> tuple[Mount, ...]:
    """All of them."""
    found = tuple(map(mount, given))
    hosts = [each.host for each in found]
    if twice := {host for host in hosts if hosts.count(host) > 1}:
        raise click.UsageError(f"--mount: {min(twice)} is given twice; one app answers for a name.")
    return found


def _host(given: str, written: str) -> str:
    if "://" in written or "/" in written:
        raise click.UsageError(
            f"--mount {given}: only the name, without http:// and path; it answers to http and https."
        )
    name, colon, _ = written.partition(":")
    if address_of(written) is not None or written.startswith("["):
        raise click.UsageError(
            f"--mount {given}: {written} is an address. Take a name of your choice, as in {EXAMPLE}."
        )
    if colon:
        raise click.UsageError(
            f"--mount {given}: leave the port out; it answers to http:// and https:// without one."
        )
    from inspector.lab.sites.practice import HOSTS, MINE

    try:
        host = to_ascii(name.lower().rstrip("."))
    except ValueError as error:
        raise click.UsageError(f"--mount {given}: {error} One that can be: api.shop.test.") from None
    if host == "localhost" or host.endswith(".localhost"):
        raise click.UsageError(
            f"--mount {given}: browsers send nothing for localhost to a proxy. Take another name, as in {EXAMPLE}."
        )
    if host == MINE:
        raise click.UsageError(
            f"--mount {given}: {MINE} is what --my FOLDER serves; use that, or take another name."
        )
    if host in HOSTS or host == "inspector.test" or host.endswith(".inspector.test"):
        raise click.UsageError(
            f"--mount {given}: {host} is Inspector's own. Take another name, as in {EXAMPLE}."
        )
    if len(host) > _LONGEST_NAME or not all(map(_LABEL.fullmatch, host.split("."))):
        raise click.UsageError(
            f"--mount {given}: {written} can't be the name of a site. One that can: api.shop.test."
        )
    return host


def _found(given: str, host: str, app: str) -> Mount:
    """Where the app is. Its code is not run here: it may do anything."""
    here = Path.cwd()
    written, colon, name = app.partition(":")
    if written.endswith(".py") or "/" in written or "\\" in written:
        file = Path(written).expanduser().absolute()
        if not file.is_file():
            raise click.UsageError(f"--mount {given}: there is no file {file}.")
        here, module = _package_of(file)
        app = f"{module}{colon}{name}"
    if not _APP.fullmatch(app):
        raise click.UsageError(
            f"--mount {given}: {app} names no app. Write module:app, module:create_app() or file.py:app."
        )
    top = app.partition(":")[0].partition(".")[0]
    if importlib.machinery.PathFinder.find_spec(top, [str(here), *sys.path]) is None:
        raise click.UsageError(
            f"--mount {given}: there is no module {top} in {here}, nor among the packages of this Python. Start Inspector in the folder that {top}.py is in."
        )
    return Mount(host=host, app=app, folder=str(here))


def _package_of(file: Path) -> tuple[Path, str]:
    """The folder to import from, and the file's name from there: through the packages it is in, as `flask run` does."""
    parts, folder = [file.stem], file.parent
    if file.name == "__init__.py":
        parts = []
    while (folder / "__init__.py").is_file():
        parts.insert(0, folder.name)
        folder = folder.parent
    return folder, ".".join(parts)
