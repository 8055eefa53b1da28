"""elsewhere.test: another site, with another registrable domain. Its pages try what an attacker's page can try against sites that you are
logged in to. Nothing here is hidden: each attempt is a button, and the page says what to expect.
"""

from __future__ import annotations

import os
from pathlib import Path

from flask import Flask, render_template

from ..basics.headers import safe_headers
from ..basics.icon import use_icon
from ..basics.neighbours import HOSTS, know_neighbours


def create_app(folder: Path | str = "") -> Flask:
    """The site. It keeps nothing."""
    app = Flask(__name__)
    know_neighbours(app)
    use_icon(app, "/static/star.svg")
    victims = " ".join(_origins("shop", "insecure"))
    safe_headers(app, img_src=f"'self' data: {victims}", connect_src=f"'self' {victims}")

    @app.get("/")
    def home() -> str:
        return render_template("elsewhere.html")

    @app.get("/prize")
    def prize() -> str:
        """The attacker's page."""
        return render_template("prize.html")

    @app.get("/reader")
    def reader() -> str:
        """A page whose script tries to read what other sites know about you."""
        return render_template("reader.html")

    return app


def _origins(*sites: str) -> list[str]:
    at_home = [os.environ.get(f"{site.upper()}_URL", "") for site in sites]
    return [each for each in at_home if each] + [
        f"{scheme}://{HOSTS[site]}" for site in sites for scheme in ("http", "https")
    ]
