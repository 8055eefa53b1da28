"""An engine in an event loop of its own, in a thread; what it records, decoded; and the certificates that tests need."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import gc
import ipaddress
import os
import socket
import ssl
import threading
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import uvloop
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from peers import PATIENCE

from inspector.engine.pages import Page, PageAsk
from inspector.engine.server import Engine
from inspector.engine.settings import Settings, Timeouts
from inspector.exchange.model import (
    Body,
    Ciphertext,
    Connection,
    Exchange,
    KeptCiphertext,
    Piece,
    Timeline,
    decode_ciphertext,
    decode_connection,
    decode_exchange,
    decode_summary,
)
from inspector.pki.authority import Authority
from inspector.pki.leaves import Leaves
from inspector.pki.mirror import Mirror
from inspector.pki.watch import HandshakeWatch

T = TypeVar("T")

# long enough for a slow machine, short enough for a person who waits
SHORT = Timeouts(linger=1.0, stop=0.3, server_speaks_first=0.15)


def waits(**times: float) -> Timeouts:
    """The usual times, but for these."""
    return msgspec.structs.replace(SHORT, **times)


class Hosts:
    """Which addresses names have, in place of the system's name service."""

    def __init__(self) -> None:
        self.table: dict[str, list[str]] = {}
        self.asked: list[str] = []

    def look_up(self, host: str) -> list[str]:
        self.asked.append(host)
        if host not in self.table:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return self.table[host]


class LoopThread:
    """An event loop in a thread. `troubles` collects what the loop complains of: exceptions nobody caught."""

    def __init__(self) -> None:
        plain = os.environ.get("INSPECTOR_TEST_LOOP") == "asyncio"
        self.loop: Any = asyncio.new_event_loop() if plain else uvloop.new_event_loop()
        self.hosts = Hosts()
        self.troubles: list[str] = []
        self.loop.getaddrinfo = self._look_up
        self.loop.set_exception_handler(self._complain)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()

    def _complain(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        self.troubles.append(f"{context.get('message')}: {context.get('exception')!r}")

    async def _look_up(self, host: str, port: int, **_: Any) -> list[Any]:
        found = self.hosts.look_up(host) if not _is_address(host) else [host]
        return [
            (socket.AF_INET6 if ":" in each else socket.AF_INET, 1, 6, "", (each, port)) for each in found
        ]

    def call(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine there, and wait for what it gives."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(PATIENCE)

    def do(self, work: Callable[[], T]) -> T:
        """Call a function there, and wait for what it gives."""

        async def doing() -> T:
            return work()

        return self.call(doing())

    def settle(self, figure: Callable[[], object]) -> None:
        """Let the loop turn until the figure stays the same for a while."""
        before, same = figure(), 0
        while same < 20:
            self.call(asyncio.sleep(0.005))
            after = figure()
            before, same = after, same + 1 if after == before else 0

    def close(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(PATIENCE)
        self.loop.close()


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


class Records:
    """An archive in memory that understands what it is given."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.snapshots: list[Exchange] = []
        self.finals: list[bool] = []
        self.connections: dict[bytes, list[Connection]] = {}
        self.ciphertexts: dict[bytes, list[KeptCiphertext]] = {}
        self.bodies: list[bytes] = []
        self.full = False
        self.full_of_bodies = False

    # -- what the engine sees

    @property
    def pending(self) -> bool:
        return False

    def put(self, kind: bytes, payload: bytes, final: bool = False) -> Piece | None:
        if self.full or (kind == b"B" and self.full_of_bodies):
            return None
        with self._changed:
            if kind == b"X":
                self._keep(decode_exchange(payload), payload, final)
            elif kind == b"C":
                connection = decode_connection(payload)
                self.connections.setdefault(connection.id, []).append(connection)
            elif kind == b"T":
                kept = decode_ciphertext(payload)
                self.ciphertexts.setdefault(kept.connection, []).append(kept)
            else:
                self.bodies.append(payload)
            self._changed.notify_all()
        return Piece(1, len(self.bodies) - 1, len(payload))

    def _keep(self, exchange: Exchange, payload: bytes, final: bool) -> None:
        assert decode_summary(payload).id == exchange.id
        check(exchange)
        self.snapshots.append(exchange)
        self.finals.append(final)

    def flush(self) -> None:
        """Nothing waits here."""

    # -- what tests see

    @property
    def exchanges(self) -> list[Exchange]:
        """Every exchange's last snapshot, in the order in which they began."""
        latest = {each.id: each for each in self.snapshots}
        return [latest[id] for id in sorted(latest)]

    def wait(self, question: Callable[[], T]) -> T:
        """Wait until the question has a true answer, and give it."""
        with self._changed:
            answer = self._changed.wait_for(question, PATIENCE)
        assert answer, f"waited in vain; on record: {[brief(each) for each in self.snapshots]}"
        return answer

    def finished(self, count: int = 1) -> list[Exchange]:
        """Wait until that many exchanges are over; all of them."""
        return self.wait(lambda: _enough([each for each in self.exchanges if each.state != "open"], count))

    def only(self) -> Exchange:
        """The one exchange there is, when it is over."""
        (exchange,) = self.finished()
        return exchange

    def connection(self, id: bytes) -> Connection:
        """What stands on record about a connection, at last."""
        return self.connections[id][-1]

    def ciphertext(self, connection: bytes) -> Ciphertext:
        """What is kept of a connection's ciphertext at last."""
        kept = self.wait(lambda: self.ciphertexts.get(connection))[-1]
        return kept.of(b"".join(self.bodies[piece.offset] for piece in kept.pieces))

    def body(self, body: Body) -> bytes:
        """The captured bytes of a body."""
        return body.inline + b"".join(self.bodies[piece.offset] for piece in body.pieces)


def _enough(found: list[Exchange], count: int) -> list[Exchange]:
    return found if len(found) >= count else []


def brief(exchange: Exchange) -> str:
    return f"{exchange.state} {exchange.kind} {exchange.method} {exchange.host} {exchange.status} {exchange.fault}"


ORDER = (
    ("dns_start", "dns_end"), ("connect_start", "connect_end"), ("tls_start", "tls_end"), ("send_start", "send_end"),
    ("dns_end", "connect_start"), ("connect_end", "tls_start"), ("connect_end", "send_start"),
    ("tls_end", "send_start"), ("send_start", "response_start"), ("response_start", "response_end"),
    ("client_tls_start", "client_tls_end"),
)  # fmt: skip


def check(exchange: Exchange) -> None:
    """What is true of every exchange on record."""
    timeline = exchange.timeline
    for name in Timeline.__struct_fields__:
        at = getattr(timeline, name)
        # TLS with the browser was made before its first request came
        assert at is None or at >= 0 or name.startswith("client_tls"), (name, at)
        assert at is None or exchange.duration is None or at <= exchange.duration + 0.001, (name, at)
    for earlier, later in ORDER:
        first, second = getattr(timeline, earlier), getattr(timeline, later)
        assert first is None or second is None or first <= second, (earlier, later, timeline)
    assert (exchange.duration is None) == (exchange.state == "open"), exchange
    assert (exchange.error is None) == (exchange.fault == ""), exchange
    for leg in (exchange.client_leg, exchange.server_leg):
        for message in (leg.request, leg.response) if leg is not None else ():
            _check_body(message.body if message is not None else Body())


def _check_body(body: Body) -> None:
    assert body.captured <= body.size, body
    assert body.note or not body.complete or body.captured == body.size, body


class Running:
    """An engine that runs: its ports, its records, its insides."""

    def __init__(self, thread: LoopThread, engine: Engine, ports: list[int], records: Records) -> None:
        self.thread = thread
        self.engine = engine
        self.context = engine.context
        self.ports = ports
        self.records = records
        self.complaints: list[str] = []

    @property
    def port(self) -> int:
        return self.ports[0]

    def stop(self) -> None:
        self.thread.call(self.engine.stop())

    def browser(self) -> Any:
        """The engine's end of the only connection from a browser."""
        found: list[Any] = []
        while len(found) != 1:
            found = self.thread.do(lambda: [each for each in self.context.streams if hasattr(each, "talk")])
        return found[0]

    def settled(self) -> tuple[int, int, int]:
        """Streams, exchanges on their way and tasks that are left, once nothing changes any more."""
        return self.thread.call(self._settle())

    async def _settle(self) -> tuple[int, int, int]:
        context = self.context
        for _ in range(200):
            left = len(context.streams), len(context.ledger.live), len(context.tasks)
            if left == (0, 0, 0):
                break
            await asyncio.sleep(0.01)  # the loop has to turn for connections to close
        return left


class Workshop:
    """Starts engines in one loop, and stops them all."""

    def __init__(self, thread: LoopThread, authority: Authority, home: Path) -> None:
        self._thread = thread
        self._authority = authority
        self._home = home
        self._running: list[Running] = []

    def start(self, *, doors: int = 1, host: str = "127.0.0.1", **settings: Any) -> Running:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        sockets = [socket.create_server((host, 0), family=family) for _ in range(doors)]
        ports = [each.getsockname()[1] for each in sockets]
        settings = {"home": str(self._home), "forbidden_ports": tuple(ports), "timeouts": SHORT} | settings
        running = self._thread.call(self._start(Settings(**settings), sockets, ports))
        self._running.append(running)
        return running

    async def _start(self, settings: Settings, sockets: list[socket.socket], ports: list[int]) -> Running:
        records, watch, complaints = Records(), HandshakeWatch(), []
        engine = Engine(
            settings,
            sockets=sockets,
            archive=records,
            leaves=Leaves(self._authority, watch=watch),
            authority=self._authority,
            render=render,
            watch=watch,
            mirror=Mirror(self._authority, watch=watch) if settings.mirror_faults else None,
            complain=complaints.append,
        )
        await engine.start()
        running = Running(self._thread, engine, ports, records)
        running.complaints = complaints
        return running

    def close(self) -> None:
        for running in self._running:
            running.stop()
            assert not running.complaints, running.complaints
        troubles, self._thread.troubles[:] = self._thread.troubles[:], []
        assert not troubles, troubles


def render(ask: PageAsk) -> Page:
    """Pages that say what they are about, and nothing else."""
    words = f"{ask.kind} {ask.fault.code if ask.fault is not None else ask.path}\n"
    return Page(200, "OK", (("Content-Type", "text/plain"),), words.encode())


_SIGNS = x509.KeyUsage(
    digital_signature=False, content_commitment=False, key_encipherment=False, data_encipherment=False, key_agreement=False,
    key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False,
)  # fmt: skip


class SiteAuthority:
    """An authority for test sites: good, expired and wrong certificates."""

    def __init__(self, folder: Path) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Authority of the tests' sites")])
        self._folder = folder
        self._made = 0
        self._certificate = self._sign(self._name, self._key, None, days=365)
        self.path = folder / "sites.pem"
        self.path.write_bytes(self._certificate.public_bytes(Encoding.PEM))

    def _sign(self, name: x509.Name, key: Any, names: tuple[str, ...] | None, days: int) -> x509.Certificate:
        now = dt.datetime.now(dt.UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + dt.timedelta(days=min(days, 0) * 2 - 1))
            .not_valid_after(now + dt.timedelta(days=days))
            .add_extension(x509.BasicConstraints(ca=names is None, path_length=None), critical=True)
        )
        # What Python 3.13 looks for in a chain (VERIFY_X509_STRICT), RFC 5280 §4.2.1.
        signer, own = self._key.public_key(), key.public_key()
        builder = builder.add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer), critical=False
        ).add_extension(x509.SubjectKeyIdentifier.from_public_key(own), critical=False)
        if names is not None:
            builder = builder.add_extension(
                x509.SubjectAlternativeName([_general(each) for each in names]), critical=False
            )
        else:
            builder = builder.add_extension(_SIGNS, critical=True)
        return builder.sign(self._key, hashes.SHA256())

    def context(self, *names: str, days: int = 30) -> ssl.SSLContext:
        """A server's context with a certificate for these names; `days` below zero: expired."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
        certificate = self._sign(subject, key, names, days)
        self._made += 1
        path = self._folder / f"site-{self._made}.pem"
        path.write_bytes(
            key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            + certificate.public_bytes(Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def trusting(authority: Authority, **options: Any) -> ssl.SSLContext:
    """A browser's context that trusts Inspector's authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=authority.pem.decode("ascii"))
    for name, value in options.items():
        setattr(context, name, value)
    return context


def collect() -> None:
    """Let the collector finish what is left of earlier tests."""
    with contextlib.suppress(Exception):
        gc.collect()
