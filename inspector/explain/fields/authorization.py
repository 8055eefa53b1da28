"""Authorization: Basic, Bearer and others; a token that can be read is read."""

from __future__ import annotations

import json

from inspector.explain.fields.model import Known, Line, Told
from inspector.explain.parts import Part
from inspector.explain.prose import NOTHING, Prose, say, shown
from inspector.explain.references import header, rfc
from inspector.explain.values.lists import members
from inspector.explain.values.tokens import Jwt, read_basic, read_jwt
from inspector.explain.words import lasting, moment

_CLAIMS = {
    "iss": "who made it",
    "sub": "whom it is about",
    "aud": "for whom it is meant",
    "jti": "its own number",
    "scope": "what it allows",
    "scp": "what it allows",
    "azp": "for which program it was made",
    "client_id": "for which program it was made",
    "name": "a name",
    "email": "an e-mail address",
    "roles": "which roles its bearer has",
    "nonce": "a one-time word",
}
_TIMES = {"iat": "made at", "nbf": "not valid before", "exp": "ends at", "auth_time": "logged in at"}


def _authorization(line: Line) -> Told:
    scheme, _, rest = line.value.partition(" ")
    kind, rest = scheme.lower(), rest.strip()
    if kind == "basic":
        return _basic(line, rest)
    if kind == "bearer":
        return _bearer(line, rest)
    if kind == "digest":
        plain = say(
            "A log-in by Digest: not the password itself, but a checksum of it, the method and the address."
        )
        return Told(
            plain,
            say("It keeps the password from being read, but nothing else; TLS with any other way is better."),
        )
    if kind in ("negotiate", "ntlm"):
        return Told(say("A log-in by way of the operating system (Kerberos or NTLM), as in companies."))
    if kind.startswith("aws4-hmac"):
        return Told(say("Amazon's way: the request itself is signed with a secret key, which isn't sent."))
    if kind in (
        "dpop",
        "signature",
        "hawk",
        "hoba",
        "mutual",
        "vapid",
        "scram-sha-256",
        "privatetoken",
        "token",
        "apikey",
    ):
        return Told(say("A log-in by `{scheme}`.", scheme=scheme))
    return Told(say("A log-in by `{scheme}`, which isn't known here.", scheme=scheme or "?"))


def _exposed(line: Line) -> Prose:
    if line.case.secure or line.case.is_local:
        return NOTHING
    return say("Over plain http anyone on the way can read it.")


def _basic(line: Line, text: str) -> Told:
    found = read_basic(text)
    if found is None:
        return Told(
            say("A log-in by name and password (Basic), but what follows is not written rightly."), good=False
        )
    name, password = found
    plain = say(
        "A log-in by name and password (Basic): the name is `{name}`, the password has {count} characters.",
        name=name,
        count=len(password),
    )
    precise = say(
        "It is written in [[base64]], which hides nothing: anyone who sees it can read both. It goes with every request."
    )
    return Told(
        plain + _exposed(line), precise, good=None if line.case.secure or line.case.is_local else False
    )


def _bearer(line: Line, token: str) -> Told:
    plain = say("A token ([[bearer token]]): whoever has it is let in, like with a key.") + _exposed(line)
    good = None if line.case.secure or line.case.is_local else False
    found = read_jwt(token)
    if found is None:
        return Told(
            plain,
            say(
                "What is in it only the server knows: it has {count} characters that aren't a [[JWT]].",
                count=len(token),
            ),
            good=good,
        )
    return Told(
        plain + say("It is a [[JWT]], and can be read."), told_jwt(found), jwt_parts(line, found), good
    )


def told_jwt(token: Jwt) -> Prose:
    """What must be said of a token that was read."""
    if token.sealed:
        return say(
            "It is encrypted ({algorithm}), so its content can't be read here.", algorithm=token.algorithm
        )
    checked = say(
        "Its signature ({algorithm}) was not checked here: that takes the key of whoever made it.",
        algorithm=token.algorithm or "none",
    )
    if token.algorithm.lower() == "none" or not token.signed:
        return say("It has no signature: anybody could have written it. A server must refuse it.")
    return checked + say("Signed is not encrypted: anyone who has it can read it.")


def jwt_parts(line: Line, token: Jwt) -> tuple[Part, ...]:
    """The token's claims, each in a sentence."""
    now = line.case.exchange.started or line.case.now
    found = []
    for name, value in list(token.claims.items())[:40]:
        text = shown(f"{name}: {json.dumps(value, ensure_ascii=False)}", 200)
        at = token.moment(name) if name in _TIMES else None
        if at is not None:
            found.append(_time(line, name, at, now, text))
        else:
            meaning = _CLAIMS.get(name)
            found.append(
                Part(
                    text, say(f"{meaning[:1].upper()}{meaning[1:]}.") if meaning else say("Its maker's own.")
                )
            )
    return tuple(found)


def _time(line: Line, name: str, at: float, now: float, text: str) -> Part:
    when = moment(at, line.case.now, line.case.zone)
    plain = say(f"{_TIMES[name][:1].upper()}{_TIMES[name][1:]} {{when}}.", when=when)
    good: bool | None = None
    if name == "exp":
        left = at - now
        good = left > 0
        plain += say("It was good for {time} more.", time=lasting(left)) if left > 0 else say("It was over when this was sent, {time} before.", time=lasting(-left))  # fmt: skip
    if name == "nbf" and at > now:
        plain, good = plain + say("It was not valid yet when this was sent."), False
    return Part(text, plain, good=good)


def _challenge(line: Line) -> Told:
    schemes: list[str] = []
    for member in members(line.value):
        scheme = member.words.partition(" ")[0]
        if "=" not in scheme and scheme.lower() not in schemes:
            schemes.append(scheme.lower())
    whom = "the proxy" if line.name.startswith("proxy") else "the server"
    ways = joined_by_comma(
        [
            say(_SCHEMES[each]) if each in _SCHEMES else say("by `{scheme}`", scheme=each)
            for each in schemes[:6]
        ]
    )
    realm = _realm(line.value)
    where = say("for `{realm}`", realm=realm) if realm else NOTHING
    plain = say(
        f"{whom[:1].upper()}{whom[1:]} wants to know who asks, and says how to log in: {{ways}}.",
        ways=(ways or say("it names no way")) + where,
    )
    warn = (
        say("For Basic a browser shows its own window for name and password.")
        if "basic" in schemes
        else NOTHING
    )
    return Told(plain, warn)


def joined_by_comma(ways: list[Prose]) -> Prose:
    whole = NOTHING
    for each in ways:
        whole = say("{before}, or {way}", before=whole, way=each) if whole else each
    return whole


_SCHEMES = {
    "basic": "with name and password (Basic)",
    "digest": "with a checksum of name and password (Digest)",
    "bearer": "with a token (Bearer)",
    "negotiate": "by way of the operating system (Negotiate)",
    "ntlm": "by way of the operating system (NTLM)",
}


def _realm(value: str) -> str:
    _, found, rest = value.partition('realm="')
    return rest.partition('"')[0] if found else ""


def _info(line: Line) -> Told:
    return Told(
        say(
            "After a log-in: what the client needs to know for the next request, such as a new one-time word."
        )
    )


FIELDS = {
    "authorization": Known(_authorization, (rfc(9110, "11.6.2"), header("Authorization"))),
    "proxy-authorization": Known(_authorization, (rfc(9110, "11.7.2"), header("Proxy-Authorization"))),
    "www-authenticate": Known(_challenge, (rfc(9110, "11.6.1"), header("WWW-Authenticate"))),
    "proxy-authenticate": Known(_challenge, (rfc(9110, "11.7.1"), header("Proxy-Authenticate"))),
    "authentication-info": Known(_info, (rfc(9110, "11.6.3"),)),
    "proxy-authentication-info": Known(_info, (rfc(9110, "11.7.3"),)),
}
