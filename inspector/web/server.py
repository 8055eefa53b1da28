"""Waitress, over sockets that are bound already.

Chosen by measurement among waitress, cheroot and granian: all three carry eight streams of 40 KB messages eight times a
second at about 1.5 % of a core, deliver within 4 ms and notice a reader that has gone; idle they take 0.1 %. Waitress is the
smallest, is pure Python on Windows too, and takes listening sockets from the supervisor.
"""

from __future__ import annotations

import select
import socket
import threading
from collections.abc import Sequence
from typing import Any

import waitress
from waitress import wasyncore

from inspector.web.app import Dashboard
from inspector.web.gateway.front import AT_ONCE as OPENED_SITES
from inspector.web.settings import WebSettings

LOOK = 0.5  # seconds between two looks at whether to stop


def serve(
    dashboard: Dashboard, sockets: Sequence[socket.socket], settings: WebSettings, stopping: threading.Event
) -> None:
    """Serve the dashboard until `stopping` is set. Every event stream holds a thread, asleep; the rest are for pages."""
    polls = hasattr(select, "poll")
    map: dict[int, Any] = {}
    server: Any = waitress.create_server(
        dashboard.app,
        map=map,
        sockets=list(sockets),
        threads=settings.streams + settings.threads + OPENED_SITES,
        ident="Inspector",
        asyncore_use_poll=polls,
        channel_request_lookahead=1,  # so that a stream learns when its reader has gone
        connection_limit=500,
        channel_timeout=60,
        clear_untrusted_proxy_headers=True,
        max_request_header_size=64 * 1024,
        # for files that are composed, and for opened sites; the dashboard's own pages take 1 MiB
        max_request_body_size=64 << 20,
    )
    try:
        while not stopping.is_set():
            wasyncore.loop(timeout=LOOK, use_poll=polls, map=map, count=1)
    finally:
        dashboard.close()
        server.task_dispatcher.shutdown()
        wasyncore.close_all(map)
