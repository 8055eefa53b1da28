"""Does what is on this computer itself come through the proxy? Browsers leave it out unless they are told not to."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.app.doctor.case import Case
from inspector.explain.findings import Finding

LOCAL = ("localhost", "127.0.0.1", "::1")
TITLE = "Sites on this computer are captured"


def check(case: Case) -> Iterator[Finding]:
    if case.running is None or case.running.reverse:
        return
    seen = [
        row
        for row in case.rows
        if row.kind != "page" and (row.host in LOCAL or row.host.endswith(".localhost"))
    ]
    around = _around(case)
    evidence = (f"no_proxy={around}",) if around else ()
    listed = [name.strip().lower() for name in around.split(",")]
    if any(name in listed for name in (*LOCAL, "*")):
        sentence = "The variable no_proxy sends programs of this terminal past the proxy for localhost."
        cure = f"Set the variables anew: {case.command('env')} leaves out the dashboard only."
        yield Finding("localhost", "way", TITLE, "caution", sentence, cure, evidence)
    elif seen:
        sentence = f"They are: {len(seen)} of the last {len(case.rows)} exchanges were with this computer."
        yield Finding(
            "localhost", "way", TITLE, "good", sentence, evidence=(f"{seen[0].host}:{seen[0].port}",)
        )
    else:
        sentence = "None of the last exchanges was with a site on this computer. Browsers don't send localhost to a proxy, whatever is set."
        cure = f"In a captured window they do: {case.command('browse', 'http://localhost:5000')}. Or open the site by another name of this computer."
        yield Finding("localhost", "way", TITLE, "open", sentence, cure)


def _around(case: Case) -> str:
    if not case.terminal:
        return ""
    proxied = any(
        case.environment.get(name) for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY")
    )
    return (case.environment.get("no_proxy") or case.environment.get("NO_PROXY") or "") if proxied else ""
