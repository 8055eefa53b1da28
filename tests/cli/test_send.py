"""`inspector send` and `inspector token` in a terminal, and the examples of docs/api.md, all before one Inspector that runs."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner

from inspector.cli.main import main

DOCS = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")


class Echo(BaseHTTPRequestHandler):
    """Says back what it was asked; /leave leads to /there, /evil tries to speak to the terminal, /no is a 404."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        said = {
            "method": self.command,
            "path": self.path,
            "body": body.decode("latin-1"),
            "fields": self.headers.items(),
        }
        status, media, answer = 200, "application/json", json.dumps(said).encode()
        if self.path == "/evil":
            media, answer = "text/plain", b"\x1b]0;owned\x07plain\n"
        if self.path == "/bytes":
            media, answer = "image/png", b"\x89PNG\x00\xff"
        if self.path == "/no":
            status = 404
        if self.path == "/leave":
            status = 302
        self.send_response(status)
        self.send_header("Content-Type", media)
        self.send_header("Content-Length", str(len(answer)))
        if status == 302:
            self.send_header("Location", "/there")
        self.end_headers()
        self.wfile.write(answer)

    do_POST = do_PUT = do_GET  # noqa: N815

    def log_message(self, *_):
        """Nothing: the tests look."""


@pytest.fixture(scope="module")
def site():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def running(inspector_class, tmp_path_factory):
    started = inspector_class(tmp_path_factory.mktemp("send") / "home").wait_until_ready().wait_for_lab()
    yield started
    started.clean_up()


@pytest.fixture
def run(running):
    def run(*words, given=None):
        return CliRunner().invoke(main, [*words, "--home", str(running.home)], input=given)

    return run


def in_a_terminal(running, *words):
    """What a terminal shows."""
    above, below = pty.openpty()
    command = [sys.executable, "-m", "inspector", *words, "--home", str(running.home)]
    with subprocess.Popen(command, stdout=below, stderr=below) as process:
        os.close(below)
        shown = b""
        while True:
            try:
                piece = os.read(above, 65536)
            except OSError:  # Linux says so at the end of a terminal
                break
            if not piece:
                break
            shown += piece
        os.close(above)
        process.wait(20)
    return shown.decode("utf-8", "replace")


def test_into_a_pipe_goes_the_body_alone(run, site):
    done = run("send", f"{site}/hello", "-H", "X-Own: 1", "-H", "Empty;")
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert (said["method"], said["path"]) == ("GET", "/hello")
    assert ["X-Own", "1"] in said["fields"]
    assert ["Empty", ""] in said["fields"]
    assert re.fullmatch(r"http://inspector\.localhost:\d+/exchange/[0-9a-f]{32}\n", done.stderr)


def test_a_body_makes_a_post_and_can_come_from_anywhere(run, site, tmp_path):
    (tmp_path / "body").write_bytes(b"\x00\xff")
    for words, body, media in (
        (("-d", "a=1", "-d", "b=2"), "a=1&b=2", "application/x-www-form-urlencoded"),
        (("-d", "@-"), "given", "application/x-www-form-urlencoded"),
        (("-d", f"@{tmp_path / 'body'}", "-H", "Content-Type: x/y"), "\x00\xff", "x/y"),
        (("--data-json", '{"a": 1}'), '{"a": 1}', "application/json"),
    ):
        said = json.loads(run("send", f"{site}/x", *words, given="given").stdout)
        assert (said["method"], said["body"]) == ("POST", body)
        assert ["Content-Type", media] in said["fields"]
    assert json.loads(run("send", "put", f"{site}/x", "-d", "1").stdout)["method"] == "PUT"


def test_a_terminal_shows_all_of_it_and_obeys_nothing(running, site):
    shown = in_a_terminal(running, "send", f"{site}/evil", "--show", "all", "-d", "asked=1")
    assert "POST http://127.0.0.1" in shown
    assert "asked=1" in shown
    assert "HTTP/1.1 200 OK" in shown
    assert "\ufffd]0;owned\ufffdplain" in shown
    assert "6 bytes of image/png" in in_a_terminal(running, "send", f"{site}/bytes")


def test_what_came_of_it_is_told_to_programs(run, site):
    told = json.loads(run("send", f"{site}/leave", "--follow", "--json").stdout)
    assert told["status"] == 200
    assert len(told["redirects"]) == 1
    again = run("send", "--repeat", told["dashboard"])
    assert json.loads(again.stdout)["path"] == "/there"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("/no",), 0), (("/no", "--fail"), 4), (("/hello", "--fail"), 0), (("/hello", "--show", "nothing"), 0),
    ],
)  # fmt: skip
def test_the_exit_code_is_of_the_sending_unless_one_asks_for_the_answers(run, site, words, code):
    assert run("send", f"{site}{words[0]}", *words[1:]).exit_code == code


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        ((), 2, "Say the address"), (("a", "b", "c"), 2, "Say the address"), (("http://x.test", "-H", "nonsense"), 2, "Name: value"),
        (("ftp://x.test",), 1, "not http or https"), (("--repeat", "zz"), 2, "no number of an exchange"), (("--repeat", "0" * 32), 1, "no exchange"),
        (("http://x.test", "--repeat", "0" * 32), 2, "as it was"), (("http://x.test", "-d", "@/nowhere/at/all"), 1, "cannot be read"),
        (("http://x.test", "-d", "1", "--data-json", "1"), 2, "two ways"),
    ],
)  # fmt: skip
def test_what_cannot_be_sent_is_said_with_its_cure(run, words, code, says):
    done = run("send", *words)
    assert done.exit_code == code
    assert says in done.stderr


def test_bytes_leave_as_they_are(run, site, tmp_path):
    (tmp_path / "raw").write_bytes(b"GET /raw HTTP/1.1\r\nhOsT: odd\r\nConnection: close\r\n\r\n")
    done = run("send", site, "--raw", str(tmp_path / "raw"))
    assert done.exit_code == 0, done.output
    assert '["hOsT", "odd"]' in done.stdout
    assert "/exchange/" in done.stderr


def test_without_one_that_runs_the_cure_is_said(tmp_path):
    done = CliRunner().invoke(main, ["send", "http://x.test", "--home", str(tmp_path)])
    assert done.exit_code == 1
    assert "inspector run" in done.stderr


def test_a_token_is_made_told_once_listed_and_revoked(run):
    made = run(
        "token", "make", "--name", "nightly  checks", "--scope", "rules", "--scope", "read", "--lasts", "8h"
    )
    text = made.stdout.strip()
    assert re.fullmatch(r"insp_[\w-]{43}", text)
    assert "read, rules" in made.stderr
    (told,) = [
        each for each in json.loads(run("token", "list", "--json").stdout) if each["name"] == "nightly checks"
    ]
    assert told["scopes"] == ["read", "rules"]
    assert told["used"] is None
    listed = run("token", "list").stdout
    assert "nightly checks: read, rules" in listed
    assert text not in listed
    assert run("token", "revoke", "nobody").exit_code == 1
    assert run("token", "revoke").exit_code == 2
    assert "1 token revoked" in run("token", "revoke", "nightly checks").stdout
    assert "nightly" not in run("token", "list").stdout


@pytest.mark.clients
def test_the_examples_of_the_docs_work(running, client_path, tmp_path):
    """The shell's first: it makes the token for the other."""
    shell, python = (re.findall(rf"```{name}\n(.*?)```", DOCS, re.DOTALL)[0] for name in ("bash", "python"))
    api = f"{running.dashboard}/api/v1"
    shell = shell.replace("http://127.0.0.1:8081/api/v1", api) + '\nprintf %s "$TOKEN" > token\n'
    assert client_path["curl"]
    environment = os.environ | {
        "INSPECTOR_HOME": str(running.home), "API": api, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }  # fmt: skip
    strict = ["bash", "-euo", "pipefail", "-c", shell.replace("curl -s", "curl -sS --fail-with-body")]
    done = subprocess.run(strict, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60, check=False)  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    assert "<!doctype html" in (tmp_path / "page.html").read_text().lower()
    assert json.loads((tmp_path / "shop.har").read_text())["log"]["entries"]
    environment["TOKEN"] = (tmp_path / "token").read_text()
    done = subprocess.run([sys.executable, "-c", python], env=environment, capture_output=True, text=True, timeout=60, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "the answer's status: 200" in done.stdout
    assert "GET shop.inspector.test /api/products 200" in done.stdout
    assert "400 " in done.stdout
