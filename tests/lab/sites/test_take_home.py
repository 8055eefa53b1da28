"""A site that was taken home is a project of its own: `flask run` serves it from its folder, without this package."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time

import pytest
import requests
from click.testing import CliRunner

from inspector.cli.main import main
from inspector.lab.sites.practice import SITES
from inspector.lab.sites.take_home import PARCELS, NotEmptyError, take_home

PATIENCE = 60.0
FIRST_WORDS = {
    "static": "Grey Point Light", "shop": "Leaf &amp; Kettle", "identity": "Quayside ID", "insecure": "Insecure on purpose",
    "elsewhere": "Somewhere else", "api": "How long does a parcel take?",
}  # fmt: skip


@pytest.fixture
def run():
    """Runs `flask run` in a folder, where no package of ours can be imported; gives its address."""
    processes = []

    def start(folder, **settings):
        # -S and a path of packages alone: the checkout is not on it, as it would not be at home.
        packages = next(path for path in sys.path if path.endswith("site-packages"))
        environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONPATH": packages, **settings}
        command = [sys.executable, "-S", "-m", "flask", "run", "--port", "0"]
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        processes.append(process)
        ends = time.monotonic() + PATIENCE
        said = ""
        while time.monotonic() < ends:
            line = process.stdout.readline()
            said += line
            found = re.search(r"Running on (http://127\.0\.0\.1:\d+)", line)
            if found:
                return found[1]
            assert line, said
        raise AssertionError(said)

    yield start
    for process in processes:
        process.terminate()
        process.wait(PATIENCE)
        process.stdout.close()


def test_every_site_can_be_taken_home_but_two():
    assert {site.name for site in SITES} - {"ca", "bare"} == set(PARCELS)


@pytest.mark.parametrize("site", PARCELS)
def test_it_runs_there_by_itself(site, tmp_path, run):
    folder = take_home(site, tmp_path / "mine")
    origin = run(folder)
    page = requests.get(f"{origin}/", timeout=PATIENCE)
    assert page.status_code == 200
    assert FIRST_WORDS[site] in page.text
    for file in re.findall(r'(?:href|src)="(/[^"]+\.(?:css|js|svg|png))"', page.text):
        assert requests.get(origin + file, timeout=PATIENCE).status_code == 200, file


@pytest.mark.parametrize("site", PARCELS)
def test_nothing_in_it_needs_this_package(site, tmp_path):
    folder = take_home(site, tmp_path / "mine")
    for file in folder.rglob("*.py"):
        assert "inspector." not in re.sub(r"inspector\.test", "", file.read_text(encoding="utf-8")), file
    assert not list(folder.rglob("__pycache__"))


@pytest.mark.parametrize("site", PARCELS)
def test_its_papers_say_what_it_needs(site, tmp_path):
    folder = take_home(site, tmp_path / "mine")
    needed = (folder / "requirements.txt").read_text()
    imported = "".join(file.read_text(encoding="utf-8") for file in (folder / "sites" / site).rglob("*.py"))
    names = {
        "flask_sock": "flask-sock",
        "authlib": "authlib",
        "sqlalchemy": "sqlalchemy",
        "joserfc": "joserfc",
        "requests": "requests",
    }
    for module, package in names.items():
        assert bool(re.search(rf"^(?:from|import) {module}\b", imported, re.MULTILINE)) == (
            f"{package}>=" in needed
        ), module
    assert "flask run" in (folder / "README.md").read_text()


def test_what_is_kept_is_kept_in_its_folder(tmp_path, run):
    folder = take_home("shop", tmp_path / "mine")
    requests.get(f"{run(folder)}/", timeout=PATIENCE)
    made = {
        path.relative_to(folder).parts[0]
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert made == {".flaskenv", ".gitignore", "README.md", "app.py", "requirements.txt", "sites", "data"}
    assert (folder / "data" / "shop.sqlite").exists()


def test_a_folder_with_something_in_it_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("x")
    with pytest.raises(NotEmptyError):
        take_home("shop", tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == ["mine.txt"]


def test_two_of_them_dance_together(tmp_path, run):
    """The shop and the site that people sign in with, at home: the whole dance."""
    provider = run(take_home("identity", tmp_path / "identity"), SHOP_URL="http://127.0.0.1:9")
    shop = run(take_home("shop", tmp_path / "shop"), IDENTITY_URL=provider)
    page = requests.get(f"{shop}/log-in", timeout=PATIENCE)
    token = re.search(r'name="token" value="([^"]+)"', page.text)[1]
    sent = requests.post(
        f"{shop}/log-in/identity",
        {"token": token},
        cookies=page.cookies,
        timeout=PATIENCE,
        allow_redirects=False,
    )
    assert sent.headers["Location"].startswith(
        f"{provider}/oauth/authorize?response_type=code&client_id=leaf-and-kettle"
    )


def test_the_command_copies_it_and_says_how_to_see_it(tmp_path):
    run = CliRunner().invoke(main, ["take-home", "static", str(tmp_path / "mine")])
    assert run.exit_code == 0
    assert (tmp_path / "mine" / "app.py").is_file()
    assert f"run --my {tmp_path / 'mine'}" in run.output
    again = CliRunner().invoke(main, ["take-home", "static", str(tmp_path / "mine")])
    assert (again.exit_code, "has something in it already" in again.output) == (1, True)
    hello = CliRunner().invoke(main, ["take-home", "hello", str(tmp_path / "new")])
    assert (hello.exit_code, (tmp_path / "new" / "templates" / "home.html").is_file()) == (0, True)
    there = CliRunner().invoke(main, ["take-home", "api", "--home", str(tmp_path / "home")])
    assert there.exit_code == 0
    assert (tmp_path / "home" / "sites" / "api" / "app.py").is_file()
