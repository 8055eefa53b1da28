"""Rules: the list, the form, the file; and the same as JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask import Response as FlaskResponse
from werkzeug.wrappers import Response

from inspector.rules.errors import RuleMistake
from inspector.rules.model import Action, Rule
from inspector.rules.reading import plain, read_rule, read_rules
from inspector.rules.table import ACTIONS
from inspector.secrets.hider import Hider
from inspector.store.captures import Captures
from inspector.web.errors import Refusal, not_found
from inspector.web.rules.forms import controls, typed
from inspector.web.rules.kept import LARGEST_FILE, KeptRules
from inspector.web.rules.trial import trial
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

    @rules.get("/rules/new")
    def new() -> str:
        kind = ACTIONS.get(request.args.get("do", ""))
        if kind is None:
            return render_template(
                "rules/choose.html", actions=ACTIONS.values(), when=request.args.get("when", "")
            )
        return _form(kind, {"when": request.args.get("when", "")})

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
        return _form(type(rule.action), plain(rule), instead_of=rule.name)

    @rules.post("/rules/save")
    def save() -> str | tuple[str, int] | Response:
        asked = request.form
        kind = ACTIONS.get(asked.get("do", ""))
        if kind is None:
            raise not_found("There is no such action.")
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
            return _form(kind, table, instead_of=instead_of, mistake=mistake, form=asked), 422
        return redirect(url_for("rules.all", kept=rule.name), 303)

    @rules.post("/rules/trial")
    def tried() -> str:
        """What the form would do as it stands: a part of the page."""
        kind = ACTIONS.get(request.form.get("do", ""))
        if kind is None:
            raise not_found("There is no such action.")
        try:
            return _trial(captures, _as_typed(kind, request.form))
        except RuleMistake as mistake:
            return render_template("rules/trial.html", mistake=mistake)

    @rules.post("/rules/file")
    def take_in() -> Response:
        given = request.files.get("file")
        text = request.form.get("text", "")
        try:
            if given is not None and given.filename:
                data = given.read(LARGEST_FILE + 1)
                given.close()
                if len(data) > LARGEST_FILE:
                    raise RuleMistake(
                        f"the file has more than {LARGEST_FILE >> 10} KB; no rules need that much."
                    )
                text = data.decode("utf-8")
            taken = kept.take_in(text)
        except UnicodeDecodeError:
            raise Refusal(
                400, "Not taken in", "The file is not UTF-8 text.", "TOML is UTF-8: save it so."
            ) from None
        except RuleMistake as mistake:
            raise Refusal(
                400,
                "Not taken in",
                f"{str(mistake)[:1].upper()}{str(mistake)[1:]}",
                "Nothing was changed. Mend the line and try again.",
            ) from None
        return redirect(url_for("rules.all", kept=", ".join(rule.name for rule in taken)[:200]), 303)

    @rules.get("/rules.toml")
    def file() -> FlaskResponse:
        answer = FlaskResponse(kept.toml(shown()), mimetype="application/toml")
        answer.headers["Content-Disposition"] = 'attachment; filename="rules.toml"'
        return answer

    @rules.get("/api/v1/rules")
    def listed() -> FlaskResponse:
        return jsonify(rules=[_as_json(rule) for rule in shown()])

    @rules.post("/api/v1/rules")
    def replaced() -> FlaskResponse:
        asked = request.get_json()
        if not isinstance(asked, dict) or not isinstance(asked.get("rules"), list):
            raise Refusal(
                400, "Not understood", 'The body is {"rules": [{"name": …, "when": …, "do": …}, …]}.'
            )
        try:
            kept.replace(read_rules(_without_sentence(each) for each in asked["rules"]))
        except RuleMistake as mistake:
            raise Refusal(400, "Not understood", str(mistake)) from None
        return listed()

    return rules


def _as_json(rule: Rule) -> dict[str, Any]:
    return {**plain(rule), "on": rule.on, "says": rule.say()}


def _without_sentence(table: Any) -> Any:
    return (
        {key: value for key, value in table.items() if key != "says"} if isinstance(table, Mapping) else table
    )


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
) -> str:
    """The page with the form; after a mistake with what was typed, word for word."""
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
        limit=2000,
    )


def _trial(captures: Captures, rule: Rule) -> str:
    return render_template("rules/trial.html", rule=rule, trial=trial(captures, rule.scope), mistake=None)
