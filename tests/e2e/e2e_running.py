"""The real product in a home of its own, as a script that uses it would start it, ask it and read its dashboard."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import requests
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

T = TypeVar("T")
COMMAND = (sys.executable, "-m", "inspector")
READY = "Ctrl-C stops it."
ROLES = ("engine", "recorder", "web", "lab")
PATIENCE = 20.0


def until(condition: Callable[[], T], what: str | Callable[[], str], within: float = PATIENCE) -> T:
    """What `condition` gives, as soon as that is true; asked again and again where nothing tells of the change.

    `what` is waited for, in words, or says at the end what was missed.
    """
    limit = time.monotonic() + within
    while True:
        if found := condition():
            return found
        if time.monotonic() >= limit:
            raise AssertionError(f"not within {within:g} s: {what() if callable(what) else what}")
        time.sleep(0.03)


def wait_gone(pid: int, within: float = PATIENCE) -> None:
    """Until a process has ended, whoever started it."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        assert select.select([descriptor], [], [], within)[0], f"process {pid} still runs after {within:g} s"
    finally:
        os.close(descriptor)


class Running:
    """`inspector run` on `home`, on ports that the system chose. What it says goes to `log`."""

    def __init__(self, home: Path, *options: str, log: Path, fresh: bool = False) -> None:
        self.home = home
        self.log = log
        self._has_lab = not {"--no-lab", "--reverse"} & set(options)
        where = ["--fresh"] if fresh else ["--home", str(home)]
        self._began = log.stat().st_size if log.exists() else 0
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                [*COMMAND, "run", *where, "--listen", "127.0.0.1:0", "--web", "127.0.0.1:0", "--no-browser",
                 "--upstream-proxy", "none", *options],
                stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip

    @property
    def said(self) -> str:
        """All that this run printed."""
        return self.log.read_bytes()[self._began :].decode()

    def wait_until_ready(self, within: float = 30) -> Running:
        until(lambda: READY in self.said or self.process.poll() is not None, "its first screen", within)
        assert self.process.poll() is None, (
            f"it ended with {self.process.returncode} after saying:\n{self.said}"
        )
        if self._has_lab:
            until(lambda: " lab        ready\n" in self.own_log, "the lab is ready, which comes last", within)
        self.status = self.ask_status()
        return self

    @property
    def own_log(self) -> str:
        """What its processes said, this run's and those before it."""
        return (self.home / "run" / "inspector.log").read_text(encoding="utf-8", errors="replace")

    def ask_status(self) -> dict[str, Any]:
        """What `inspector status --json` says."""
        done = subprocess.run(
            [*COMMAND, "status", "--json", "--home", str(self.home)],
            capture_output=True,
            text=True,
            check=True,
        )
        return json.loads(done.stdout)

    @property
    def notice(self) -> dict[str, Any]:
        """The part of that which is a file; for asking often."""
        return json.loads((self.home / "run" / "inspector.json").read_bytes())

    @property
    def proxy(self) -> str:
        return self.status["listen"][0]

    @property
    def door(self) -> tuple[str, int]:
        """The proxy's address, for a socket."""
        host, _, port = self.proxy.rpartition(":")
        return host, int(port)

    @property
    def proxy_url(self) -> str:
        return f"http://{self.proxy}"

    @property
    def web(self) -> str:
        return self.status["web"][0]

    @property
    def ca(self) -> Path:
        return self.home / "certs" / "ca.pem"

    @property
    def ca_key(self) -> Path:
        return self.home / "certs" / "ca-key.pem"

    @property
    def spki(self) -> str:
        """The hash of the authority's public key, as Chromium wants it."""
        key = x509.load_pem_x509_certificate(self.ca.read_bytes()).public_key()
        spki = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return base64.b64encode(hashlib.sha256(spki).digest()).decode()

    @property
    def printed_link(self) -> str:
        """The one-time link on the first screen."""
        found = re.search(r"http://\S+/sign-in\?ticket=\S+", self.said)
        assert found, self.said
        return found[0]

    def fresh_link(self) -> str:
        """A one-time link, as `inspector open` prints it."""
        return subprocess.run(
            [*COMMAND, "open", "--no-browser", "--home", str(self.home)],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()

    def dashboard(self) -> Dashboard:
        """Somebody who has signed in by the printed link, or by another if that was used."""
        if not hasattr(self, "_dashboard"):
            self._dashboard = Dashboard(self.web)
            self._dashboard.sign_in(self.printed_link)
        return self._dashboard

    def kill(self, role: str) -> float:
        """SIGKILL to a child; the time of it."""
        pid = self.notice["children"][role]
        now = time.time()
        os.kill(pid, signal.SIGKILL)
        return now

    def wait_until_back(self, role: str, restarts: int) -> None:
        """Until the supervisor has started it again for the time of this number, and it says that it works."""

        def back() -> bool:
            notice = self.notice
            return notice["restarts"][role] == restarts and role in notice["children"]

        until(back, f"the {role} is back")

    def kill_supervisor(self) -> dict[str, int]:
        """SIGKILL to the supervisor; the processes it leaves, by role."""
        children = dict(self.notice["children"])
        self.process.kill()
        self.process.wait()
        return children

    def stop(self, number: int = signal.SIGINT) -> int:
        """Ask it to stop; its exit code."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)

    def close(self) -> None:
        """End it, however it is."""
        if hasattr(self, "_dashboard"):
            self._dashboard.close()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


class Dashboard:
    """A signed-in reader of the dashboard at `web` (`127.0.0.1:port`), by pages and API, without a browser."""

    def __init__(self, web: str) -> None:
        self.base = f"http://{web}"
        self.session = requests.Session()
        self.session.trust_env = False
        self._token = ""

    def close(self) -> None:
        self.session.close()

    def sign_in(self, link: str) -> None:
        """Follow a one-time link. The dashboard's own host name need not resolve here, so its address is used."""
        parts = urlsplit(link)
        answer = self.get(f"{parts.path}?{parts.query}")
        assert answer.status_code == 200, answer.text
        assert self.session.cookies, "the link gave no cookie"

    def get(self, path: str, **options: Any) -> requests.Response:
        return self.session.get(self.base + path, timeout=PATIENCE, **options)

    def json(self, path: str, **options: Any) -> Any:
        answer = self.get(path, **options)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text[:300]}"
        return answer.json()

    def answers(self) -> bool:
        """Whether the dashboard answers at all."""
        try:
            return self.get("/api/v1/status").status_code == 200
        except requests.RequestException:
            return False

    def post(self, path: str, value: Any) -> Any:
        if not self._token:
            found = re.search(r'name="csrf-token" content="([^"]+)"', self.get("/start").text)
            assert found
            self._token = found[1]
        answer = self.session.post(
            self.base + path, json=value, headers={"X-CSRF-Token": self._token}, timeout=PATIENCE
        )
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text[:300]}"
        return answer.json()

    @property
    def lamp(self) -> dict[str, Any]:
        return self.json("/api/v1/status")["lamp"]

    def rows(self) -> Iterator[dict[str, Any]]:
        """The whole list, newest first."""
        before = ""
        while True:
            page = self.json(f"/api/v1/exchanges?limit=1000{before}")
            yield from reversed(page["rows"])
            if not page["has_older"]:
                return
            before = f"&before={page['rows'][0]['id']}"

    def row(
        self,
        path: str,
        such: Callable[[dict[str, Any]], bool] = bool,
        within: float = PATIENCE,
        **wanted: Any,
    ) -> dict[str, Any]:
        """The newest row of that path `such` as it must be, with fields as `wanted`, when it is there. It is a finished
        one, if no `state` is asked for."""
        wanted = {"state": "done"} | wanted | {"path": path}

        def look() -> dict[str, Any] | None:
            newest = self.json("/api/v1/exchanges?limit=200")["rows"]
            fits = (row for row in reversed(newest) if all(row[name] == wanted[name] for name in wanted))
            return next(filter(such, fits), None)

        return until(look, f"a row with {wanted}", within)

    def exchange(self, id: str) -> dict[str, Any]:
        return self.json(f"/api/v1/exchanges/{id}")

    def body(self, id: str, side: str, half: str, form: str = "captured") -> bytes:
        answer = self.get(f"/api/v1/exchanges/{id}/body/{side}/{half}?form={form}")
        assert answer.status_code == 200, answer.text[:300]
        return answer.content

    def connections(self, exchange: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """Both connections of an exchange: the client's and the site's."""
        client, server = (
            self.json(f"/api/v1/connections/{exchange[leg]['connection']}")
            for leg in ("client_leg", "server_leg")
        )
        return client, server


Start = Callable[..., Running]  # start_running("--option", …, home=…, fresh=…)
