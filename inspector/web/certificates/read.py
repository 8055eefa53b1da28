"""Read one: what is in a certificate, of a file, of pasted text, or of a server, leaf to root, with every check."""

from __future__ import annotations

import time
from typing import Any

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from inspector.explain.chains import Chain, shown_chain
from inspector.pki import reading
from inspector.pki.errors import NoCertificate
from inspector.web.certificates.near import is_near, only_near
from inspector.web.certificates.visits import Visits
from inspector.web.errors import Refusal
from inspector.web.roots import Roots
from inspector.web.settings import WebSettings

MOST = 256 * 1024  # bytes of a file
_LONGEST = 300


def blueprint(settings: WebSettings, roots: Roots, visits: Visits) -> Blueprint:
    read = Blueprint("certificate_reading", __name__)

    @read.get("/certificates/read")
    def show() -> str:
        return _page(settings, server=request.args.get("server", "")[:_LONGEST])

    @read.post("/certificates/read/given")
    def given() -> str | tuple[str, int]:
        content, name = _content()
        host = request.form.get("host", "").strip()[:_LONGEST]
        try:
            found = reading.read(content, request.form.get("password") or None)
        except NoCertificate as error:
            sentence = str(error).replace("Give it with --password.", "Write it into the field.")
            return _page(settings, problem=sentence, host=host), 400
        chain = shown_chain(found.chain, host, roots.store(), time.time())
        return _page(settings, chain=chain, what=name, kind=found.kind, also=found.also, host=host)

    @read.post("/certificates/look")
    def look() -> str | Response:
        only_near(
            "Looking at a server is something that Inspector does for browsers on its own computer: a dashboard must not be a way into its network.",
            f"There, type:  {settings.program} cert check HOST",
        )
        server = request.form.get("server", "")
        visited = visits.visit(server)
        return _page(settings, chain=visited.chain, visited=visited, server=server.strip()[:_LONGEST])

    return read


def _content() -> tuple[bytes, str]:
    """What was given, and what to call it: a file counts more than pasted text."""
    file = request.files.get("file")
    if file is not None and file.filename:
        with file.stream as stream:
            content = stream.read(MOST + 1)
        if len(content) > MOST:
            raise Refusal(413, "Too large", "The file is larger than 256 KB: no certificate is.", "Choose the certificate's own file.")  # fmt: skip
        return content, file.filename[:100]
    return request.form.get("text", "").strip().encode("utf-8", "replace"), "The pasted text"


def _page(settings: WebSettings, **known: Any) -> str:
    usual: dict[str, Any] = {
        "chain": None,
        "visited": None,
        "problem": "",
        "host": "",
        "server": "",
        "what": "",
        "kind": "",
        "also": (),
    }
    chain: Chain | None = known.get("chain")
    return render_template(
        "certificates/read.html",
        settings=settings,
        may_visit=is_near(),
        found=chain is not None,
        **usual | known,
    )
