"""A real Firefox, asked what it calls a site: by Marionette, the protocol it has for that, which is a few lines of JSON over a socket."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PROGRAMS = ("firefox", "firefox-esr")
PATIENCE = 60.0
_ERROR = """
    try { return document.getFailedCertSecurityInfo().errorCodeString } catch {}
    try { return document.getNetErrorInfo().errorCodeString } catch {}
    return "";
"""


def find_firefox() -> str | None:
    return next((path for name in PROGRAMS if (path := shutil.which(name))), None)


class Firefox:
    """A window without a screen, in a profile of its own that knows the root in `root` and uses the proxy at `proxy`."""

    def __init__(self, folder: Path, root: Path, proxy: int) -> None:
        database = f"sql:{folder}"
        for words in (["-N", "--empty-password"], ["-A", "-n", "root", "-t", "C,,", "-i", str(root)]):
            subprocess.run(["certutil", "-d", database, *words], check=True, capture_output=True)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        preferences = {
            "network.proxy.type": 1, "network.proxy.http": "127.0.0.1", "network.proxy.http_port": proxy,
            "network.proxy.ssl": "127.0.0.1", "network.proxy.ssl_port": proxy, "marionette.port": self._port,
            "network.captive-portal-service.enabled": False, "network.connectivity-service.enabled": False,
            "services.settings.server": "", "app.update.enabled": False, "browser.startup.page": 0,
        }  # fmt: skip
        (folder / "user.js").write_text(
            "".join(
                f"user_pref({json.dumps(name)}, {json.dumps(value)});\n"
                for name, value in preferences.items()
            )
        )
        program = find_firefox()
        assert program
        self._process = subprocess.Popen(
            [program, "--headless", "--marionette", "--no-remote", "--profile", str(folder)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={**os.environ, "HOME": str(folder)},
        )  # fmt: skip
        self._number = 0

    def open(self) -> None:
        """Reach it, as soon as it can be reached."""
        until = time.monotonic() + PATIENCE
        while True:
            try:
                self._socket = socket.create_connection(("127.0.0.1", self._port), PATIENCE)
                break
            except OSError:
                assert self._process.poll() is None
                assert time.monotonic() < until, "Firefox cannot be reached"
                time.sleep(0.1)
        self._file = self._socket.makefile("rb")
        self._next()
        self._ask("WebDriver:NewSession", capabilities={"alwaysMatch": {"acceptInsecureCerts": False}})
        self._ask("WebDriver:SetTimeouts", pageLoad=20_000)

    def visit(self, url: str) -> str:
        """What its page calls the error; empty where it opens the site."""
        failed = self._ask("WebDriver:Navigate", url=url)[0]
        if failed is None:
            return ""
        _, told = self._ask("WebDriver:ExecuteScript", script=_ERROR, args=[], sandbox="system")
        return str(told["value"]) if told else str(failed)

    def close(self) -> None:
        if hasattr(self, "_socket"):
            with contextlib.suppress(OSError, ValueError):
                self._ask("Marionette:Quit", flags=["eForceQuit"])
            self._file.close()
            self._socket.close()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _ask(self, command: str, **parameters: Any) -> tuple[Any, Any]:
        """Error and answer; one of them is None."""
        self._number += 1
        message = json.dumps([0, self._number, command, parameters]).encode()
        self._socket.sendall(b"%d:%b" % (len(message), message))
        _, _, error, answer = self._next()
        return error, answer

    def _next(self) -> Any:
        size = b""
        while (byte := self._file.read(1)) != b":":
            assert byte, "Firefox is gone"
            size += byte
        return json.loads(self._file.read(int(size)))


@contextlib.contextmanager
def running(folder: Path, root: Path, proxy: int) -> Iterator[Firefox]:
    firefox = Firefox(folder, root, proxy)
    try:
        firefox.open()
        yield firefox
    finally:
        firefox.close()
