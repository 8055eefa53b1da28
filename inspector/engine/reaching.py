"""A server for a request: a connection that waits in the pool, or a new one; and once more, where a kept one turns out to be closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.engine.dial import DialError

if TYPE_CHECKING:
    from inspector.engine.flow import Flow
    from inspector.engine.http1 import Http1
    from inspector.engine.targets import Origin
    from inspector.engine.upstream import ServerConnection

# RFC 9110 §9.2.2: what may be sent again when a kept-alive connection turns out to be closed
IDEMPOTENT = frozenset({b"GET", b"HEAD", b"OPTIONS", b"TRACE", b"PUT", b"DELETE"})
_FRESH = 1.0


def find_server(talk: Http1, flow: Flow, origin: Origin) -> None:
    """Serve the request by a connection that waits in the pool, or by a new one."""
    flow.origin = origin
    context = talk.context
    if context.local_sites is not None:
        context.note_local_site(flow, origin)
    server = context.pool.take(origin)
    if server is not None and flow.head is not None and (flow.method or flow.head.method) not in IDEMPOTENT:
        # a site may close an idle connection at any moment, and this request must not be sent twice
        while server is not None and context.now > server.deadline - context.timeouts.pool + _FRESH:
            server.close()
            server = context.pool.take(origin)
    if server is not None:
        server.begin(flow)
    else:
        _dial_soon(talk, flow, origin)


def retries(talk: Http1, flow: Flow) -> bool:
    """Whether the request may be sent again (RFC 9110 §9.2.2); a new connection is being made for it then."""
    if flow.retried or flow.up is not None or flow.sent is not None or flow.head is None:
        return False
    if (flow.method or flow.head.method) not in IDEMPOTENT:
        return False
    if flow.origin is None or flow.head.upgrade:
        return False
    flow.retried = True
    flow.decide("retried")
    server, flow.server = flow.server, None
    if server is not None:
        server.flow = None
        server.close()
    flow.response_start = None
    _dial_soon(talk, flow, flow.origin)
    return True


def _dial_soon(talk: Http1, flow: Flow, origin: Origin) -> None:
    flow.dialing = talk.context.loop.create_task(_dial(talk, flow, origin))
    talk.context.spawn(flow.dialing)


async def _dial(talk: Http1, flow: Flow, origin: Origin) -> None:
    server = await connect(talk, flow, origin)
    if server is not None:
        server.begin(flow)
        talk.go_on()


async def connect(
    talk: Http1, flow: Flow, origin: Origin, *, tunnel: bool = False
) -> ServerConnection | None:
    """A new connection for the flow; None where there is none, which the browser has been told, or where nobody waits for it any more."""
    try:
        server = await talk.context.dialer.connect(origin, flow, tunnel=tunnel)
    except DialError as error:
        flow.dialing = None
        if flow.client is talk:
            talk.server_failed(flow, error.fault)
        return None
    flow.dialing = None
    if flow.client is not talk:
        server.close()
        return None
    return server
