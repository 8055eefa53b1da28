"""What a cache may do with a response (RFC 9111): keep it or not, for how long, and whether it has to ask first.

For a private cache, such as a browser's; what a shared one would do stands beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from inspector.explain.case import Case, Said
from inspector.explain.values.dates import http_date
from inspector.explain.values.lists import members, number, tokens, unquoted

Basis = Literal["max-age", "expires", "heuristic", "none"]

# RFC 9110 §15.1: what may be kept without the server saying for how long
HEURISTIC = frozenset({200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501})
UNDERSTOOD = frozenset({
    200, 201, 202, 203, 204, 205, 206, 300, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 405, 406, 409, 410, 412,
    413, 414, 415, 416, 422, 429, 451, 500, 501, 502, 503, 504,
})  # fmt: skip


class Directive(NamedTuple):
    """One directive: name in lower case, value without quotes (None: none was given), and where it begins."""

    name: str
    value: str | None
    offset: int
    length: int


class Directives(tuple[Directive, ...]):
    """A Cache-Control field. Of a repeated directive the first one counts (RFC 9111 §4.2.1)."""

    __slots__ = ()

    def has(self, name: str) -> bool:
        return any(each.name == name for each in self)

    def value(self, name: str) -> str | None:
        return next((each.value for each in self if each.name == name), None)

    def seconds(self, name: str) -> int | None:
        """The number of seconds; None if the directive isn't there, 0 (stale at once) if what it has is no number."""
        if not self.has(name):
            return None
        return number(self.value(name) or "") or 0

    def unqualified(self, name: str) -> bool:
        """Whether it is there without a list of field names, which would confine it to those fields."""
        return any(each.name == name and not each.value for each in self)


def cache_control(value: str) -> Directives:
    """The directives in order."""
    found = []
    at = 0
    for member in members(value):
        at = member.offset
        words = value[at : _end(value, at)]
        name, equals, argument = words.partition("=")
        found.append(
            Directive(
                name.strip().lower(), unquoted(argument.strip()) if equals else None, at, len(words.rstrip())
            )
        )
    return Directives(found)


def _end(value: str, begin: int) -> int:
    quoted = False
    for at in range(begin, len(value)):
        if value[at] == '"':
            quoted = not quoted
        elif value[at] == "," and not quoted:
            return at
    return len(value)


@dataclass(frozen=True, slots=True)
class Keeping:
    """What a private cache may do. `no` is empty if it may keep the response, else why not: a key of `NOT_KEPT`.

    `lifetime` and `age` are seconds, `fresh_until` counts from the epoch. `ask_first`: never without asking (`no-cache`).
    `never_stale`: not even in need once stale (`must-revalidate`). `validators` are the fields a copy can be asked about with.
    `shared_no` and `shared_lifetime` are the same for a cache that serves many people.
    """

    no: str
    basis: Basis
    lifetime: float
    age: float
    fresh_until: float
    ask_first: bool
    never_stale: bool
    immutable: bool
    while_revalidating: int
    if_error: int
    validators: tuple[str, ...]
    varies: tuple[str, ...]
    shared_no: str
    shared_lifetime: float
    directives: Directives

    def fresh(self, at: float) -> bool:
        """Whether a copy may be used at that moment without asking."""
        return not self.no and not self.ask_first and at < self.fresh_until and "*" not in self.varies


NOT_KEPT = ("no-store", "request-no-store", "method", "status", "must-understand", "undated", "open")


def keeping(case: Case) -> Keeping:
    """The judgement of RFC 9111 §3 and §4.2 on the response of one exchange."""
    response, exchange = case.response, case.exchange
    answered_at = case.answered_at
    directives = cache_control(response.value("cache-control"))
    date = _date(response, answered_at)
    lifetime, basis = _lifetime(response, directives, exchange.status, date)
    age = _age(response, exchange.started, answered_at, date)
    shared = directives.seconds("s-maxage")
    answer = _Answer(case.request, directives, exchange.method, exchange.status, basis)
    return Keeping(
        no=answer.not_kept(),
        basis=basis,
        lifetime=lifetime,
        age=age,
        fresh_until=answered_at + max(lifetime - age, 0.0),
        ask_first=directives.unqualified("no-cache") or _pragma(response, directives),
        never_stale=directives.has("must-revalidate"),
        immutable=directives.has("immutable"),
        while_revalidating=directives.seconds("stale-while-revalidate") or 0,
        if_error=directives.seconds("stale-if-error") or 0,
        validators=tuple(name for name in ("etag", "last-modified") if response.value(name).strip()),
        varies=tokens(response.value("vary")),
        shared_no=answer.not_shared(),
        shared_lifetime=float(shared) if shared is not None else lifetime,
        directives=directives,
    )


def _pragma(response: Said, directives: Directives) -> bool:
    """RFC 9111 §5.4 gives Pragma no meaning in a response; browsers treat it as no-cache where there is no Cache-Control."""
    return not directives and "no-cache" in tokens(response.value("pragma"))


def _date(response: Said, answered_at: float) -> float:
    """RFC 9110 §6.6.1: without Date, the moment when it was received."""
    found = http_date(response.first("date"), answered_at)
    return answered_at if found is None else found


def _lifetime(response: Said, directives: Directives, status: int, date: float) -> tuple[float, Basis]:
    seconds = directives.seconds("max-age")
    if seconds is not None:
        return float(seconds), "max-age"
    if response.has("expires"):
        # §5.3: "A cache recipient MUST interpret invalid date formats, especially the value "0", as representing a time in the past"
        expires = http_date(response.first("expires"), date)
        return (max(expires - date, 0.0) if expires is not None else 0.0), "expires"
    modified = http_date(response.first("last-modified"), date)
    if modified is not None and (status in HEURISTIC or directives.has("public")):
        # §4.2.2: "A typical setting of this fraction might be 10%."
        return max(date - modified, 0.0) / 10, "heuristic"
    return 0.0, "none"


def _age(response: Said, asked_at: float, answered_at: float, date: float) -> float:
    """§4.2.3: corrected_initial_age."""
    apparent = max(0.0, answered_at - date)
    stated = number(response.first("age")) or 0
    return max(apparent, stated + max(answered_at - asked_at, 0.0))


class _Answer(NamedTuple):
    """What decides whether a response may be kept at all."""

    request: Said
    directives: Directives
    method: str
    status: int
    basis: Basis

    def not_kept(self) -> str:
        directives, status = self.directives, self.status
        if not status:
            return "open"
        if self.method not in ("GET", "HEAD"):
            return "method"
        if status < 200 or status == 304:
            return "status"
        if directives.has("must-understand") and status not in UNDERSTOOD:
            return "must-understand"
        if directives.has("no-store") and not directives.has("must-understand"):
            return "no-store"
        if cache_control(self.request.value("cache-control")).has("no-store"):
            return "request-no-store"
        explicit = (
            self.basis in ("max-age", "expires") or directives.has("public") or directives.has("private")
        )
        return "" if explicit or status in HEURISTIC else "undated"

    def not_shared(self) -> str:
        if self.directives.unqualified("private"):
            return "private"
        allowed = any(self.directives.has(name) for name in ("public", "s-maxage", "must-revalidate"))
        if self.request.has("authorization") and not allowed:
            return "authorization"
        no = self.not_kept()
        return "" if no == "undated" and self.directives.has("s-maxage") else no
