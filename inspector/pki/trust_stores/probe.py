"""Lets a trust store judge: a TLS handshake in memory between a server with a leaf of ours and a client that has only that store."""

from __future__ import annotations

import ssl
from pathlib import Path

from inspector.pki.trust_stores.model import Proof, Sample

_ROUNDS = 10


def judged_by_file(bundle: Path, sample: Sample) -> Proof:
    """What OpenSSL says with this file of roots, and nothing else, to go by."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_verify_locations(cafile=str(bundle))
    except (OSError, ssl.SSLError) as error:
        return Proof(False, f"{bundle} cannot be read: {error.strerror or error}")
    return _said(refusal(context, sample), f"OpenSSL with {bundle}")


def judged_by_system(sample: Sample) -> Proof:
    """What macOS or Windows itself says."""
    import truststore  # noqa: PLC0415 (loads the system's security framework)

    return _said(refusal(truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT), sample), "The system")


def refusal(client: ssl.SSLContext, sample: Sample) -> str:
    """Why the client doesn't believe the server's certificate; empty if it does."""
    client_in, client_out, server_in, server_out = (ssl.MemoryBIO() for _ in range(4))
    ends = (
        client.wrap_bio(client_in, client_out, server_hostname=sample.name),
        sample.server.wrap_bio(server_in, server_out, server_side=True),
    )
    done: set[int] = set()
    for _ in range(_ROUNDS):
        for number, end in enumerate(ends):
            try:
                end.do_handshake()
                done.add(number)
            except ssl.SSLWantReadError:
                pass
            except ssl.SSLCertVerificationError as error:
                return error.verify_message or str(error)
            except ssl.SSLError as error:
                return str(error)
            server_in.write(client_out.read())
            client_in.write(server_out.read())
        if len(done) == len(ends):
            return ""
    return "the handshake did not come to its end"


def _said(why_not: str, who: str) -> Proof:
    if why_not:
        return Proof(False, f"{who} refuses a certificate of this authority: {why_not}.")
    return Proof(True, f"{who} accepts a certificate of this authority.")
