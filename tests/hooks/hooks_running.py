"""One running Inspector with every example and some hooks that fail, before a real site that is mounted at https://shop.test/."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import requests

PATIENCE = 30.0
EXAMPLES = Path(__file__).parents[2] / "inspector" / "hooks" / "examples"
SITE = """
import threading
from flask import Flask, jsonify, request
from flask_sock import Sock

app = Flask(__name__)
go_on = threading.Event()
sock = Sock(app)

@sock.route("/chat")
def chat(ws):
    while True:
        said = ws.receive()
        ws.send(said if isinstance(said, bytes) else f"you said {said.upper()} / {said}")

@app.get("/")
def home():
    return "<html><body class=a><h1>Hello</h1></body></html>"

@app.post("/sign-up")
def sign_up():
    return f"welcome, {request.form['name']}\\n", {"Content-Type": "text/plain"}

@app.route("/api/login", methods=["POST"])
def log_in():
    return jsonify(token="t-123")

@app.get("/api/me")
def me():
    return jsonify(authorization=request.headers.get("Authorization", ""))

@app.route("/api/prices")
def prices():
    return jsonify(tea=3)

@app.route("/echo", methods=["GET", "POST"])
def echo():
    fields = {name.lower(): value for name, value in request.headers.items()}
    return jsonify(method=request.method, url=request.url, fields=fields, body=request.get_data(as_text=True))

@app.get("/trickle")
def trickle():
    def parts():
        yield "one\\n"
        go_on.wait(20)
        yield "two\\n"
    return parts(), {"Content-Type": "text/plain"}

@app.get("/go")
def go():
    go_on.set()
    return "gone"
"""
FAILING = """
import asyncio
from inspector.hooks import Exchange, Request, Response, when

kept = []

@when("path:/fail/raise")
def request(request: Request):
    request.headers["X-Half"] = "done"
    request.args["nothing"]

@when("path:/fail/", at="request")
def after(request: Request):
    request.headers["X-After"] = "asked"

@when("path:/fail/loop", at="request")
def loops(request: Request):
    while True:
        pass

@when("path:/fail/waits", at="request")
async def waits(request: Request):
    await asyncio.Event().wait()

@when("path:/fail/drop", at="request")
def drops(request: Request):
    request.drop()

@when("path:/fail/bad", at="response")
def bad(exchange: Exchange, response: Response):
    response.headers["X"] = "\\u65e5"

@when("path:/elsewhere", at="request")
def elsewhere(request: Request):
    request.url = "https://shop.test/echo"
"""
CHANGING = """
from inspector.hooks import Request
def request(request: Request):
    request.headers["X-Version"] = "{}"
"""


def eventually(question: Any, within: float = PATIENCE) -> Any:
    until = time.monotonic() + within
    while not (found := question()):
        assert time.monotonic() < until
        time.sleep(0.05)
    return found


class Running:
    """Inspector, somebody who goes through it, and somebody who reads its dashboard."""

    def __init__(self, inspector: Any, folder: Path) -> None:
        self.inspector = inspector
        self.folder = folder
        proxy = f"http://{inspector.proxy}"
        self.browser = requests.Session()
        self.browser.trust_env = False
        self.browser.proxies = {"http": proxy, "https": proxy}
        self.browser.verify = str(inspector.ca)
        self.reader = requests.Session()
        self.reader.trust_env = False
        self.reader.get(inspector.dashboard + inspector.ticket, timeout=PATIENCE).close()

    def get(self, path: str, method: str = "GET", host: str = "https://shop.test", **more: Any) -> Any:
        return self.browser.request(method, host + path, timeout=PATIENCE, **more)

    def api(self, path: str) -> Any:
        return self.reader.get(f"{self.inspector.dashboard}/api/v1/{path}", timeout=PATIENCE).json()

    def decisions(self, path: str) -> list[tuple[str, str, str]]:
        """What Inspector did to the newest exchange of that path, when it is on record."""

        def look() -> Any:
            rows = [row for row in self.api("exchanges?limit=200")["rows"] if row["path"] == path]
            return rows and rows[-1]["state"] != "open" and rows[-1]["id"]

        exchange = self.api(f"exchanges/{eventually(look)}")
        return [(each["code"], each["detail"], each["rule"]) for each in exchange["decisions"]]

    @property
    def hooks(self) -> Any:
        return self.api("hooks")["hooks"]

    def said(self) -> str:
        log = self.inspector.home / "run" / "inspector.log"
        return log.read_text(encoding="utf-8", errors="replace")
