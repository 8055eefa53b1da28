"""Your authority: what it is, in every form to take away, and who trusts it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from inspector.pki import vault
from inspector.pki.constraints import Scope
from inspector.pki.describe import CertificateFacts, describe
from inspector.pki.errors import PkiError
from inspector.pki.exports import FORMS, PASSWORD
from inspector.pki.trust_stores.model import Anchor
from inspector.web.certificates.stores import Stores
from inspector.web.errors import Refusal
from inspector.web.settings import WebSettings

# What each form is for: the words of its button, and who asks for it.
USES = {
    "pem": ("PEM", "for nearly everything: curl, Python, Node, Firefox, Linux"),
    "der": ("DER", "for Windows, Android and phones' browsers"),
    "p12": ("PKCS #12", f"for Java; its password is {PASSWORD}"),
    "mobileconfig": ("Profile", "for iPhone, iPad and Mac"),
}


_NONE = CertificateFacts()


@dataclass(frozen=True, slots=True)
class Own:
    """The authority of this home, as its certificate says. `problem` is a sentence where there is none to read."""

    anchor: Anchor | None
    facts: CertificateFacts = _NONE
    scope: Scope | None = None
    days: int = 0
    problem: str = ""


def read_own(certs: Path) -> Own:
    """The authority's certificate; its key is left alone."""
    try:
        certificate = vault.read_certificate(certs)
    except PkiError as error:
        return Own(None, problem=str(error))
    anchor = Anchor(certificate, certs / vault.CERTIFICATE)
    facts = describe(anchor.der)
    return Own(anchor, facts, Scope.of(certificate), facts.days_left(time.time()) or 0)


def blueprint(settings: WebSettings, stores: Stores) -> Blueprint:
    own = Blueprint("certificates", __name__)
    certs = Path(settings.certs)

    @own.get("/certificates")
    def show() -> str:
        found = read_own(certs)
        looked = {"seen": stores.look(found.anchor)} if found.anchor and request.args.get("stores") else {}
        return render_template("certificates/own.html", own=found, uses=USES, settings=settings, **looked)

    @own.get("/certificates/stores")
    def believed() -> str:
        """The table alone, for the page that waits for it."""
        found = read_own(certs)
        if found.anchor is None:
            raise Refusal(404, "No authority", found.problem)
        seen = stores.look(found.anchor, again=bool(request.args.get("again")))
        return render_template("certificates/stores.html", seen=seen, settings=settings)

    @own.get("/certificates/authority.<form>")
    def export(form: str) -> AnyResponse:
        """The certificate in one of its forms. Never the key."""
        found = read_own(certs)
        if form not in FORMS or found.anchor is None:
            raise Refusal(404, "Not found", found.problem or "There is no such form of the certificate.")
        made = FORMS[form]
        response = Response(made.make(found.anchor.certificate), mimetype=made.media)
        response.headers["Content-Disposition"] = f'attachment; filename="inspector-ca.{made.suffix}"'
        return response

    @own.app_context_processor
    def pages() -> dict[str, Any]:
        return {"certificate_pages": _PAGES}

    return own


_PAGES = (
    ("Your authority", "/certificates"),
    ("Make one", "/certificates/make"),
    ("Read one", "/certificates/read"),
    ("Refused connections", "/certificates/refused"),
    ("Bad-TLS lab", "/certificates/bad-tls"),
)
