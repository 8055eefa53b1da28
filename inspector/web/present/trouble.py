"""A failed exchange: the sentence, who erred, the place in the bytes, the rule, the cure, what Inspector did."""

from __future__ import annotations

from dataclasses import dataclass

from inspector.exchange.faults import look_up, say
from inspector.exchange.model import Exchange, Fault, Leg, Message
from inspector.web.present import hexdump

WHO = {
    "client": "The program that sent the request",
    "server": "The site",
    "network": "The network between Inspector and the site",
    "us": "Inspector",
}
STAGES = {
    "request-head": "while the request's head was read",
    "request-body": "while the request's body was read",
    "refused": "before anything was sent on",
    "dns": "while the site's name was looked up",
    "connect": "while the connection to the site was made",
    "proxy": "while the upstream proxy was asked for the connection",
    "tls": "during the TLS handshake",
    "response-head": "while the response's head was read",
    "response-body": "while the response's body was read",
    "tunnel": "inside the tunnel",
}
DID = {
    "closed": "Inspector closed the connection.",
    "reset": "Inspector reset the connection.",
    "passed on": "Inspector passed it on as it was, as it was told to.",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the bytes: lines around the one to blame, which part of the message, and the offset in that part."""

    lines: tuple[hexdump.Line, ...]
    part: str
    offset: int


@dataclass(frozen=True, slots=True)
class Trouble:
    """Everything the page says of a fault."""

    sentence: str
    cure: str
    who: str
    stage: str
    rfc: str
    quote: str
    did: str
    place: Place | None
    detail: str


def trouble(exchange: Exchange) -> Trouble | None:
    """What went wrong with an exchange; None if nothing did."""
    fault = exchange.error
    if fault is None:
        return _bare(exchange) if exchange.fault else None
    row = look_up(fault.code)
    return Trouble(
        sentence=say(
            fault.code, host=exchange.host, port=exchange.port, detail=fault.detail or "no more is known"
        ),
        cure=row.cure,
        who=WHO[fault.who],
        stage=STAGES[fault.stage],
        rfc=row.rfc,
        quote=row.quote,
        did=_did(fault.did),
        place=_place(exchange, fault),
        detail="" if "{detail}" in row.sentence else fault.detail,
    )


def _bare(exchange: Exchange) -> Trouble:
    """Only the code is known: the exchange was on its way when Inspector ended."""
    row = look_up(exchange.fault)
    sentence = say(exchange.fault, host=exchange.host, port=exchange.port, detail="no more is known")
    return Trouble(sentence, row.cure, "", "", row.rfc, row.quote, "", None, "")


def _did(did: str) -> str:
    if did.startswith("answered "):
        return f"Inspector answered in the site's place, with status {did.removeprefix('answered ')}."
    return DID.get(did, did)


def _place(exchange: Exchange, fault: Fault) -> Place | None:
    if fault.offset is None:
        return None
    leg = exchange.client_leg if fault.stage.startswith("request") else exchange.server_leg
    message = _said(leg, fault.stage)
    if message is None:
        return None
    if fault.stage.endswith("-head"):
        return _in(message.head, "head", fault.offset)
    return _in(message.body.inline, "body", fault.offset)


def _said(leg: Leg | None, stage: str) -> Message | None:
    if leg is None:
        return None
    return leg.request if stage.startswith("request") else leg.response


def _in(data: bytes, part: str, offset: int) -> Place | None:
    lines = hexdump.around(data, offset) if data else ()
    return Place(lines, part, offset) if lines else None
