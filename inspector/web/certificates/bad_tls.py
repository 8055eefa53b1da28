"""The bad-TLS lab: sites on this computer that each do one thing wrong, to be opened in a captured window."""

from __future__ import annotations

from flask import Blueprint, render_template

from inspector.lab.badtls.cases import CASES, DOMAIN, HOME
from inspector.web.settings import WebSettings


def blueprint(settings: WebSettings) -> Blueprint:
    lab = Blueprint("bad_tls", __name__)

    @lab.get("/certificates/bad-tls")
    def show() -> str:
        return render_template(
            "certificates/bad-tls.html",
            cases=CASES,
            domain=DOMAIN,
            home=HOME,
            settings=settings,
            runs=settings.lab,
        )

    return lab
