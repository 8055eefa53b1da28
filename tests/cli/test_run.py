"""`inspector run` as a person meets it: the real command, its real processes."""

from __future__ import annotations

import http.client
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from inspector.app.supervisor import WORDS

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and pidfd")


class Greeting(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def site():
    """A site that says hello."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Greeting)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def fetch(proxy: str, site: str) -> bytes:
    connection = http.client.HTTPConnection(proxy, timeout=20)
    try:
        connection.request("GET", f"http://{site}/")
        return connection.getresponse().read()
    finally:
        connection.close()


def visit(dashboard: str, path: str, cookie: str = "") -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection(dashboard.removeprefix("http://"), timeout=20)
    connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
    response = connection.getresponse()
    response.read()
    connection.close()
    return response


def sign_in(inspector) -> str:
    cookie = visit(inspector.dashboard, inspector.ticket).getheader("Set-Cookie")
    assert cookie
    return cookie.partition(";")[0]


def ask(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "inspector", *arguments], capture_output=True, text=True, check=False
    )


def wait_gone(pid: int, within: float = 10.0) -> None:
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        assert select.select([descriptor], [], [], within)[0], f"process {pid} still runs"
    finally:
        os.close(descriptor)


@pytest.fixture(scope="module")
def lasting(inspector_class, tmp_path_factory):
    """A running Inspector for all tests that leave it running: to start one takes longer than most of them."""
    started = inspector_class(tmp_path_factory.mktemp("lasting") / "home")
    try:
        yield started.wait_until_ready().wait_for_lab()
    finally:
        started.clean_up()


def test_it_says_where_everything_is_and_it_is_there(lasting, site):
    assert "Inspector is running, for this computer only." in lasting.said
    assert f"  Proxy       {lasting.proxy}\n" in lasting.said
    assert f"--cacert {lasting.ca} " in lasting.said
    assert lasting.ca.is_file()
    assert lasting.ca.with_name("ca-key.pem").stat().st_mode & 0o777 == 0o600
    assert fetch(lasting.proxy, site) == b"hello"


def test_the_printed_link_signs_in_once(lasting):
    cookie = sign_in(lasting)
    assert visit(lasting.dashboard, "/api/v1/status", cookie).status == 200
    assert visit(lasting.dashboard, "/api/v1/status").status == 401
    assert visit(lasting.dashboard, lasting.ticket).getheader("Set-Cookie") is None


def test_open_gives_a_fresh_link(lasting):
    done = ask("open", "--no-browser", "--home", str(lasting.home))
    assert done.returncode == 0
    path = "/sign-in" + done.stdout.strip().partition("/sign-in")[2]
    assert path != lasting.ticket
    assert visit(lasting.dashboard, path).getheader("Set-Cookie")


def test_a_restart_keeps_a_browser_signed_in_and_the_authority(start_inspector):
    first = start_inspector().wait_until_ready()
    cookie, authority = sign_in(first), first.ca.read_bytes()
    assert first.stop() == 0
    second = start_inspector().wait_until_ready()
    assert visit(second.dashboard, "/api/v1/status", cookie).status == 200
    assert second.ca.read_bytes() == authority


def test_status_tells_what_runs(lasting):
    done = ask("status", "--json", "--home", str(lasting.home))
    told = json.loads(done.stdout)
    assert done.returncode == 0
    assert told["running"]
    assert told["listen"] == [lasting.proxy]
    assert set(told["children"]) == {"engine", "recorder", "web", "lab"}
    assert len(told["lab"]) == 2
    assert lasting.proxy in ask("status", "--home", str(lasting.home)).stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_cleanly_and_leaves_no_process(inspector, number):
    inspector.wait_for_lab()
    children = inspector.notice["children"]
    assert inspector.stop(number) == 0
    for pid in children.values():
        wait_gone(pid, within=0)
    assert ask("status", "--home", str(inspector.home)).returncode == 1


def test_without_a_lab_there_is_a_process_less_and_no_practice_site(start_inspector):
    inspector = start_inspector("--no-lab").wait_until_ready()
    assert b"goes through Inspector" in fetch(inspector.proxy, "badtls.inspector.test")
    assert set(inspector.notice["children"]) == {"engine", "recorder", "web"}
    assert not (inspector.home / "lab").exists()


@pytest.mark.parametrize("role", ["engine", "recorder", "web", "lab"])
def test_each_process_comes_back_when_it_is_killed(lasting, site, role):
    os.kill(lasting.notice["children"][role], signal.SIGKILL)
    lasting.wait_for(f"The {WORDS[role]} stopped")
    assert fetch(lasting.proxy, site) == b"hello"
    assert visit(lasting.dashboard, "/sign-in").status in (200, 400, 401, 403)
    assert lasting.notice["restarts"][role] == 1


def test_killed_itself_it_leaves_no_process_and_can_be_started_again(start_inspector, site):
    first = start_inspector().wait_until_ready()
    children = first.notice["children"]
    first.process.kill()
    first.process.wait()
    second = start_inspector().wait_until_ready()
    for pid in children.values():
        wait_gone(pid, within=0)
    assert fetch(second.proxy, site) == b"hello"


def test_it_goes_on_when_nobody_reads_what_it_prints(inspector, site):
    inspector.process.stdout.close()
    os.kill(inspector.notice["children"]["web"], signal.SIGKILL)
    until = time.monotonic() + 20
    while not inspector.notice["restarts"]["web"]:
        assert time.monotonic() < until
    assert fetch(inspector.proxy, site) == b"hello"
    assert inspector.stop() == 0


def test_a_taken_port_names_the_cure(start_inspector):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = start_inspector("--listen", f"127.0.0.1:{port}")
        assert refused.process.wait(20) == 1
        assert refused.process.stdout.read().startswith(f"inspector: Port {port} on 127.0.0.1 is in use by ")


def test_a_second_copy_names_the_first(lasting, start_inspector):
    second = start_inspector(home=lasting.home)
    assert second.process.wait(20) == 1
    said = second.process.stdout.read()
    assert f"already running on the home {lasting.home} (process {lasting.process.pid}" in said
    assert lasting.process.poll() is None


def test_a_home_that_cannot_be_used_names_the_cure(start_inspector, tmp_path):
    (tmp_path / "file").write_text("")
    refused = start_inspector(home=tmp_path / "file")
    assert refused.process.wait(20) == 1
    said = refused.process.stdout.read()
    assert f"The home folder {tmp_path / 'file'} cannot be used" in said
    assert "--home DIR" in said


def test_a_damaged_authority_is_said_at_the_start(start_inspector, tmp_path):
    (tmp_path / "home" / "certs").mkdir(parents=True)
    (tmp_path / "home" / "certs" / "ca-key.pem").write_text(
        "-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----\n"
    )
    refused = start_inspector()
    assert refused.process.wait(20) == 1
    assert "ca-key.pem is damaged" in refused.process.stdout.read()


def test_a_fresh_home_is_deleted_at_the_end(start_inspector, tmp_path, monkeypatch, site):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    fresh = start_inspector(fresh=True).wait_until_ready()
    [fresh.home] = tmp_path.glob("inspector-fresh-*")
    assert "All that is captured is deleted when it stops." in fresh.said
    assert fetch(fresh.proxy, site) == b"hello"
    assert fresh.stop() == 0
    assert list(tmp_path.glob("inspector-fresh-*")) == []


def test_a_fresh_home_of_a_killed_run_is_deleted_at_the_next_start(start_inspector, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    killed = start_inspector(fresh=True).wait_until_ready()
    [killed.home] = tmp_path.glob("inspector-fresh-*")
    children = killed.notice["children"]
    killed.process.kill()
    for pid in children.values():
        wait_gone(pid)
    start_inspector().wait_until_ready()
    assert not killed.home.exists()
