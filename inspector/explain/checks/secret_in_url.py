"""A password or key in the address."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.explain.case import Case
from inspector.explain.checks.model import Check, Cure, Found, Severity, seen
from inspector.explain.prose import say
from inspector.explain.references import mdn, rfc
from inspector.explain.values.names import is_password, is_secret, pairs


def _look(case: Case) -> Iterator[Found]:
    for name, value in pairs(case.query):
        if len(value) >= 3 and is_secret(name):
            evidence = seen(case, case.request.place(), say("the query's `{name}`", name=name))
            severity: Severity = "serious" if is_password(name) else "warning"
            yield Found(
                severity,
                name,
                say("The address holds what looks like a secret: the value of `{name}`.", name=name),
                evidence,
            )


CHECK = Check(
    "secret-in-url", "security", "A secret in the address",
    say("Addresses are written down everywhere: in the browser's history, in the records of servers and proxies, in the Referer field of the next request. A secret in one does not stay secret, not even over https."),
    Cure(
        say("Send it in the body of a POST, or in the Authorization field."),
        """@app.post("/log-in")
def log_in():
    name, password = request.form["name"], request.form["password"]
""",
    ),
    (rfc(9110, "17.9"), mdn("Web/Security/Attacks", "Attacks")),
    _look,
)  # fmt: skip
