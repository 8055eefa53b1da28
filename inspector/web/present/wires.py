"""A connection for looking at: addresses, and what TLS agreed on. Its certificates are told by `explain.chains`."""

from __future__ import annotations

from dataclasses import dataclass

from inspector.exchange.model import Connection, Tls
from inspector.pki.describe import describe


@dataclass(frozen=True, slots=True)
class Wire:
    """One side's connection. `tls` is None where it is plain TCP; `alert_from` says who sent the alert, `shown` which certificate was shown to who asked."""

    connection: Connection
    tls: Tls | None
    alert_from: str = ""
    shown: str = ""


def wire(connection: Connection | None) -> Wire | None:
    """A connection's facts; None if nothing is known of it."""
    if connection is None:
        return None
    tls = connection.tls
    if tls is None:
        return Wire(connection, None)
    shown = describe(tls.client_chain[0]).subject or "one without a name" if tls.client_chain else ""
    return Wire(connection, tls, _alert_from(connection, tls), shown)


def _alert_from(connection: Connection, tls: Tls) -> str:
    ours = "server" if connection.side == "client" else "client"
    if tls.alert_by == ours:
        return "from Inspector"
    return "from the program that connected" if connection.side == "client" else "from the site"
