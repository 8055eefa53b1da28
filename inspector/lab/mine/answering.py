"""The WSGI app of my.inspector.test: the learner's, with the answers to an authority's challenges before it and pages for what goes wrong around it."""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from inspector.lab.mine import pages
from inspector.lab.mine.loading import Loading, said
from inspector.lab.serving.environ import Environ
from inspector.lab.serving.outlet import GoneError
from inspector.lab.sites.practice import MINE

# RFC 8555 §8.3; a token is base64url, so it names no other folder.
_CHALLENGE = re.compile(r"/\.well-known/acme-challenge/([A-Za-z0-9_-]{1,128})")


class Answering:
    """`challenges` is the folder with a file for each token; `broken`, if not empty, is said in place of the app; `patience` is how many
    seconds a visitor waits for the app to be loaded; `host` the site's name."""

    def __init__(
        self,
        folder: Path,
        challenges: Path,
        loading: Loading,
        *,
        broken: str = "",
        patience: float = 8.0,
        host: str = MINE,
    ) -> None:
        self._folder = folder
        self._challenges = challenges
        self._loading = loading
        self._broken = broken
        self._patience = patience
        self._host = host

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        challenge = _CHALLENGE.fullmatch(environ["PATH_INFO"])
        if challenge:
            answer = self._answer_to(challenge[1])
            if answer is not None:
                start_response("200 OK", [("Content-Type", "application/octet-stream")])
                return [answer]
        if self._broken:
            return _say(start_response, pages.ended(self._host, str(self._folder), self._broken))
        if not self._loading.wait(self._patience):
            page = pages.still_loading(self._host, str(self._folder), self._loading.where())
            return _say(start_response, page, "503 Service Unavailable")
        app = self._loading.app
        if app is None:
            page = pages.not_loaded(
                self._host, str(self._folder), self._loading.summary, self._loading.trouble
            )
            return _say(start_response, page)
        try:
            return app(environ, start_response)
        except GoneError:
            raise
        except BaseException as error:  # noqa: BLE001 (a view that calls exit ends its own answer, and no more)
            summary, trouble = said(error, self._folder)
            traceback.print_exception(error)
            return _say(start_response, pages.raised(self._host, environ["PATH_INFO"], summary, trouble))

    def _answer_to(self, token: str) -> bytes | None:
        try:
            return (self._challenges / token).read_bytes()[:1000]
        except OSError:
            return None


def _say(start_response: Any, page: bytes, status: str = "500 Internal Server Error") -> Iterable[bytes]:
    start_response(status, [*pages.FIELDS, ("Content-Length", str(len(page)))])
    return [page]
