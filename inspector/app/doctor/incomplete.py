"""Which sites of late could not be opened for a fault of their certificates, and which fault that was."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.app.doctor.case import Case, Seen
from inspector.explain.findings import Finding
from inspector.explain.remedies import REMEDIES
from inspector.pki.verdict import why_not

MOST = 6
TITLE = "Sites' certificates are believed"


def check(case: Case) -> Iterator[Finding]:
    if case.running is None:
        return
    refused: dict[str, Seen] = {}
    for seen in case.seen:
        local = any(decision.code == "local-site" for decision in seen.exchange.decisions)
        if seen.exchange.fault == "tls-untrusted" and not local:  # the lab's sites are wrong on purpose
            refused.setdefault(seen.exchange.host, seen)
    if not refused:
        yield Finding(
            "incomplete",
            "sites",
            TITLE,
            "good",
            "Of the sites seen of late none was refused for its certificate.",
        )
    for host, seen in list(refused.items())[:MOST]:
        yield _finding(case, host, seen)


def _finding(case: Case, host: str, seen: Seen) -> Finding:
    tls = seen.server.tls if seen.server is not None else None
    at = f"https://{host}{'' if seen.exchange.port == 443 else f':{seen.exchange.port}'}/"
    more = f"All checks on it: {case.command('doctor', at)}."
    if tls is None:
        return Finding(
            "incomplete",
            "sites",
            f"{host}: its certificate",
            "caution",
            "It was refused; its chain is no longer kept.",
            more,
        )
    why = why_not(tls.verify_code, tls.why_not, tls.chain, host, seen.exchange.started)
    remedy = REMEDIES.get(why.code)
    cure = f"{remedy.visitor if remedy is not None else why.cure} {more}"
    return Finding(f"site-{why.code}", "sites", f"{host}: its certificate", "caution", why.sentence, cure)
