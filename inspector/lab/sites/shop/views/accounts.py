"""Registering, logging in and out, and the page that only a customer sees."""

from __future__ import annotations

from flask import (
    Blueprint,
    abort,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue

from ..accounts import Customer, TakenError
from .forms import customer, local_path, text

blueprint = Blueprint("accounts", __name__)
SHORTEST_PASSWORD = 8


@blueprint.get("/log-in")
def log_in_form() -> str:
    return render_template("log-in.html", next=local_path(request.args.get("next")), email="", wrong="")


@blueprint.post("/log-in")
def log_in() -> ResponseReturnValue:
    """One sentence for a wrong name and for a wrong password: the other way, anybody could find out who is a customer."""
    email, password = text("email", 120), request.form.get("password", "")[:200]
    found = current_app.extensions["accounts"].check(email, password)
    where = local_path(request.form.get("next"))
    if found is None:
        wrong = "E-mail address and password do not belong together."
        return render_template("log-in.html", next=where, email=email, wrong=wrong), 422
    become(found)
    return redirect(where if where != "/" else url_for("accounts.account"), 303)


@blueprint.get("/register")
def register_form() -> str:
    return render_template("register.html", typed={}, wrong="", shortest=SHORTEST_PASSWORD)


@blueprint.post("/register")
def register() -> ResponseReturnValue:
    email, name, password = text("email", 120), text("name", 40), request.form.get("password", "")[:200]
    wrong = ""
    if "@" not in email.strip("@"):
        wrong = "An e-mail address has an @ in it, and something on both sides."
    elif len(password) < SHORTEST_PASSWORD:
        wrong = f"A password needs {SHORTEST_PASSWORD} characters or more. A few words make a good one."
    else:
        try:
            become(current_app.extensions["accounts"].register(email, name, password))
            return redirect(url_for("accounts.account"), 303)
        except TakenError as error:
            wrong = str(error)
    typed = {"email": email, "name": name}
    return render_template("register.html", typed=typed, wrong=wrong, shortest=SHORTEST_PASSWORD), 422


@blueprint.post("/log-out")
def log_out() -> ResponseReturnValue:
    session.pop("customer", None)
    flash("You are logged out.")
    return redirect("/", 303)


@blueprint.get("/account")
def account() -> ResponseReturnValue:
    who = customer()
    if who is None:
        return redirect(url_for("accounts.log_in_form", next="/account"), 303)
    return render_template("account.html", orders=g.shop.orders(who.email))


@blueprint.post("/account/address")
def move() -> ResponseReturnValue:
    """What an attacker would like to change for you. The token in the form is what stops that: see basics/csrf.py."""
    who = customer()
    if who is None:
        abort(401, "Log in first.")
    current_app.extensions["accounts"].move(who.id, text("address", 200))
    flash("Your next parcel goes there.")
    return redirect(url_for("accounts.account"), 303)


@blueprint.get("/staff")
def staff() -> ResponseReturnValue:
    """401 and 403 are two things: the shop does not know who you are (so log in); it knows, and you may not."""
    who = customer()
    if who is None:
        abort(401, "This page is for the staff. Log in first.")
    if not who.staff:
        abort(403, f"This page is for the staff, and {who.name} is a customer.")
    return render_template("staff.html", products=g.shop.products("", "", "name"))


def become(who: Customer) -> None:
    """Log in: forget the session that was, keep the basket, and know from now on who it is."""
    kept = {name: session[name] for name in ("visitor", "store") if name in session}
    session.clear()
    session.update(kept)
    session["customer"] = who.id
    g.customer = who
