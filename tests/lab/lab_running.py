"""The lab's own servers in this process, on a thread of their own, and the simplest of visitors."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import threading
import time
from pathlib import Path

from inspector.lab.badtls.cases import DOMAIN
from inspector.lab.badtls.kept import ROOT, Kept, load_or_make
from inspector.lab.house import House
from inspector.lab.limits import Limits
from inspector.lab.serving.conversation import Desk
from inspector.lab.serving.doors import AppDoors

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "lab"
PATIENCE = 10.0


class Lab:
    """A running lab, which keeps its certificates in `folder`."""

    def __init__(self, folder: Path, limits: Limits | None = None) -> None:
        self.kept: Kept = load_or_make(folder, time.time)
        self.root = folder / ROOT
        self.errors: list[object] = []
        self._plain, self._secure = (socket.create_server(("127.0.0.1", 0)) for _ in range(2))
        self.http, self.https = (sock.getsockname()[1] for sock in (self._plain, self._secure))
        house = House(self.kept, TEMPLATES, folder / "sites")
        self._doors = AppDoors(Desk(house.find, limits), house.choose)
        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(lambda _, context: self.errors.append(context))
        self._thread = threading.Thread(target=self._run)
        opened = asyncio.run_coroutine_threadsafe(self._doors.open([self._plain], [self._secure]), self._loop)
        self._thread.start()
        opened.result(PATIENCE)

    def _run(self) -> None:
        self._loop.run_forever()
        while late := asyncio.all_tasks(self._loop):  # connections that were just being accepted
            self._loop.run_until_complete(asyncio.wait(late, timeout=PATIENCE))
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._doors.close(), self._loop).result(PATIENCE)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()
        assert not self.errors, self.errors

    def knock(self, *, secure: bool = True) -> socket.socket:
        """A TCP connection to one of its doors."""
        return socket.create_connection(("127.0.0.1", self.https if secure else self.http), PATIENCE)

    def trusting(self, *, version: ssl.TLSVersion | None = None) -> ssl.SSLContext:
        """A client that believes the lab's root and nothing else, and reads its lists, as the engine does."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(self.root)
        context.verify_flags |= ssl.VERIFY_CRL_CHECK_LEAF
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.hostname_checks_common_name = False
        if version is not None:
            context.minimum_version = context.maximum_version = version
        return context

    def trusting_anybody(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.set_ciphers("ALL:@SECLEVEL=0")
        return context

    def enter(self, name: str, context: ssl.SSLContext | None = None) -> ssl.SSLSocket:
        """A TLS connection to the site of this name."""
        knocked = self.knock()
        try:
            return (context or self.trusting()).wrap_socket(knocked, server_hostname=name)
        except BaseException:
            knocked.close()
            raise

    def get(self, host: str = DOMAIN, path: str = "/", *, method: str = "GET", tls: bool = False) -> Reply:
        """One request, on a connection of its own."""
        head = f"{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
        connection = self.enter(host, self.trusting_anybody()) if tls else self.knock(secure=False)
        with connection:
            connection.sendall(head.encode())
            return Reply(everything(connection))


class Reply:
    """A response, cut up."""

    def __init__(self, raw: bytes) -> None:
        head, _, self.body = raw.partition(b"\r\n\r\n")
        start, *lines = head.decode("latin-1").split("\r\n")
        self.status = int(start.split()[1]) if start else 0
        self.fields = {
            name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
        }

    @property
    def text(self) -> str:
        return self.body.decode()


def everything(connection: socket.socket) -> bytes:
    """All that comes until the other side ends it."""
    got = b""
    with contextlib.suppress(ConnectionResetError):
        while data := connection.recv(65536):
            got += data
    return got
