"""The pytest plugin as somebody else's project uses it: a small project of its own, with pytest in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from inspector.testing.plugin import har_name

SITE = """
import http.server
import threading

import pytest


class Site(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.answer(200, b'{"page": "' + self.path.encode() + b'"}')

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(302, b"")

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="session")
def site():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
"""

PASSING = """
import subprocess
import sys
import urllib.request

import pytest
import requests

from inspector.testing import NotSeen


def test_a_log_in_is_found_and_looked_at(inspector, site):
    inspector.session().post(f"{site}/login?from=here", data={"name": "ada"}, allow_redirects=False)
    seen = inspector.find("POST", path="/login", status=302)
    assert seen.request.form == {"name": ["ada"]}
    assert seen.query == {"from": ["here"]}
    assert seen.response.headers["content-type"] == "application/json"
    assert seen.seconds < 60
    assert not seen.fault


def test_another_test_begins_with_nothing(inspector, site):
    assert inspector.all() == []
    inspector.expect_none("POST")
    inspector.session().get(f"{site}/a")
    inspector.session().get(f"{site}/b")
    assert [each.json()["page"] for each in inspector.find_all("status:200", count=2)] == ["/a", "/b"]
    with pytest.raises(NotSeen, match="1 exchange fit.*none should"):
        inspector.expect_none(path="/a")


def test_what_is_missing_is_said_with_what_there_is(inspector, site):
    with pytest.raises(NotSeen, match="Nothing was captured in this test"):
        inspector.find(path="/x", timeout=0)
    inspector.session().get(f"{site}/here")
    with pytest.raises(NotSeen, match=r"path is /x[\\s\\S]*\\(1\\)[\\s\\S]*GET +200 .*/here"):
        inspector.find(path="/x", timeout=0)


def test_a_wrong_filter_is_a_mistake_of_the_test(inspector):
    with pytest.raises(ValueError, match="There is no field .statsu"):
        inspector.find("statsu:200")


def test_a_mock_answers_for_a_site_that_is_nowhere(inspector):
    mock = inspector.mock("host:pay.test", status=402, json={"error": "no money"}, headers={"X-By": "us"})
    got = inspector.session().post("https://pay.test/charge")
    assert (got.status_code, got.json(), got.headers["X-By"]) == (402, {"error": "no money"}, "us")
    [seen] = mock.seen
    assert seen.url == "https://pay.test/charge"


def test_a_mock_ends_when_it_shall_and_with_its_test(inspector, site, tmp_path):
    (tmp_path / "page.html").write_text("<p>mine")
    with inspector.mock("path:=/page", file=tmp_path / "page.html"):
        got = inspector.session().get(f"{site}/page")
        assert (got.text, got.headers["Content-Type"]) == ("<p>mine", "text/html; charset=utf-8")
    assert inspector.session().get(f"{site}/page").json() == {"page": "/page"}
    inspector.rule("path:=/page", "status", status=503)
    assert inspector.session().get(f"{site}/page").status_code == 503


def test_the_rules_of_the_test_before_are_gone(inspector, site):
    assert inspector.session().get(f"{site}/page").status_code == 200
    with pytest.raises(ValueError, match="no action .explode"):
        inspector.rule("host:x", "explode")
    with pytest.raises(TypeError, match="one body"):
        inspector.mock("host:x", text="a", json={})


def test_a_program_uses_it_by_its_environment(inspector, site):
    inspector.mock("host:nowhere.test", text="from the mock")
    code = "import urllib.request as u; print(u.urlopen('https://nowhere.test/').read().decode())"
    told = subprocess.run([sys.executable, "-c", code], env=inspector.env(), capture_output=True, text=True)
    assert told.stdout == "from the mock\\n", told.stderr


def test_code_in_this_process_uses_it_too(inspector_env):
    inspector_env.mock("host:nowhere.test", text="from the mock")
    assert requests.get("https://nowhere.test/").text == "from the mock"
    assert inspector_env.find(host="nowhere.test").text == "from the mock"
"""

FAILING = """
def test_it_fails(inspector, site):
    session = inspector.session()
    session.get(f"{site}/before", headers={"Authorization": "Bearer hush-hush"})
    assert inspector.find(path="/before").status == 404
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    (folder / "pyproject.toml").write_text('[tool.pytest.ini_options]\nfilterwarnings = ["error"]\n')
    (folder / "conftest.py").write_text(SITE)
    (folder / "test_passing.py").write_text(PASSING)
    (folder / "test_failing.py").write_text(FAILING)
    return folder


def pytest_in(project: Path, *words: str, settings: str = "") -> subprocess.CompletedProcess[str]:
    """pytest with our plugin and no other that happens to be installed."""
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "inspector.testing.plugin", "-p", "no:cacheprovider", *words],
        cwd=project, capture_output=True, text=True, check=False, timeout=110,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": ""},
    )  # fmt: skip


def test_a_project_finds_mocks_and_asserts(project):
    told = pytest_in(project, "test_passing.py", "-p", "xdist", "-n", "2")
    assert told.returncode == 0, told.stdout + told.stderr
    assert "9 passed" in told.stdout


def test_a_test_that_fails_leaves_a_har_file_without_secrets(project):
    told = pytest_in(project, "test_failing.py", "--inspector-har", "hars")
    assert told.returncode == 1
    assert "What was captured in this test (1):" in told.stdout
    [file] = (project / "hars").iterdir()
    assert file.name == "test_failing.py_test_it_fails.har"
    assert "hush-hush" not in file.read_text()
    [entry] = json.loads(file.read_text())["log"]["entries"]
    assert entry["request"]["url"].endswith("/before")


def test_an_option_that_cannot_be_is_said_before_any_test(project):
    told = pytest_in(project, "test_passing.py", "-x", "-o", "inspector_options=--max-bodies 3")
    assert "No such option" in told.stdout
    assert "--max-body" in told.stdout


def test_nothing_of_it_is_loaded_before_a_test_asks():
    code = (
        "import sys, inspector.testing.plugin; print(*(n for n in sys.modules if n.startswith('inspector')))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(told.stdout.split()) == {"inspector", "inspector.testing", "inspector.testing.plugin"}


@pytest.mark.parametrize(
    ("test", "name"),
    [
        ("tests/test_a.py::test_b", "tests_test_a.py_test_b.har"),
        ("t.py::test[../../etc/passwd]", "t.py_test_.._.._etc_passwd-"),
        ("t.py::" + "x" * 300, "t.py_" + "x" * 145 + "-"),
    ],
    ids=["plain", "with a value", "long"],
)
def test_a_har_file_is_named_after_its_test(test, name):
    assert har_name(test).startswith(name)
    assert "/" not in har_name(test)
