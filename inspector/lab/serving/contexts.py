"""With what each practice site meets its visitors: a TLS context for each name, made when it is first asked for."""

from __future__ import annotations

import ssl
from collections.abc import Mapping

from inspector.pki import handover


class Contexts:
    """The contexts by host. `served` holds for each a key with the chain that is sent behind it (PEM)."""

    def __init__(self, served: Mapping[str, bytes]) -> None:
        self._served = served
        self._made: dict[str, ssl.SSLContext] = {}

    def choose(self, name: str) -> ssl.SSLContext | None:
        """The context for a name in a hello; None where nobody of that name is at home."""
        context = self._made.get(name)
        if context is None and name in self._served:
            context = self._made[name] = context_for(self._served[name])
        return context


def context_for(pem: bytes) -> ssl.SSLContext:
    """What an ordinary site of the lab speaks TLS with: `pem` is a key with the chain that is sent behind it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION
    context.set_alpn_protocols(["http/1.1"])
    handover.give(context, pem)
    return context
