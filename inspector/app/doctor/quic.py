"""Do sites offer HTTP/3 (QUIC), by which a browser could go past the proxy? The evidence is Alt-Svc in what they answered."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.app.doctor.case import Case
from inspector.explain.findings import Finding

TITLE = "Nothing goes past it by HTTP/3"


def check(case: Case) -> Iterator[Finding]:
    if case.running is None:
        return
    offering = {}
    for seen in case.seen:
        for field in seen.answer.fields if seen.answer is not None else ():
            if field.name.lower() == b"alt-svc" and (b"h3" in field.value or b"quic" in field.value):
                offering[seen.exchange.host] = field.value.decode("latin-1")[:80]
    if not offering:
        yield Finding("quic", "way", TITLE, "good", "None of the sites seen of late offered HTTP/3.")
        return
    hosts = ", ".join(list(offering)[:5]) + (" …" if len(offering) > 5 else "")
    sentence = (
        f"These sites offer HTTP/3, which runs over UDP and knows no proxies: {hosts}. A browser that has an HTTP proxy set does not "
        "use it, and captured windows have it switched off; a program with a proxy of its own making may."
    )
    cure = "If requests of a browser are missing: in Chrome, `chrome://flags/#enable-quic`, Disabled; in Firefox, `network.http.http3.enable`, false."
    yield Finding(
        "quic",
        "way",
        TITLE,
        "open",
        sentence,
        cure,
        tuple(f"{host}: Alt-Svc: {value}" for host, value in list(offering.items())[:5]),
    )
