"""The server below the practice sites: what it lets apps do, and what it lets nobody do to them."""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
import subprocess
import sys
import threading

import pytest
from practice_running import PATIENCE, Served, forge

from inspector.lab.limits import Limits
from inspector.lab.serving.contexts import Contexts
from inspector.lab.serving.environ import TLS
from inspector.lab.serving.limits import AppLimits
from inspector.lab.serving.plain_sites import as_app
from inspector.lab.talk import Answer

HOST = "app.test"


class App:
    """A WSGI app with an address for each thing that apps do."""

    def __init__(self) -> None:
        self.told = threading.Event()
        self.go_on = threading.Event()
        self.seen: dict[str, object] = {}

    def __call__(self, environ, start_response):
        self.seen = environ
        return getattr(self, environ["PATH_INFO"].strip("/").replace("-", "_") or "home")(
            environ, start_response
        )

    def home(self, environ, start_response):
        start_response("200 OK", [("Content-Length", "5"), ("Content-Type", "text/plain")])
        return [b"hello"]

    def echo(self, environ, start_response):
        body = environ["wsgi.input"].read()
        start_response("200 OK", [("Content-Length", str(len(body)))])
        return [body]

    def stream(self, environ, start_response):
        start_response("200 OK", [])
        yield b"one"
        self.told.set()
        self.go_on.wait(PATIENCE)
        yield b"two"

    def endless(self, environ, start_response):
        start_response("200 OK", [])
        try:
            while True:
                yield b"x" * 65536
        finally:
            self.told.set()

    def empty(self, environ, start_response):
        start_response("200 OK", [])
        return []

    def nothing(self, environ, start_response):
        start_response("304 Not Modified", [("ETag", '"a"')])
        return []

    def liar(self, environ, start_response):
        start_response("200 OK", [("Content-Length", "10")])
        return [b"four"]

    def talker(self, environ, start_response):
        start_response("200 OK", [("Content-Length", "2")])
        return [b"four"]

    def framing(self, environ, start_response):
        start_response(
            "200 OK", [("Connection", "Upgrade"), ("Transfer-Encoding", "gzip"), ("Content-Length", "0")]
        )
        return []

    def broken(self, environ, start_response):
        raise RuntimeError("on purpose")

    def breaks_off(self, environ, start_response):
        start_response("200 OK", [])
        yield b"one"
        raise RuntimeError("on purpose")

    def takes_socket(self, environ, start_response):
        lent = environ["werkzeug.socket"]
        lent.sendall(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
        got = lent.recv(100)
        lent.sendall(got.upper())
        lent.close()
        start_response("200 OK", [])
        return [b"never seen"]

    def takes_none(self, environ, start_response):
        start_response("403 Forbidden", [("Content-Length", "2")])
        return [b"no"]


@pytest.fixture
def app():
    return App()


@pytest.fixture(scope="module")
def root():
    return forge("Practice root", ca=True)


@pytest.fixture(scope="module")
def trusting(root, tmp_path_factory):
    """A client that believes that root."""
    return ssl.create_default_context(
        cafile=str(root.write(tmp_path_factory.mktemp("root") / "root.pem", root.crl()))
    )


@pytest.fixture
def serve(app, root):
    started = []
    leaf = forge("site", HOST, by=root)

    def start(**limits):
        served = Served(**limits)
        served.open({HOST: app}.get, Contexts({HOST: leaf.key_pem + leaf.pem}).choose)
        started.append(served)
        return served

    yield start
    app.go_on.set()
    for each in started:
        each.close()


@pytest.fixture
def knock(serve):
    """A raw connection to a server with the given limits."""
    opened = []

    def connect(served=None, **limits):
        served = served or serve(**limits)
        opened.append(socket.create_connection(("127.0.0.1", served.http), PATIENCE))
        return opened[-1]

    yield connect
    for each in opened:
        each.close()


def ask(path="/", *fields, method="GET", host=HOST, minor=1):
    lines = [f"{method} {path} HTTP/1.{minor}", f"Host: {host}", *fields]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def read(connection, until):
    """What comes until it ends with `until`, or until the connection ends."""
    got = b""
    with contextlib.suppress(ConnectionResetError):
        while not got.endswith(until) or not until:
            data = connection.recv(65536)
            if not data:
                return got
            got += data
    return got


def test_several_requests_share_a_connection(knock):
    connection = knock()
    for _ in range(3):
        connection.sendall(ask())
        assert read(connection, b"hello").startswith(b"HTTP/1.1 200 OK\r\nDate: ")


def test_requests_that_come_all_at_once_are_answered_in_order(knock):
    connection = knock()
    connection.sendall(ask("/echo", "Content-Length: 1", method="POST") + b"a" + ask("/nothing") + ask())
    got = read(connection, b"hello")
    assert re.findall(rb"HTTP/1.1 (\d+)", got) == [b"200", b"304", b"200"]


def test_a_stream_is_sent_piece_by_piece_in_chunks(knock, app):
    connection = knock()
    connection.sendall(ask("/stream"))
    first = read(connection, b"3\r\none\r\n")
    assert b"Transfer-Encoding: chunked" in first
    app.go_on.set()
    assert read(connection, b"0\r\n\r\n") == b"3\r\ntwo\r\n0\r\n\r\n"


def test_http_1_0_gets_no_chunks_and_the_end_of_the_connection(knock, app):
    app.go_on.set()
    connection = knock()
    connection.sendall(ask("/stream", minor=0))
    got = read(connection, b"")
    assert got.endswith(b"\r\n\r\nonetwo")
    assert b"Connection: close" in got
    assert b"chunked" not in got


def test_head_and_304_have_no_body(knock):
    connection = knock()
    connection.sendall(ask(method="HEAD"))
    assert b"Content-Length: 5" in read(connection, b"\r\n\r\n")
    connection.sendall(ask("/nothing"))
    assert read(connection, b"\r\n\r\n").startswith(b"HTTP/1.1 304")
    connection.sendall(ask("/empty"))
    assert b"Content-Length: 0" in read(connection, b"\r\n\r\n")


def test_head_asks_no_app_for_a_body_that_never_ends(knock, app):
    connection = knock()
    connection.sendall(ask("/endless", method="HEAD"))
    assert read(connection, b"\r\n\r\n").startswith(b"HTTP/1.1 200")
    assert app.told.wait(PATIENCE)


@pytest.mark.parametrize(
    "framed", ["Content-Length: 4\r\n\r\nbody", "Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n"]
)
def test_a_body_arrives_however_it_is_framed(knock, app, framed):
    connection = knock()
    connection.sendall(f"POST /echo HTTP/1.1\r\nHost: {HOST}\r\n{framed}".encode())
    assert read(connection, b"body").endswith(b"\r\n\r\nbody")
    assert app.seen["CONTENT_LENGTH"] == "4"


def test_whoever_expects_continue_is_told_to_go_on(knock):
    connection = knock()
    connection.sendall(ask("/echo", "Expect: 100-continue", "Content-Length: 4", method="POST"))
    assert read(connection, b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
    connection.sendall(b"body")
    assert read(connection, b"body").endswith(b"\r\n\r\nbody")


@pytest.mark.parametrize(
    "framed", [b"Content-Length: 101\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n65\r\n" + b"x" * 101]
)
def test_too_large_a_body_is_refused(knock, app, framed):
    connection = knock(apps=AppLimits(upload=100))
    connection.sendall(b"POST /echo HTTP/1.1\r\nHost: app.test\r\n" + framed)
    assert read(connection, b"").startswith(b"HTTP/1.1 413 ")
    assert app.seen == {}


def test_an_unfinished_body_is_not_waited_for_for_ever(knock, app):
    connection = knock(apps=AppLimits(upload_time=0.1))
    connection.sendall(ask("/echo", "Content-Length: 4", method="POST") + b"bo")
    assert read(connection, b"") == b""
    assert app.seen == {}


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", b"400"),
        (
            b"GET / HTTP/1.1\r\nHost: app.test\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            b"400",
        ),
        (b"nonsense\r\n\r\n", b"400"),
        (b"POST /echo HTTP/1.1\r\nHost: app.test\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", b"400"),
        (ask(host="nobody.test"), b"404"),
        (b"GET / HTTP/1.1\r\nHost: app.test\r\nX: " + b"x" * 20_000 + b"\r\n\r\n", b"431"),
    ],
    ids=["no-host", "two-framings", "no-http", "bad-chunk", "unknown-host", "long-field"],
)
def test_what_is_no_request_for_an_app_is_answered_and_closed(knock, app, request_, status):
    connection = knock()
    connection.sendall(request_)
    got = read(connection, b"")
    assert got.split()[1] == status
    assert b"Connection: close" in got
    assert app.seen == {}


def test_the_host_may_be_spelled_in_every_way(knock):
    connection = knock()
    for host in ("APP.test", "app.test:80", "app.test."):
        connection.sendall(ask(host=host))
        assert read(connection, b"hello").startswith(b"HTTP/1.1 200")


def test_fields_reach_the_app_without_being_mixed_up(knock, app):
    connection = knock()
    fields = ("X-A: 1", "X-A: 2", "X_A: 3", "Cookie: a=1", "Cookie: b=2", "Content-Type: text/x")
    connection.sendall(ask("/a%20b?c=%64", *fields).replace(b"/a%20b", b"//home", 1))
    read(connection, b"hello")
    seen = app.seen
    assert (seen["HTTP_X_A"], seen["HTTP_COOKIE"], seen["CONTENT_TYPE"]) == ("1, 2", "a=1; b=2", "text/x")
    assert (seen["QUERY_STRING"], seen["wsgi.url_scheme"], seen["SERVER_PORT"]) == ("c=%64", "http", "80")


def test_an_app_that_promised_more_than_it_has_ends_the_connection(knock):
    connection = knock()
    connection.sendall(ask("/liar"))
    assert read(connection, b"").endswith(b"\r\n\r\nfour")


def test_an_app_that_says_more_than_it_promised_is_cut(knock):
    connection = knock()
    connection.sendall(ask("/talker") + ask())
    assert b"\r\n\r\nfoHTTP/1.1 200 OK" in read(connection, b"hello")


def test_framing_is_the_servers_business(knock):
    connection = knock()
    connection.sendall(ask("/framing"))
    got = read(connection, b"\r\n\r\n")
    assert b"Upgrade" not in got
    assert b"gzip" not in got


@pytest.mark.parametrize(("path", "got"), [("/broken", b""), ("/breaks-off", b"3\r\none\r\n")])
def test_an_app_that_breaks_ends_its_own_connection_only(knock, serve, caplog, path, got):
    served = serve()
    connection = knock(served)
    connection.sendall(ask(path))
    assert read(connection, b"").endswith(got)
    assert "broke off" in caplog.text
    other = knock(served)
    other.sendall(ask())
    assert read(other, b"hello").endswith(b"hello")


def test_an_app_learns_that_its_visitor_has_left(knock, app):
    connection = knock()
    connection.sendall(ask("/endless"))
    connection.recv(1000)
    connection.close()
    assert app.told.wait(PATIENCE)


def test_an_app_learns_that_its_visitor_has_stopped_reading(knock, app):
    connection = knock(limits=Limits(write=0.2))
    connection.sendall(ask("/endless"))
    assert app.told.wait(PATIENCE)


def test_only_so_many_are_at_work_and_others_wait_and_are_told(knock, serve, app):
    served = serve(apps=AppLimits(at_work=1, waiting=0.1))
    first = knock(served)
    first.sendall(ask("/stream"))
    assert app.told.wait(PATIENCE)
    second = knock(served)
    second.sendall(ask())
    assert read(second, b"").startswith(b"HTTP/1.1 503 ")
    app.go_on.set()
    read(first, b"0\r\n\r\n")
    third = knock(served)
    third.sendall(ask())
    assert read(third, b"hello").endswith(b"hello")


UPGRADE = ("Upgrade: websocket", "Connection: Upgrade")


def test_an_app_may_take_the_socket_and_speak_as_it_likes(knock):
    connection = knock()
    connection.sendall(ask("/takes-socket", *UPGRADE) + b"abc")
    got = read(connection, b"ABC")
    assert got.startswith(b"HTTP/1.1 101 ")
    assert got.endswith(b"ABC")
    assert read(connection, b"") == b""


def test_an_app_that_takes_no_socket_answers_as_ever(knock):
    connection = knock()
    connection.sendall(ask("/takes-none", *UPGRADE))
    got = read(connection, b"")
    assert got.startswith(b"HTTP/1.1 403 ")
    assert got.endswith(b"\r\n\r\nno")


def test_closing_the_doors_does_not_wait_for_apps_at_work(knock, serve, app):
    served = serve()
    knock(served).sendall(ask("/stream"))
    assert app.told.wait(PATIENCE)
    # The fixture closes the doors now, and fails if that takes long; the app is let go only afterwards.
    served.call(served.doors.close())


def test_a_site_of_the_lab_can_be_an_app_among_others(knock, app):
    seen = []

    def site(request):
        seen.append(request)
        return Answer(b"looked at", headers=(("X-Lab", "1"),))

    app.home = as_app(site)
    connection = knock()
    connection.sendall(ask("/?a=b"))
    assert b"X-Lab: 1" in read(connection, b"looked at")
    assert (seen[0].method, seen[0].host, seen[0].path, seen[0].tls) == ("GET", HOST, "/", None)
    connection.sendall(ask("/", "Content-Length: 0", method="POST"))
    assert read(connection, b"GET and HEAD.\n").startswith(b"HTTP/1.1 405 ")


def test_what_the_handshake_came_to_is_told(serve, app, trusting):
    served = serve()
    with socket.create_connection(("127.0.0.1", served.https), PATIENCE) as plain:
        connection = trusting.wrap_socket(plain, server_hostname=HOST)
        connection.sendall(ask())
        assert read(connection, b"hello").endswith(b"hello")
        assert (app.seen["wsgi.url_scheme"], app.seen["SERVER_PORT"], app.seen[TLS].sni) == (
            "https",
            "443",
            HOST,
        )
        assert app.seen["SSL_PROTOCOL"] == "TLS 1.3"
        connection.sendall(ask(host="other.test"))
        assert read(connection, b"").startswith(b"HTTP/1.1 421 ")
        connection.close()


def test_nobody_of_another_name_is_at_home(serve, trusting):
    served = serve()
    with (
        socket.create_connection(("127.0.0.1", served.https), PATIENCE) as plain,
        pytest.raises(ssl.SSLError, match="UNRECOGNIZED_NAME"),
    ):
        trusting.wrap_socket(plain, server_hostname="nobody.test")


def test_no_site_is_imported_before_it_is_visited():
    code = (
        "import sys, pathlib; from inspector.lab.sites.practice import practice_sites; practice_sites(pathlib.Path('x'));"
        "print([name for name in ('flask', 'requests', 'sqlalchemy', 'authlib') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
