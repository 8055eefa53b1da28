"""The end of the course: a certificate signed by the authority of this computer, as a joke that teaches."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from inspector.explain.chains import shown_chain
from inspector.pki import diploma, vault
from inspector.pki.authority import Authority
from inspector.pki.errors import PkiError
from inspector.web.errors import Refusal, not_found
from inspector.web.lessons.pages import Classroom
from inspector.web.roots import Roots
from inspector.web.settings import WebSettings

_LONGEST = 200
_FILE = "certificate-of-the-course.pem"


def blueprint(settings: WebSettings, room: Classroom, roots: Roots) -> Blueprint:
    pages = Blueprint("diploma", __name__, url_prefix="/learn/certificate")
    certs = Path(settings.certs)

    @pages.get("")
    def show() -> str:
        kept, done = room.keeper.read(), room.done()
        known: dict[str, Any] = {
            "done": done,
            "needed": room.needed(),
            "name": kept.name,
            "certificate": None,
        }
        if kept.diploma:
            known |= _facts(kept.diploma.encode("ascii", "replace"), certs, roots)
        return render_template("lessons/diploma.html", **known)

    @pages.post("")
    def make() -> AnyResponse:
        name = diploma.readable(request.form.get("name", "")[:_LONGEST])
        if not name:
            raise Refusal(
                400, "No name", "A certificate is for somebody.", "Go back and write a name; any will do."
            )
        if room.done() < room.needed():
            raise Refusal(
                403, "Not yet", "The lessons of the first chapter are not done yet.", "Go back to Learn."
            )
        if not vault.exists(certs):
            raise Refusal(400, "No authority", "There is no authority here that could sign it.")
        try:
            made = diploma.award(Authority.load_or_create(certs), name, room.done(), time.time())
        except PkiError as error:
            raise Refusal(400, "Not signed", str(error)) from error
        room.keeper.award(name, made.public_bytes(Encoding.PEM).decode("ascii"))
        return redirect(url_for("diploma.show"), 303)

    @pages.get("/file")
    def file() -> Response:
        kept = room.keeper.read()
        if not kept.diploma:
            raise not_found("There is no certificate of the course yet.")
        response = Response(kept.diploma, mimetype="application/x-pem-file")
        response.headers["Content-Disposition"] = f'attachment; filename="{_FILE}"'
        return response

    return pages


def _facts(pem: bytes, certs: Path, roots: Roots) -> dict[str, Any]:
    """What is on the certificate, and what a browser finds when it is shown as a site's."""
    try:
        made = x509.load_pem_x509_certificate(pem)
        above = (vault.read_certificate(certs),)
    except (ValueError, PkiError):
        return {}  # it was kept by another version, or the authority is gone: one may have a new one
    ders = tuple(each.public_bytes(Encoding.DER) for each in (made, *above))
    return {
        "certificate": made,
        "subject": [
            (_TITLES.get(each.oid.dotted_string, each.oid.dotted_string), str(each.value))
            for each in made.subject
        ],
        "issuer": made.issuer.rfc4514_string(),
        "same_authority": made.issuer == above[0].subject,
        "chain": shown_chain(ders, "shop.inspector.test", roots.store(), time.time()),
    }


_TITLES = {"2.5.4.3": "Name", "2.5.4.12": "Title", "2.5.4.10": "Organisation", "2.5.4.11": "Part of it"}
