"""A script's request whose answer the browser keeps from it."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.explain.case import Case
from inspector.explain.checks.model import Check, Cure, Found, seen
from inspector.explain.fields.cors import asks_preflight
from inspector.explain.prose import say
from inspector.explain.references import fetch, mdn
from inspector.explain.values.cors import check_origin

WHY = {
    "absent": "Access-Control-Allow-Origin is missing",
    "other": "Access-Control-Allow-Origin names another page",
    "several": "Access-Control-Allow-Origin names several, and may name one",
    "star-with-credentials": "the request went with cookies, and then `*` is not enough",
    "no-credentials": "the request went with cookies, and Access-Control-Allow-Credentials is missing",
}


def _look(case: Case) -> Iterator[Found]:
    found = check_origin(case)
    mode = case.request.first("sec-fetch-mode").strip().lower()
    if found.good is not False or not case.exchange.status or case.answered_here or asks_preflight(case):
        return
    if mode != "cors" and not case.request.has("sec-fetch-mode") and case.exchange.resource != "data":
        return  # whether a script asked can't be seen
    field = next(iter(case.response.every("access-control-allow-origin")), None)
    place = case.response.place(field) if field is not None else case.response.whole_head()
    evidence = seen(case, place, say(f"{WHY[found.code]}"))
    sentence = say(
        f"A script of `{{origin}}` asked for `{{path}}`, and the browser keeps the answer from it: {WHY[found.code]}.",
        origin=found.origin,
        path=case.path,
    )
    yield Found("warning", f"{found.origin} {case.origin}", sentence, evidence)


CHECK = Check(
    "cors-blocked", "cors", "A script does not get its answer",
    say("The server did what was asked and answered, but the script sees only a network error. The browser's console says why."),
    Cure(
        say("Allow the page that asks, by its name."),
        """from flask_cors import CORS

CORS(app, origins=["https://shop.example"])
""",
    ),
    (fetch("concept-cors-check", "Fetch standard: CORS check"), mdn("Web/HTTP/Guides/CORS/Errors", "CORS errors")),
    _look,
)  # fmt: skip
