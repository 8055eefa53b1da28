"""The wish list as pages with forms. The same list as an API is in api.py: one for people, one for programs."""

from __future__ import annotations

import secrets
from dataclasses import replace

from flask import Blueprint, abort, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from ..model import Wish
from .forms import text

blueprint = Blueprint("wishes", __name__)
MOST = 100


@blueprint.get("/wishes")
def show() -> str:
    return render_template("wishes.html", wishes=g.shop.wishes())


@blueprint.post("/wishes")
def add() -> ResponseReturnValue:
    if len(g.shop.wishes()) >= MOST:
        abort(409, "The list is full. Take something off it first.")
    g.shop.save_wish(Wish(f"w{secrets.token_hex(3)}", text("title", 80), text("note", 300, needed=False)))
    flash("It is on the list.")
    return redirect(url_for("wishes.show"), 303)


@blueprint.post("/wishes/<id>/votes")
def vote(id: str) -> ResponseReturnValue:
    wish = g.shop.wish(id)
    if wish is None:
        abort(404, "There is no such wish.")
    g.shop.save_wish(replace(wish, votes=wish.votes + 1))
    return redirect(url_for("wishes.show"), 303)


@blueprint.post("/wishes/<id>/delete")
def drop(id: str) -> ResponseReturnValue:
    """HTML forms can only GET and POST; a program would send DELETE."""
    g.shop.drop_wish(id)
    return redirect(url_for("wishes.show"), 303)
