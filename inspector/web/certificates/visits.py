"""A visit to a server from the dashboard: what it shows, judged as Inspector judges sites. Never to Inspector itself, and never for long."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from inspector.engine.guard import Guard
from inspector.exchange.model import Connection, Tls
from inspector.explain.chains import Chain, site_chain
from inspector.pki import visit
from inspector.pki.contexts import client_context
from inspector.pki.errors import PkiError
from inspector.pki.visit import Handshake, Target
from inspector.web.errors import Refusal
from inspector.web.roots import Roots
from inspector.web.settings import WebSettings

AT_ONCE = 2
ADDRESSES = 3  # how many of a name's addresses are tried
_HTTPS = 443
_LONGEST = 300


class Visited(NamedTuple):
    """What a visit came to. `chain` is None where no certificate was seen; then `failure` says why."""

    target: Target
    seen: Handshake
    chain: Chain | None
    failure: str = ""

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """What was agreed on, for people."""
        found = (
            ("Its address", self.seen.reached),
            ("TLS", self.seen.version.replace("TLSv", "TLS ")),
            ("Cipher suite", self.seen.cipher),
            ("Protocol inside (ALPN)", self.seen.alpn),
            ("Asks for a certificate", "yes, of yours" if self.seen.wants_certificate else ""),
        )
        return tuple(each for each in found if each[1])


class Visits:
    """Visits servers, a few at a time. `shake` makes a handshake, `resolve` finds a name's addresses."""

    def __init__(
        self,
        settings: WebSettings,
        roots: Roots,
        shake: Callable[[Target, ssl.SSLContext], Handshake] = visit.handshake,
        resolve: Callable[[str, int], Sequence[str]] | None = None,
    ) -> None:
        ports = [urlsplit(f"//{each}").port for each in (*settings.addresses, *settings.proxies)]
        self._guard = Guard(tuple(port for port in ports if port), "")
        self._settings = settings
        self._roots = roots
        self._shake = shake
        self._resolve = resolve or _addresses
        self._room = threading.BoundedSemaphore(AT_ONCE)

    def visit(self, text: str) -> Visited:
        """Look at the server that was typed. Raises Refusal for what is none, for Inspector itself, and when too many are on their way."""
        host, port = parse(text)
        if not self._room.acquire(blocking=False):
            raise Refusal(
                503,
                "One moment",
                "Other servers are being looked at just now.",
                "Try again in a few seconds.",
            )
        try:
            return self._visit(host, port)
        finally:
            self._room.release()

    def _visit(self, host: str, port: int) -> Visited:
        try:
            addresses = self._resolve(host, port)
        except OSError:
            addresses = ()
        if not addresses:
            sentence = f"There is no address for the name {host}. Check the spelling; for a name of your own, add it to the hosts file."
            return Visited(Target(host, host, port), Handshake(), None, sentence)
        if any(self._guard.refuses(each, port) for each in addresses):
            raise Refusal(
                403, "Not there", f"{host}, port {port}, is Inspector itself.",
                "It speaks plain HTTP there, and shows no certificate. The stand-ins that it makes are on each exchange's page, under Connection.",
            )  # fmt: skip
        for address in addresses[:ADDRESSES]:
            target = Target(host, address, port)
            seen = self._shake(target, visit.looking())
            if seen.reached:
                break
        if not seen.chain:
            return Visited(target, seen, None, seen.failure or f"{host} showed no certificate.")
        return Visited(target, seen, self._judge(target, seen))

    def _judge(self, target: Target, seen: Handshake) -> Chain | None:
        """A second handshake, with a client that looks closely: its word counts beside the checks."""
        judged = self._shake(target, self._context())
        refused = bool(judged.verify_code or judged.verify_message)
        tls = Tls(
            version=seen.version,
            sni=target.name,
            chain=seen.chain,
            verified=False if refused else None if judged.failure else True,
            why_not=judged.verify_message if refused else "",
            verify_code=judged.verify_code,
        )
        now = time.time()
        line = Connection(bytes(16), "server", now, seen.reached, target.port, "", 0, target.name, tls=tls)
        return site_chain(line, self._roots.store(), now)

    def _context(self) -> ssl.SSLContext:
        own = Path(self._settings.ca_path) if self._settings.ca_path else None
        try:
            return client_context(*map(Path, self._settings.upstream_ca), own_ca=own)
        except PkiError:  # a file of --upstream-ca is gone since the start
            return client_context(own_ca=own)


def parse(text: str) -> tuple[str, int]:
    """`example.com`, `example.com:8443`, `[::1]:8443` or an address with https://; Refusal for what is no server."""
    text = text.strip()
    try:
        parts = urlsplit(text if "://" in text else f"//{text}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = "", None
    if (
        not host
        or len(text) > _LONGEST
        or not text.isprintable()
        or " " in host
        or parts.scheme not in ("", "https")
    ):
        raise Refusal(
            400, "That is no server", f"{text[:80]!r} is not the name of a server.",
            "Write it as in example.com, localhost:5000 or [::1]:8443.",
        )  # fmt: skip
    return host, port if port is not None else _HTTPS


def _addresses(host: str, port: int) -> Sequence[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(where[0]) for _, _, _, _, where in found))
