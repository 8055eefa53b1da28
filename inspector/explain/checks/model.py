"""What a check is, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from inspector.explain.case import Case, Place
from inspector.explain.prose import NOTHING, Prose
from inspector.explain.references import Reference

Group = Literal["security", "caching", "cookies", "cors", "performance", "correctness"]
Severity = Literal["serious", "warning", "advice"]

GROUPS: dict[Group, str] = {
    "security": "Security",
    "cookies": "Cookies",
    "cors": "CORS",
    "caching": "Caching",
    "performance": "Performance",
    "correctness": "Correctness",
}
SEVERITIES: dict[Severity, str] = {  # worst first
    "serious": "Serious",
    "warning": "Worth mending",
    "advice": "Could be better",
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where it was seen: the exchange, the place in its bytes (None: not in bytes), and what stands there."""

    exchange: bytes
    place: Place | None
    words: Prose


class Found(NamedTuple):
    """What a check sees once. `subject` is what it is about (a cookie's name, a path): the same subject is the same finding."""

    severity: Severity
    subject: str
    sentence: Prose
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Cure:
    """What to do, in words, and as code in `language` (python, html+jinja, or empty for none)."""

    words: Prose
    snippet: str = ""
    language: str = "python"


Look = Callable[[Case], Iterator[Found]]
LookAcross = Callable[[Sequence[Case]], Iterator[Found]]


class Check(NamedTuple):
    """One check. `look` sees one exchange, `across` many of one site, oldest first; a check has one of them or both."""

    id: str
    group: Group
    title: str
    why: Prose
    cure: Cure
    references: tuple[Reference, ...]
    look: Look | None = None
    across: LookAcross | None = None


@dataclass(frozen=True, slots=True)
class Issue:
    """A finding, with all that a page says of it. `source` is `httplint` where the words are httplint's own."""

    check: str
    group: Group
    severity: Severity
    subject: str
    title: str
    sentence: Prose
    evidence: tuple[Evidence, ...]
    why: Prose = NOTHING
    cure: Cure | None = None
    references: tuple[Reference, ...] = ()
    source: Literal["inspector", "httplint"] = "inspector"


def seen(case: Case, place: Place | None, words: Prose = NOTHING) -> tuple[Evidence, ...]:
    """One piece of evidence in this exchange."""
    return (Evidence(case.exchange.id, place, words),)


def in_body(case: Case, offset: int, length: int) -> Place:
    """A place in the response's body; the whole of it where it came packed, since there offsets of its content mean nothing."""
    said = case.response
    if said.has("content-encoding"):
        return said.whole_body()
    return Place(said.side, said.half, "body", offset, length)


def in_request_body(case: Case) -> Place:
    return case.request.whole_body()
