"""Make one: a certificate for one's own server, with its key, as `inspector cert make` does; handed over once, and kept nowhere."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, render_template, request

from inspector.pki import handmade, vault
from inspector.pki.authority import Authority
from inspector.pki.errors import PkiError
from inspector.pki.exports import PASSWORD
from inspector.pki.handmade import DAYS, MOST_DAYS, Made
from inspector.web.certificates.near import is_near, only_near
from inspector.web.certificates.own import Own, read_own
from inspector.web.settings import WebSettings

_OURS_ONLY = 0o100600 << 16  # a zip's mode of a file that its owner alone may read
_PUBLIC = 0o100644 << 16
_LONGEST = 4096


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the form says. `names` is the text as it was typed."""

    names: str = ""
    client: bool = False
    rsa: bool = False
    days: int = DAYS
    form: str = "zip"
    password: str = PASSWORD

    @classmethod
    def read(cls) -> Wanted:
        asked = request.form
        days = asked.get("days", DAYS, type=int)
        return cls(
            names=asked.get("names", "")[:_LONGEST],
            client=asked.get("for") == "client",
            rsa=asked.get("key") == "rsa",
            days=min(max(days, 1), MOST_DAYS),
            form="p12" if asked.get("form") == "p12" else "zip",
            password=asked.get("password", PASSWORD)[:200],
        )


def blueprint(settings: WebSettings) -> Blueprint:
    make = Blueprint("certificate_making", __name__)
    certs = Path(settings.certs)

    @make.get("/certificates/make")
    def show() -> str:
        return _page(settings, read_own(certs), Wanted())

    @make.post("/certificates/make/files")
    def made() -> Response | tuple[str, int]:
        only_near(
            "A private key is handed only to a browser on the computer where Inspector runs: it must not cross a network.",
            f"There, type:  {settings.command('cert make NAME')}",
        )
        wanted = Wanted.read()
        own = read_own(certs)
        names = wanted.names.replace(",", " ").split()
        if own.anchor is None or not vault.exists(certs):
            return _page(settings, own, wanted, own.problem or "There is no authority yet."), 400
        if not names:
            return _page(
                settings,
                own,
                wanted,
                "Say what it is for: names and addresses, as in myapp.test localhost 127.0.0.1.",
            ), 400
        try:
            authority = Authority.load_or_create(certs)
            done = handmade.make(authority, names, rsa_key=wanted.rsa, client=wanted.client, days=wanted.days)
        except PkiError as error:
            return _page(settings, own, wanted, str(error)), 400
        return _p12(done, wanted) if wanted.form == "p12" else _zip(done, wanted)

    return make


def _page(settings: WebSettings, own: Own, wanted: Wanted, problem: str = "") -> str:
    known: dict[str, Any] = {"own": own, "wanted": wanted, "problem": problem, "most_days": MOST_DAYS}
    return render_template("certificates/make.html", settings=settings, may_make=is_near(), **known)


def _p12(made: Made, wanted: Wanted) -> Response:
    name = handmade.stem(made.names, client=wanted.client)
    return _download(made.p12(wanted.password), f"{name}.p12", "application/x-pkcs12")


def _zip(made: Made, wanted: Wanted) -> Response:
    """Certificate, key and whole chain in files whose names people know from mkcert."""
    name = handmade.stem(made.names, client=wanted.client)
    files = (
        (f"{name}.pem", made.served, _PUBLIC),
        (f"{name}-key.pem", made.key_pem, _OURS_ONLY),
        (f"{name}-chain.pem", made.chain, _PUBLIC),
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for file, content, mode in files:
            entry = zipfile.ZipInfo(file)
            entry.external_attr = mode
            archive.writestr(entry, content)
    return _download(packed.getvalue(), f"{name}.zip", "application/zip")


def _download(content: bytes, name: str, media: str) -> Response:
    response = Response(content, mimetype=media)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
