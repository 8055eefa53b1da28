"""Sends a request, reads the answer to its end within limits, and says what came of it. The answer itself is looked at in the captures.

Redirects are followed, if that is asked for, as a browser does it: each is an exchange of its own, made from the one before.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import urljoin, urlsplit

import requests
import urllib3

from inspector.compose.addresses import complete
from inspector.compose.errors import CannotSend
from inspector.compose.ready import Ready, host_of
from inspector.exchange import ids
from inspector.exchange.model import Exchange, Origin
from inspector.exchange.sent import ID_FIELD
from inspector.web.send.door import Door
from inspector.web.send.errors import NotSent

AT_ONCE = 6
MOST_BYTES = 64 * 1024 * 1024
MOST_REDIRECTS = 10
KEPT_WITHIN = 4.0
_LOOK = 0.02
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_SECRET = ("authorization", "cookie", "proxy-authorization")
_OF_BODY = ("content-length", "content-type", "content-encoding", "transfer-encoding", "content-language")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of it: the exchange, the status, how many bytes of body came and how long it took; `why` where something ended it before its end.

    `via` are the exchanges of the redirects before it, in order.
    """

    exchange: bytes
    status: int
    size: int
    took: float
    why: str = ""
    location: str = ""
    via: tuple[bytes, ...] = ()


class Sender:
    """Sends for every page. `find` looks an exchange up, `note` remembers which was made from which."""

    def __init__(
        self, door: Door, find: Callable[[bytes], Exchange | None], note: Callable[[bytes, bytes], None]
    ) -> None:
        self._door = door
        self._find = find
        self._note = note
        self._room = threading.BoundedSemaphore(AT_ONCE)

    def send(self, ready: Ready, *, origin: Origin = "composer", parent: bytes = b"") -> Answer:
        """Send it, and follow where it leads if it says so. Raises NotSent."""
        if not self._room.acquire(timeout=2.0):
            raise NotSent(f"{AT_ONCE} requests are on their way already.", "Wait until one has ended, or its time is up.")  # fmt: skip
        try:
            answer = self._once(ready, origin, parent)
            via: tuple[bytes, ...] = ()
            while ready.follow and answer.location and len(via) < MOST_REDIRECTS:
                ready = _redirected(ready, answer)
                via += (answer.exchange,)
                answer = replace(self._once(ready, origin, answer.exchange), via=via)
            return answer
        finally:
            self._room.release()

    def _once(self, ready: Ready, origin: Origin, parent: bytes) -> Answer:
        began = time.perf_counter()
        exchange, status, size, why, location = b"", 0, 0, "", ""
        try:
            with (
                self._door.ask(ready, origin, parent) as reply,
                self._door.within(ready.timeout, reply) as over,
            ):
                exchange, status = id_of(reply), reply.status_code
                location = reply.headers.get("Location", "") if status in _REDIRECTS else ""
                size, why = _drain(reply, over, ready.timeout)
        except requests.exceptions.ReadTimeout:
            why = f"No answer came within {ready.timeout:g} s."
        except (requests.exceptions.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:  # fmt: skip
            why = f"The connection to the proxy ended: {error}"
        if exchange:
            self._note(exchange, parent)
        return Answer(exchange, status, size, time.perf_counter() - began, why, location)

    def wait_for(self, exchange: bytes) -> Exchange | None:
        """The exchange from the captures as soon as it has ended there; None if it isn't kept, as while capturing is paused."""
        until = time.monotonic() + KEPT_WITHIN
        while exchange:
            found = self._find(exchange)
            if (found is not None and found.state != "open") or time.monotonic() > until:
                return found
            time.sleep(_LOOK)
        return None


def id_of(reply: requests.Response) -> bytes:
    """Which exchange the engine says it became: the last such field, since a site could say one too."""
    said = reply.raw.headers.getlist(ID_FIELD)
    return (ids.parse(said[-1]) or b"") if said else b""


def _drain(reply: requests.Response, over: threading.Event, limit: float) -> tuple[int, str]:
    """Read to the end; how many bytes came, and why it was stopped, if it was."""
    size = 0
    try:
        for piece in reply.raw.stream(65536, decode_content=False):
            size += len(piece)
            if size > MOST_BYTES:
                return size, f"The answer is larger than {MOST_BYTES >> 20} MiB; the rest was not waited for."
    except (urllib3.exceptions.HTTPError, OSError) as error:
        if over.is_set():
            return size, f"The answer had not ended after {limit:g} s; the rest was not waited for."
        if isinstance(error, urllib3.exceptions.ReadTimeoutError):
            return size, f"Nothing more came for {limit:g} s; the rest was not waited for."
        return size, "The answer was cut off before its end."
    return size, f"The answer had not ended after {limit:g} s; the rest was not waited for." if over.is_set() else ""  # fmt: skip


def _redirected(ready: Ready, answer: Answer) -> Ready:
    """The request for the address that the answer names (RFC 9110 §15.4; the Fetch standard on methods and secrets)."""
    try:
        url = complete(urljoin(ready.url, answer.location))
    except (CannotSend, ValueError) as error:
        raise CannotSend(
            f"The answer leads to an address that can't be asked: {answer.location[:200]}"
        ) from error
    turned = (answer.status == 303 and ready.method not in ("GET", "HEAD")) or (
        answer.status in (301, 302) and ready.method == "POST"
    )
    if turned:
        ready = replace(ready.without(*_OF_BODY), method="GET", body=None, chunked=False)
    if _origin(url) != _origin(ready.url):
        ready = ready.without(*_SECRET)
    return replace(ready, url=url).saying("Host", host_of(url))


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, host_of(url).lower()
