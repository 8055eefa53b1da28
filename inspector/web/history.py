"""Histories, opened from a value: one cookie, one address in the cache, one log-in, one request of a script to another origin.

Each is told from the exchanges of the same site around the one that it was opened from, so many and no more; the page says how many.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from flask import Blueprint, render_template, request

from inspector.exchange.model import Exchange
from inspector.explain.case import Case, Place
from inspector.explain.histories import cache_history, cookie_history, cors_stories, log_ins
from inspector.explain.histories.clients import client_of
from inspector.explain.values.sites import site_of
from inspector.store.captures import Captures
from inspector.web.errors import not_found
from inspector.web.finding import find_exchange
from inspector.web.present.checks import quoted
from inspector.web.present.histories import CACHE_KINDS, COOKIE_KINDS, Strip, events_of
from inspector.web.words import visible

BEFORE, AFTER = 150, 100  # exchanges of the site around the one that a history was opened from
LONGEST_NAME = 4_096


@dataclass(frozen=True, slots=True)
class Around:
    """The exchanges that a history is told from, oldest first; `of` is the one that it was opened from, `more` that there are others."""

    of: Case
    cases: tuple[Case, ...]
    site: str
    more: bool

    @property
    def id(self) -> str:
        return self.of.exchange.id.hex()

    def exchange(self, id: bytes) -> Exchange | None:
        return next((case.exchange for case in self.cases if case.exchange.id == id), None)


def blueprint(captures: Captures) -> Blueprint:
    history = Blueprint("history", __name__, url_prefix="/history")

    @history.get("/cookie")
    def cookie() -> str:
        around = _around(captures, request.args.get("exchange", ""))
        name = request.args.get("name", "")[:LONGEST_NAME]
        found = cookie_history(around.cases, name, around.site)
        mine = client_of(around.of.exchange)
        told = [
            (each, events_of(each.events, COOKIE_KINDS))
            for each in sorted(found, key=lambda each: each.client != mine)
        ]
        return render_template(
            "history/cookie.html", around=around, name=visible(name.encode("latin-1", "replace")), told=told
        )

    @history.get("/address")
    def address() -> str:
        around = _around(captures, request.args.get("exchange", ""))
        found = cache_history(around.cases, around.of.url)
        mine = client_of(around.of.exchange)
        told = [
            (each, events_of(each.events, CACHE_KINDS), Strip.of(each))
            for each in sorted(found, key=lambda each: each.client != mine)
            if each.events
        ]
        return render_template("history/address.html", around=around, told=told)

    @history.get("/log-in/<id>")
    def log_in(id: str) -> str:
        around = _around(captures, id)
        found = log_ins(around.cases)
        mine = client_of(around.of.exchange)
        own = [each for each in found if any(step.exchange == around.of.exchange.id for step in each.steps)]
        return render_template(
            "history/log-in.html",
            around=around,
            told=own or [each for each in found if each.client == mine],
            direct=bool(own),
            quote=lambda step: _quote(around, step.exchange, step.place),
        )

    @history.get("/preflight/<id>")
    def preflight(id: str) -> str:
        around = _around(captures, id)
        found = cors_stories(around.cases)
        here = around.of.exchange.id
        return render_template(
            "history/preflight.html",
            around=around,
            told=[each for each in found if here in (each.preflight, each.request)],
            quote=lambda step: _quote(around, step.exchange, step.place),
        )

    return history


def _around(captures: Captures, id: str) -> Around:
    exchange = find_exchange(captures, id)
    if not exchange.host:
        raise not_found("This exchange has no host, so there is nothing to follow.")
    site = site_of(exchange.host)
    older = captures.of_host(site, below=True, before=exchange.id, limit=BEFORE + 1)
    newer = captures.of_host(site, below=True, after=exchange.id, limit=AFTER + 1)
    now = time.time()
    chosen = (*older[-BEFORE:], exchange, *newer[:AFTER])
    cases = {each.id: Case(each, now=now) for each in chosen}
    more = len(older) > BEFORE or len(newer) > AFTER
    return Around(cases[exchange.id], tuple(cases.values()), site, more)


def _quote(around: Around, id: bytes, place: Place | None) -> str:
    """The bytes that a step points to, as text."""
    case = next((case for case in around.cases if case.exchange.id == id), None)
    return quoted(case, place) if case is not None and place is not None else ""
