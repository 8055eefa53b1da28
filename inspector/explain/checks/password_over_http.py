"""A password, or another key, sent over plain http."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.explain.case import Case
from inspector.explain.checks.model import Check, Cure, Found, in_body, in_request_body, seen
from inspector.explain.prose import say
from inspector.explain.references import html, mdn, rfc
from inspector.explain.values.names import is_password, pairs


def _look(case: Case) -> Iterator[Found]:
    if case.secure or case.is_local or not case.host:
        return
    yield from _sent(case)
    if case.page is not None:
        for form in case.page.forms:
            if form.has_password and not form.action.lower().startswith("https:"):
                evidence = seen(case, in_body(case, form.offset, 5), say("a form that asks for a password"))
                yield Found(
                    "serious",
                    case.host,
                    say("A page of `{host}` asks for a password over plain http.", host=case.host),
                    evidence,
                )


def _sent(case: Case) -> Iterator[Found]:
    for field in case.request.every("authorization"):
        kind = field.value.partition(b" ")[0].decode("latin-1")
        evidence = seen(case, case.request.place(field), say("Authorization: {kind}", kind=kind))
        yield Found(
            "serious",
            case.host,
            say("A log-in (`{kind}`) went to `{host}` over plain http.", kind=kind, host=case.host),
            evidence,
        )
    kind = case.request.first("content-type").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        return
    for name, value in pairs(case.request_content.data.decode("latin-1")):
        if value and is_password(name):
            evidence = seen(case, in_request_body(case), say("the field `{name}`", name=name))
            yield Found(
                "serious",
                case.host,
                say("The password in `{name}` went to `{host}` over plain http.", name=name, host=case.host),
                evidence,
            )


CHECK = Check(
    "password-over-http", "security", "A password over plain http",
    say("Everybody on the way can read it: whoever runs the wireless network, the provider, anyone who listens in. With it they can log in themselves."),
    Cure(
        say("Serve the whole site over https, and send whoever comes by http there before anything is asked."),
        """@app.before_request
def only_https():
    if not request.is_secure:
        return redirect(request.url.replace("http://", "https://", 1), code=308)
""",
    ),
    (rfc(7617, "4"), mdn("Web/Security/Insecure_passwords", "Insecure passwords"), html("forms.html", "HTML standard: forms")),
    _look,
)  # fmt: skip
