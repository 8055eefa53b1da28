"""Making and changing a rule: what it shall do, the form, and what it would have matched."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from inspector.filter.moments import Moment
from inspector.rules.actions.answer import Answer
from inspector.rules.errors import RuleMistake
from inspector.rules.model import Action, Rule
from inspector.rules.reading import plain, read_rule
from inspector.rules.table import ACTIONS
from inspector.secrets.hider import Hider
from inspector.store.captures import Captures
from inspector.web.errors import Refusal, not_found
from inspector.web.rules.forms import controls, typed
from inspector.web.rules.kept import KeptRules
from inspector.web.rules.trial import trial
from inspector.web.rules.veiled import veiled


def add_making(
    rules: Blueprint, kept: KeptRules, captures: Captures, hider: Callable[[], Hider | None]
) -> None:
    """Put the pages on the blueprint."""

    @rules.get("/rules/new")
    def new() -> str:
        kind = ACTIONS.get(request.args.get("do", ""))
        if kind is None:
            return render_template(
                "rules/choose.html", actions=ACTIONS.values(), when=request.args.get("when", "")
            )
        given = {"when": request.args.get("when", "")}
        exchange = request.args.get("exchange", "")
        if exchange and kind is Answer:
            given |= {"exchange": exchange, "name": "Answer as it was answered"}
        return _form(kind, given, look=kept.look)

    @rules.get("/rules/edit")
    def edit() -> str:
        rule = kept.find(request.args.get("name", ""))
        if rule is None:
            raise not_found("There is no rule of this name.")
        if veiled(rule, hider()) != rule:
            raise Refusal(
                409,
                "Not in the presenter's view",
                "This rule holds a secret, which would be shown here.",
                "Leave the presenter's view (P), then edit it.",
            )
        return _form(type(rule.action), plain(rule), instead_of=rule.name, look=kept.look)

    @rules.post("/rules/save")
    def save() -> str | tuple[str, int] | Response:
        asked = request.form
        kind = _kind(asked)
        instead_of = asked.get("instead_of", "")
        table: dict[str, Any] = {
            "name": asked.get("name", "").strip(),
            "when": asked.get("when", "").strip(),
            "do": kind.NAME,
        }
        try:
            table |= typed(kind, asked)
            before = kept.find(instead_of)
            if before is not None and not before.on:
                table["on"] = False
            rule = kept.save(table, instead_of)
        except RuleMistake as mistake:
            return _form(kind, table, instead_of=instead_of, mistake=mistake, form=asked, look=kept.look), 422
        return redirect(url_for("rules.all", kept=rule.name), 303)

    @rules.post("/rules/trial")
    def tried() -> str:
        """What the form would do as it stands: a part of the page."""
        kind = _kind(request.form)
        try:
            rule = _as_typed(kind, request.form)
        except RuleMistake as mistake:
            return render_template("rules/trial.html", mistake=mistake)
        return render_template("rules/trial.html", rule=rule, trial=trial(captures, rule.scope), mistake=None)


_LATEST = {Moment.REQUEST_HEAD: "request", Moment.RESPONSE_HEAD: "response"}


def _kind(form: Mapping[str, str]) -> type[Action]:
    """The action that a form is for."""
    kind = ACTIONS.get(form.get("do", ""))
    if kind is None:
        raise not_found("There is no such action.")
    return kind


def _as_typed(kind: type[Action], form: Mapping[str, str]) -> Rule:
    return read_rule(
        {
            "name": form.get("name", "").strip() or "this rule",
            "when": form.get("when", ""),
            "do": kind.NAME,
            **typed(kind, form),
        }
    )


def _form(
    kind: type[Action],
    given: Mapping[str, Any],
    *,
    instead_of: str = "",
    mistake: RuleMistake | None = None,
    form: Mapping[str, str] | None = None,
    look: Callable[[str], str],
) -> str:
    """The page with the form; after a mistake with what was typed, word for word. `look` says what would be copied of an exchange."""
    copied = ""
    if given.get("exchange") and mistake is None:
        try:
            copied = look(str(given["exchange"]))
        except RuleMistake as found:
            mistake = found
    shown = controls(kind, given)
    said = {each.name: form.get(f"p-{each.name}", "") if form is not None else each.value for each in shown}
    return render_template(
        "rules/form.html",
        kind=kind,
        given=given,
        controls=shown,
        said=said,
        instead_of=instead_of,
        mistake=mistake,
        copied=copied,
        latest=_LATEST.get(kind.MOMENT, ""),
        limit=2000,
    )
