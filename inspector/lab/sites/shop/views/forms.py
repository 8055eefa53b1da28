"""Reads what a visitor typed, within bounds. Whatever comes over the network may be anything: a browser's `maxlength` binds nobody."""

from __future__ import annotations

from flask import abort, current_app, g, request, session

from ..accounts import Accounts, Customer


def text(name: str, most: int, *, needed: bool = True) -> str:
    """A field of the form, without space around it; ends with 400 where it is missing or too long."""
    value = request.form.get(name, "").strip()
    if len(value) > most:
        abort(400, f"“{name}” has more than {most} characters.")
    if needed and not value:
        abort(400, f"“{name}” is missing.")
    return value


def number(value: str | None, lowest: int, highest: int, otherwise: int | None = None) -> int:
    """A whole number between bounds; ends with 400 where it is none and there is nothing to say otherwise."""
    try:
        found = int(value or "")
    except ValueError:
        if otherwise is None:
            abort(400, "A whole number is missing.")
        return otherwise
    return max(lowest, min(highest, found))


def local_path(value: str | None) -> str:
    """Where to go on after a form: only on this site. `//elsewhere.test` would be another, and `/\\` is that too to browsers."""
    return value if value and value.startswith("/") and not value.startswith(("//", "/\\")) else "/"


def customer() -> Customer | None:
    """Who is logged in, if anybody."""

    if "customer" not in g:
        accounts: Accounts = current_app.extensions["accounts"]
        g.customer = accounts.get(session["customer"]) if "customer" in session else None
    found: Customer | None = g.customer
    return found
