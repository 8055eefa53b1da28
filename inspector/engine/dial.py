"""Ways to a site: look the name up, connect to one of its addresses, speak TLS, verify. What fails says why.

Addresses are tried as RFC 8305 has it (happy eyeballs): families in turn, the next one after a quarter of a second
or at once when one fails. Each address is asked of the guard before it is tried.
"""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
import time
from base64 import b64encode
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urlsplit

from msgspec import structs

from inspector.engine.handshakes import client_facts, server_fault
from inspector.engine.local_sites import port_of
from inspector.engine.site_tls import SiteTls, Terms
from inspector.engine.stream import TlsState
from inspector.engine.targets import Accepted, Origin, host_field
from inspector.engine.upstream import ServerConnection
from inspector.exchange.model import Attempt, Fault, Tls
from inspector.pki.errors import TrustStoreError
from inspector.pki.watch import HandshakeWatch
from inspector.wire.hosts import address_of
from inspector.wire.http1 import Problem, parse_response

if TYPE_CHECKING:
    from inspector.engine.context import Context
    from inspector.engine.flow import Flow

STAGGER = 0.25


class DialError(Exception):
    """There is no connection to be had; `fault` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.code)
        self.fault = fault


class UpstreamProxy(NamedTuple):
    """Another proxy between us and the site. `credentials` is a whole Proxy-Authorization line, or empty."""

    host: str
    port: int
    credentials: bytes


class Dialer:
    """Makes connections to sites for one engine."""

    def __init__(self, context: Context) -> None:
        settings = context.settings
        self.context = context
        self._watch = HandshakeWatch()
        self._tls = SiteTls(settings, self._watch)
        self._proxy = _upstream_proxy(settings.upstream_proxy)
        self._bypass = tuple(name.lower().lstrip("*").lstrip(".") for name in settings.bypass if name)
        self._names: dict[tuple[str, int], tuple[float, list[str]]] = {}

    def trust_store(self, origin: Origin | None) -> str:
        """Where a site's certificate is looked up, in words."""
        try:
            return self._terms(origin).store
        except TrustStoreError:
            return ""

    def _terms(self, origin: Origin | None) -> Terms:
        if origin is None:
            return self._tls.terms("", local=False)
        sites = self.context.local_sites
        local = sites is not None and sites.find(origin.host) is not None
        return self._tls.terms(
            origin.name, local=local, unverified=origin.mirrored is not None or origin.unverified
        )

    def proxy_for(self, origin: Origin) -> UpstreamProxy | None:
        """The upstream proxy that leads to this origin; None for the direct way."""
        if self._proxy is None:
            return None
        host = origin.host
        if self.context.local_sites is not None and self.context.local_sites.find(host) is not None:
            return None
        address = address_of(host)
        if (
            host == "localhost"
            or host.endswith(".localhost")
            or (address is not None and address.is_loopback)
        ):
            return None
        if any(
            (name == "<local>" and "." not in host) or host == name or host.endswith("." + name)
            for name in self._bypass
        ):
            return None
        return self._proxy

    async def connect(self, origin: Origin, flow: Flow, *, tunnel: bool = False) -> ServerConnection:
        """A connection to `origin`, TLS and all. Times and failed attempts are noted on the flow. Raises DialError.

        `tunnel` asks for a connection to the site itself even for plain text, not for one to an upstream proxy.
        """
        try:
            return await self._connect(origin, flow, tunnel=tunnel)
        except DialError:
            raise
        except Exception as error:
            # whoever waits must hear of it, or would wait for ever
            self.context.complain(
                f"connecting to {origin.host}:{origin.port} failed by a mistake of ours: {error!r}"
            )
            raise DialError(Fault("internal", "us", "connect", None, repr(error))) from error

    async def _connect(self, origin: Origin, flow: Flow, *, tunnel: bool) -> ServerConnection:
        proxy = self.proxy_for(origin)
        host, port = self._place(origin)
        if proxy is not None:
            self._check_literal(origin)
            host, port = proxy.host, proxy.port
        through = proxy is not None and not origin.secure and not tunnel
        try:
            addresses = await self._look_up(host, port, flow)
            if proxy is None:
                addresses = self._others(addresses, port)
            connection = await self._race(addresses, port, origin, flow, through=through)
        except DialError as error:
            if proxy is None:
                raise
            raise _proxy_unreachable(error.fault) from error
        try:
            if proxy is not None:
                connection.via = f"{proxy.host}:{proxy.port}"
                if not through:
                    await self._ask_proxy(connection, origin, proxy)
            if origin.secure:
                await self._secure(connection, origin, flow)
        except DialError:
            connection.close()  # not at once: an alert may still be on its way
            raise
        except BaseException:
            connection.abort()
            raise
        connection.to(None)
        return connection

    def _place(self, origin: Origin) -> tuple[str, int]:
        """Host (or address) and port to connect to, if no upstream proxy leads there. Raises DialError."""
        sites = self.context.local_sites
        site = sites.find(origin.host) if sites is not None else None
        if site is None:
            return origin.host, origin.port
        port = port_of(site, origin.port)
        if port is None:
            raise DialError(Fault("connect-refused", "server", "connect"))
        return site.address, port

    def _others(self, addresses: list[str], port: int) -> list[str]:
        """Those addresses that don't lead back to us. Raises DialError if none is left."""
        others = [each for each in addresses if not self.context.guard.refuses(each, port)]
        if not others:
            raise DialError(Fault("refused-self", "us", "refused"))
        return others

    def _check_literal(self, origin: Origin) -> None:
        address = address_of(origin.host)
        if address is not None and self.context.guard.refuses(str(address), origin.port):
            raise DialError(Fault("refused-self", "us", "refused"))

    # -- names

    async def _look_up(self, host: str, port: int, flow: Flow) -> list[str]:
        address = address_of(host)
        if address is not None:
            return [str(address)]
        if host == "localhost" or host.endswith(".localhost"):
            return ["127.0.0.1", "::1"]  # RFC 6761 §6.3: never asked of the network
        known = self._names.get((host, port))
        if known is not None and known[0] > self.context.now:
            return known[1]
        flow.dns_start = time.perf_counter()
        try:
            async with asyncio.timeout(self.context.timeouts.connect):
                found = await self.context.loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except TimeoutError:
            raise DialError(
                Fault("dns-failed", "network", "dns", None, "the name service did not answer")
            ) from None
        except (OSError, UnicodeError) as error:
            raise DialError(_name_fault(error)) from error
        finally:
            flow.dns_end = time.perf_counter()
        addresses = _in_turn([str(entry[4][0]) for entry in found])
        if len(self._names) > 4096:
            self._names.clear()
        self._names[host, port] = (self.context.now + self.context.timeouts.names, addresses)
        return addresses

    # -- connections

    async def _race(
        self, addresses: list[str], port: int, origin: Origin, flow: Flow, *, through: bool
    ) -> ServerConnection:
        flow.connect_start = time.perf_counter()
        race = _Race(self.context, port, origin, flow, through)
        try:
            async with asyncio.timeout(self.context.timeouts.connect):
                return await race.run(addresses)
        except TimeoutError:
            race.note_unanswered()
            raise DialError(
                Fault("connect-timeout", "network", "connect", None, f"{self.context.timeouts.connect:g} s")
            ) from None
        finally:
            flow.connect_end = time.perf_counter()

    async def _ask_proxy(self, connection: ServerConnection, origin: Origin, proxy: UpstreamProxy) -> None:
        """CONNECT through an upstream proxy (RFC 9110 §9.3.6)."""
        target = host_field("", origin.host, origin.port)
        answer = self.context.loop.create_future()
        connection.to(_Answer(answer))
        connection.write(b"CONNECT %b HTTP/1.1\r\nHost: %b\r\n%b\r\n" % (target, target, proxy.credentials))
        try:
            async with asyncio.timeout(self.context.timeouts.connect):
                status, reason, rest = await answer
        except TimeoutError:
            raise _proxy_failed("it did not answer") from None
        except OSError as error:
            raise _proxy_failed(str(error)) from error
        if not 200 <= status < 300:
            raise _proxy_failed(f"it answered {status} {reason}")
        connection.keep_early(rest)

    async def _secure(self, connection: ServerConnection, origin: Origin, flow: Flow) -> None:
        context = self.context
        try:
            terms = self._terms(origin)
        except TrustStoreError as error:
            raise DialError(Fault("lab-not-ready", "us", "tls", None, str(error))) from error
        remembered = terms.sessions.get(origin.name, origin.port)
        connection.sessions = terms.sessions
        flow.tls_start = time.perf_counter()
        name = origin.name
        done: asyncio.Future[None] = context.loop.create_future()
        try:
            tls = TlsState(
                terms.context,
                server_side=False,
                name=name,
                session=remembered.session if remembered is not None else None,
            )
        except ValueError as error:  # a name that TLS can't ask for
            raise DialError(Fault("tls-server-failed", "us", "tls", None, str(error))) from error
        early = connection.take_early()  # a server that speaks first does not speak TLS
        connection.to(_Handshake(done))
        connection.secure(tls, early)
        try:
            await _within(context.timeouts.tls, done)
        except (OSError, ssl.SSLError, EOFError, ValueError) as error:
            terms.sessions.forget(origin.name, origin.port)
            seen = self._watch.take_off(tls.object)
            connection.facts, fault = server_fault(tls, seen, error, connection.opened)
            flow.server_connection = connection.id
            flow.failed_facts = connection.facts
            connection.introduce()
            raise DialError(fault) from error
        finally:
            flow.tls_end = time.perf_counter()
        connection.facts = client_facts(
            tls,
            self._watch.take_off(tls.object),
            remembered,
            verified=terms.verifies,
            began=connection.opened,
        )
        if origin.mirrored is not None:
            connection.facts = self._as_mirrored(connection.facts, origin, origin.mirrored)

    def _as_mirrored(self, facts: Tls, origin: Origin, accepted: Accepted) -> Tls:
        """The facts with what is wrong with the certificate, which is the one whose fault the browser was shown. Raises DialError if it isn't."""
        if not facts.chain or sha256(facts.chain[0]).digest() != accepted.leaf:
            if self.context.mirroring is not None:
                self.context.mirroring.forget(origin)
            why = "it shows another one now than the one whose fault was shown to you: load the page again"
            raise DialError(Fault("tls-untrusted", "server", "tls", None, why))
        return structs.replace(facts, why_not=accepted.why, verify_code=accepted.code)


async def _within(limit: float, done: asyncio.Future[None]) -> None:
    try:
        async with asyncio.timeout(limit):
            await done
    except TimeoutError:
        raise TimeoutError(f"no answer within {limit:g} s") from None


class _Race:
    """Happy eyeballs for one name."""

    def __init__(self, context: Context, port: int, origin: Origin, flow: Flow, through: bool) -> None:
        self._context = context
        self._port = port
        self._origin = origin
        self._flow = flow
        self._through = through
        self._last: OSError | None = None
        self._trying: dict[str, float] = {}

    async def run(self, addresses: list[str]) -> ServerConnection:
        if len(addresses) == 1:
            try:
                return await self._one(addresses[0])
            except OSError as error:
                raise DialError(_connect_fault(error)) from error
        running: set[asyncio.Task[ServerConnection]] = set()
        waiting = list(addresses)
        try:
            while waiting or running:
                if waiting:
                    running.add(asyncio.ensure_future(self._one(waiting.pop(0))))
                done, running = await asyncio.wait(
                    running, timeout=STAGGER if waiting else None, return_when=asyncio.FIRST_COMPLETED
                )
                winner = self._winner(done)
                if winner is not None:
                    return winner
            raise DialError(_connect_fault(self._last or OSError("no address")))
        finally:
            for task in running:
                task.cancel()
                task.add_done_callback(_close_late)

    def note_unanswered(self) -> None:
        """The time is over: say which addresses gave no answer."""
        for address, began in self._trying.items():
            self._failed(address, began, "no answer")

    def _failed(self, address: str, began: float, why: str) -> None:
        took = time.perf_counter() - began
        self._flow.attempts += (Attempt(address, self._port, began - self._flow.zero, took, why),)

    def _winner(self, done: set[asyncio.Task[ServerConnection]]) -> ServerConnection | None:
        winner: ServerConnection | None = None
        for task in done:
            error = task.exception()
            if error is None:
                if winner is None:
                    winner = task.result()
                else:
                    task.result().abort()
            elif isinstance(error, OSError):
                self._last = error
            else:
                raise error
        return winner

    async def _one(self, address: str) -> ServerConnection:
        began = self._trying[address] = time.perf_counter()
        flow = self._flow
        try:
            _, connection = await self._context.loop.create_connection(
                lambda: ServerConnection(self._context, self._origin, through_proxy=self._through),
                address,
                self._port,
            )
        except OSError as error:
            del self._trying[address]
            self._failed(address, began, _in_words(error))
            raise
        connection.remote = f"[{address}]:{self._port}" if ":" in address else f"{address}:{self._port}"
        flow.remote = connection.remote
        if not connection.closing:
            self._context.streams.add(connection)
        return connection


def _close_late(task: asyncio.Task[ServerConnection]) -> None:
    if not task.cancelled() and task.exception() is None:
        task.result().abort()


class _Waiting:
    """What a connection says before it serves flows, told to a future."""

    def __init__(self, done: asyncio.Future[None]) -> None:
        self._done = done

    def secured(self) -> None:
        if not self._done.done():
            self._done.set_result(None)

    def unsecured(self, error: Exception) -> None:
        if not self._done.done():
            self._done.set_exception(error)

    def received(self, data: bytes) -> None:
        """Nothing is expected but the handshake, which `Stream` takes."""

    def lost(self, error: Exception | None) -> None:
        self.unsecured(error or ConnectionError("it closed the connection"))


class _Handshake(_Waiting):
    """Waits for TLS."""


class _Answer(_Waiting):
    """Waits for an upstream proxy's answer to CONNECT."""

    def __init__(self, done: asyncio.Future[tuple[int, str, bytes]]) -> None:
        self._answer = done
        self._held = b""

    def received(self, data: bytes) -> None:
        self._held += data
        head = parse_response(self._held)
        if head is None or self._answer.done():
            return
        if isinstance(head, Problem):
            self._answer.set_exception(ConnectionError("its answer is not HTTP"))
        else:
            rest = self._held[head.consumed :]
            self._answer.set_result((head.status, head.reason.decode("latin-1"), rest))

    def unsecured(self, error: Exception) -> None:
        if not self._answer.done():
            self._answer.set_exception(error if isinstance(error, OSError) else ConnectionError(str(error)))


def _in_turn(addresses: list[str]) -> list[str]:
    """RFC 8305 §4: families in turn, beginning with the one that the system put first; each address once."""
    addresses = list(dict.fromkeys(addresses))
    if not addresses:
        return addresses
    first = [each for each in addresses if (":" in each) == (":" in addresses[0])]
    second = [each for each in addresses if (":" in each) != (":" in addresses[0])]
    turns: list[str] = []
    while first or second:
        if first:
            turns.append(first.pop(0))
        if second:
            turns.append(second.pop(0))
    return turns


def _name_fault(error: Exception) -> Fault:
    unknown = {
        getattr(socket, name)
        for name in ("EAI_NONAME", "EAI_NODATA", "EAI_ADDRFAMILY")
        if hasattr(socket, name)
    }
    if isinstance(error, socket.gaierror) and error.errno in unknown:
        return Fault("dns-unknown", "network", "dns")
    if isinstance(error, UnicodeError):
        return Fault("dns-unknown", "client", "dns")
    return Fault("dns-failed", "network", "dns", None, str(getattr(error, "strerror", None) or error))


def _in_words(error: OSError) -> str:
    known = {
        errno.ECONNREFUSED: "connection refused",
        errno.ETIMEDOUT: "no answer",
        errno.ENETUNREACH: "no route to that network",
        errno.EHOSTUNREACH: "no route to that computer",
        errno.EADDRNOTAVAIL: "this kind of address cannot be used here",
        errno.EMFILE: "too many files are open here",
    }
    return known.get(error.errno or 0, (error.strerror or str(error)).lower())


def _connect_fault(error: OSError) -> Fault:
    if error.errno == errno.ECONNREFUSED:
        return Fault("connect-refused", "server", "connect")
    if error.errno == errno.ETIMEDOUT:
        return Fault("connect-timeout", "network", "connect", None, "the system's own limit")
    if error.errno in (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL):
        return Fault("connect-unreachable", "network", "connect", None, _in_words(error))
    return Fault("connect-failed", "network", "connect", None, _in_words(error))


def _proxy_failed(why: str) -> DialError:
    return DialError(Fault("upstream-proxy", "server", "proxy", None, why))


def _proxy_unreachable(fault: Fault) -> DialError:
    words = {"connect-refused": "connection refused", "dns-unknown": "its name has no address"}
    return _proxy_failed(f"it could not be reached ({words.get(fault.code, fault.detail)})")


def _upstream_proxy(url: str) -> UpstreamProxy | None:
    if not url:
        return None
    parts = urlsplit(url if "://" in url else f"http://{url}")
    credentials = b""
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
        credentials = b"Proxy-Authorization: Basic " + b64encode(pair) + b"\r\n"
    return UpstreamProxy(parts.hostname or "", parts.port or 8080, credentials)
