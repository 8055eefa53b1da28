"""Is somebody else at the ports that Inspector takes by default? Asked only while it does not run: then the ports are its own."""

from __future__ import annotations

import socket
from collections.abc import Iterator

from inspector.app.doctor.case import Case
from inspector.explain.findings import Finding

PORTS = {8080: "--listen 127.0.0.1:8090", 8081: "--web 127.0.0.1:8091"}
TITLE = "Its ports are free"


def check(case: Case) -> Iterator[Finding]:
    if case.running is not None:
        return
    taken = {port: case.platform.who_listens(port) for port in PORTS if _is_taken(port)}
    if not taken:
        yield Finding("ports", "inspector", TITLE, "good", "Nobody listens on 8080 and 8081.")
        return
    who = " and ".join(
        f"{port} by {name or 'a program that the system does not name'}" for port, name in taken.items()
    )
    options = " ".join(option for port, option in PORTS.items() if port in taken)
    cure = f"Stop that program, or take other ports: {case.command('run', *options.split())}."
    yield Finding("ports", "inspector", TITLE, "bad", f"Taken: {who}. Inspector cannot start there.", cure)


def _is_taken(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0
