"""A statement laid out to be read: one clause a line, in colour. What stands between quotes stays as it is."""

from __future__ import annotations

import re

from markupsafe import Markup

from inspector.web.present.highlight import in_colour

_QUOTED = re.compile(r"('(?:[^']|'')*'|\"[^\"]*\"|`[^`]*`|--[^\n]*|/\*.*?\*/)", re.DOTALL)
_SPACE = re.compile(r"\s+")
_CLAUSE = re.compile(
    r" (?=(?:FROM|WHERE|(?:(?:LEFT|RIGHT|FULL|INNER|CROSS|OUTER|NATURAL)\s+)*JOIN|GROUP BY|HAVING|ORDER BY|LIMIT|VALUES|SET|RETURNING|UNION|ON CONFLICT)\b)",
    re.IGNORECASE,
)
_LANGUAGES = {"redis": "", "mongodb": ""}
_SHORT = 60


def laid_out(statement: str, system: str = "") -> str:
    """The statement with a line for each clause; short ones stay on one."""
    if system in _LANGUAGES:
        return statement.strip()
    whole = _SPACE.sub(" ", statement).strip() if "--" not in statement else statement.strip()
    if len(whole) <= _SHORT:
        return whole
    parts = _QUOTED.split(whole)
    return "".join(part if number % 2 else _CLAUSE.sub("\n", part) for number, part in enumerate(parts))


def in_sql(statement: str, system: str = "") -> Markup:
    """The same as HTML."""
    return in_colour(laid_out(statement, system), _LANGUAGES.get(system, "sql"))
