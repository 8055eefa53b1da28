"""The basket, and what becomes of it: checkout, and the order."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

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

from ..clicks import visitor
from ..model import Order, OutOfStockError, total
from .forms import customer, local_path, number, text

blueprint = Blueprint("basket", __name__)
_MOST_ORDERS_REMEMBERED = 20


@blueprint.get("/basket")
def show() -> str:
    lines = g.shop.basket(visitor())
    return render_template("basket.html", lines=lines, total=total(lines))


@blueprint.post("/basket")
def put() -> ResponseReturnValue:
    """So many of a product, from now on. The answer is 303: `now GET that page`, so that reloading does not send the form again."""
    slug = text("product", 60)
    found = g.shop.product(slug)
    if found is None:
        abort(404, "The shop has nothing of this name.")
    count = number(request.form.get("count"), 0, 20)
    g.shop.put(visitor(), slug, count)
    if count:
        current_app.extensions["hub"].tell({"what": "basket", "name": found.name})
        flash(f"{found.name} is in your basket.")
    return redirect(local_path(request.form.get("next", "/basket")), 303)


@blueprint.get("/checkout")
def checkout() -> ResponseReturnValue:
    lines = g.shop.basket(visitor())
    if not lines:
        return redirect(url_for("basket.show"), 303)
    return render_template("checkout.html", lines=lines, total=total(lines), wrong={}, typed=_known())


@blueprint.post("/checkout")
def buy() -> ResponseReturnValue:
    """A form that is not right comes back with status 422, what was typed, and what is wrong beside it."""
    lines = g.shop.basket(visitor())
    typed = {name: request.form.get(name, "").strip()[:200] for name in ("email", "address")}
    wrong = _wrong(typed)
    if wrong or not lines:
        page = render_template("checkout.html", lines=lines, total=total(lines), wrong=wrong, typed=typed)
        return page, 422
    when = datetime.now(UTC).isoformat(timespec="seconds")[:19]
    order = Order(f"LK-{secrets.token_hex(4)}", typed["email"].lower(), when, typed["address"], tuple(lines))
    try:
        g.shop.place(order, visitor())
    except OutOfStockError as error:
        flash(str(error))
        return redirect(url_for("basket.show"), 303)
    _remember(order.number)
    for line in lines:
        current_app.extensions["hub"].tell({"what": "sold", "name": line.name, "count": line.count})
    return redirect(url_for("basket.order", number=order.number), 303)


@blueprint.get("/orders/<number>")
def order(number: str) -> str:
    """Only for who made it. To all others it is 404 and not 403: that an order of this number exists is no business of theirs."""
    found = g.shop.order(number)
    who = customer()
    mine = number in session.get("orders", ()) or (
        who is not None and found is not None and found.customer == who.email
    )
    if found is None or not mine:
        abort(404, "There is no order of this number, or it is not yours.")
    return render_template("order.html", order=found)


def _known() -> dict[str, str]:
    who = customer()
    return {"email": who.email if who else "", "address": who.address if who else ""}


def _wrong(typed: dict[str, str]) -> dict[str, str]:
    wrong = {}
    if "@" not in typed["email"].strip("@"):
        wrong["email"] = "An e-mail address has an @ in it, and something on both sides."
    if len(typed["address"]) < 5:
        wrong["address"] = "Where shall it go?"
    return wrong


def _remember(number: str) -> None:
    session["orders"] = [*session.get("orders", ()), number][-_MOST_ORDERS_REMEMBERED:]
