"""The site on bare sockets: what it answers, and that the lab hands it the visitor's own bytes, whatever the site then does."""

from __future__ import annotations

import socket

import pytest
from practice_running import PATIENCE, Served

from inspector.lab.serving.on_sockets import OnSockets
from inspector.lab.sites.bare.server import answer, serve


@pytest.mark.parametrize(
    ("head", "first", "text"),
    [
        (b"GET /hello?name=Ada HTTP/1.1\r\nHost: x\r\n\r\n", b"HTTP/1.1 200 OK", b"Hello, Ada!\n"),
        (b"GET /hello HTTP/1.1\r\n\r\n", b"HTTP/1.1 200 OK", b"Hello, stranger!\n"),
        (b"DELETE /hello?name=%C3%AB HTTP/1.1\r\n\r\n", b"HTTP/1.1 200 OK", b"Hello, %C3%AB!\n"),
        (
            b"GET / HTTP/1.1\r\n\r\n",
            b"HTTP/1.1 200 OK",
            b"A server on bare sockets. Ask it for /hello?name=Ada\n",
        ),
        (b"GET /other HTTP/1.1\r\n\r\n", b"HTTP/1.1 404 Not Found", b"There is only /hello here.\n"),
    ],
)
def test_it_knows_one_page_and_neither_methods_nor_escapes(head, first, text):
    said = answer(head)
    assert said.startswith(first)
    assert said.endswith(b"\r\n\r\n" + text)


@pytest.fixture
def visit():
    """A raw visit to a site that speaks for itself: what is said, and all that comes back until it hangs up."""
    started = []

    def visiting(site, said):
        served = Served()
        served.open(lambda _: OnSockets(site), lambda _: None)
        started.append(served)
        with socket.create_connection(("127.0.0.1", served.http), PATIENCE) as connection:
            connection.sendall(said)
            came = b""
            while data := connection.recv(65_536):
                came += data
        return came

    yield visiting
    for served in started:
        served.close()


def test_it_gets_the_visitors_own_bytes_and_its_hanging_up_ends_the_answer(visit):
    came = visit(serve, b"GET /hello?name=Ada HTTP/1.1\r\nHost: bare.inspector.test\r\nX-Odd:  two \r\n\r\n")
    assert came == b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nHello, Ada!\n"
    got = []
    visit(
        lambda connection: (got.append(connection.recv(4096)), connection.close()),
        b"PUT / HTTP/1.1\r\nHost: b\r\nContent-Length: 3\r\n\r\nabc",
    )
    assert got == [b"PUT / HTTP/1.1\r\nHost: b\r\nContent-Length: 3\r\n\r\nabc"]


def test_a_site_that_fails_ends_its_own_answer_alone(visit, caplog):
    def failing(connection):
        raise RuntimeError("a slip")

    assert visit(failing, b"GET / HTTP/1.1\r\nHost: b\r\n\r\n") == b""
    assert "a site on bare sockets broke off" in caplog.text
