"""Answers that a test makes by a function, or one after the other: a small server in the test's own process, to which a rule sends what the mock is for.

It listens on this computer alone, and only what comes with the mock's own secret at the beginning of its path reaches the function.
"""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from requests.structures import CaseInsensitiveDict

_LOOK_EVERY = 0.02
_BODILESS = frozenset((204, 304))


class Asked:
    """A request that a mock's function answers: as it went on, with the address that the program under test asked for."""

    def __init__(self, method: str, target: str, headers: Sequence[tuple[str, str]], content: bytes) -> None:
        self.method = method
        self.path, _, self.query_string = target.partition("?")
        self.headers: CaseInsensitiveDict[str] = CaseInsensitiveDict(headers)
        self.host = urlsplit(f"//{self.headers.get('Host', '')}").hostname or ""
        self.content = content

    @property
    def query(self) -> dict[str, list[str]]:
        """What stands behind the question mark, decoded."""
        return parse_qs(self.query_string, keep_blank_values=True)

    @property
    def text(self) -> str:
        """The body as UTF-8."""
        return self.content.decode("utf-8", "replace")

    @cached_property
    def form(self) -> dict[str, list[str]]:
        """The body read as a form."""
        return parse_qs(self.text, keep_blank_values=True)

    def json(self) -> Any:
        """The body read as JSON. ValueError if it isn't."""
        return json.loads(self.content)


class Answer:
    """What a mock answers: `Answer(503, "later", {"Retry-After": "1"})`. A body that is neither text nor bytes is said in JSON."""

    def __init__(self, status: int = 200, body: Any = b"", headers: Mapping[str, str] | None = None) -> None:
        self.status = status
        self.headers = dict(headers or {})
        kind = "application/json"
        if isinstance(body, bytes):
            self.content, kind = body, "application/octet-stream"
        elif isinstance(body, str):
            self.content, kind = body.encode(), "text/plain; charset=utf-8"
        else:
            self.content = json.dumps(body).encode()
        if self.content and "content-type" not in map(str.lower, self.headers):
            self.headers["Content-Type"] = kind

    @classmethod
    def of(cls, told: Any) -> Answer:
        """From what a function gives: an Answer, a status, a body, or `(status, body)` and `(status, body, headers)`. TypeError if it gives nothing."""
        if isinstance(told, Answer):
            return told
        if told is None:
            raise TypeError(
                "a mock's function has to give an answer, such as a text, a dict or (404, 'gone')"
            )
        if isinstance(told, tuple):
            return cls(*told)
        return cls(told) if isinstance(told, int) and not isinstance(told, bool) else cls(200, told)


Answering = Callable[[Asked], Any]


def one_after_the_other(answers: Sequence[Any]) -> Answering:
    """A function that gives these answers in turn, and the last one from then on. ValueError if there is none."""
    if not answers:
        raise ValueError("a mock needs an answer")
    left, lock = list(answers), threading.Lock()

    def answer(_: Asked) -> Any:
        with lock:
            return left.pop(0) if len(left) > 1 else left[0]

    return answer


class AnsweringServer:
    """One for a test. `add` gives the address for a rule; what a function raised is kept in `problems`."""

    def __init__(self) -> None:
        self.problems: list[Exception] = []
        functions: dict[str, Answering] = {}
        self._functions = functions
        told = {"functions": functions, "problems": self.problems}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), told))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(_LOOK_EVERY,), daemon=True)
        self._thread.start()

    def add(self, function: Answering) -> str:
        """Where this function answers."""
        key = secrets.token_hex(8)
        self._functions[key] = function
        return f"http://127.0.0.1:{self._server.server_port}/{key}"

    def close(self) -> None:
        """End it."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    functions: ClassVar[dict[str, Answering]]
    problems: ClassVar[list[Exception]]

    def _answer(self) -> None:
        content = self._content()
        key, _, target = self.path[1:].partition("/")
        function = self.functions.get(key)
        asked = Asked(self.command, f"/{target}", list(self.headers.items()), content)
        try:
            answer = Answer.of(function(asked)) if function is not None else Answer(404)
        except Exception as error:  # noqa: BLE001 (the test's own function: the program under test gets a 500, the test hears of it)
            self.problems.append(error)
            answer = Answer(500, f"The mock's function raised {type(error).__name__}: {error}")
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        body = b"" if answer.status in _BODILESS else answer.content
        if answer.status not in _BODILESS:
            self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _content(self) -> bytes:
        if "chunked" not in self.headers.get("Transfer-Encoding", "").lower():
            return self.rfile.read(int(self.headers.get("Content-Length", "0")))
        parts = []
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return b"".join(parts)

    def __getattr__(self, name: str) -> Any:
        """`do_` and any method whatsoever."""
        if name.startswith("do_"):
            return self._answer
        raise AttributeError(name)

    def log_message(self, *_: object) -> None:
        """It says nothing."""
