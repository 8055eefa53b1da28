"""A page with letters beyond ASCII that doesn't say how they are encoded."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.explain.case import Case
from inspector.explain.checks.model import Check, Cure, Found, in_body, seen
from inspector.explain.prose import say
from inspector.explain.references import header, html
from inspector.explain.values.lists import parameters


def _look(case: Case) -> Iterator[Found]:
    if case.page is None or case.page.declares_charset or not 200 <= case.exchange.status < 300:
        return
    data = case.content.data
    _, given = parameters(case.response.first("content-type"))
    if given.get("charset") or data.isascii() or data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        return
    at = next((n for n, byte in enumerate(data) if byte > 127), 0)
    evidence = seen(case, in_body(case, at, 2), say("the first byte beyond ASCII"))
    yield Found(
        "warning",
        case.path,
        say(
            "The page `{path}` has letters beyond ASCII and says nowhere how they are encoded.",
            path=case.path,
        ),
        evidence,
    )


CHECK = Check(
    "charset", "correctness", "Nobody says how the letters are encoded",
    say("The browser guesses, mostly for western Europe of the 1990s, and shows `Ã©` where é should be."),
    Cure(
        say("Name UTF-8, in the field or in the page's first lines. Flask does it for what it makes itself."),
        """<meta charset="utf-8">
""",
        "html+jinja",
    ),
    (header("Content-Type"), html("semantics.html#charset", "HTML standard: charset")),
    _look,
)  # fmt: skip
