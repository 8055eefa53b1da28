"""Rules: the list, in the order in which they are asked."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from inspector.rules.model import Rule
from inspector.secrets.hider import Hider
from inspector.store.captures import Captures
from inspector.web.rules.kept import KeptRules
from inspector.web.rules.making import add_making
from inspector.web.rules.passing_on import add_passing_on
from inspector.web.rules.veiled import veiled


def blueprint(kept: KeptRules, captures: Captures, hider: Callable[[], Hider | None]) -> Blueprint:
    """`hider` gives what replaces secrets while somebody presents."""
    rules = Blueprint("rules", __name__)

    def shown() -> list[Rule]:
        veil = hider()
        return [veiled(rule, veil) for rule in kept.all()]

    @rules.get("/rules")
    def all() -> str:
        return render_template("rules/list.html", rules=shown(), kept=request.args.get("kept", ""))

    @rules.post("/rules")
    def change() -> Response:
        asked, name = request.form, request.form.get("name", "")
        if "remove" in asked:
            kept.remove(name)
        elif "move" in asked:
            kept.move(name, 1 if asked["move"] == "later" else -1)
        else:
            kept.switch(name, on=asked.get("switch") == "on")
        return redirect(url_for("rules.all"), 303)

    add_making(rules, kept, captures, hider)
    add_passing_on(rules, kept, shown)
    return rules
