"""Which records of a connection are this exchange's: its handshake, its request, its response.

Records say nothing about that themselves, so it goes by the clock, and by what must come first.
"""

from __future__ import annotations

from typing import NamedTuple

from inspector.explain.case import Case
from inspector.explain.onlookers.model import Wire
from inspector.wire.tls_records import APPLICATION_DATA, Record, records

_SLACK = 0.002  # two clocks are compared


class Share(NamedTuple):
    """The records, and the numbers of those of each part. `lost`: some of this exchange passed after what was kept was full."""

    records: tuple[Record, ...] = ()
    hello: tuple[int, ...] = ()
    answer: tuple[int, ...] = ()
    request: tuple[int, ...] = ()
    response: tuple[int, ...] = ()
    opened: float = 0.0
    lost: bool = False


def share(case: Case, wire: Wire | None) -> Share:
    """The exchange's part of what passed on the wire to the site."""
    leg, server = case.exchange.server_leg, case.server
    if wire is None or server is None or leg is None:
        return Share()
    opened = server.opened - case.exchange.started
    found = records(wire.chunks)
    line = case.exchange.timeline
    asked = line.send_start
    until = line.response_end if line.response_end is not None else case.exchange.duration
    first = leg.turn <= 1
    mine = [
        record for record in found
        if (first or (asked is not None and opened + record.began >= asked - _SLACK))
        and (until is None or opened + record.began <= until + _SLACK)
    ]  # fmt: skip
    parts: dict[str, list[int]] = {"hello": [], "answer": [], "request": [], "response": []}
    handshake, finished = first, "1.3" not in (server.tls.version if server.tls else "")
    for number, record in enumerate(mine):
        if handshake and record.sender == "client" and record.type == APPLICATION_DATA:
            # the first sealed record of a TLS 1.3 client is still the handshake's: its Finished
            handshake, finished = (False, True) if finished else (True, True)
            if handshake:
                parts["hello"].append(number)
                continue
        if handshake:
            parts["hello" if record.sender == "client" else "answer"].append(number)
        else:
            parts["request" if record.sender == "client" else "response"].append(number)
    lost = wire.full and (
        not parts["response"] or until is None or _after_the_last(case, wire, opened, until)
    )
    return Share(
        tuple(mine), tuple(parts["hello"]), tuple(parts["answer"]), tuple(parts["request"]), tuple(parts["response"]), opened, lost
    )  # fmt: skip


def _after_the_last(case: Case, wire: Wire, opened: float, until: float) -> bool:
    return opened + wire.chunks[-1][1] < until - _SLACK if wire.chunks else True
