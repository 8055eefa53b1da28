"""A page meant for developers, shown to everybody: Flask's debugger, or a traceback."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.explain.case import Case
from inspector.explain.checks.model import Check, Cure, Found, Severity, in_body, seen
from inspector.explain.prose import say
from inspector.explain.references import Reference

_MARKS: tuple[tuple[bytes, str, Severity], ...] = (
    (
        b"__debugger__=yes",
        "Werkzeug's debugger, in which anyone who gets its PIN can run programs on the server",
        "serious",
    ),
    (
        b"The debugger caught an exception in your WSGI application",
        "Werkzeug's debugger, in which anyone who gets its PIN can run programs on the server",
        "serious",
    ),
    (
        b"Traceback (most recent call last)",
        "a traceback: the program's files, lines and perhaps values",
        "warning",
    ),
    (
        b"You're seeing this error because you have <code>DEBUG = True</code>",
        "Django's page for developers",
        "serious",
    ),
    (b"Whoops\\Exception", "a PHP framework's page for developers", "warning"),
    (b"at System.Web.", "a .NET stack trace", "warning"),
    (b"org.springframework.", "a Java stack trace", "warning"),
)


def _look(case: Case) -> Iterator[Found]:
    if case.answered_here or case.exchange.status < 400:
        return
    for mark, what, severity in _MARKS:
        at = case.content.data.find(mark)
        if at >= 0:
            evidence = seen(case, in_body(case, at, len(mark)), say("{mark}", mark=mark.decode()))
            # on this computer it is one's own program, while one writes it
            yield Found(
                "advice" if case.is_local else severity,
                f"{case.host} {what[:20]}",
                say(f"The answer shows {what}."),
                evidence,
            )
            return


CHECK = Check(
    "debug-page", "security", "A developer's page is shown to everybody",
    say("It tells how the program is built, which files it has, often keys and passwords; and a debugger runs what it is told."),
    Cure(
        say("Switch debugging off wherever others can reach the program, and show a page of your own."),
        """@app.errorhandler(500)
def broken(error):
    return render_template("broken.html"), 500

# flask run, without --debug
""",
    ),
    (Reference("Flask: debugging", "https://flask.palletsprojects.com/en/stable/debugging/"),),
    _look,
)  # fmt: skip
