"""Why a rule did something to an exchange, or didn't: rule by rule, for one exchange."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, render_template

from inspector.exchange.model import Exchange
from inspector.filter.subject import Subject
from inspector.rules.model import Rule
from inspector.rules.why import Fits, why
from inspector.secrets.hider import Hider
from inspector.store.captures import Captures
from inspector.web.finding import find_exchange
from inspector.web.present.overview import overview
from inspector.web.rules.kept import KeptRules
from inspector.web.rules.veiled import veiled

ACTED = ("ruled", "rule-held")


@dataclass(frozen=True, slots=True)
class Line:
    """One rule's case: `did` says whether it did something when the exchange passed."""

    rule: Rule
    fits: Fits
    because: str
    did: bool


def out_of_reach(exchange: Exchange) -> str:
    """Why no rule is asked about such an exchange; empty where they are."""
    if exchange.origin == "import":
        return "It was read from a file and did not pass here, so no rule was asked."
    if exchange.kind == "page":
        return "Inspector itself was asked here; its own pages are out of the rules' reach."
    if exchange.protection == "sealed" or exchange.kind in ("tunnel", "tls"):
        return "It was left encrypted, or is no HTTP: rules see nothing of it."
    return ""


def lines_of(captures: Captures, exchange: Exchange, rules: list[Rule]) -> tuple[Line, ...]:
    """What can be said of each rule, as the rules are now."""
    subject = Subject(
        exchange,
        exchange,
        read=lambda body: captures.body(exchange.id, body),
        connection=captures.connection,
    )
    acted = {each.rule for each in exchange.decisions if each.code in ACTED}
    return tuple(
        _line(each.rule, each.fits, each.because, each.rule.name in acted)
        for each in why(rules, subject, time.time())
    )


def _line(rule: Rule, fits: Fits, because: str, did: bool) -> Line:
    if did and fits != "fits":
        because = f"{because} When this passed, it was another rule, and did something.".strip()
    elif not did and fits == "fits":
        because = "It fits, and yet did nothing: when this passed, it was not there, turned off, or another rule. The next one like this it will touch."
    return Line(rule, fits, because, did)


def blueprint(kept: KeptRules, captures: Captures, hider: Callable[[], Hider | None]) -> Blueprint:
    """`hider` gives what replaces secrets while somebody presents."""
    pages = Blueprint("why", __name__)

    @pages.get("/exchange/<id>/rules")
    def page(id: str) -> str:
        exchange = find_exchange(captures, id)
        veil = hider()
        rules = [veiled(rule, veil) for rule in kept.all()]
        return render_template(
            "rules/why.html",
            exchange=exchange,
            overview=overview(exchange),
            lines=lines_of(captures, exchange, rules),
            beyond=out_of_reach(exchange),
        )

    return pages
