"""CORS as a browser judges it (Fetch standard §3.2, §4.8, §4.9): may a page's script read this answer, may it send that request?"""

from __future__ import annotations

from dataclasses import dataclass

from inspector.explain.case import Case, Said
from inspector.explain.values.lists import TOKEN, members

SAFE_METHODS = frozenset({"GET", "HEAD", "POST"})
SAFE_TYPES = frozenset({"application/x-www-form-urlencoded", "multipart/form-data", "text/plain"})
# fields that a browser adds itself, which no script may set (forbidden request-headers), and those that need no permission
_FREE = frozenset({"accept", "accept-language", "content-language", "range"})
_OWN = frozenset({
    "accept-charset", "accept-encoding", "access-control-request-headers", "access-control-request-method", "connection",
    "content-length", "cookie", "cookie2", "date", "dnt", "expect", "host", "keep-alive", "origin", "referer", "set-cookie", "te",
    "trailer", "transfer-encoding", "upgrade", "via", "user-agent", "cache-control", "pragma", "if-none-match", "if-modified-since",
    "priority", "upgrade-insecure-requests", "save-data", "device-memory", "dpr", "viewport-width", "width", "downlink", "ect", "rtt",
    "x-client-data", "purpose", "if-range", "http2-settings",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Check:
    """The CORS check of one answer. `good` is None where it hangs on something that can't be seen.

    `asked`: a page of a known origin asked. `missing` names the field that is missing or wrong. `credentials` is whether the request
    went with cookies: True where it had any, None where it had none (it may have been meant to).
    """

    asked: bool
    origin: str = ""
    same_origin: bool = False
    good: bool | None = None
    missing: str = ""
    code: str = ""
    credentials: bool | None = None


def check_origin(case: Case, *, credentials: bool | None = None) -> Check:
    """Fetch §4.9, the CORS check. `credentials` tells whether the request's mode includes them, if the caller knows."""
    origin = case.request.first("origin").strip()
    mode = case.request.first("sec-fetch-mode").strip().lower()
    # a form that is sent, or a WebSocket, has an Origin too, and no script reads the answer by way of CORS
    if not origin or mode in ("navigate", "websocket", "no-cors") or case.exchange.kind == "websocket":
        return Check(False, origin)
    if origin == case.origin:
        return Check(True, origin, same_origin=True, good=True)
    response = case.response
    if credentials is None:
        credentials = True if case.request.has("cookie") else None
    allowed = [each.strip() for each in response.values("access-control-allow-origin")]
    if not allowed:
        return Check(
            True,
            origin,
            good=False,
            missing="Access-Control-Allow-Origin",
            code="absent",
            credentials=credentials,
        )
    value = ", ".join(allowed)
    if value == "*" and not credentials:
        return Check(
            True, origin, good=True if credentials is False else None, code="star", credentials=credentials
        )
    if value == "*":
        return Check(True, origin, good=False, missing="Access-Control-Allow-Origin", code="star-with-credentials", credentials=credentials)  # fmt: skip
    if value != origin:
        code = "several" if len(allowed) > 1 or "," in value else "other"
        return Check(
            True,
            origin,
            good=False,
            missing="Access-Control-Allow-Origin",
            code=code,
            credentials=credentials,
        )
    if credentials and response.first("access-control-allow-credentials") != "true":
        return Check(
            True,
            origin,
            good=False,
            missing="Access-Control-Allow-Credentials",
            code="no-credentials",
            credentials=True,
        )
    return Check(True, origin, good=True, code="named", credentials=credentials)


def unsafe_fields(request: Said) -> tuple[str, ...]:
    """The fields of a request for which a script needs permission, in lower case and in order (Fetch §2.2.2), as far as one can tell."""
    found = []
    for name in request.names:
        if name in _OWN or name.startswith(("sec-", "proxy-")):
            continue
        value = request.value(name)
        if name in _FREE and len(value) <= 128:
            continue
        if name == "content-type" and value.partition(";")[0].strip().lower() in SAFE_TYPES:
            continue
        found.append(name)
    return tuple(sorted(found))


def names_in(value: str) -> tuple[str, ...]:
    """The names in a list of methods or fields, as they are spelled."""
    return tuple(each.words for each in members(value))


def is_token(text: str) -> bool:
    return TOKEN.fullmatch(text) is not None
