from __future__ import annotations

import contextlib
import os
import socket
import sys

import pytest

from inspector.app import sockets
from inspector.app.addresses import Address
from inspector.app.errors import CannotStart
from inspector.app.platform import here
from inspector.lab.mine.handing import listen


@contextlib.contextmanager
def bound(*addresses):
    listening = sockets.bind_all(addresses, "--listen", here())
    try:
        yield listening
    finally:
        for sock in listening:
            sock.close()


def test_port_0_lets_the_system_choose():
    with bound(Address("127.0.0.1", 0), Address("127.0.0.1", 0)) as listening:
        first, second = map(sockets.address_of, listening)
        assert first.port != second.port != 0


def test_a_connection_waits_although_nobody_accepts_yet():
    with bound(Address("127.0.0.1", 0)) as [sock]:
        socket.create_connection(sock.getsockname(), 5).close()


def test_a_taken_port_names_the_program_and_a_free_one():
    with bound(Address("127.0.0.1", 0)) as [sock]:
        port = sock.getsockname()[1]
        with pytest.raises(CannotStart) as caught:
            sockets.bind_all((Address("127.0.0.1", 0), Address("127.0.0.1", port)), "--listen", here())
        assert f"Port {port} on 127.0.0.1 is in use by" in caught.value.sentence
        if sys.platform == "linux":
            assert f"(pid {os.getpid()})" in caught.value.sentence
        assert "run --listen 127.0.0.1:" in caught.value.cure
        suggested = int(caught.value.cure.rpartition(":")[2])
        with bound(Address("127.0.0.1", suggested)):
            pass


def test_when_one_of_several_is_taken_the_others_are_free_again():
    with bound(Address("127.0.0.1", 0)) as [free]:
        first = sockets.address_of(free)
    with bound(Address("127.0.0.1", 0)) as [taken]:
        with pytest.raises(CannotStart):
            sockets.bind_all((first, sockets.address_of(taken)), "--web", here())
        with bound(first):
            pass


def test_an_address_of_another_computer():
    with pytest.raises(CannotStart, match=r"This computer has no address 192\.0\.2\.1"):
        sockets.bind_all((Address("192.0.2.1", 0),), "--listen", here())


def test_a_name_that_is_none():
    with pytest.raises(CannotStart, match="no name or address of this computer"):
        sockets.bind_all((Address("no.such.name.invalid", 0),), "--listen", here())


def test_a_name_with_two_addresses_gets_the_same_port_on_both(monkeypatch):
    answers = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, 0)) for host in ("127.0.0.1", "127.0.0.2")]
    monkeypatch.setattr(sockets.socket, "getaddrinfo", lambda *_, **__: answers)
    with bound(Address("both.test", 0)) as listening:
        assert len({sockets.address_of(sock).port for sock in listening}) == 1
        assert {sockets.address_of(sock).host for sock in listening} == {"127.0.0.1", "127.0.0.2"}


def test_a_port_for_administrators(monkeypatch):
    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(sockets, "_listen", refuse)
    with pytest.raises(CannotStart) as caught:
        sockets.bind_all((Address("127.0.0.1", 80),), "--listen", here())
    assert "127.0.0.1:8080" in caught.value.cure


def test_a_reserved_port_refuses_until_somebody_of_ours_listens_there():
    with sockets.reserve(Address("127.0.0.1", 0)) as kept:
        where = kept.getsockname()
        for _ in range(2):
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(where)
            with listen(*where):
                socket.create_connection(where).close()
