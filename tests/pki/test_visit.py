"""Visits to real servers on this computer: good ones, odd ones, and none at all."""

from __future__ import annotations

import socket
import ssl
import threading
import warnings

import pytest

from inspector.pki import visit
from inspector.pki.contexts import client_context
from inspector.pki.leaves import Leaves
from inspector.pki.visit import Target


@pytest.fixture
def serve():
    listeners = []

    def start(talk):
        listener = socket.create_server(("127.0.0.1", 0), backlog=16)
        listeners.append(listener)
        threading.Thread(target=loop, args=(listener, talk), daemon=True).start()
        return Target("a.test", "127.0.0.1", listener.getsockname()[1])

    yield start
    for each in listeners:
        each.close()


def loop(listener, talk):
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection:
            try:
                talk(connection)
            except OSError:
                continue


def speaking(context):
    def talk(connection):
        with context.wrap_socket(connection, server_side=True) as secure:
            secure.recv(100)

    return talk


@pytest.fixture
def context(authority):
    return Leaves(authority).make("a.test").context


def test_what_a_server_sends(serve, context, authority):
    seen = visit.look(serve(speaking(context)))
    assert seen.reached == "127.0.0.1"
    assert (seen.version, seen.alpn, seen.failure) == ("TLSv1.3", "http/1.1", "")
    assert seen.chain[-1] == authority.der
    assert not seen.wants_certificate


def test_whether_a_client_believes_it(serve, context, authority):
    target = serve(speaking(context))
    refused = visit.handshake(target, client_context())
    assert refused.verify_code
    assert refused.chain[-1] == authority.der
    believed = visit.handshake(target, client_context(authority.path))
    assert (believed.verify_code, believed.failure) == (0, "")
    wrong = visit.handshake(target._replace(name="b.test"), client_context(authority.path))
    assert "mismatch" in wrong.verify_message.lower()


def test_one_that_wants_a_certificate(serve, context):
    context.verify_mode = ssl.CERT_REQUIRED
    assert visit.look(serve(speaking(context))).wants_certificate


def test_which_versions_it_speaks(serve, context):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_2
    spoken = visit.versions(serve(speaking(context)))
    assert spoken["TLS 1.2"] == "offered"
    assert spoken["TLS 1.3"] == "refused"
    assert spoken["TLS 1.1"] in {"offered", "untried"}
    assert spoken["TLS 1.0"] in {"refused", "untried"}


def test_plain_http(serve):
    def talk(connection):
        connection.recv(1000)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    assert "Is it plain http there?" in visit.look(serve(talk)).failure


def test_one_that_hangs_up(serve):
    assert "closed the connection" in visit.look(serve(lambda connection: connection.recv(10))).failure


def test_one_that_says_nothing(serve, monkeypatch):
    monkeypatch.setattr(visit, "PATIENCE", 0.2)
    assert (
        "said nothing" in visit.look(serve(lambda connection: [connection.recv(9999) for _ in "ab"])).failure
    )


def test_one_that_dribbles_is_not_waited_for_for_ever(serve, monkeypatch):
    monkeypatch.setattr(visit, "PATIENCE", 0.3)
    slowly = threading.Event()

    def talk(connection):
        connection.recv(9999)
        connection.sendall(b"\x16\x03\x03\x40\x00")  # a record of 16 KiB, which comes byte by byte
        while not slowly.wait(0.02):
            connection.sendall(b"x")

    assert "said nothing" in visit.look(serve(talk)).failure
    slowly.set()


def test_nobody_there():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    seen = visit.look(Target("a.test", "127.0.0.1", port))
    assert "no program listens there" in seen.failure
    assert seen.reached == ""


def test_a_name_without_an_address():
    assert "There is no address for the name" in visit.look(Target("x.invalid", "x.invalid", 443)).failure
    assert str(Target("x", "::1", 443)) == "[::1]:443"
