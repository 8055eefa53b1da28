"""`*` together with credentials: browsers refuse it."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.explain.case import Case
from inspector.explain.checks.model import Check, Cure, Found, seen
from inspector.explain.prose import say
from inspector.explain.references import fetch, mdn


def _look(case: Case) -> Iterator[Found]:
    response = case.response
    if case.answered_here or response.first("access-control-allow-origin").strip() != "*":
        return
    if response.first("access-control-allow-credentials") == "true":
        evidence = seen(
            case,
            response.place(response.every("access-control-allow-credentials")[0]),
            say("true, beside `*`"),
        )
        yield Found(
            "warning",
            case.host,
            say(
                "`{host}` allows every page (`*`) and cookies as well: browsers refuse the two together.",
                host=case.host,
            ),
            evidence,
        )


CHECK = Check(
    "cors-star-credentials", "cors", "Every page and cookies don't go together",
    say("Requests with cookies fail, although the server seems to allow all."),
    Cure(
        say("Either name the pages that may ask with cookies, or leave the cookies out."),
        """CORS(app, origins=["https://shop.example"], supports_credentials=True)
""",
    ),
    (fetch("cors-protocol-and-credentials", "Fetch standard"), mdn("Web/HTTP/Guides/CORS/Errors/CORSNotSupportingCredentials", "CORS errors")),
    _look,
)  # fmt: skip
