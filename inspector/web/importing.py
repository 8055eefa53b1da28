"""The page on which files are imported, and what its script asks: begin a file, send its pieces, how far all have come."""

from __future__ import annotations

from typing import Annotated, Any, NotRequired, TypedDict

import msgspec
from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from msgspec import Meta
from werkzeug.wrappers import Response as AnyResponse

from inspector.web.api.describing import Bytes, says
from inspector.web.imports import LARGEST, PIECE, Imports, job_json


def blueprint(imports: Imports) -> Blueprint:
    into = Blueprint("importing", __name__)

    @into.get("/traffic/import")
    def show() -> str:
        jobs = [job_json(job) for job in imports.all()]
        running = any(job["state"] in ("sending", "waiting", "reading") for job in jobs)
        return render_template("traffic/import.html", jobs=jobs, piece=PIECE, running=running)

    @into.get("/traffic/import/jobs")
    def jobs() -> str:
        """The part of the page that changes."""
        return render_template("traffic/imports.html", jobs=[job_json(job) for job in imports.all()])

    @into.post("/traffic/import")
    def files() -> AnyResponse:
        """Whole files, from a form without script; only small ones, as any other request."""
        again = request.form.get("again") == "yes"
        for each in request.files.getlist("file"):
            if each.filename:
                data = each.stream.read()
                imports.add(imports.begin(each.filename, len(data), again=again).id, 0, data)
        return redirect(url_for("importing.show"), 303)

    @into.post("/api/v1/imports")
    @says("Announce a file to import", tag="Out and in", scope="captures", takes=Coming, gives=Job, fails=(413, 429),
          detail="Then its pieces are sent, each at most `piece` bytes; with the last one it is imported. Smaller files go whole to `/api/v1/imports/whole`.",
          example={"name": "chrome.har", "size": 12345})  # fmt: skip
    def begin(body: Coming) -> Response:
        job = imports.begin(body.name, body.size, again=body.again)
        return jsonify(job_json(imports.add(job.id, 0, b"") if body.size == 0 else job) | {"piece": PIECE})

    @into.post("/api/v1/imports/whole")
    @says("Import a HAR file", tag="Out and in", scope="captures", query=Whole, takes=Bytes("application/json", largest=WHOLE), gives=Job, fails=(429,),
          detail=f"The body is the file, up to {WHOLE >> 20} MiB. It is read after the answer: look at `/api/v1/imports/ID`.")  # fmt: skip
    def whole(query: Whole, body: bytes) -> Response:
        job = imports.begin(query.name, len(body), again=query.again)
        return jsonify(job_json(imports.add(job.id, 0, body)))

    @into.post("/api/v1/imports/<id>")
    @says("The next piece of a file", tag="Out and in", scope="captures", query=At, takes=Bytes(), gives=Job, fails=(404, 409), path=NUMBER)  # fmt: skip
    def piece(id: str, query: At, body: bytes) -> Response:
        return jsonify(job_json(imports.add(id, query.at, body)))

    @into.get("/api/v1/imports")
    @says("Files that are being imported, or were", tag="Out and in", scope="read", gives=Jobs)
    def progress() -> Response:
        return jsonify({"imports": [job_json(job) for job in imports.all()]})

    @into.get("/api/v1/imports/<id>")
    @says("How far one file is", tag="Out and in", scope="read", gives=Job, fails=(404,), path=NUMBER)
    def one(id: str) -> Response:
        return jsonify(job_json(imports.find(id)))

    return into


WHOLE = 32 << 20
NUMBER = {
    "id": {"type": "string", "description": "16 hexadecimal digits, from the answer to the announcement"}
}


class Coming(msgspec.Struct):
    """`again`: also if the same file was imported before."""

    name: str
    size: Annotated[int, Meta(ge=0, le=2**53, description=f"In bytes; at most {LARGEST >> 30} GiB.")]
    again: bool = False


class Whole(msgspec.Struct):
    name: str = "file.har"
    again: bool = False


class At(msgspec.Struct):
    at: Annotated[int, Meta(ge=0, le=2**53, description="Where the piece begins, in bytes.")]


class Job(TypedDict):
    """A file on its way in, and its `share` of the way. `state` is sending, waiting, reading, done, known (imported before) or failed."""

    id: str
    name: str
    state: str
    size: int
    got: int
    problem: str
    share: float
    piece: NotRequired[int]
    read: NotRequired[int]
    kept: NotRequired[int]
    lost: NotRequired[int]
    troubles: NotRequired[list[dict[str, Any]]]


class Jobs(TypedDict):
    imports: list[Job]
