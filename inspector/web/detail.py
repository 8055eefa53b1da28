"""An exchange and a connection as JSON. Bytes become latin-1 text, so nothing is lost; bodies are fetched on their own."""

from __future__ import annotations

from typing import Any

import msgspec

from inspector.exchange.decisions import say as say_decision
from inspector.exchange.faults import look_up
from inspector.exchange.faults import say as say_fault
from inspector.exchange.model import Body, Connection, Exchange, Leg, Message
from inspector.exchange.socket_talk import Spoken
from inspector.pki.describe import describe
from inspector.wire.fields import field_lines

LONGEST = 256 * 1024  # of one message's bytes
_PLAIN = (
    "change", "state", "kind", "origin", "started", "duration", "method", "scheme", "host", "port", "path",
    "version", "status", "reason", "media", "resource", "request_size", "response_size", "client", "agent",
    "protection", "tls", "remote", "changed", "findings",
)  # fmt: skip


def exchange_json(exchange: Exchange) -> dict[str, Any]:
    """The whole record but for body bytes."""
    summary = {name: getattr(exchange, name) for name in _PLAIN}
    return summary | {
        "id": exchange.id.hex(),
        "parent": exchange.parent.hex() or None,
        "client_leg": _leg(exchange.client_leg),
        "server_leg": _leg(exchange.server_leg),
        "timeline": msgspec.structs.asdict(exchange.timeline),
        "decisions": [
            msgspec.structs.asdict(decision) | {"sentence": say_decision(decision.code, decision.detail)}
            for decision in exchange.decisions
        ],
        "fault": _fault(exchange),
    }


def connection_json(connection: Connection) -> dict[str, Any]:
    """One TCP connection and what TLS agreed on over it; certificates with their facts and as PEM would hold them (base64 DER)."""
    facts = msgspec.to_builtins(msgspec.structs.asdict(connection))
    facts["id"] = connection.id.hex()
    facts["asked"] = connection.asked.decode("latin-1")
    facts["answered"] = connection.answered.decode("latin-1")
    if connection.tls is not None:
        tls = msgspec.structs.asdict(connection.tls)
        tls["handshake"] = [msgspec.structs.asdict(message) for message in connection.tls.handshake]
        tls["chain"] = [_certificate(der) for der in connection.tls.chain]
        facts["tls"] = tls
    return dict(facts)


def message_json(number: int, said: Spoken) -> dict[str, Any]:
    """One message of a WebSocket: a text as text, all else as base64. Of one that is very long, the beginning."""
    payload = said.payload[:LONGEST]
    return {
        "number": number,
        "from": said.speaker,
        "kind": said.kind,
        "at": said.at,
        "size": len(said.payload),
        "wire": said.wire,
        "frames": len(said.parts),
        "packed": said.packed,
        "text": payload.decode("utf-8", "replace") if said.kind == "text" else None,
        "base64": None if said.kind == "text" else msgspec.to_builtins(payload),
        "code": said.code,
        "notes": list(said.notes),
    }


def _certificate(der: bytes) -> Any:
    facts = msgspec.to_builtins(describe(der))
    return facts | {"der": msgspec.to_builtins(der)}


def _leg(leg: Leg | None) -> dict[str, Any] | None:
    if leg is None:
        return None
    return {
        "connection": leg.connection.hex() or None,
        "turn": leg.turn,
        "request": _message(leg.request),
        "interim": [_message(message) for message in leg.interim],
        "response": _message(leg.response) if leg.response else None,
        "attempts": [msgspec.structs.asdict(attempt) for attempt in leg.attempts],
    }


def _message(message: Message) -> dict[str, Any]:
    return {
        "start_line": message.start_line.decode("latin-1"),
        "head": message.head.decode("latin-1"),
        "fields": [[f.name.decode("latin-1"), f.value.decode("latin-1")] for f in message.fields],
        "trailers": [
            [f.name.decode("latin-1"), f.value.decode("latin-1")] for f in field_lines(message.trailers)
        ],
        "body": _body(message.body),
    }


def _body(body: Body) -> dict[str, Any]:
    return {
        "size": body.size, "wire": body.wire, "captured": body.captured, "complete": body.complete, "note": body.note,
    }  # fmt: skip


def _fault(exchange: Exchange) -> dict[str, Any] | None:
    error = exchange.error
    if error is None:
        return {"code": exchange.fault} if exchange.fault else None
    row = look_up(error.code)
    sentence = say_fault(error.code, host=exchange.host, port=exchange.port, detail=error.detail)
    return msgspec.structs.asdict(error) | {
        "sentence": sentence, "cure": row.cure, "rfc": row.rfc, "quote": row.quote,
    }  # fmt: skip
