"""Checks with reasons: what could be better, by which evidence, what goes wrong in practice, and the cure in Flask.

One file for each check; `table.CHECKS` lists them. `check(case)` looks at one exchange, `check_site(cases)` at many.
"""

from __future__ import annotations

from inspector.explain.checks.model import GROUPS, SEVERITIES, Check, Cure, Evidence, Group, Issue, Severity
from inspector.explain.checks.run import SiteIssue, SiteSummary, check, check_site

__all__ = [
    "GROUPS",
    "SEVERITIES",
    "Check",
    "Cure",
    "Evidence",
    "Group",
    "Issue",
    "Severity",
    "SiteIssue",
    "SiteSummary",
    "check",
    "check_site",
]
