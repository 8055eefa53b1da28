"""A TLS connection that was closed without a request: put on record if that happened right after the handshake.

wget, and whatever else looks at the certificate only when the handshake is over, refuses it so, without an alert. Without
this nobody would see why "nothing happens".
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from inspector.engine.flow import Flow
from inspector.exchange.model import Fault
from inspector.wire.http1 import RequestHead, parse_request

if TYPE_CHECKING:
    from inspector.engine.http1 import Http1

AT_ONCE = 1.0  # a browser that prepares a connection keeps it for longer


def left_unasked(talk: Http1) -> None:
    """The browser is leaving `talk`, and nothing is on its way."""
    connection, context = talk.connection, talk.context
    handshake, connection.handshake = connection.handshake, None
    if handshake is None or talk.way is None or time.perf_counter() - handshake[1] > AT_ONCE:
        return
    asked = parse_request(connection.asked, context.wire_limits)
    connection.turn += 1
    flow = Flow(context.ids.next(), talk, asked if isinstance(asked, RequestHead) else None)
    flow.kind, flow.scheme, flow.sealed = "tls", "https", True
    flow.host, flow.port = connection.name, talk.way.origin.port
    flow.client_request, flow.client_response = connection.asked, connection.answered
    flow.client_tls = handshake
    flow.error = Fault("tls-client-left", "client", "tls", None, "", "closed")
    flow.finished = True
    connection.introduce()
    flow.client = None
    context.ledger.finish(flow, "failed")
