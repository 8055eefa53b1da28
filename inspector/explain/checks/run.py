"""Runs the checks: over one exchange, or over a site's, where the same finding of many exchanges becomes one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from inspector.exchange.model import Exchange
from inspector.explain.case import Case
from inspector.explain.checks.linted import linted
from inspector.explain.checks.model import GROUPS, SEVERITIES, Check, Found, Group, Issue, Severity
from inspector.explain.checks.table import CHECKS

MOST_EVIDENCE = 20  # of one finding is kept; all of it is counted
MOST_EXCHANGES = 2_000  # of one site are looked at, the newest

_ORDER = {severity: at for at, severity in enumerate(SEVERITIES)}
_GROUP_ORDER = {group: at for at, group in enumerate(GROUPS)}


@dataclass(frozen=True, slots=True)
class SiteIssue:
    """A finding of a site: `count` exchanges show it, `first` and `last` are when."""

    issue: Issue
    count: int
    first: float
    last: float


@dataclass(frozen=True, slots=True)
class SiteSummary:
    """All findings of a site, worst first. `looked_at` exchanges were looked at, of `of`."""

    issues: tuple[SiteIssue, ...]
    looked_at: int
    of: int

    def count(self, severity: Severity) -> int:
        return sum(each.issue.severity == severity for each in self.issues)

    def in_group(self, group: Group) -> tuple[SiteIssue, ...]:
        return tuple(each for each in self.issues if each.issue.group == group)


def check(case: Case, *, lint: bool = True) -> tuple[Issue, ...]:
    """What is found on one exchange, worst first; with its siblings, also what takes several to see and concerns this one."""
    found = _alone(case)
    if case.siblings:
        others = tuple(Case(each, now=case.now, zone=case.zone) for each in _ordered(case))
        for each in CHECKS:
            if each.across is not None:
                found += [
                    _issue(each, one)
                    for one in each.across(others)
                    if any(evidence.exchange == case.exchange.id for evidence in one.evidence)
                ]
    if lint:
        found += linted(case)
    return _sorted(_merged(found))


def _alone(case: Case) -> list[Issue]:
    """What is seen on the exchange itself."""
    return [_issue(each, one) for each in CHECKS if each.look is not None for one in each.look(case)]


def _ordered(case: Case) -> Iterator[Exchange]:
    every = {each.id: each for each in case.siblings} | {case.exchange.id: case.exchange}
    yield from sorted(every.values(), key=lambda each: each.started)


def check_site(cases: Sequence[Case], *, lint: bool = False) -> SiteSummary:
    """What is found on all these exchanges, the same finding only once, worst first."""
    ordered = sorted(cases, key=lambda case: case.exchange.started)[-MOST_EXCHANGES:]
    when = {case.exchange.id: case.exchange.started for case in ordered}
    found: list[Issue] = []
    siblings = tuple(case.exchange for case in ordered)
    for case in ordered:
        found += _alone(replace(case, siblings=siblings))
        if lint:
            found += linted(case)
    for each in CHECKS:
        if each.across is not None:
            found += [_issue(each, one) for one in each.across(ordered)]
    issues = tuple(_counted(each, when) for each in _sorted(_merged(found)))
    return SiteSummary(issues, len(ordered), len(cases))


def _issue(check: Check, found: Found) -> Issue:
    return Issue(
        check.id, check.group, found.severity, found.subject, check.title, found.sentence, found.evidence,
        check.why, check.cure, check.references,
    )  # fmt: skip


def _merged(found: Iterable[Issue]) -> list[Issue]:
    """One finding for each check and subject, with all its evidence and the worst of its severities."""
    merged: dict[tuple[str, str], Issue] = {}
    for issue in found:
        key = (issue.check, issue.subject)
        before = merged.get(key)
        if before is None:
            merged[key] = issue
            continue
        worst = before if _ORDER[before.severity] <= _ORDER[issue.severity] else issue
        evidence = before.evidence + tuple(each for each in issue.evidence if each not in before.evidence)
        merged[key] = replace(worst, evidence=evidence)
    return list(merged.values())


def _counted(issue: Issue, when: dict[bytes, float]) -> SiteIssue:
    times = [when.get(each.exchange, 0.0) for each in issue.evidence]
    count = len({each.exchange for each in issue.evidence})
    kept = replace(issue, evidence=issue.evidence[:MOST_EVIDENCE])
    return SiteIssue(kept, count, min(times, default=0.0), max(times, default=0.0))


def _sorted(found: Iterable[Issue]) -> tuple[Issue, ...]:
    return tuple(
        sorted(
            found,
            key=lambda issue: (
                _ORDER[issue.severity],
                -len(issue.evidence),
                _GROUP_ORDER[issue.group],
                issue.check,
                issue.subject,
            ),
        )
    )
