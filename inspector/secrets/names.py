"""Which names say that their value is a secret: of form entries, of parameters in an address, of JSON members, of header fields."""

from __future__ import annotations

import re

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

# a word of the name that gives it away
_TELLING = frozenset({
    "assertion", "auth", "authorization", "bearer", "credential", "credentials", "csrf", "cvc", "cvv", "jwt", "mfa", "otp", "pass", "pin", "pw",
    "pwd", "session", "sid", "sig", "signature", "tan", "totp", "xsrf",
})  # fmt: skip
# what gives it away wherever it stands; in a few languages, since forms have all of them
_WITHIN = ("password", "passwd", "passphrase", "passcode", "passwort", "kennwort", "motdepasse", "contrase", "wachtwoord", "secret", "token", "apikey", "sessionid", "sessid", "samlrequest", "samlresponse")  # fmt: skip
_WHOLE = frozenset({"code", "key"})
# before "key" or "code" at the end
_KINDS = frozenset({"access", "account", "api", "auth", "authorization", "encryption", "private", "recovery", "security", "session", "shared", "signing", "verification"})  # fmt: skip

_FIELDS = frozenset({"authorization", "cookie", "proxy-authorization", "set-cookie", "authentication-info", "proxy-authentication-info"})  # fmt: skip
# fields whose names only sound like it
_OPEN_FIELDS = frozenset({"www-authenticate", "proxy-authenticate", "sec-websocket-key", "sec-websocket-accept", "x-frame-options", "signature-input"})  # fmt: skip


def is_secret_name(name: str) -> bool:
    """Whether a value of this name is one: `password`, `user[passwd]`, `csrfmiddlewaretoken`, `apiKey`, `code`. `author` and `keyboard` aren't."""
    words = [word.lower() for word in _WORDS.findall(name[:200])]
    joined = "".join(words)
    if joined in _WHOLE or any(part in joined for part in _WITHIN):
        return True
    if not _TELLING.isdisjoint(words):
        return True
    return len(words) > 1 and words[-1] in _WHOLE and words[-2] in _KINDS


def is_secret_field(name: str) -> bool:
    """Whether the value of a header field is a secret, all of it or a part."""
    lower = name.lower()
    return lower in _FIELDS or (lower not in _OPEN_FIELDS and is_secret_name(lower))
