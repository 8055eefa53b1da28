"""The page on which files are imported, and what its script asks: begin a file, send its pieces, how far all have come."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from inspector.web.errors import Refusal
from inspector.web.imports import PIECE, Imports, job_json


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
    def begin() -> Response:
        told = request.get_json(silent=True)
        size = told.get("size") if isinstance(told, dict) else None
        if (
            not isinstance(told, dict)
            or not isinstance(size, int)
            or size < 0
            or not isinstance(told.get("name"), str)
        ):
            raise Refusal(400, "Not understood", 'A file begins with {"name": "…", "size": bytes}.')
        job = imports.begin(told["name"], size, again=told.get("again") is True)
        return jsonify(job_json(imports.add(job.id, 0, b"") if size == 0 else job) | {"piece": PIECE})

    @into.post("/api/v1/imports/<id>")
    def piece(id: str) -> Response:
        return jsonify(job_json(imports.add(id, request.args.get("at", -1, type=int), request.get_data())))

    @into.get("/api/v1/imports")
    def progress() -> Response:
        return jsonify({"imports": [job_json(job) for job in imports.all()]})

    @into.get("/api/v1/imports/<id>")
    def one(id: str) -> Response:
        return jsonify(job_json(imports.find(id)))

    return into
