"""Fields that tell which version of which program is at work."""

from __future__ import annotations

import re
from collections.abc import Iterator

from inspector.explain.case import Case, text_of
from inspector.explain.checks.model import Check, Cure, Found, seen
from inspector.explain.prose import say
from inspector.explain.references import header, rfc

_VERSION = re.compile(r"\d\.\d")


def _look(case: Case) -> Iterator[Found]:
    if case.answered_here:
        return
    for name in ("server", "x-powered-by", "x-aspnet-version", "x-generator"):
        for field in case.response.every(name):
            value = text_of(field)
            if _VERSION.search(value):
                evidence = seen(case, case.response.place(field), say("`{value}`", value=value))
                yield Found(
                    "advice",
                    f"{case.host} {value[:80]}",
                    say(
                        "`{host}` tells the version of its software: `{value}`.", host=case.host, value=value
                    ),
                    evidence,
                )


CHECK = Check(
    "versions-told", "security", "The software's version is told",
    say("Whoever looks for known holes finds the fitting one at once. It is no protection to hide it, but it makes the search longer."),
    Cure(
        say("Leave the version away: in Gunicorn or nginx by a setting. Werkzeug's own server, which names itself, is for development only."),
        """# nginx: server_tokens off;
# and never app.run() in front of the public: gunicorn "shop:app"
""",
    ),
    (rfc(9110, "17.12"), header("Server")),
    _look,
)  # fmt: skip
