"""What every step asks first: did it come to this, was a connection used again, where did it break."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from inspector.exchange.faults import look_up
from inspector.exchange.faults import say as say_fault
from inspector.exchange.model import Exchange
from inspector.explain.case import Case, Place
from inspector.explain.prose import NOTHING, Prose, Span, say, shown
from inspector.explain.references import Reference, rfc
from inspector.explain.story.model import Actor, Number, Step
from inspector.explain.words import ordinal, took

Tell = Callable[[Case], Step | None]

# the step at which a fault of each stage breaks an exchange
_BREAKS = {
    "request-head": "request", "request-body": "request", "refused": "passing-on", "dns": "name", "connect": "connection",
    "proxy": "upstream-proxy", "response-head": "status", "response-body": "body", "tunnel": "inside",
}  # fmt: skip


def broke_at(exchange: Exchange) -> str:
    """The id of the step where the exchange broke; empty if it didn't."""
    fault = exchange.error
    code = fault.code if fault else exchange.fault
    if not code:
        return ""
    if code.startswith("tls-client"):
        return "tls-browser"
    if fault is None:
        return "after"
    if fault.stage == "tls":
        if exchange.kind == "tls":
            return "tls-browser"
        return "certificate" if code == "tls-untrusted" else "tls-site"
    if fault.code == "server-no-response":
        return "wait"
    return _BREAKS.get(fault.stage, "after")


def fault_words(exchange: Exchange) -> Prose:
    """What went wrong and what to do about it."""
    fault = exchange.error
    code = fault.code if fault else exchange.fault
    detail = (fault.detail if fault else "") or "no more is known"
    sentence = say_fault(code, host=exchange.host or "the site", port=exchange.port, detail=detail)
    return say("{sentence}", sentence=sentence_cut(sentence)) + say("{cure}", cure=look_up(code).cure)


def fault_references(exchange: Exchange) -> tuple[Reference, ...]:
    fault = exchange.error
    row = look_up(fault.code if fault else exchange.fault)
    words = row.rfc.split()
    if len(words) < 2 or words[0] != "RFC" or not words[1].isdigit():
        return ()
    return (rfc(int(words[1]), words[2].lstrip("§") if len(words) > 2 else ""),)


def sentence_cut(text: str) -> Prose:
    """A sentence of the fault tables, which may hold a stranger's words, whole but within bounds."""
    return Prose((Span(shown(text, 600)),))


def fault_place(case: Case) -> tuple[Place, ...]:
    """Where in the bytes the fault lies, if it lies in bytes."""
    fault = case.exchange.error
    if fault is None or fault.offset is None or not fault.stage.endswith(("-head", "-body")):
        return ()
    said = case.asked if fault.stage.startswith("request") else case.came
    part = "head" if fault.stage.endswith("-head") else "body"
    held = len(said.message.head) if part == "head" else said.body.captured
    if not 0 <= fault.offset <= held:
        return ()
    return (
        Place(
            said.side,
            said.half,
            "head" if part == "head" else "body",
            fault.offset,
            min(1, held - fault.offset),
        ),
    )


def failed(case: Case, step: Step) -> Step:
    """The step as the one that broke."""
    return replace(
        step,
        state="failed",
        why=fault_words(case.exchange),
        places=fault_place(case) or step.places,
        references=(*fault_references(case.exchange), *step.references),
    )


def skipped(id: str, title: str, between: tuple[Actor, Actor], why: Prose, plain: Prose = NOTHING) -> Step:
    """A step that did not happen, and why."""
    return Step(id, title, "skipped", between, plain, why=why)


def unseen(id: str, title: str, between: tuple[Actor, Actor], why: Prose, plain: Prose = NOTHING) -> Step:
    """A step that cannot be told from what is on record."""
    return Step(id, title, "unseen", between, plain, why=why)


def again(turn: int, whose: str) -> Prose:
    """That a connection was there already: this is the nth exchange on it."""
    return say(
        "The connection was open already and was used again: this is the {nth} exchange {whose}.",
        nth=ordinal(turn),
        whose=whose,
    )


def span(start: float | None, end: float | None) -> float | None:
    """How long; None if either end isn't known. Clocks that disagree never give less than nothing."""
    return None if start is None or end is None else max(end - start, 0.0)


def number(label: str, seconds: float | None) -> tuple[Number, ...]:
    """A duration as a figure; nothing if it isn't known."""
    return () if seconds is None else (Number(label, took(seconds)),)


def client_turn(case: Case) -> int:
    leg = case.exchange.client_leg
    return leg.turn if leg else 0


def server_turn(case: Case) -> int:
    leg = case.exchange.server_leg
    return leg.turn if leg else 0


def is_reverse(case: Case) -> bool:
    """Whether it came as to a site itself, not as to a proxy: a path alone in its request line, and no tunnel around it."""
    if case.client is None or case.client.asked or case.exchange.kind in ("page", "tunnel", "tls"):
        return False
    return case.asked.start[1].startswith("/")


def imported(case: Case) -> bool:
    return case.exchange.origin == "import"
