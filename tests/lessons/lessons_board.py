"""A dashboard with a teacher's lessons over captures made by hand, as the tests of their pages use it."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import pytest
from test_reading import FRONT, STEP
from web_fakes import FakeCaptures, FakeSettings, made, message

from inspector.exchange.model import Leg
from inspector.lessons.progress import moment_id
from inspector.pki.authority import Authority
from inspector.web import app as web_app
from inspector.web.settings import WebSettings
from inspector.web.tickets import Keys

BASE = "http://inspector.localhost:8081"


class Board:
    """A dashboard with a teacher's lessons, and somebody who is signed in to it."""

    def __init__(self, folder: Path) -> None:
        self.lessons, self.run = folder / "lessons", folder / "run"
        for each in (self.lessons, self.run):
            each.mkdir()
        Authority.load_or_create(folder / "certs")
        self.captures, self.control = FakeCaptures(), FakeSettings()
        settings = WebSettings(run=str(self.run), certs=str(folder / "certs"), lessons=(str(self.lessons),))
        made_from: Any = (self.captures, self.control, tuple)
        self.app = web_app.create_app(settings, *made_from)

    def begin(self) -> None:
        """As if nothing had been."""
        self.captures.__init__()  # type: ignore[misc]
        self.control.__init__()  # type: ignore[misc]
        for file in self.lessons.iterdir():
            file.unlink()
        text = FRONT + "\nAn intro.\n" + STEP + "\n## The end\n\nGoodbye.\n"
        (self.lessons / "90-teapots.md").write_text(text, "utf-8")
        self.number = 0
        self.client = self.app.test_client()
        self.get(f"/sign-in?ticket={Keys.load_or_create(self.run).mint()}")

    def get(self, path: str, status: int = 200) -> str:
        answer = self.client.get(path, base_url=BASE)
        assert answer.status_code == status, answer.get_data(as_text=True)
        return answer.get_data(as_text=True)

    def post(self, path: str, status: int = 303, *, token: bool = True, **form: str) -> Any:
        with self.client.session_transaction(base_url=BASE) as session:
            form |= {"csrf_token": session["csrf"]} if token and "csrf" in session else {}
        if token and "csrf_token" not in form:
            [form["csrf_token"], *_] = re.findall(r'name="csrf_token" value="([^"]+)"', self.get("/set-up"))
        answer = self.client.post(path, base_url=BASE, data=form)
        assert answer.status_code == status, answer.get_data(as_text=True)
        return answer

    def captured(self, path: str, status: int, *fields: str) -> str:
        """Something is captured now; its id."""
        self.number += 1
        id = moment_id(time.time() + 1)[:15] + bytes([self.number])
        request = message(f"GET {path} HTTP/1.1", "Host: shop.inspector.test", *fields)
        leg = Leg(
            b"\1" * 16, request, message(f"HTTP/1.1 {status} Teapot", "X-Evil: <script>alert(1)</script>")
        )
        self.captures.add(
            made(
                self.number,
                id=id,
                host="shop.inspector.test",
                path=path,
                status=status,
                client_leg=leg,
                server_leg=leg,
            )
        )
        return id.hex()


def made_in(folder: Path) -> Board:
    """One, with the names that a bundle would have."""
    static = folder / "static"
    (static / "dist").mkdir(parents=True)
    names = ("app.css", "app.js", "traffic.js", "feed-worker.js", "icons.svg")
    (static / "dist" / "manifest.json").write_text(
        "{" + ", ".join(f'"{name}": "{name}"' for name in names) + "}"
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(web_app, "static_folder", lambda: static)
        return Board(folder)
