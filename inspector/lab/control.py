"""What the dashboard asks of the lab: start and stop the learner's site, put a practice site back to its beginning.

It is asked by HTTP at the lab's own door, under a name that the proxy leads nobody to, and with a token that is in the home's run folder alone.
"""

from __future__ import annotations

import asyncio
import hmac
import http.client
import secrets
import threading
from collections.abc import Callable, Coroutine, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from inspector.lab.mine.server import Mine, State
from inspector.lab.serving.environ import Environ
from inspector.pki import files

if TYPE_CHECKING:
    from inspector.lab.applying.applicant import Applicant  # a third of the lab's memory, for those who apply

HOST = "control.lab.invalid"
FILE = "lab.token"
WITHIN = 30.0  # seconds


class Ask(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`folder` is for start (none: the one from before), `site` for reset: a host. `apply` does the next step of applying for a certificate, `renew` begins at
    the order again, `anew` at the very beginning."""

    do: Literal["state", "start", "stop", "reset", "apply", "renew", "anew"]
    folder: str = ""
    site: str = ""


class LabUnreachableError(Exception):
    """The lab doesn't run, or doesn't answer; the message says what to do."""


# --- the lab's half ------------------------------------------------------------------------------------------


def new_token(run: Path) -> str:
    """A token for this process's life, in the run folder. Raises OSError."""
    token = secrets.token_urlsafe(24)
    files.replace(run / FILE, token.encode(), files.PRIVATE)
    return token


class ControlApp:
    """The WSGI app that answers. `reset` puts a host's site back to its beginning, `applicant` gives who applies for certificates, `mounted` are
    the apps of --mount."""

    def __init__(
        self,
        token: str,
        mine: Mine,
        reset: Callable[[str], None],
        applicant: Callable[[], Applicant],
        loop: asyncio.AbstractEventLoop,
        *,
        mounted: Sequence[Mine] = (),
    ) -> None:
        self._token = token
        self._mine = mine
        self._reset = reset
        self._applicant = applicant
        self._applying = threading.Lock()
        self._loop = loop
        self._mounted = mounted

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        given = environ.get("HTTP_AUTHORIZATION", "")
        if environ["REQUEST_METHOD"] != "POST" or not hmac.compare_digest(
            given.encode("latin-1"), f"Bearer {self._token}".encode()
        ):
            start_response("403 Forbidden", [("Content-Length", "0")])
            return []
        try:
            ask = msgspec.json.decode(environ["wsgi.input"].read(), type=Ask)
        except msgspec.MsgspecError:
            start_response("400 Bad Request", [("Content-Length", "0")])
            return []
        answer = msgspec.json.encode(self._do(ask))
        start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(answer)))])
        return [answer]

    def _do(self, ask: Ask) -> State:
        if ask.do == "reset":
            self._reset(ask.site)
        if ask.do in _APPLYING:
            with self._applying:  # two who press the button at once do one step each
                _APPLYING[ask.do](self._applicant())
        if ask.do == "start":
            return self._wait(self._mine.start(ask.folder))
        if ask.do == "stop":
            return self._wait(self._mine.stop())
        return self._wait(self._state())

    async def _state(self) -> State:
        return msgspec.structs.replace(self._mine.state, mounted=tuple(each.state for each in self._mounted))

    def _wait(self, work: Coroutine[Any, Any, State]) -> State:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(WITHIN)


_APPLYING: dict[str, Callable[[Applicant], None]] = {
    "apply": lambda applicant: applicant.step(),
    "renew": lambda applicant: applicant.renew(),
    "anew": lambda applicant: applicant.begin_anew(),
}


# --- the dashboard's half ------------------------------------------------------------------------------------


def ask(door: tuple[str, int], run: Path, wish: Ask) -> State:
    """Ask the lab at its door for http. Raises LabUnreachableError."""
    try:
        token = (run / FILE).read_text("ascii")
        connection = http.client.HTTPConnection(*door, timeout=WITHIN)
        try:
            fields = {"Host": HOST, "Authorization": f"Bearer {token}"}
            connection.request("POST", "/", msgspec.json.encode(wish), fields)
            response = connection.getresponse()
            body = response.read(1 << 20)
        finally:
            connection.close()
        if response.status != 200:
            raise LabUnreachableError(f"The lab answered {response.status}.")
        return msgspec.json.decode(body, type=State)
    except (OSError, http.client.HTTPException, msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise LabUnreachableError(
            "The practice sites' process does not answer. Wait a moment and try again; what it said is in the log, run/inspector.log."
        ) from error
