"""All rules at once, as a TOML file."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flask import Blueprint, redirect, request, url_for
from flask import Response as FlaskResponse
from werkzeug.wrappers import Response

from inspector.rules.errors import RuleMistake
from inspector.rules.model import Rule
from inspector.web.errors import Refusal
from inspector.web.rules.kept import LARGEST_FILE, KeptRules


def add_passing_on(rules: Blueprint, kept: KeptRules, shown: Callable[[], Sequence[Rule]]) -> None:
    """Put the addresses on the blueprint. `shown` gives the rules as whoever asks may see them."""

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
