"""The page that shows three kinds of database at the same work, lets one look into them, and runs a statement in one of them."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from ..clicks import Clicks, visitor
from ..stores import console
from ..stores.together import DEFAULT, NAMES, Together
from .forms import local_path, number, text

blueprint = Blueprint("databases", __name__)

FIRST_STATEMENT = (
    "SELECT name, price / 100.0 AS euros, stock\nFROM products\nWHERE kind = 'tea'\nORDER BY price"
)

GOOD_AND_BAD = {
    "tables": (
        "Any question, also one that nobody thought of. Several changes at once, all or none. Each fact stands in one place.",
        "The columns must be known beforehand. A thing with many parts is spread over many tables. Hard to share among many machines.",
    ),
    "documents": (
        "What is shown together is read at once. Each document may have other fields. Easy to share among many machines.",
        "The same fact stands in many documents: change it, and you must find them all. Few promises across several documents.",
    ),
    "keys": (
        "As fast as it gets: name the key, have the value. Counters, sessions, and things that should forget themselves.",
        "No questions, only keys. Each list is kept by hand. Everything is text, and nobody checks what it means.",
    ),
}


@blueprint.get("/databases")
def show() -> str:
    """The last click, or an earlier one: ?click=1 is the one before the last."""
    clicks = _clicks().of(visitor())
    return render_template(
        "databases.html",
        clicks=clicks,
        chosen=number(request.args.get("click"), 0, max(len(clicks) - 1, 0), otherwise=0),
        stores=_stores(),
        names=NAMES,
        used=_used(),
        good_and_bad=GOOD_AND_BAD,
        statement=FIRST_STATEMENT,
    )


@blueprint.post("/databases/use")
def use() -> ResponseReturnValue:
    """From now on this store answers this visitor."""
    name = request.form.get("store", "")
    if name not in NAMES:
        abort(400, "There is no such store.")
    if name not in _stores().stores:
        flash(f"{NAMES[name]}: that store could not be opened when the shop was.")
    else:
        session["store"] = name
    return redirect(local_path(request.form.get("next")), 303)


@blueprint.get("/databases/<name>")
def look(name: str) -> str:
    """All that is kept there."""
    if name not in _stores().stores:
        abort(404, "There is no such store, or it could not be opened.")
    store = _stores().stores[name]
    return render_template(
        "contents.html", name=name, names=NAMES, program=store.program, heaps=store.contents()
    )


@blueprint.post("/databases/run")
def run() -> ResponseReturnValue:
    statement = text("statement", 10_000)
    engine = _stores().stores["tables"].engine  # type: ignore[attr-defined]  # the tables are always relational
    return render_template("ran.html", outcome=console.run(engine, statement), statement=statement)


@blueprint.post("/databases/reset")
def reset() -> ResponseReturnValue:
    current_app.extensions["reset"]()
    kept = session.get("store", DEFAULT)
    session.clear()
    session["store"] = kept
    flash("Everything is as it was at the beginning. You are logged out, and your basket is empty.")
    return redirect(url_for("databases.show"), 303)


def _clicks() -> Clicks:
    clicks: Clicks = current_app.extensions["clicks"]
    return clicks


def _stores() -> Together:
    stores: Together = current_app.extensions["stores"]
    return stores


def _used() -> str:
    name = str(session.get("store", DEFAULT))
    return name if name in _stores().stores else DEFAULT
