"""Copies a practice site into a folder as a project of its own, which `flask run` serves: to read, to change, to begin something with."""

from __future__ import annotations

import importlib.metadata
import shutil
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
_LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc")


class Parcel(NamedTuple):
    """What a site needs to live by itself: packages, and other sites that it speaks with (with the port each is expected at)."""

    title: str
    packages: tuple[str, ...]
    neighbours: tuple[str, ...] = ()
    notes: str = ""


PORTS = {"shop": 5000, "identity": 5001, "insecure": 5002, "elsewhere": 5003, "api": 5004, "static": 5005}
PARCELS = {
    "static": Parcel("Grey Point Light, a static site", ("flask",)),
    "shop": Parcel(
        "Leaf & Kettle, a shop",
        ("flask", "flask-sock", "joserfc", "requests", "sqlalchemy"),
        ("identity", "insecure", "elsewhere", "api"),
        """
## Databases

The shop keeps everything three times. Where no server is named it uses SQLite and two small stores of its own.

| setting | for example | also needed |
|---|---|---|
| `SHOP_SQL_URL` | `postgresql+psycopg://me@localhost/practice` | `pip install "psycopg[binary]"` |
| | `mysql+pymysql://me@localhost/practice` | `pip install pymysql` |
| `SHOP_MONGO_URL` | `mongodb://localhost/practice` | `pip install pymongo` |
| `SHOP_REDIS_URL` | `redis://localhost/0` | `pip install redis` |

Give it a database of its own, and a user that can do nothing else: the page Databases runs whatever SQL is typed.
""",
    ),
    "identity": Parcel(
        "Quayside ID, which signs people in for other sites",
        ("flask", "authlib", "joserfc"),
        ("shop",),
    ),
    "insecure": Parcel(
        "The insecure twin: every mistake is there on purpose. Do not put it on the Internet",
        ("flask",),
        ("shop", "elsewhere"),
    ),
    "elsewhere": Parcel("Elsewhere, a site that plays an attacker", ("flask",), ("shop", "insecure", "api")),
    "api": Parcel("An API on another origin", ("flask",), ("shop",)),
}


class NotEmptyError(Exception):
    """The folder has something in it already; nothing was written."""


def take_home(site: str, folder: Path) -> Path:
    """Copy the site called `site` (a key of `PARCELS`) into `folder`, which must be empty or not exist. Returns the folder."""
    parcel = PARCELS[site]
    _must_be_empty(folder)
    package = folder / "sites"
    shutil.copytree(HERE / site, package / site, ignore=_LEFT_OUT)
    shutil.copytree(HERE / "basics", package / "basics", ignore=_LEFT_OUT)
    _write(package / "__init__.py", '"""The site, and what it shares with others."""\n')
    _write(folder / "app.py", _APP.format(site=site, title=parcel.title))
    _write(folder / "requirements.txt", "".join(f"{_pinned(name)}\n" for name in parcel.packages))
    _write(folder / ".flaskenv", _flaskenv(site, parcel))
    _write(folder / ".gitignore", "data/\n.venv/\n__pycache__/\n")
    _write(folder / "README.md", _readme(site, parcel))
    return folder


HELLO = "hello"  # no practice site: the smallest site there is, to begin one's own with


def begin(folder: Path) -> Path:
    """Write a site of one page into `folder`, which must be empty or not exist. Returns the folder."""
    _must_be_empty(folder)
    (folder / "templates").mkdir(parents=True)
    _write(folder / "app.py", _HELLO_APP)
    _write(folder / "templates" / "home.html", _HELLO_PAGE)
    _write(folder / "requirements.txt", f"{_pinned('flask')}\n")
    return folder


def _must_be_empty(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()):
        raise NotEmptyError(f"{folder} has something in it already. Choose another folder, or empty it.")


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _pinned(name: str) -> str:
    """At least the version that it was tested with."""
    try:
        return f"{name}>={importlib.metadata.version(name)}"
    except importlib.metadata.PackageNotFoundError:
        return name


_HELLO_APP = '''"""A site of one page. Save this file, and it is started anew; reload the page to see what changed."""

from flask import Flask, render_template, request

app = Flask(__name__)


@app.get("/")
def home():
    return render_template("home.html", name=request.args.get("name", "you"))
'''

_HELLO_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Hello</title>
<h1>Hello, {{ name }}!</h1>
<form><label>Your name <input name="name"></label> <button>Say hello</button></form>
</html>
"""

_APP = '''"""{title}. `flask run` finds the app here; its data go into the folder data."""

from pathlib import Path

from sites.{site} import create_app

app = create_app(Path(__file__).parent / "data")
'''


def _flaskenv(site: str, parcel: Parcel) -> str:
    """python-dotenv reads this, where it is installed; else the settings are typed."""
    lines = [f"FLASK_RUN_PORT={PORTS[site]}"]
    # Cookies know no ports: on one host name the sites would share them. 127.0.0.1 and localhost are two names.
    lines += [f"{name.upper()}_URL={_address(name)}" for name in (site, *parcel.neighbours)]
    if site == "identity":
        lines.append("AUTHLIB_INSECURE_TRANSPORT=1")
    return "\n".join(lines) + "\n"


def _address(site: str) -> str:
    """Where a site is at home: the shop at localhost, the others at 127.0.0.1, so that they are another site to a browser."""
    host = "localhost" if site in {"shop", "static"} else "127.0.0.1"
    return f"http://{host}:{PORTS[site]}"


def _readme(site: str, parcel: Parcel) -> str:
    others = ""
    if parcel.neighbours:
        rows = "".join(
            f"| {name} | `{name.upper()}_URL` | {_address(name)} |\n" for name in parcel.neighbours
        )
        others = f"""
## Its neighbours

It links to other practice sites, or speaks with them. Take them home too, or leave it: all else works without them.

| site | setting | expected at |
|---|---|---|
{rows}"""
    return f"""# {parcel.title}

A practice site of Inspector's, as a project of your own. It is yours: read it, change it, break it.

    python -m venv .venv
    .venv/bin/pip install -r requirements.txt python-dotenv     (Windows: .venv\\Scripts\\pip)
    .venv/bin/flask run --debug

It is at {_address(site)} then. Or let Inspector serve it: `inspector run --my` with this folder, and it is at `https://my.inspector.test/`
for whoever uses the proxy, captured, and started anew whenever you save a file. `--debug` starts it anew whenever you save a file, and shows exceptions on the page; never use that on a
server that others can reach. Its data are in the folder `data`; delete that, and it begins anew.

`app.py` makes the app; the site is in `sites/{site}`, and what it shares with other practice sites in `sites/basics`.
{others}{parcel.notes}"""
