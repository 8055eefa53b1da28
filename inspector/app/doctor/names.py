"""Are names of hosts found? Those that were asked for of late are asked for again; no other name is."""

from __future__ import annotations

import queue
import socket
import threading
from collections.abc import Iterator

from inspector.app.doctor.case import Case
from inspector.app.doctor.here import is_local
from inspector.app.doctor.through import OURS
from inspector.explain.findings import Finding

PATIENCE = 5.0
TRIED = 3
TITLE = "Names are found (DNS)"


def check(case: Case) -> Iterator[Finding]:
    if case.running is not None and case.running.upstream:
        sentence = f"Inspector leaves that to the proxy in front of it, {case.running.upstream}."
        yield Finding("names", "sites", TITLE, "open", sentence)
        return
    rows = [row for row in case.rows if row.agent != OURS]
    failed = [row for row in rows[:200] if row.fault in ("dns-failed", "dns-unknown")]
    hosts = [
        host
        for host in dict.fromkeys(row.host for row in rows if row.kind != "page" and row.host)
        if not is_local(host)
    ][:TRIED]
    evidence = tuple(f"{row.host}: not found" for row in {row.host: row for row in failed}.values())[:5]
    if not hosts:
        sentence = "No name outside of this computer was asked for of late, so there is nothing to try."
        yield Finding("names", "sites", TITLE, "open", sentence, evidence=evidence)
        return
    found = {host: looked_up(host) for host in hosts}
    good = [host for host, why in found.items() if not why]
    cure = "Look at the network connection. Behind a company's network or VPN, names may be known only there."
    if not good:
        sentence = f"None of the names asked for of late is found: {', '.join(f'{host} ({why})' for host, why in found.items())}."
        yield Finding("names", "sites", TITLE, "bad", sentence, cure, evidence)
    elif len(good) < len(found):
        missing = [f"{host} ({why})" for host, why in found.items() if why]
        yield Finding(
            "names",
            "sites",
            TITLE,
            "caution",
            f"Found: {', '.join(good)}. Not found: {', '.join(missing)}.",
            "Check the spelling of these names.",
            evidence,
        )
    else:
        yield Finding("names", "sites", TITLE, "good", f"Found: {', '.join(good)}.", evidence=evidence)


def looked_up(host: str, patience: float = PATIENCE) -> str:
    """Why the name has no address; empty if it has one. In a thread, since the system's own patience may be a minute."""
    told: queue.SimpleQueue[str] = queue.SimpleQueue()

    def ask() -> None:
        try:
            socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)
            told.put("")
        except OSError as error:
            told.put(error.strerror or str(error))

    threading.Thread(target=ask, daemon=True).start()
    try:
        return told.get(timeout=patience)
    except queue.Empty:
        return f"no answer in {patience:g} seconds"
