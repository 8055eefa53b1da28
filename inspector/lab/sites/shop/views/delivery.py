"""A page whose script asks a server of another origin (CORS): when the parcel will come, which api.elsewhere.test knows."""

from __future__ import annotations

from flask import Blueprint, render_template

blueprint = Blueprint("delivery", __name__)


@blueprint.get("/delivery")
def show() -> str:
    return render_template("delivery.html")
