"""A site of `lab.talk` (a function from request to answer, as the bad-TLS lab is) among apps, so that one server can play both."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from inspector.lab.serving.environ import TLS, App, Environ
from inspector.lab.talk import Answer, Request, Site

_ONLY_READ = Answer(
    b"This site is for looking at: GET and HEAD.\n", status=405, headers=(("Allow", "GET, HEAD"),)
)


def as_app(site: Site) -> App:
    """The site as a WSGI app."""

    def app(environ: Environ, start_response: Any) -> Iterable[bytes]:
        reads = environ["REQUEST_METHOD"] in {"GET", "HEAD"} and "CONTENT_LENGTH" not in environ
        answer = site(_request(environ)) if reads else _ONLY_READ
        status = f"{answer.status} {HTTPStatus(answer.status).phrase}"
        fields = [("Content-Type", answer.media), ("Content-Length", str(len(answer.body))), *answer.headers]
        start_response(status, fields)
        return [answer.body]

    return app


def _request(environ: Environ) -> Request:
    return Request(
        method=environ["REQUEST_METHOD"],
        host=environ["SERVER_NAME"],
        path=environ["REQUEST_URI"].partition("?")[0],
        tls=environ.get(TLS),
    )
