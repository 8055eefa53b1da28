"""What the address says, unescaped in the page."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.explain.case import Case
from inspector.explain.checks.model import Check, Cure, Found, in_body, seen
from inspector.explain.prose import say
from inspector.explain.references import Reference, mdn
from inspector.explain.values.names import pairs


def _look(case: Case) -> Iterator[Found]:
    if case.page is None:
        return
    for name, value in pairs(case.query):
        if "<" not in value or len(value) < 4:
            continue
        at = case.content.data.find(value.encode("utf-8", "replace"))
        if at >= 0:
            evidence = seen(case, in_body(case, at, len(value)), say("`{value}`", value=value))
            sentence = say(
                "The page holds the value of `{name}` just as the address has it, `<` and all.", name=name
            )
            yield Found("serious", f"{case.path} {name}", sentence, evidence)


CHECK = Check(
    "reflected-input", "security", "The address is written into the page as it is",
    say("A link with a script in it would run that script in the page, with the rights of whoever follows it ([[XSS]])."),
    Cure(
        say("Let Jinja write it: it escapes what it fills in, as long as nobody says `|safe` or builds HTML by hand."),
        """@app.get("/search")
def search():
    return render_template("search.html", query=request.args.get("q", ""))
""",
    ),
    (mdn("Web/Security/Attacks/XSS", "XSS"), Reference("Flask: security", "https://flask.palletsprojects.com/en/stable/web-security/")),
    _look,
)  # fmt: skip
