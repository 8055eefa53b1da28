"""Your authority for programs: what it is, its certificate to take away, and certificates of its making."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, TypedDict

import msgspec
from flask import Blueprint, Response, jsonify
from msgspec import Meta

from inspector.pki import handmade, vault
from inspector.pki.authority import Authority
from inspector.pki.describe import describe
from inspector.pki.errors import PkiError
from inspector.pki.exports import FORMS
from inspector.pki.handmade import DAYS, MOST_DAYS
from inspector.web.api.describing import Bytes, says
from inspector.web.certificates.near import only_near
from inspector.web.certificates.own import Own, read_own
from inspector.web.errors import Refusal
from inspector.web.settings import WebSettings


class Wish(msgspec.Struct, kw_only=True):
    """Host names and addresses that it is for; for a `client` the name of whoever shows it."""

    names: Annotated[list[Annotated[str, Meta(max_length=300)]], Meta(min_length=1, max_length=100)]
    purpose: Literal["server", "client"] = "server"
    key: Literal["ec", "rsa"] = "ec"
    days: Annotated[int, Meta(ge=1, le=MOST_DAYS)] = DAYS


class AuthorityTold(TypedDict):
    """The authority: its certificate in words and as PEM, its fingerprint, how many days it still has."""

    sha256: str
    pem: str
    days_left: int
    facts: dict[str, Any]


class MadeTold(TypedDict):
    """As PEM: `certificate` is what a server sends, `chain` goes up to the root. The key is told once, and kept nowhere."""

    names: list[str]
    certificate: str
    chain: str
    key: str
    facts: dict[str, Any]


def blueprint(settings: WebSettings) -> Blueprint:
    api = Blueprint("certificates_api", __name__, url_prefix="/api/v1")
    certs = Path(settings.certs)

    def own() -> Own:
        found = read_own(certs)
        if found.anchor is None:
            raise Refusal(404, "No authority", found.problem or "There is no authority yet.", "Start Inspector once, or type:  inspector ca new")  # fmt: skip
        return found

    @api.get("/authority")
    @says("Your authority", tag="Certificates", scope="read", gives=AuthorityTold, fails=(404,), detail="Never its key.")  # fmt: skip
    def authority() -> Response:
        found = own()
        assert found.anchor is not None
        return jsonify(
            sha256=found.anchor.sha256, pem=FORMS["pem"].make(found.anchor.certificate).decode(), days_left=found.days,
            facts=msgspec.to_builtins(found.facts),
        )  # fmt: skip

    @api.get("/authority/ca.<form>")
    @says("The authority's certificate as a file", tag="Certificates", scope="read", gives=Bytes(), fails=(404,),
          path={"form": {"type": "string", "enum": list(FORMS)}})  # fmt: skip
    def file(form: str) -> Response:
        found = own()
        if form not in FORMS:
            raise Refusal(404, "Not found", "There is no such form of the certificate.", f"Forms are: {', '.join(FORMS)}.")  # fmt: skip
        assert found.anchor is not None
        response = Response(FORMS[form].make(found.anchor.certificate), mimetype="application/octet-stream")
        response.headers["Content-Disposition"] = f'attachment; filename="inspector-ca.{FORMS[form].suffix}"'
        return response

    @api.post("/certificates")
    @says("Make a certificate with its key", tag="Certificates", scope="certificates", takes=Wish, gives=MadeTold, status=201, fails=(404,),
          detail="Signed by your authority. Only for callers on the computer where Inspector runs: a key must not cross a network.",
          example={"names": ["myapp.test", "localhost"]})  # fmt: skip
    def make(body: Wish) -> tuple[Response, int]:
        only_near("A private key is handed only to a program on the computer where Inspector runs.", f"There, type:  {settings.command('cert make NAME')}")  # fmt: skip
        own()
        if not vault.exists(certs):
            raise Refusal(404, "No authority", "There is no authority that could sign.", "Start Inspector once, or type:  inspector ca new")  # fmt: skip
        try:
            done = handmade.make(Authority.load_or_create(certs), body.names, rsa_key=body.key == "rsa", client=body.purpose == "client", days=body.days)  # fmt: skip
        except PkiError as error:
            raise Refusal(400, "Not made", str(error), "Mend the names.") from error
        told = {
            "names": list(done.names), "certificate": done.served.decode(), "chain": done.chain.decode(), "key": done.key_pem.decode(),
            "facts": msgspec.to_builtins(describe(FORMS["der"].make(done.leaf))),
        }  # fmt: skip
        return jsonify(told), 201

    return api
