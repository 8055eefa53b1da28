"""Does a browser hide the name of the site in its hello (ECH)? Then the name that Inspector sees is not the one that was asked for."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.app.doctor.case import Case, Seen
from inspector.explain.findings import Finding

OUTER = (
    "cloudflare-ech.com",
    "tls-ech.dev",
    "public.tls-ech.dev",
)  # names that stand in the open in place of the true one
TITLE = "Sites' names are not hidden (ECH)"


def check(case: Case) -> Iterator[Finding]:
    if case.running is None:
        return
    hidden = {asked: sni for seen in case.seen if (pair := _pair(seen)) for asked, sni in [pair]}
    if not hidden:
        sentence = "In every hello seen of late stood the name of the site that was asked for."
        if not any(seen.client and seen.client.tls for seen in case.seen):
            sentence = "No hello was seen of late. A browser that uses a proxy looks no names up, and so has no keys to hide a name with."
        yield Finding("ech", "way", TITLE, "good", sentence)
        return
    shown = [f"{asked}: its hello names {sni}" for asked, sni in list(hidden.items())[:5]]
    sentence = "A browser encrypted the name of the site in its hello (Encrypted Client Hello), so the stand-in was made for another name and is refused."
    cure = (
        "Switch ECH off: in Firefox `network.dns.echconfig.enabled` and `network.dns.http3_echconfig.enabled`, false; in Chrome, switch “Use secure DNS” off. "
        f"In a captured window it is off: {case.command('browse')}."
    )
    yield Finding("ech", "way", TITLE, "caution", sentence, cure, tuple(shown))


def _pair(seen: Seen) -> tuple[str, str] | None:
    """The host of the CONNECT and the name in the hello, where that is known to hide another one."""
    line = seen.client.asked.split(b" ", 2) if seen.client is not None else []
    if seen.client is None or seen.client.tls is None or len(line) < 2 or line[0] != b"CONNECT":
        return None
    asked = line[1].rpartition(b":")[0].decode("latin-1").lower()
    sni = seen.client.tls.sni.lower()
    return (asked, sni) if sni in OUTER and asked != sni else None
