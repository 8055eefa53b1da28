"""Request methods: what each asks for, and what everybody on the way may count on. One table."""

from __future__ import annotations

from typing import NamedTuple

from inspector.explain.references import Reference, rfc
from inspector.explain.references import method as mdn_method


class Method(NamedTuple):
    """One method. `safe`: it asks to change nothing. `idempotent`: twice is as good as once. `body`: whether a request has one."""

    plain: str
    safe: bool
    idempotent: bool
    body: str
    where: tuple[int, str]


_DAV = "is one of WebDAV's"

METHODS: dict[str, Method] = {
    "GET": Method("asks for what is at the address", True, True, "never, as a rule", (9110, "9.3.1")),
    "HEAD": Method("asks for the head of the answer only, without its body", True, True, "never, as a rule", (9110, "9.3.2")),
    "POST": Method("hands over data and asks to do something with it", False, False, "usually", (9110, "9.3.3")),
    "PUT": Method("asks to store this, under this very address, in the place of what is there", False, True, "usually", (9110, "9.3.4")),
    "DELETE": Method("asks to remove what is at the address", False, True, "never, as a rule", (9110, "9.3.5")),
    "CONNECT": Method("asks a proxy for a tunnel to a host and port", False, False, "never", (9110, "9.3.6")),
    "OPTIONS": Method("asks what may be done there", True, True, "seldom", (9110, "9.3.7")),
    "TRACE": Method("asks to get the request itself back, as it arrived", True, True, "never", (9110, "9.3.8")),
    "PATCH": Method("hands over changes to what is at the address", False, False, "usually", (5789, "2")),
    "QUERY": Method("asks a question that is too long for an address, in its body", True, True, "usually", (9110, "9")),
    "PROPFIND": Method(f"{_DAV}: asks for properties of files", True, True, "usually", (4918, "9.1")),
    "PROPPATCH": Method(f"{_DAV}: changes properties of files", False, True, "usually", (4918, "9.2")),
    "MKCOL": Method(f"{_DAV}: makes a folder", False, True, "seldom", (4918, "9.3")),
    "COPY": Method(f"{_DAV}: copies a file", False, True, "seldom", (4918, "9.8")),
    "MOVE": Method(f"{_DAV}: moves a file", False, True, "seldom", (4918, "9.9")),
    "LOCK": Method(f"{_DAV}: locks a file", False, False, "usually", (4918, "9.10")),
    "UNLOCK": Method(f"{_DAV}: unlocks a file", False, True, "never", (4918, "9.11")),
    "REPORT": Method(f"{_DAV}: asks for a report", True, True, "usually", (3253, "3.6")),
    "SEARCH": Method(f"{_DAV}: searches", True, True, "usually", (5323, "2")),
}  # fmt: skip

_ON_MDN = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"})


def look_up(name: str) -> Method | None:
    """The row for a method; None for one that is not known here. Names are case-sensitive: `get` is another method."""
    return METHODS.get(name)


def references(name: str) -> tuple[Reference, ...]:
    row = METHODS.get(name)
    if row is None:
        return (rfc(9110, "9"),)
    found = (rfc(*row.where),)
    return (*found, mdn_method(name)) if name in _ON_MDN else found
