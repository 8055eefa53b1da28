"""`inspector tail`, on a proxy that runs: its lines as exchanges end."""

from __future__ import annotations

import contextlib
import json
import signal
import socket
import subprocess
import sys

import pytest
import requests
from click.testing import CliRunner

from inspector.cli.main import main
from inspector.testing.process import Process


@pytest.fixture(scope="module")
def process():
    started = Process(["--upstream-proxy", "none"])
    yield started
    started.stop()


@pytest.fixture
def get(process):
    """Ask for a path on a port of this computer where nobody listens."""

    def get(path):
        with requests.Session() as session:
            session.trust_env = False
            session.proxies = {"http": f"http://{process.address}"}
            return session.get(f"http://127.0.0.1:1{path}").status_code

    return get


@contextlib.contextmanager
def tail(process, *words):
    with subprocess.Popen(
        [sys.executable, "-m", "inspector", "tail", *words, "--home", str(process.home.root)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as running:  # fmt: skip
        try:
            yield running
        finally:
            running.kill()


def test_what_fits_comes_as_it_ends_until_enough_came(process, get):
    get("/first?yes")
    with tail(process, "--json", "--last", "1", "--count", "2", "path:/first OR path:/second") as running:
        before = json.loads(running.stdout.readline())
        get("/other")
        get("/second")
        after = json.loads(running.stdout.readline())
        assert running.wait(20) == 0
        assert running.stderr.read() == ""
    assert [each["url"] for each in (before, after)] == [
        "http://127.0.0.1:1/first?yes",
        "http://127.0.0.1:1/second",
    ]
    assert (after["status"], after["fault"], after["state"]) == (502, "connect-refused", "failed")


@pytest.mark.skipif(sys.platform == "win32", reason="a signal to one process is a matter of POSIX")
def test_a_line_for_people_obeys_nothing_that_was_captured_and_ctrl_c_ends_it(process, get):
    host, _, port = process.address.partition(":")
    with socket.create_connection((host, int(port))) as sent:
        sent.sendall("GET http://127.0.0.1:1/\x9b31m HTTP/1.1\r\nHost: 127.0.0.1:1\r\n\r\n".encode("latin-1"))
        sent.recv(1)
    get("/plain")
    with tail(process, "--last", "1000", "host:127.0.0.1") as running:
        lines = []
        while not any("/plain" in line for line in lines):
            lines.append(running.stdout.readline())
        running.send_signal(signal.SIGINT)
        assert running.wait(20) == 0
    assert "connection refused" in lines[-1]
    assert "502" in lines[-1]
    assert all(line.removesuffix("\n").isprintable() for line in lines)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--home", "nowhere"], "Inspector does not run on the home"),
        (["statsu:200"], "There is no field “statsu”"),
    ],
    ids=["not running", "wrong filter"],
)
def test_what_cannot_be_is_said(tmp_path, monkeypatch, words, said):
    monkeypatch.chdir(tmp_path)
    told = CliRunner().invoke(main, ["tail", *words])
    assert told.exit_code == 1
    assert said in told.output
