"""--mount: what can be named, and what is said of what can't."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest

from inspector.cli.mount import mount, mounts
from inspector.lab.badtls.kept import load_or_make

FILES = {
    "shop.py": "def app(environ, start_response): ...\nWORDS = 'no app'\ndef create_app(name='plain'):\n    def made(environ, start): ...\n    made.name = name\n    return made\ndef needs_nothing(): return app\n",
    "slow_api.py": "async def app(scope, receive, send): ...\nclass Fast:\n    async def __call__(self, scope, receive, send): ...\nfast = Fast()\n",
    "broken.py": "import nowhere_at_all\n",
    "empty.py": "x = 1\n",
    "parcel/__init__.py": "",
    "parcel/web.py": "from flask import Flask\nhidden = Flask(__name__)\n",
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("apps")
    for name, code in FILES.items():
        (made / name).parent.mkdir(exist_ok=True)
        (made / name).write_text(code)
    return made


GOOD = {
    "api.shop.test=shop:app": ("api.shop.test", "shop:app"),
    "API.Shop.test. = shop": ("api.shop.test", "shop"),
    "www.example.com=parcel.web:hidden": ("www.example.com", "parcel.web:hidden"),
    "büro.test=shop.py:create_app('x')": ("xn--bro-hoa.test", "shop:create_app('x')"),
    "a.test=parcel/web.py": ("a.test", "parcel.web"),
}


@pytest.mark.parametrize("given", GOOD)
def test_a_name_and_an_app_are_read(folder, monkeypatch, given):
    monkeypatch.chdir(folder)
    read = mount(given)
    assert (read.host, read.app, read.folder) == (*GOOD[given], str(folder))


BAD = {
    "shop:app": "write the name, an equals sign",
    "=shop:app": "write the name, an equals sign",
    "127.0.0.1=shop:app": "is an address",
    "[::1]=shop:app": "is an address",
    "a.test:8000=shop:app": "leave the port out",
    "https://a.test=shop:app": "only the name",
    "localhost=shop:app": "browsers send nothing for localhost",
    "my.inspector.test=shop:app": "--my FOLDER",
    "shop.inspector.test=shop:app": "Inspector's own",
    "new.inspector.test=shop:app": "Inspector's own",
    "elsewhere.test=shop:app": "Inspector's own",
    "*.a.test=shop:app": "is not a host name",
    "a..test=shop:app": "is not a host name",
    "a.test=shopp:app": "there is no module shopp in",
    "a.test=shopp.py:app": "there is no file",
    "a.test=shop:app:more": "names no app",
    "a.test=rm -rf": "names no app",
}


@pytest.mark.parametrize("given", BAD)
def test_what_cannot_be_is_refused_with_the_cure(folder, monkeypatch, given):
    monkeypatch.chdir(folder)
    with pytest.raises(click.UsageError, match=BAD[given].replace("(", r"\(")):
        mount(given)


def test_one_app_answers_for_a_name(folder, monkeypatch):
    monkeypatch.chdir(folder)
    with pytest.raises(click.UsageError, match="given twice"):
        mounts(("a.test=shop:app", "A.test=shop:create_app()"))


# One process for all: each is somebody's code, run as the site's process runs it.
FOUND = {
    "shop:app": "app",
    "shop": "app",
    "shop:create_app()": "made plain",
    "shop:create_app('x')": "made x",
    "shop:needs_nothing": "app",
    "parcel.web": "Flask",
    "parcel.web:hidden": "Flask",
    "shop:apps": "shop has no apps. Did you mean app?",
    "shop:WORDS": "shop:WORDS is no app: it is str, which can't be called.",
    "shop:create_app(x)": "only texts and numbers can stand",
    "slow_api:app": "is an ASGI app",
    "slow_api:fast": "is an ASGI app",
    "empty": "has no variable called app",
    "parcel.nothing": "There is no module parcel.nothing",
    "broken:app": "No module named 'nowhere_at_all'",
}
TRY = """
import sys
from pathlib import Path
from inspector.lab.mine.loading import named
for asked in sys.argv[1:]:
    try:
        app = named(Path.cwd(), asked)
        print(getattr(app, "__name__", type(app).__name__), getattr(app, "name", ""))
    except Exception as error:
        print(error)
"""


def test_apps_are_found_as_they_are_named_or_it_is_said_why_not(folder):
    done = subprocess.run(
        [sys.executable, "-c", TRY, *FOUND], cwd=folder, capture_output=True, text=True, check=True
    )
    said = done.stdout.splitlines()
    for (asked, words), line in zip(FOUND.items(), said, strict=True):
        assert words in line, asked


def test_certificates_of_names_that_were_mounted_before_are_kept_with_the_new_ones(tmp_path):
    first = load_or_make(tmp_path, lambda: 1_790_000_000.0, ("a.test",))
    assert "a.test" in first.practice
    assert load_or_make(tmp_path, lambda: 1_790_000_000.0) == first
    second = load_or_make(tmp_path, lambda: 1_790_000_000.0, ("b.test",))
    assert {"a.test", "b.test"} <= second.practice.keys()
    assert load_or_make(tmp_path, lambda: 1_790_000_000.0, ("a.test", "b.test")) == second
