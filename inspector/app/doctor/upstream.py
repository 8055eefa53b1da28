"""Can the proxy be reached by which Inspector goes to the sites, if it goes by one?"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

from inspector.app.doctor.case import Case
from inspector.app.upstream import DEFAULT_PORTS
from inspector.explain.findings import Finding

PATIENCE = 5.0
TITLE = "The proxy in front of Inspector answers"


def check(case: Case) -> Iterator[Finding]:
    running = case.running
    if running is None or not running.upstream:
        return
    parts = urlsplit(running.upstream)
    host, port = parts.hostname or "", parts.port or DEFAULT_PORTS.get(parts.scheme, 80)
    found = f"{'given with' if running.upstream_found_in.startswith('--') else 'found in'} {running.upstream_found_in}"
    evidence = [f"{running.upstream}, {found}"]
    refused = [row for row in case.rows[:200] if row.fault == "upstream-proxy"]
    if refused:
        evidence.append(
            f"it refused {len(refused)} of the last {min(len(case.rows), 200)} exchanges, the last one for {refused[0].host}"
        )
    cure = "Set the system's proxy right and start Inspector again, or go without one: --upstream-proxy none."
    try:
        with socket.create_connection((host, port), timeout=PATIENCE):
            pass
    except OSError as error:
        sentence = f"Inspector goes to the sites by {host}, port {port}, and nobody answers there: {error.strerror or error}."
        yield Finding("upstream", "sites", TITLE, "bad", sentence, cure, tuple(evidence))
        return
    if refused:
        sentence = f"{host}, port {port}, answers, but would not make every connection."
        yield Finding(
            "upstream",
            "sites",
            TITLE,
            "caution",
            sentence,
            "Look at one of these exchanges for its reason; it may want a log-in: --upstream-proxy http://USER:PASSWORD@…",
            tuple(evidence),
        )
        return
    yield Finding(
        "upstream",
        "sites",
        TITLE,
        "good",
        f"Inspector goes to the sites by {host}, port {port}, which answers.",
        evidence=tuple(evidence),
    )
