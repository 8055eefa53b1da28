"""What was found, for its page: in groups, the worst first, each with the very bytes that show it and the cure in colour."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from markupsafe import Markup

from inspector.exchange.model import Exchange
from inspector.explain.case import Case, Place
from inspector.explain.checks import GROUPS, SEVERITIES, Evidence, Issue
from inspector.explain.prose import Prose
from inspector.web.present.highlight import in_colour
from inspector.web.present.histories import Link, links_of
from inspector.web.words import visible

LONGEST = 300  # bytes of evidence are shown
MOST_SHOWN = 6  # pieces of evidence of one finding

ICONS = {"serious": "circle-x", "warning": "triangle-alert", "advice": "info"}
_HALVES = {"request": "in the request", "response": "in the response"}
_LANGUAGES = {"python": "python", "html+jinja": "html+jinja", "html": "html"}
_ORDER = {severity: at for at, severity in enumerate(SEVERITIES)}


@dataclass(frozen=True, slots=True)
class Shown:
    """A piece of evidence: what it says, the bytes as text, where; `exchange` leads there, empty if it is the one that is looked at."""

    words: Prose
    text: str = ""
    where: str = ""
    exchange: str = ""
    name: str = ""
    started: float = 0.0


@dataclass(frozen=True, slots=True)
class Finding:
    """An issue as it is shown. `count` exchanges show it, if it was looked for in many."""

    issue: Issue
    severity: str
    icon: str
    evidence: tuple[Shown, ...]
    more: int
    snippet: Markup
    count: int = 1
    histories: tuple[Link, ...] = ()


@dataclass(slots=True)
class Group:
    """The findings of one kind."""

    id: str
    words: str
    findings: list[Finding] = field(default_factory=list)


def in_groups(findings: Iterable[Finding]) -> list[Group]:
    """The groups that have any, that with the worst finding first; within each the order is kept."""
    groups = {id: Group(id, words) for id, words in GROUPS.items()}
    for each in findings:
        groups[each.issue.group].findings.append(each)
    filled = [group for group in groups.values() if group.findings]
    return sorted(filled, key=lambda group: min(_ORDER[each.issue.severity] for each in group.findings))


def found_on(case: Case, issues: Iterable[Issue]) -> list[Group]:
    """What was found on one exchange."""
    known = {each.id: each for each in (*case.siblings, case.exchange)}
    return in_groups(finding(issue, known, case.exchange.id) for issue in issues)


def finding(issue: Issue, known: Mapping[bytes, Exchange], here: bytes = b"", count: int = 1) -> Finding:
    """One issue. `known` are the exchanges that can be quoted; `here` is the one whose page it is."""
    # what is about this exchange first
    ordered = sorted(issue.evidence, key=lambda each: each.exchange != here)
    cases = {
        each.exchange: Case(known[each.exchange]) for each in ordered[:MOST_SHOWN] if each.exchange in known
    }
    shown = tuple(_shown(each, cases.get(each.exchange), here) for each in ordered[:MOST_SHOWN])
    cure = issue.cure
    snippet = in_colour(cure.snippet.rstrip(), _LANGUAGES.get(cure.language, "")) if cure else Markup("")
    return Finding(
        issue, SEVERITIES[issue.severity], ICONS[issue.severity], shown, max(0, count - len(shown), len(ordered) - len(shown)),
        snippet, count, links_of(issue, [cases[each.exchange] for each in ordered if each.exchange in cases]),
    )  # fmt: skip


def _shown(evidence: Evidence, case: Case | None, here: bytes) -> Shown:
    text = where = ""
    if case is not None and evidence.place is not None and _says_more(evidence, here):
        text, where = quoted(case, evidence.place), _HALVES[evidence.place.half]
    if evidence.exchange == here:
        return Shown(evidence.words, text, where)
    exchange = case.exchange if case is not None else None
    name = f"{exchange.method} {exchange.path}" if exchange else "another exchange"
    return Shown(
        evidence.words,
        text,
        where,
        evidence.exchange.hex(),
        visible(name[:LONGEST].encode("utf-8", "replace")),
        exchange.started if exchange else 0.0,
    )


def _says_more(evidence: Evidence, here: bytes) -> bool:
    """Whether the bytes say more than the other exchange's name does, which begins with the same words as its start line."""
    place = evidence.place
    return evidence.exchange == here or (place is not None and (place.part != "head" or place.offset > 0))


def quoted(case: Case, place: Place) -> str:
    """The bytes there as text; nothing for a whole body, which would say nothing."""
    said = case.said(place.side, place.half)
    if place.part == "body":
        if place.offset == 0 and place.length >= said.body.captured:
            return ""
        whole = said.body.inline
    else:
        whole = said.message.head if place.part == "head" else said.message.trailers
    data = whole[place.offset : place.offset + place.length]
    if place.part == "head" and place.length == len(whole):
        data = whole.partition(b"\r\n")[0]  # what is missing from a head isn't seen in it
    return visible(data[:LONGEST]) + ("…" if len(data) > LONGEST else "")
