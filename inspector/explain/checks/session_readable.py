"""A Flask session that holds something its user should not read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from inspector.explain.case import Case, text_of
from inspector.explain.checks.model import Check, Cure, Found, seen
from inspector.explain.prose import say
from inspector.explain.references import Reference
from inspector.explain.values.cookies import parse_set_cookie
from inspector.explain.values.names import is_password
from inspector.explain.values.tokens import read_flask_session


def _look(case: Case) -> Iterator[Found]:
    for field in case.response.every("set-cookie")[:100]:
        cookie = parse_set_cookie(text_of(field))
        session = read_flask_session(cookie.value)
        if session is None:
            continue
        for name in _secret_names(json.loads(session.content)):
            evidence = seen(case, case.response.place(field), say("`{name}` in the session", name=name))
            sentence = say(
                "Flask's session in the cookie `{cookie}` holds `{name}`, and can be read by whoever has the cookie.",
                cookie=cookie.name,
                name=name,
            )
            yield Found("serious", f"{case.host} {cookie.name} {name}", sentence, evidence)


def _secret_names(content: Any) -> Iterator[str]:
    if isinstance(content, dict):
        for name, value in list(content.items())[:100]:
            if (
                isinstance(name, str)
                and value
                and (is_password(name) or name.lower() in ("secret", "card", "card_number", "iban"))
            ):
                yield name


CHECK = Check(
    "session-readable", "cookies", "A secret in a session that can be read",
    say("Flask signs its session, so that nobody can change it. It does not encrypt it: the user, and every program on their computer, can read what is in it."),
    Cure(
        say("Put a number into the session, and keep the rest in the database."),
        """session["user_id"] = user.id
""",
    ),
    (Reference("Flask: sessions", "https://flask.palletsprojects.com/en/stable/quickstart/#sessions"),),
    _look,
)  # fmt: skip
