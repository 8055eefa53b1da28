"""httplint's notes as findings: those that warn, and that no check here says already."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.explain.case import Case, Place
from inspector.explain.checks.model import Evidence, Group, Issue, Severity
from inspector.explain.fields.table import FIELDS
from inspector.explain.lint import LintNote, lint
from inspector.explain.prose import Prose, Span, say
from inspector.explain.references import Reference

_GROUPS: dict[str, Group] = {
    "General": "correctness",
    "Connection": "correctness",
    "Browser Security": "security",
    "Cross-Origin Resource Sharing": "cors",
    "Cookies": "cookies",
    "Content Negotiation": "correctness",
    "Caching": "caching",
    "Validation": "caching",
    "Partial Content": "correctness",
}
_SEVERITIES: dict[str, Severity] = {"bad": "warning", "warning": "advice"}

# said by a check of ours with more evidence, or no fault of anybody's
LEFT_OUT = frozenset({
    "SET_COOKIE_NOT_SECURE", "SET_COOKIE_PREFIX_HOST_BAD_DOMAIN", "SET_COOKIE_PREFIX_HOST_BAD_PATH", "SET_COOKIE_PREFIX_SECURE_MISSING",
    "SET_COOKIE_TOO_LARGE", "SET_COOKIE_PARTITIONED_NO_SECURE", "CSP_UNSAFE_INLINE", "CSP_WIDE_OPEN", "HSTS_OVER_HTTP", "DATE_INCORRECT",
    "REFERER_SECURE_TO_DIFFERENT_ORIGIN", "MISSING_USER_AGENT", "FRESHNESS_HEURISTIC", "FRESHNESS_NO_CACHE_NO_VALIDATOR", "CL_INCORRECT",
    "STATUS_BAD_REQUEST", "STATUS_IM_A_TEAPOT", "STORE_PUBLIC_UNNECESSARY", "HSTS_NO_SUBDOMAINS", "CSP_DEPRECATED_REPORT_URI", "AGE_PENALTY",
    "CONTENT_TYPE_MISMATCH", "URI_TOO_LONG", "ACAO_MULTIPLE_VALUES", "ACAC_NOT_TRUE", "REFERRER_POLICY_UNSAFE", "BAD_GZIP", "BAD_ZLIB",
    "BAD_BROTLI", "BAD_DEFLATE", "DECOMPRESSION_LIMIT", "HEADER_SHOULD_NOT_BE_IN_304", "REQUEST_TARGET_FORM", "FIELD_TOO_LARGE",
    "FIELD_SECTION_TOO_LARGE", "STATUS_NONSTANDARD", "DEPRECATION_FUTURE", "DEPRECATION_PAST", "SUNSET_PAST", "SET_COOKIE_LIFETIME_TOO_LONG",
    "REFERER_SECURE_TO_INSECURE", "SET_COOKIE_UNKNOWN_ATTRIBUTE", "CC_CONFLICTING", "UNEXPECTED_CONTINUE", "DATE_CLOCKLESS",
    "DATE_CLOCKLESS_BAD_HDR", "CORS_PREFLIGHT_ONLY",
})  # fmt: skip


def linted(case: Case) -> Iterator[Issue]:
    """The findings; on the request only those that a program of one's own could mend, not a browser's habits."""
    browser = case.exchange.agent.partition(" ")[0] in ("Chrome", "Firefox", "Safari", "Edge", "Opera")
    for note in lint(case):
        severity = _SEVERITIES.get(note.level)
        if severity is None or note.id in LEFT_OUT or (note.half == "request" and browser):
            continue
        yield _issue(case, note, severity)


def _issue(case: Case, note: LintNote, severity: Severity) -> Issue:
    known = FIELDS.get(note.field)
    references: tuple[Reference, ...] = known.references if known else ()
    said = case.request if note.half == "request" else case.response
    place: Place | None = None
    if note.offset is not None:
        line = next((each for each in said.fields if each.offset == note.offset), None)
        place = said.place(line) if line is not None else None
    return Issue(
        f"httplint:{note.id}", _GROUPS.get(note.group, "correctness"), severity, f"{note.half}:{note.field}", note.summary,
        _words(note.summary), (Evidence(case.exchange.id, place, say("the {half}", half=note.half)),),
        _words(note.detail), None, references, "httplint",
    )  # fmt: skip


def _words(text: str) -> Prose:
    return Prose((Span(text),)) if text else Prose()
