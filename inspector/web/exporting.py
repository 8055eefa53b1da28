"""Out of the dashboard: one exchange as a command for another tool or as bytes, many as a HAR file, a report, or commands.

Secrets are replaced unless a person switched that off for this browser, and always while somebody presents.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from secrets import token_bytes
from typing import NamedTuple

from flask import (
    Blueprint,
    Response,
    jsonify,
    redirect,
    render_template,
    request,
    session,
    stream_with_context,
)
from werkzeug.wrappers import Response as AnyResponse

from inspector.exchange import ids
from inspector.export.commands.table import COMMANDS, RAW, command, raw_bytes
from inspector.export.har_file import Told, har
from inspector.export.whole import Whole, redacted, whole
from inspector.filter.tree import is_everything
from inspector.store.captures import ArchiveGone, Captures
from inspector.store.marks import Marks
from inspector.store.selecting import chosen, newest
from inspector.web.errors import not_found
from inspector.web.filtering import asked as filter_asked
from inspector.web.finding import find_exchange
from inspector.web.navigation import back_to
from inspector.web.report import report
from inspector.web.veil import presenting

MOST_IDS = 2_000
_KEEP = "keep_secrets"


class Format(NamedTuple):
    """A kind of file: what it is called, the end of its name, its media type, and how it is written."""

    words: str
    suffix: str
    media: str
    write: Callable[[Iterator[Whole], Told, bytes | None, str, str], Iterator[bytes]]


def _har(found: Iterator[Whole], told: Told, key: bytes | None, version: str, title: str) -> Iterator[bytes]:
    return har(found, told, version=version, key=key)


def _curl(found: Iterator[Whole], told: Told, key: bytes | None, version: str, title: str) -> Iterator[bytes]:
    yield b"#!/usr/bin/env bash\n"
    for each in found:
        one = redacted(each, key) if key is not None else each
        if one.exchange.kind in ("http", "page") and one.request is not None:
            told.exchanges += 1
            told.hidden += one.hidden
            yield f"\n{command('curl', one)}".encode()


FORMATS = {
    "har": Format("HAR file", "har", "application/json", _har),
    "html": Format("Report to read offline", "html", "text/html; charset=utf-8", report),
    "curl": Format("cURL commands", "sh", "text/x-shellscript; charset=utf-8", _curl),
}


def keeps_secrets() -> bool:
    """Whether this browser was told to let secrets out."""
    return session.get(_KEEP) is True and not presenting()


def blueprint(captures: Captures, marks: Marks, version: str) -> Blueprint:
    out = Blueprint("exporting", __name__)
    key = token_bytes(16)

    def one(id: str) -> Whole:
        found = whole(captures, find_exchange(captures, id), (ArchiveGone,))
        return found if keeps_secrets() else redacted(found, key)

    @out.app_context_processor
    def everywhere() -> dict[str, object]:
        return {
            "export_commands": COMMANDS,
            "export_raw": RAW,
            "export_formats": FORMATS,
            "keeps_secrets": keeps_secrets,
        }

    @out.get("/exchange/<id>/as/<name>")
    def copy(id: str, name: str) -> Response:
        if name in COMMANDS:
            return Response(command(name, one(id)), mimetype="text/plain")
        if name not in RAW:
            raise not_found(f"An exchange cannot be had as {name[:40]!r}.")
        response = Response(raw_bytes(name, one(id)), mimetype="application/octet-stream")
        response.headers["Content-Disposition"] = f'attachment; filename="{name}-{id[-12:]}.bin"'
        return response

    @out.post("/export/secrets")
    def secrets() -> AnyResponse:
        """Let secrets out, or hide them again; for this browser."""
        session[_KEEP] = request.form.get("keep") == "yes"
        if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
            return jsonify({"keep": session[_KEEP]})
        return redirect(back_to(request.form.get("next")), 303)

    @out.get("/traffic/export")
    def choose() -> str:
        filter = filter_asked()
        return render_template(
            "traffic/export.html",
            filter=filter,
            whole=is_everything(filter.wanted),
            total=captures.totals().exchanges,
        )

    @out.route("/traffic/export/file", methods=["GET", "POST"])
    def file() -> Response:
        name = request.values.get("format", "har")
        format = FORMATS.get(name)
        if format is None:
            raise not_found(f"There is no format {name[:40]!r}.")
        wanted = None if request.values.get("what") == "all" else filter_asked().wanted
        texts = [text for each in request.values.getlist("id")[:MOST_IDS] for text in each.split(",")]
        picked = [id for text in texts if (id := ids.parse(text))][:MOST_IDS] if texts else None
        keep = request.values.get("secrets") == "keep" and not presenting()
        found = chosen(captures, marks, wanted=wanted, ids=picked, until=newest(captures))
        pieces = format.write(
            found, Told(), None if keep else key, version, _title(filter_asked().text, picked)
        )
        response = Response(stream_with_context(pieces), content_type=format.media)
        stamp = time.strftime("%Y-%m-%d-%H%M")
        response.headers["Content-Disposition"] = f'attachment; filename="inspector-{stamp}.{format.suffix}"'
        # should it be opened here all the same: nothing in it runs, and it is nobody's page
        response.headers["Content-Security-Policy"] = (
            "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
        )
        return response

    return out


def _title(filter: str, picked: list[bytes] | None) -> str:
    if picked is not None:
        return f"{len(picked)} chosen exchange{'s' if len(picked) != 1 else ''}"
    return filter or "Everything that was captured"
