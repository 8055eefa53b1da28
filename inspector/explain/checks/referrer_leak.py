"""An address with something private in it, told to another site."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.explain.case import Case
from inspector.explain.checks.model import Check, Cure, Found, seen
from inspector.explain.prose import say
from inspector.explain.references import header, w3c
from inspector.explain.values.names import is_secret, pairs
from inspector.explain.values.sites import site_of, split_origin


def _look(case: Case) -> Iterator[Found]:
    value = case.request.first("referer").strip()
    there = split_origin(value)
    if there is None or site_of(there[1]) == site_of(case.host):
        return
    query = value.partition("?")[2].partition("#")[0]
    for name, secret in pairs(query):
        if secret and is_secret(name):
            evidence = seen(
                case,
                case.request.place(case.request.every("referer")[0]),
                say("Referer with `{name}`", name=name),
            )
            sentence = say(
                "`{host}` gets to know a secret of `{other}`: the value of `{name}` in its address.",
                host=case.host,
                other=there[1],
                name=name,
            )
            yield Found("serious", f"{there[1]} {name}", sentence, evidence)


CHECK = Check(
    "referrer-leak", "security", "A secret in an address is told to another site",
    say("The browser says which page a request came from. Whatever stands in that page's address, the other site can write down."),
    Cure(
        say("Keep secrets out of addresses, and tell other sites the host only."),
        """@app.after_request
def tell_little(response):
    response.headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
    return response
""",
    ),
    (w3c("referrer-policy", "Referrer Policy"), header("Referrer-Policy")),
    _look,
)  # fmt: skip
