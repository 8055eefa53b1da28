"""Everything a peer can get wrong in its bytes, as one table: what is wrong, what to do, and the RFC's own words."""

from __future__ import annotations

from typing import NamedTuple


class Rule(NamedTuple):
    """One row: our sentence, the cure, where the rule stands, its words, and the status that answers a request."""

    sentence: str
    cure: str
    rfc: str
    quote: str
    status: int = 400


class Problem(NamedTuple):
    """A rule that was broken: `code` is a key of `RULES`, `offset` counts bytes from where parsing began."""

    code: str
    offset: int
    detail: str = ""


RULES: dict[str, Rule] = {}
