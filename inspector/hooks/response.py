"""A response on its way to the browser, or one that a hook makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from werkzeug.http import dump_cookie

from inspector.exchange.consulting import Draft
from inspector.hooks.content import Content
from inspector.hooks.errors import HookError
from inspector.hooks.heads import start_of

_NOTHING: Any = object()
Fields = Mapping[str, str] | Sequence[tuple[str, str]]


class Response(Content):
    """What the browser gets. `Response("Not today", 503)`, `Response(json={"left": 0})`, `Response("<h1>Hello</h1>", headers={"X-Mock": "yes"})`."""

    def __init__(
        self, body: str | bytes = b"", status: int | str = 200, headers: Fields | None = None, content_type: str = "",
        *, json: Any = _NOTHING,
    ) -> None:  # fmt: skip
        self._code, self._reason, self._version = 200, "OK", "HTTP/1.1"
        super().__init__(Draft(b"HTTP/1.1 200 OK\r\n\r\n"))
        self.status = status
        for name, value in headers.items() if isinstance(headers, Mapping) else headers or ():
            self.headers.add(name, value)
        if json is not _NOTHING:
            self.set_json(json)
            return
        if content_type or "Content-Type" not in self.headers:
            plain = "application/octet-stream" if isinstance(body, bytes) else "text/html; charset=utf-8"
            if content_type or body:
                self.headers["Content-Type"] = content_type or plain
        if isinstance(body, str):
            self.text = body
        else:
            self.data = body

    @classmethod
    def of(cls, draft: Draft) -> Response:
        """One that came from the site."""
        made = cls.__new__(cls)
        made._version, code, made._reason = start_of(draft.head)
        made._code = int(code) if code.isdigit() else 0
        Content.__init__(made, draft)
        return made

    @property
    def status_code(self) -> int:
        """The status as a number."""
        return self._code

    @status_code.setter
    def status_code(self, code: int) -> None:
        self.status = code

    @property
    def status(self) -> str:
        """The status with its phrase, `404 Not Found`; it may be set to a number too."""
        return f"{self._code} {self._reason}".strip()

    @status.setter
    def status(self, status: str | int) -> None:
        number, _, reason = str(status).partition(" ")
        if not number.isascii() or not number.isdigit() or not 200 <= int(number) <= 599:
            raise HookError(f"A status is a number from 200 to 599, not {status!r}.")
        self._code = int(number)
        self._reason = reason or (HTTPStatus(self._code).phrase if self._code in set(HTTPStatus) else "")
        if not self._reason.isascii() or not (self._reason.isprintable()):
            raise HookError(f"The phrase of a status is plain ASCII, not {reason!r}.")

    def set_cookie(  # noqa: PLR0917 (Flask's order)
        self, key: str, value: str = "", max_age: timedelta | int | None = None, expires: str | datetime | float | None = None,
        path: str | None = "/", domain: str | None = None, secure: bool = False, httponly: bool = False, samesite: str | None = None,
    ) -> None:  # fmt: skip
        """Add a Set-Cookie field, as Flask's response does."""
        self.headers.add(
            "Set-Cookie",
            dump_cookie(key, value, max_age, expires, path, domain, secure, httponly, samesite=samesite),
        )

    def delete_cookie(self, key: str, path: str = "/", domain: str | None = None) -> None:
        """Let the browser forget a cookie."""
        self.set_cookie(key, expires=0, max_age=0, path=path, domain=domain)

    def __repr__(self) -> str:
        return f"<Response {self.status}>"

    def made(self) -> Draft:
        """All of it, where a hook answers with it."""
        return self.finish() or Draft(self._draft.head, self._draft.body, self._draft.body_here)

    def _start_line(self) -> str:
        return f"{self._version} {self._code} {self._reason}"

    def _start_words(self) -> str:
        return f"now {self.status}"
