"""A load on the proxy: a few clients with kept connections, each request for a path of its own, so that lost ones can be counted."""

from __future__ import annotations

import contextlib
import http.client
import itertools
import ssl
import threading
import time
from pathlib import Path
from typing import Self

from e2e_running import until
from e2e_site import Site

CLIENTS = 4
PAUSE = 0.01
PATIENCE = 10.0
_numbers = itertools.count()


class Load:
    """Clients of the proxy at `proxy`, half of them over HTTPS, as long as the `with` lasts.

    `received` says when the whole response for a path had come (seconds since the epoch), `failed` what went wrong and when.
    """

    def __init__(self, proxy: str, ca: Path, site: Site, clients: int = CLIENTS) -> None:
        self.received: dict[str, float] = {}
        self.failed: list[tuple[float, str]] = []
        self._host, _, port = proxy.partition(":")
        self._port = int(port)
        self._site = site
        self._context = ssl.create_default_context(cafile=ca)
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=self._work, args=(bool(n % 2),)) for n in range(clients)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def more(self, count: int) -> None:
        """Wait until that many more responses have come."""
        wanted = len(self.received) + count
        until(lambda: len(self.received) >= wanted, lambda: f"{count} more responses; {self.failed[-9:]}")

    def _work(self, secure: bool) -> None:
        while not self._stopping.is_set():
            connection = self._connect(secure)
            try:
                while not self._stopping.wait(PAUSE):
                    self._ask(connection, secure)
            except (OSError, http.client.HTTPException) as error:
                self.failed.append((time.time(), repr(error)))
            finally:
                with contextlib.suppress(OSError):
                    connection.close()

    def _connect(self, secure: bool) -> http.client.HTTPConnection:
        if not secure:
            return http.client.HTTPConnection(self._host, self._port, timeout=PATIENCE)
        connection = http.client.HTTPSConnection(
            self._host, self._port, timeout=PATIENCE, context=self._context
        )
        connection.set_tunnel("localhost", self._site.https_port)
        return connection

    def _ask(self, connection: http.client.HTTPConnection, secure: bool) -> None:
        path = f"/load/{next(_numbers)}"
        connection.request("GET", path if secure else self._site.http + path)
        response = connection.getresponse()
        body = response.read()
        if response.status != 200 or body != f"This is {path}.\n".encode():
            raise http.client.HTTPException(f"{path}: {response.status} {body[:200]!r}")
        self.received[path] = time.time()
