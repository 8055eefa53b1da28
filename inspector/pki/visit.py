"""Visits a TLS server and looks: which certificates it sends, which protocol versions it speaks, whether a client believes it.

Blocking, for commands and threads. Whatever goes wrong out there is a value: `failure` is a sentence, or empty.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable
from typing import NamedTuple

from inspector.pki.chains import chain_of, chain_seen
from inspector.pki.contexts import CLIENT_CIPHERS
from inspector.pki.describe import quietly
from inspector.pki.watch import HANDSHAKE, HandshakeWatch

CERTIFICATE_REQUEST = 13
PATIENCE = 10.0

VERSIONS = {
    "TLS 1.3": ssl.TLSVersion.TLSv1_3,
    "TLS 1.2": ssl.TLSVersion.TLSv1_2,
    "TLS 1.1": ssl.TLSVersion.TLSv1_1,
    "TLS 1.0": ssl.TLSVersion.TLSv1,
}
_EVERYTHING = "ALL:@SECLEVEL=0"


class Target(NamedTuple):
    """Whom to ask, and for which name: those differ where a name is not in DNS yet."""

    name: str
    host: str
    port: int

    def __str__(self) -> str:
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return f"{shown}:{self.port}"


class Handshake(NamedTuple):
    """What a handshake came to. `reached` is the address; `verify_code` and `verify_message` are those of a refused certificate."""

    reached: str = ""
    version: str = ""
    cipher: str = ""
    alpn: str = ""
    chain: tuple[bytes, ...] = ()
    wants_certificate: bool = False
    failure: str = ""
    verify_code: int = 0
    verify_message: str = ""


def look(target: Target) -> Handshake:
    """A handshake that believes everything, to see what is there."""
    return handshake(target, looking())


def looking() -> ssl.SSLContext:
    """A context that believes everything."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_ciphers(f"{CLIENT_CIPHERS}:@SECLEVEL=0")
    context.set_alpn_protocols(["h2", "http/1.1"])
    return context


def handshake(target: Target, context: ssl.SSLContext) -> Handshake:
    """One handshake with this context. It takes PATIENCE at most, however slowly the other side speaks."""
    until = time.monotonic() + PATIENCE
    try:
        connection = socket.create_connection((target.host, target.port), PATIENCE)
    except OSError as error:
        return Handshake(failure=_unreachable(target, error))
    with connection:
        reached = connection.getpeername()[0]
        return _talk(connection, target, context, until)._replace(reached=reached)


def _talk(connection: socket.socket, target: Target, context: ssl.SSLContext, until: float) -> Handshake:
    watch = HandshakeWatch()
    watch.put_on(context)
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = context.wrap_bio(incoming, outgoing, server_hostname=target.name)
    failure, error = "", None
    try:
        _drive(connection, client, incoming, outgoing, until)
    except ssl.SSLCertVerificationError as refused:
        error = refused
    except (OSError, EOFError) as broken:
        failure = _broken(broken)
    seen = watch.take_off(client)
    done = not failure and error is None
    cipher = client.cipher() if done else None
    return Handshake(
        version=(client.version() or "") if done else "",
        cipher=cipher[0] if cipher else "",
        alpn=(client.selected_alpn_protocol() or "") if done else "",
        chain=(chain_of(client) if done else ()) or chain_seen(seen),
        wants_certificate=any(
            each.content == HANDSHAKE and each.type == CERTIFICATE_REQUEST for each in seen
        ),
        failure=failure,
        verify_code=error.verify_code if error else 0,
        verify_message=error.verify_message if error else "",
    )


def _drive(
    connection: socket.socket, client: ssl.SSLObject, incoming: ssl.MemoryBIO, outgoing: ssl.MemoryBIO, until: float
) -> None:  # fmt: skip
    while True:
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        connection.settimeout(left)
        try:
            client.do_handshake()
        except ssl.SSLWantReadError:
            connection.sendall(outgoing.read())
            data = connection.recv(65536)
            if not data:
                raise EOFError from None
            incoming.write(data)
        except ssl.SSLError:
            _send_last_word(connection, outgoing)
            raise
        else:
            _send_last_word(connection, outgoing)
            return


def _send_last_word(connection: socket.socket, outgoing: ssl.MemoryBIO) -> None:
    try:
        connection.sendall(outgoing.read())
    except OSError:
        return


def versions(
    target: Target, shake: Callable[[Target, ssl.SSLContext], Handshake] = handshake
) -> dict[str, str]:
    """Which protocol versions the server speaks: `offered`, `refused`, or `untried` where our own OpenSSL cannot."""
    return {name: _version(target, number, shake) for name, number in VERSIONS.items()}


def _version(
    target: Target, number: ssl.TLSVersion, shake: Callable[[Target, ssl.SSLContext], Handshake]
) -> str:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        with quietly():  # Python warns of the old ones
            context.set_ciphers(_EVERYTHING)
            context.minimum_version = context.maximum_version = number
    except (ValueError, ssl.SSLError):
        return "untried"
    found = shake(target, context)
    if found.version:
        return "offered"
    return "untried" if "no protocols available" in found.failure else "refused"


def _unreachable(target: Target, error: OSError) -> str:
    match error:
        case socket.gaierror():
            return f"There is no address for the name {target.host}. Check the spelling; for a name of your own, add it to the hosts file."
        case ConnectionRefusedError():
            return f"{target} refused the connection: no program listens there. Start the server, or check the port."
        case TimeoutError():
            return f"{target} did not answer within {PATIENCE:g} seconds. A firewall may be in between."
        case _:
            return f"{target} cannot be reached: {error.strerror or error}."


def _broken(error: Exception) -> str:
    match error:
        case EOFError() | ConnectionError():
            return "The server closed the connection in the middle of the handshake."
        case TimeoutError():
            return f"The server said nothing for {PATIENCE:g} seconds. It may not speak TLS on this port."
        case ssl.SSLError() if "WRONG_VERSION_NUMBER" in str(error) or "HTTP_REQUEST" in str(error):
            return "The server does not speak TLS on this port; it answered with something else. Is it plain http there?"
        case ssl.SSLError():
            return f"The handshake failed: {(error.reason or str(error)).replace('_', ' ').lower()}."
        case _:
            return f"The connection broke: {error}."
