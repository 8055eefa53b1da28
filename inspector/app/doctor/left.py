"""Which hosts are left encrypted, and by whose wish."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.app.doctor.case import Case
from inspector.explain.findings import Finding

TITLE = "Every host is decrypted"
SHOWN = 8


def check(case: Case) -> Iterator[Finding]:
    running = case.running
    if running is None:
        return
    chosen = case.settings.get("left_encrypted")
    hosts = [str(each) for each in chosen] if isinstance(chosen, list) else []
    evidence = []
    if hosts:
        evidence.append(
            f"chosen on the dashboard: {', '.join(hosts[:SHOWN])}{' …' if len(hosts) > SHOWN else ''}"
        )
    if running.passthrough:
        evidence.append(f"--passthrough {','.join(running.passthrough)}")
    if running.only:
        evidence.append(f"--only {','.join(running.only)}")
    if not evidence:
        yield Finding("left", "way", TITLE, "good", "Nothing is left encrypted by choice.")
        return
    sentence = "No: Inspector was told to leave some encrypted. You see that there is a connection, and not what passes."
    cure = (
        "On the dashboard: Set-up, What is decrypted." if hosts else "Start Inspector without these options."
    )
    yield Finding("left", "way", TITLE, "open", sentence, cure, tuple(evidence))
