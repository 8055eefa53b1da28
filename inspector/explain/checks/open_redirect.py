"""A redirect to an address that the request itself named."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.explain.case import Case
from inspector.explain.checks.model import Check, Cure, Found, seen
from inspector.explain.prose import say
from inspector.explain.references import mdn
from inspector.explain.statuses import REDIRECTS
from inspector.explain.values.names import pairs
from inspector.explain.values.sites import site_of, split_origin


def _look(case: Case) -> Iterator[Found]:
    if case.exchange.status not in REDIRECTS or case.answered_here:
        return
    target = case.response.first("location").strip()
    there = split_origin(target if not target.startswith("//") else f"https:{target}")
    if there is None or site_of(there[1]) == site_of(case.host):
        return
    for name, value in pairs(case.query):
        if value.strip() and value.strip() == target:
            evidence = seen(
                case,
                case.response.place(case.response.every("location")[0]),
                say("Location is the query's `{name}`", name=name),
            )
            sentence = say(
                "`{path}` sends the browser to whatever `{name}` names, here to another site: `{url}`.",
                path=case.path,
                name=name,
                url=target,
            )
            yield Found("warning", f"{case.path} {name}", sentence, evidence)


CHECK = Check(
    "open-redirect", "security", "It sends browsers wherever it is told",
    say("Somebody can send around a link that begins with the site's own name and ends at theirs, perhaps at a copy of the log-in page."),
    Cure(
        say("Go to paths of one's own only."),
        """from urllib.parse import urlsplit

def safe_target(target):
    parts = urlsplit(target)
    own = not parts.scheme and not parts.netloc and target.startswith("/") and not target.startswith("//")
    return target if own else url_for("index")
""",
    ),
    (mdn("Web/Security/Attacks", "Attacks"),),
    _look,
)  # fmt: skip
