"""Where the other practice sites are. Behind Inspector they have names of their own; taken home, their addresses are settings."""

from __future__ import annotations

import os

from flask import Flask, request

HOSTS = {
    "static": "static.inspector.test",
    "shop": "shop.inspector.test",
    "insecure": "insecure.inspector.test",
    "identity": "login.identity.test",
    "elsewhere": "elsewhere.test",
    "api": "api.elsewhere.test",
}
COPY = "my.inspector.test"  # where Inspector serves a copy that somebody took home


def origin_of(site: str, *, scheme: str = "") -> str:
    """A site's origin, by http or https as this page came unless `scheme` says which. IDENTITY_URL and the like say where it is at home."""
    return os.environ.get(f"{site.upper()}_URL") or f"{scheme or request.scheme}://{HOSTS[site]}"


def know_neighbours(app: Flask) -> None:
    """Give templates `site("shop")`."""
    app.jinja_env.globals["site"] = origin_of
