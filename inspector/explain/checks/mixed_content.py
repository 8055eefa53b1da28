"""An https page that loads something over http."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from inspector.explain.case import Case, is_local
from inspector.explain.checks.model import Check, Cure, Found, in_body, seen
from inspector.explain.prose import say
from inspector.explain.references import mdn, w3c

_RUNS = frozenset({"script", "iframe", "frame", "embed", "object", "link"})


def _look(case: Case) -> Iterator[Found]:
    if not case.secure or case.page is None:
        return
    for load in case.page.loads[:200]:
        if load.url.lower().startswith("http://") and not _here(load.url):
            what = "blocked by browsers" if load.tag in _RUNS else "loaded over https instead, or blocked"
            evidence = seen(
                case,
                in_body(case, load.offset, len(load.tag) + 1),
                say("`<{tag}>` with `{url}`", tag=load.tag, url=load.url),
            )
            sentence = say(f"The page came over https and loads `{{url}}` over http: {what}.", url=load.url)
            yield Found("warning", load.url, sentence, evidence)
    for form in case.page.forms:
        if form.action.lower().startswith("http://") and not _here(form.action):
            evidence = seen(
                case, in_body(case, form.offset, 5), say("a form that goes to `{url}`", url=form.action)
            )
            yield Found(
                "serious",
                form.action,
                say(
                    "A form of this https page sends what is typed in over plain http, to `{url}`.",
                    url=form.action,
                ),
                evidence,
            )


def _here(url: str) -> bool:
    try:
        return is_local(urlsplit(url).hostname or "")
    except ValueError:
        return True


CHECK = Check(
    "mixed-content", "security", "http inside an https page",
    say("What comes over http can be changed on the way, and with it the page that it is a part of. So browsers block it, and the page is broken; what a form sends over http anyone can read."),
    Cure(
        say("Name everything with https, or without a scheme and host; and let the browser mend what was forgotten."),
        """@app.after_request
def upgrade(response):
    response.headers["Content-Security-Policy"] = "upgrade-insecure-requests"
    return response
""",
    ),
    (w3c("mixed-content", "Mixed Content"), mdn("Web/Security/Mixed_content", "Mixed content")),
    _look,
)  # fmt: skip
