"""'Sign in with another site': the two addresses at which a visitor leaves for it, and comes back. The dance is in ../signing_in.py."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from ...basics.neighbours import origin_of
from ..accounts import TakenError
from ..signing_in import RefusedError
from .accounts import become

blueprint = Blueprint("sign_in_elsewhere", __name__)


@blueprint.post("/log-in/identity")
def leave() -> ResponseReturnValue:
    back = url_for("sign_in_elsewhere.come_back", _external=True)
    try:
        return redirect(current_app.extensions["identity"].begin(origin_of("identity"), back, session), 303)
    except RefusedError as error:
        return render_template("not-signed-in.html", why=error), 502


@blueprint.get("/log-in/identity/back")
def come_back() -> ResponseReturnValue:
    try:
        person = current_app.extensions["identity"].finish(request.args.to_dict(), session)
        who = current_app.extensions["accounts"].of_identity(person.identity, person.email, person.name)
    except (RefusedError, TakenError) as error:
        return render_template("not-signed-in.html", why=error), 403
    become(who)
    flash(f"Good day, {who.name}.")
    return redirect(url_for("accounts.account"), 303)
