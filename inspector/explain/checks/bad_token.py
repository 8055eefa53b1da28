"""JSON web tokens that are not signed, or never end."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.explain.case import Case, Said, text_of
from inspector.explain.checks.model import Check, Cure, Found, seen
from inspector.explain.prose import say
from inspector.explain.references import rfc
from inspector.explain.values.cookies import parse_set_cookie
from inspector.explain.values.tokens import read_jwt
from inspector.wire.fields import Field


def _tokens(case: Case) -> Iterator[tuple[str, Said, Field]]:
    for field in case.request.every("authorization"):
        scheme, _, rest = text_of(field).partition(" ")
        if scheme.lower() == "bearer":
            yield rest.strip(), case.request, field
    for field in case.response.every("set-cookie"):
        yield parse_set_cookie(text_of(field)).value, case.response, field


def _look(case: Case) -> Iterator[Found]:
    for text, said, field in _tokens(case):
        token = read_jwt(text)
        if token is None or token.sealed:
            continue
        evidence = seen(case, said.place(field), say("a [[JWT]]"))
        if token.algorithm.lower() == "none" or not token.signed:
            yield Found(
                "serious",
                f"{case.host} unsigned",
                say(
                    "A [[JWT]] has no signature: anybody can write one, and whoever believes it lets everybody in."
                ),
                evidence,
            )
        elif token.moment("exp") is None:
            yield Found(
                "advice",
                f"{case.host} endless",
                say("A [[JWT]] has no end (`exp`): once stolen, it opens the door for ever."),
                evidence,
            )


CHECK = Check(
    "bad-token", "security", "A token that proves too little",
    say("A token is a key. Without a signature anyone can make one; without an end a stolen one works until the server's own key is changed."),
    Cure(
        say("Sign each, let it end soon, and check both."),
        """import time
import jwt  # PyJWT

token = jwt.encode({"sub": user.id, "exp": time.time() + 900}, KEY, algorithm="HS256")
claims = jwt.decode(token, KEY, algorithms=["HS256"], options={"require": ["exp"]})
""",
    ),
    (rfc(8725, "3.1"), rfc(7519, "4.1.4")),
    _look,
)  # fmt: skip
