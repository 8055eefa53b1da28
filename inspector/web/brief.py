"""Failures in at most 24 characters, for the status column of the list. The sentence is one step further."""

from __future__ import annotations

from inspector.exchange.faults import FAULTS

BRIEF = {
    "dns-unknown": "name unknown",
    "dns-failed": "name not looked up",
    "connect-refused": "connection refused",
    "connect-timeout": "no answer",
    "connect-unreachable": "unreachable",
    "connect-failed": "connection failed",
    "upstream-proxy": "upstream proxy refused",
    "tls-untrusted": "certificate not trusted",
    "tls-server-alert": "site refused TLS",
    "tls-server-failed": "TLS failed",
    "tls-client-alert": "stand-in not accepted",
    "tls-client-failed": "TLS failed",
    "tls-client-closed": "closed during TLS",
    "tls-client-left": "left without asking",
    "server-closed-early": "cut off by the site",
    "server-no-response": "closed without answer",
    "server-timeout": "timed out",
    "client-closed-early": "cut off by the browser",
    "client-timeout": "request timed out",
    "inspector-stopped": "Inspector stopped",
    "held-dropped": "dropped by you",
    "held-stopped": "Inspector stopped",
    "hook-dropped": "dropped by a hook",
    "refused-self": "refused",
    "refused-credentials": "log-in needed",
    "refused-target": "refused",
    "refused-limit": "limit reached",
    "internal": "Inspector's mistake",
}


def brief(code: str) -> str:
    """A few words for a fault's code; whatever the tables of bytes name is `malformed`."""
    if not code:
        return ""
    return BRIEF.get(code, "failed" if code in FAULTS else "malformed")
