"""The wheel, installed from the registry with what it needs and far from the checkout: it runs, with its pages and all that belongs to them, and its commands work."""

from __future__ import annotations

import http.client
import json
import re
import subprocess
import time
import zipfile
from collections.abc import Iterator
from email import message_from_bytes
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

import pytest

pytestmark = pytest.mark.timeout(
    400
)  # what is built and installed first takes as long as the disk and the registry do

START = (
    "/learn",
    "/traffic",
    "/traffic/statistics",
    "/send",
    "/rules",
    "/certificates",
    "/set-up",
    "/styleguide",
)
MOST_PAGES = 30


class Running(NamedTuple):
    """An `inspector run` of an installed wheel: its program, its folder, its environment, and what it says of itself."""

    program: Path
    folder: Path
    env: dict[str, str]
    proxy: str
    dashboard: str
    cookie: str

    @property
    def home(self) -> Path:
        return self.folder / "home"

    def ask(self, *words: str | Path) -> str:
        """What a command says; it must succeed."""
        command = [str(word) for word in (self.program, *words)]
        done = subprocess.run(
            command, cwd=self.folder, env=self.env, capture_output=True, text=True, check=False, timeout=100
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        return done.stdout

    def get(self, path: str) -> tuple[int, str, bytes]:
        """A page of the dashboard, as somebody who has signed in."""
        connection = http.client.HTTPConnection(self.dashboard, timeout=60)
        connection.request("GET", path, headers={"Cookie": self.cookie})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, answer.getheader("Content-Type", "") or answer.getheader("Location", ""), body


@pytest.fixture(scope="module")
def running(make_venv, version, clean, tmp_path_factory) -> Iterator[Running]:
    """In an empty folder, on ports of its own."""
    program, folder = make_venv(version) / "inspector", tmp_path_factory.mktemp("far-away")
    env = {**clean, "HOME": str(folder), "INSPECTOR_HOME": str(folder / "home")}
    process = subprocess.Popen(
        [program, "run", "--listen", "127.0.0.1:0", "--web", "127.0.0.1:0", "--no-browser", "--upstream-proxy", "none"],
        cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        said = ""
        for line in process.stdout:
            said += line
            if "Ctrl-C stops it." in line:
                break
        assert process.poll() is None, said
        notice = json.loads((folder / "home/run/inspector.json").read_bytes())
        made = Running(program, folder, env, notice["listen"][0], notice["web"][0], "")
        ticket = re.search(r"/sign-in\?ticket=\S+", said)[0]
        connection = http.client.HTTPConnection(made.dashboard, timeout=60)
        connection.request("GET", ticket)
        cookie = connection.getresponse().getheader("Set-Cookie").partition(";")[0]
        connection.close()
        yield made._replace(cookie=cookie)
    finally:
        process.terminate()
        process.wait(30)
        process.stdout.close()


class Links(HTMLParser):
    """What a page names: other pages, and what belongs to it."""

    def __init__(self, page: str, text: str) -> None:
        super().__init__()
        self.page = page
        self.pages: set[str] = set()
        self.parts: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "a" and "download" not in told:
            self._note(self.pages, told.get("href"))
        elif tag in ("link", "script", "img", "use", "source"):
            for name in ("href", "src", "xlink:href"):
                self._note(self.parts, told.get(name))

    def _note(self, among: set[str], address: str | None) -> None:
        whole = urlsplit(urljoin(f"http://here{self.page}", address or "#"))
        if whole.netloc == "here" and whole.scheme == "http":
            among.add(f"{whole.path}?{whole.query}".rstrip("?"))


def test_every_page_comes_with_what_belongs_to_it(running):
    pages, parts, seen = list(START), set(), set()
    while pages and len(seen) < MOST_PAGES:
        page = pages.pop(0)
        seen.add(page)
        status, kind, body = running.get(page)
        if status == 302:
            continue
        assert status == 200, (page, body.decode()[:300])
        if not kind.startswith("text/html"):
            continue
        links = Links(page, body.decode())
        parts |= links.parts
        if page in START:
            pages += sorted(links.pages - seen - set(pages))
    assert len(seen) > 25
    for part in sorted(parts):
        status, kind, body = running.get(part)
        assert (status, bool(body)) == (200, True), part
        parts_of_it = re.findall(rb"url\([\"']?([^)\"']+)", body) if "css" in kind else []
        for each in parts_of_it:
            if not each.startswith(b"data:"):
                assert running.get(urlsplit(urljoin(f"http://here{part}", each.decode())).path)[0] == 200, (
                    each
                )
    kinds = {Path(urlsplit(part).path).suffix for part in parts}
    assert {".css", ".js", ".svg"} <= kinds


@pytest.mark.clients
def test_curl_is_captured_on_a_practice_site_over_https_and_explained(running, client_path):
    log = running.home / "run" / "inspector.log"
    assert wait_for(lambda: " lab        ready\n" in log.read_text(encoding="utf-8", errors="replace"))
    told = subprocess.run(
        [client_path["curl"], "-sS", "--proxy", f"http://{running.proxy}", "--cacert", running.home / "certs/ca.pem", "https://shop.inspector.test/"],
        env=running.env, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert "<title>" in told.stdout, told.stderr
    found: list[dict[str, object]] = []
    assert wait_for(lambda: found.extend(_exchanges(running)) or found)
    assert found[0]["status"] == 200
    for depth in ("", "/story", "/request", "/response", "/seen", "/connection", "/timing", "/checks"):
        status, _, body = running.get(f"/exchange/{found[0]['id']}{depth}")
        assert status in (200, 404), (depth, body.decode()[:300])
        assert status == 200 or depth


def _exchanges(running: Running) -> list[dict[str, object]]:
    status, _, body = running.get("/api/v1/exchanges?q=host:shop.inspector.test+method:GET+-is:open")
    assert status == 200, body
    return json.loads(body)["rows"]


def wait_for(so):
    until = time.monotonic() + 60
    while not (found := so()) and time.monotonic() < until:
        time.sleep(0.05)
    return found


SAID = {
    ("doctor",): "Inspector is running.", ("ca", "path"): "certs/ca.pem", ("ca", "status"): "ca.pem", ("cert", "my.test", "--out", "made"): "my.test",
    ("rules", "list"): "rule", ("lesson", "list"): "browser",
}  # fmt: skip


def test_its_commands_work(running, version, newest):
    for words, said in SAID.items() if version == newest else [(("doctor",), SAID["doctor",])]:
        assert said in running.ask(*words)
    assert version != newest or list((running.folder / "made").glob("*.pem"))


def test_nothing_of_the_checkout_is_used(make_venv, version, clean, tmp_path, checkout):
    code = "import inspector, sys; print(inspector.__file__); print(*sys.path, sep='\\n')"
    told = subprocess.run(
        [make_venv(version) / "python", "-c", code],
        cwd=tmp_path,
        env=clean,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert not [line for line in told.splitlines() if line in (str(checkout), str(checkout / "inspector"))]
    assert told.splitlines()[0].endswith(f"python{version}/site-packages/inspector/__init__.py")


# -- the packages themselves


@pytest.fixture(scope="module")
def wheel(built) -> dict[str, bytes]:
    return content(next(built.glob("*.whl")))


def content(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def test_a_wheel_from_the_sdist_is_the_wheel_from_the_checkout(built, wheel):
    other = content(next((built / "tree").glob("*.whl")))
    assert wheel.keys() == other.keys()
    assert [name for name in wheel if wheel[name] != other[name]] == []


def test_the_wheel_has_nothing_that_strayed_in(wheel):
    tops = {name.partition("/")[0] for name in wheel}
    assert {"inspector"} == {top for top in tops if not top.endswith(".dist-info")}
    odd = [
        name
        for name in wheel
        if re.search(
            r"(^|/)(tests?|node_modules|frontend|\.[^/]+|conftest\.py)(/|$)|\.(pyc|pem|key|har|db|map)$", name
        )
    ]
    assert odd == []
    assert "inspector/py.typed" in wheel


def test_its_metadata_are_right(wheel, checkout):
    [told] = [
        message_from_bytes(data) for name, data in wheel.items() if name.endswith(".dist-info/METADATA")
    ]
    assert (told["Name"], told["License-Expression"], told["License-File"]) == (
        "inspector-proxy",
        "MIT",
        "LICENSE",
    )
    assert told["Requires-Python"] == ">=3.11"
    assert {f"Programming Language :: Python :: {each}" for each in ("3.11", "3.12", "3.13")} <= set(
        told.get_all("Classifier")
    )
    assert {"Framework :: Pytest", "Typing :: Typed"} <= set(told.get_all("Classifier"))
    assert told["Description-Content-Type"] == "text/markdown"
    assert (
        told.get_payload(decode=True).decode().strip()
        == (checkout / "README.md").read_text(encoding="utf-8").strip()
    )
    [names] = [data.decode() for name, data in wheel.items() if name.endswith("/entry_points.txt")]
    assert "[console_scripts]\ninspector = inspector.cli.main:main" in names
    assert "[pytest11]\ninspector = inspector.testing.plugin" in names
