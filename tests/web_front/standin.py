"""Captures made up as they are asked for, behind the real dashboard: a million of them weigh nothing.

`id` of the n-th exchange is n itself, so that order, neighbours and pages are arithmetic.
"""

from __future__ import annotations

import datetime as dt
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding
from jinja2.bccache import Bucket, BytecodeCache

from inspector.exchange.model import Chunk, Ciphertext, Connection, Exchange, Leg, Message, Timeline, Tls
from inspector.exchange.report import Function, Query, Report, Route
from inspector.explain.openings import Heads
from inspector.filter.matching import matcher
from inspector.filter.subject import Subject
from inspector.filter.tree import EVERYTHING, Node
from inspector.pki.authority import Authority
from inspector.pki.certificates import leaf, new_key, root
from inspector.pki.trust_stores.model import Look, Step
from inspector.store.captures import Changes, Found, Page, Row, Totals
from inspector.store.removal import Removal
from inspector.store.settings import Settings
from inspector.store.sites import SiteRow
from inspector.store.statistics import Statistics
from inspector.store.tallies import tally
from inspector.store.timed import Timed
from inspector.store.tree import Branch, Branches, name_of
from inspector.web.app import Dashboard, create_dashboard
from inspector.web.browse import Outcome
from inspector.web.server import serve
from inspector.web.settings import WebSettings
from inspector.web.tickets import Keys

BEGAN = 1_767_225_600.0
TIMELINE = Timeline(0.0004, 0.0011, 0.0015, 0.0015, 0.002, 0.002, 0.0051, 0.0052, 0.0054, 0.0225, 0.0236)
STATES: tuple[dict[str, Any], ...] = (
    {"path": "/", "resource": "page"},
    {"path": "/static/site.css", "resource": "style", "media": "text/css", "response_size": 18_220},
    {"path": "/static/app.js?v=12", "resource": "script", "media": "text/javascript", "status": 304, "reason": ""},
    {"path": "/api/cart?item=17&count=2", "resource": "data", "method": "POST", "status": 201, "reason": "Created"},
    {"path": "/pictures/mug.webp", "resource": "image", "media": "image/webp", "response_size": 245_000, "changed": True},
    {"path": "/log-in", "scheme": "http", "port": 80, "status": 302, "reason": "Found", "protection": "none", "tls": ""},
    {"path": "/missing/" + "long/" * 40, "status": 404, "reason": "Not Found", "duration": 0.0034},
    {"path": "/report", "host": "localhost", "port": 5000, "scheme": "http", "protection": "none", "status": 500,
     "reason": "Internal Server Error", "duration": 12.5},
    {"host": "no-such-name.example", "state": "failed", "status": 502, "reason": "Bad Gateway", "fault": "dns-unknown"},
    {"host": "sealed.example", "kind": "tunnel", "resource": "tunnel", "method": "CONNECT", "path": "",
     "protection": "sealed", "reason": ""},
)  # fmt: skip
PLAIN: dict[str, Any] = {
    "state": "done", "kind": "http", "origin": "browser", "duration": 0.024, "method": "GET", "scheme": "https",
    "host": "shop.inspector.test", "port": 443, "path": "/", "version": "HTTP/1.1", "status": 200, "reason": "OK",
    "media": "text/html", "resource": "page", "request_size": 0, "response_size": 5_214, "client": "127.0.0.1:51234",
    "agent": "Chrome 156", "protection": "decrypted", "tls": "TLSv1.3", "remote": "192.0.2.7:443", "changed": False,
    "fault": "", "findings": 0, "engine": 1,
}  # fmt: skip


CLIENT, SERVER, REFUSED = (bytes(15) + bytes([n]) for n in (1, 2, 3))
HOST = "shop.inspector.test"


@cache
def chain() -> tuple[bytes, bytes]:
    """A site's certificate and its root."""
    key, above = new_key(), new_key()
    made = dt.datetime.fromtimestamp(BEGAN, dt.UTC)
    top = root(
        above, host="desk", made=made, starts=made - dt.timedelta(days=1), ends=made + dt.timedelta(days=700)
    )
    below = leaf(
        [HOST],
        key.public_key(),
        signed_by=top,
        key=above,
        starts=made - dt.timedelta(days=1),
        ends=made + dt.timedelta(days=45),
    )
    return below.public_bytes(Encoding.DER), top.public_bytes(Encoding.DER)


def line(id: bytes) -> Connection:
    """A connection with TLS: the browser's, a site's that was believed, a site's that was not."""
    tls = Tls(
        "TLSv1.3",
        "TLS_AES_128_GCM_SHA256",
        "http/1.1",
        HOST,
        chain(),
        verified=None if id == CLIENT else True,
    )
    if id == REFUSED:
        tls = Tls(
            sni="other.example",
            chain=chain(),
            verified=False,
            why_not="self-signed certificate in certificate chain",
            verify_code=19,
        )
    side: Any = "client" if id == CLIENT else "server"
    return Connection(id, side, BEGAN, "127.0.0.1", 50000, "127.0.0.1", 8080, HOST, tls=tls)


def told() -> Report:
    """What an app says of an exchange that took 24 ms."""
    functions = (
        Function("before", "load_user", 0.0008, 0.0009),
        Function("view", "products", 0.0019, 0.0128),
    )
    queries = (
        Query("sqlite", "SELECT id, name FROM user WHERE id = ?", rows=1, began=0.0012, took=0.0004),
        Query("sqlite", "SELECT name, price FROM product WHERE shelf = 'new' ORDER BY name LIMIT 20", rows=20, began=0.0028, took=0.0047),
    )  # fmt: skip
    return Report(
        0.0, 0.0161, framework="Flask 3.1", route=Route("/products"), functions=functions, queries=queries
    )


def number(id: bytes) -> int:
    return int.from_bytes(id, "big")


class Store:
    """A trust store that says what a test wants."""

    chosen = True

    def __init__(self, id: str, state: Any) -> None:
        self.id, self.title, self.serves = id, f"the {id} store", "curl and most other programs"
        self.place = f"/etc/{id}/" + "certificates/" * 8
        self.state = state

    def look(self, anchor: Any) -> Look:
        return Look(self.state, note="A sentence about it." if self.state == "trusted" else "")

    def to_trust(self, anchor: Any) -> tuple[Step, ...]:
        return (Step("Adds the certificate.", ("certutil", "-A", "-d", self.place), as_root=True),)

    def to_untrust(self, held: Any) -> tuple[Step, ...]:
        return (Step("Deletes the certificate.", ("certutil", "-D", "-d", self.place)),)


class StandIn:
    """What the dashboard asks of `store.captures.Captures`, over exchanges 1 to `count`."""

    def __init__(self, count: int = 0) -> None:
        self.count = count
        self.first = 1
        self.open: set[int] = set()
        self.asked: list[str] = []
        self.look = 0
        self._changed: list[tuple[int, int]] = []  # (exchange, change)
        self._changes = count
        self._forgotten = 0
        self.gone: dict[int, int] = {}  # exchange, and with which removal it went

    def add(self, count: int = 1, *, open: bool = False) -> None:
        """More exchanges arrive."""
        first = self.count + 1
        if open:
            self.open.update(range(first, first + count))
        self.count += count
        for n in range(first, first + count):
            self._note(n)

    def finish(self, n: int) -> None:
        """An open exchange ends."""
        self.open.discard(n)
        self._note(n)

    def _note(self, n: int) -> None:
        # First the change, then the number that readers go by: they are other threads.
        self._changed.append((n, self._changes + 1))
        self._changes += 1

    def row_of(self, n: int) -> Row:
        state = dict(PLAIN | STATES[n % len(STATES)])
        if n in self.open:
            state |= {"state": "open", "duration": None, "status": 0, "reason": ""}
        return Row(id=n.to_bytes(16, "big"), change=self._changes, started=BEGAN + n / 100, **state)

    # --- as Captures --------------------------------------------------------------------------------------

    def page(self, *, before: bytes | None = None, after: bytes | None = None, limit: int = 200) -> Page:
        self.asked.append("page")
        low, high = self.first, self.count
        if after is not None:
            start = max(number(after) + 1, low)
            high = min(start + limit - 1, high)
            return self._page(start, high)
        if before is not None:
            high = min(number(before) - 1, high)
        return self._page(max(low, high - limit + 1), high)

    def _page(self, low: int, high: int) -> Page:
        rows = tuple(self.row_of(n) for n in range(low, high + 1) if n not in self.gone)
        return Page(rows, has_older=low > self.first, has_newer=high < self.count)

    def find(
        self, wanted: Node, *, before: bytes | None = None, after: bytes | None = None, limit: int = 200, patience: float = 1.0,
    ) -> Found:  # fmt: skip
        """By the matcher. Where `look` is set, it looks at so many and then says how far it has come."""
        self.asked.append("find")
        fits = matcher(wanted, BEGAN)
        if after is not None:
            way = range(max(number(after) + 1, self.first), self.count + 1)
        else:
            way = range(self.count if before is None else number(before) - 1, self.first - 1, -1)
        found: list[Row] = []
        reached = None
        for looked, n in enumerate((n for n in way if n not in self.gone), 1):
            row = self.row_of(n)
            if fits(Subject(row, self.exchange(row.id))):
                found.append(row)
            if len(found) > limit:
                break
            if looked == self.look:
                reached = row.id
                break
        more = len(found) > limit or reached is not None
        told = (reached, self.look / self.count, 0.4) if reached else (None, 1.0, 1.0)
        if after is not None:
            return Found(tuple(found[:limit]), number(after) >= self.first, more, *told)
        return Found(tuple(found[:limit][::-1]), more, before is not None, *told)

    def changes(self, cursor: str, limit: int = 200, wanted: Node = EVERYTHING) -> Changes:
        now = f"{self._changes}.{self._forgotten}"
        since, _, forgotten = (cursor or now).partition(".")
        found = [n for n, change in self._changed if int(since) < change <= int(now.partition(".")[0])]
        fits = matcher(wanted, BEGAN)
        rows = tuple(
            row for row in map(self.row_of, found[-limit:]) if fits(Subject(row, self.exchange(row.id)))
        )
        return Changes(rows, now, max(0, len(found) - limit), forgotten=int(forgotten or 0) < self._forgotten)

    def row(self, id: bytes) -> Row | None:
        there = self.first <= number(id) <= self.count and number(id) not in self.gone
        return self.row_of(number(id)) if there else None

    def exchange(self, id: bytes) -> Exchange | None:
        row = self.row(id)
        if row is None:
            return None
        fields = {name: getattr(row, name) for name in Exchange.__struct_fields__ if hasattr(row, name)}
        request = Message(f"{row.method} {row.path} HTTP/1.1\r\nHost: {row.host}\r\n\r\n".encode())
        response = Message(f"HTTP/1.1 {row.status} {row.reason}\r\nContent-Length: 0\r\n\r\n".encode())
        legs = [Leg(line, request, response if row.status else None) for line in self._lines_of(row)]
        return Exchange(
            **fields, client_leg=legs[0], server_leg=legs[1], timeline=TIMELINE if row.status else Timeline()
        )

    def report(self, exchange: Exchange) -> Report | None:
        """Of every tenth an app told its half."""
        return told() if number(exchange.id) % 10 == 1 else None

    def of_host(
        self,
        host: str,
        *,
        below: bool = False,
        before: bytes | None = None,
        after: bytes | None = None,
        limit: int = 100,
    ) -> tuple[Exchange, ...]:
        """Of the first thirty, so that a million weigh nothing here too."""
        numbers = [n for n in range(self.first, min(self.count, 30) + 1) if self.row_of(n).host == host]
        near = [
            n
            for n in numbers
            if (before is None or n < number(before)) and (after is None or n > number(after))
        ]
        found = (self.exchange(n.to_bytes(16, "big")) for n in near[-limit:])
        return tuple(each for each in found if each is not None)

    def sites(self, limit: int = 500) -> tuple[SiteRow, ...]:
        hosts = dict.fromkeys(self.row_of(n).host for n in range(self.first, min(self.count, 30) + 1))
        return tuple(SiteRow(host, 3, 0, bytes(16), BEGAN) for host in hosts)

    def _lines_of(self, row: Row) -> tuple[bytes, bytes]:
        if row.scheme != "https" or row.protection == "sealed":
            return bytes(16), bytes(16)
        return CLIENT, REFUSED if row.status == 404 else SERVER

    def connection(self, id: bytes) -> Connection | None:
        return line(id) if id in (CLIENT, SERVER, REFUSED) else None

    def ciphertext(self, id: bytes) -> Ciphertext | None:
        """Three records: a hello, its answer, and noise."""
        if id != SERVER:
            return None
        records = (("client", 22, 300), ("server", 22, 90), ("client", 23, 200), ("server", 23, 1400))
        return Ciphertext(id, tuple(
            Chunk(by, n / 1000, bytes([kind, 3, 3]) + size.to_bytes(2, "big") + b"\xa7" * size)
            for n, (by, kind, size) in enumerate(records)
        ))  # type: ignore[arg-type]  # fmt: skip

    def heads(self, ids: Iterable[bytes]) -> dict[bytes, Heads]:
        found = ((id, self.exchange(id)) for id in ids)
        return {
            id: Heads(each.client_leg.request.head, getattr(each.server_leg.response, "head", b""))
            for id, each in found
            if each is not None and each.client_leg is not None and each.server_leg is not None
        }

    def timed(self, ids: Iterable[bytes]) -> dict[bytes, Timed]:
        found = ((id, self.exchange(id)) for id in ids)
        return {
            id: Timed(each.timeline, each.server_leg.connection, number(id) % 3 + 1)
            for id, each in found
            if each is not None and each.server_leg is not None
        }

    def statistics(self, wanted: Node, name: str, patience: float = 0.6) -> Statistics:
        rows = self.find(wanted, limit=1_000).rows
        counted = [
            (row.started, row.duration, row.state, row.status, row.host, row.resource, row.method, row.agent, row.response_size, row.request_size)
            for row in rows
        ]  # fmt: skip
        return Statistics(tally(counted, 60), self.count, self.count, True)

    def earlier_like(self, id: bytes) -> bytes | None:
        return (number(id) - len(STATES)).to_bytes(16, "big") if number(id) > len(STATES) else None

    def neighbours(self, id: bytes) -> tuple[bytes | None, bytes | None]:
        return None, None

    def totals(self) -> Totals:
        return Totals(
            exchanges=self.count - self.first + 1,
            open=len(self.open),
            bytes_on_disk=0,
            oldest=None,
            newest=None,
        )

    def branches(self, wanted: Node, level: Any, under: str = "/") -> Branches:
        fits = matcher(wanted, BEGAN)
        rows = [
            row
            for row in [
                self.row_of(n)
                for n in range(max(self.first, self.count - 999), self.count + 1)
                if n not in self.gone
            ]
            if fits(Subject(row, self.exchange(row.id)))
        ]
        counts = Counter(name_of(row, level, under) for row in rows)
        return Branches(tuple(Branch(name, count, 0) for name, count in counts.most_common()), 1.0)

    def removals(self) -> list[Removal]:
        counts = Counter(each for each in self.gone.values() if each)
        return [Removal(each, count, time.time() + 600) for each, count in sorted(counts.items())]

    def remove(self, ids: Iterable[bytes]) -> int:
        going = {number(id) for id in ids} - self.open
        self.gone |= dict.fromkeys(going, max(self.gone.values(), default=0) + 1)
        self._forgotten += 1
        return len(going)

    def remove_fitting(self, wanted: Node) -> tuple[int, bool]:
        fits = matcher(wanted, BEGAN)
        rows = (self.row_of(n) for n in range(self.first, self.count + 1) if n not in self.gone)
        return self.remove([row.id for row in rows if fits(Subject(row, self.exchange(row.id)))]), True

    def undo_removal(self, removal: int) -> int:
        back = [n for n, each in self.gone.items() if each == removal]
        for n in back:
            del self.gone[n]
        self._forgotten += 1
        return len(back)

    def finish_removal(self, removal: int) -> None:
        self.gone = {n: 0 if each == removal else each for n, each in self.gone.items()}

    def forget_everything(self) -> None:
        self.first = self.count + 1
        self._forgotten += 1


@dataclass
class Board:
    """A status board that says what a test wants the lamp to say."""

    role: str = "engine"
    exchanges: int = 0
    lost: int = 0
    failing: str = ""
    heartbeat: float = field(default_factory=lambda: time.time() + 1e6)


class Compiled(BytecodeCache):
    """What Jinja made of each template: every test has a dashboard of its own, but the templates are the same."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


COMPILED = Compiled()


@dataclass
class Running:
    """A dashboard that answers."""

    url: str
    captures: StandIn
    board: Board
    recorder: Board
    keys: Keys
    dashboard: Dashboard
    windows: Windows

    @property
    def streams(self) -> int:
        """How many event streams are open."""
        return int(self.dashboard.close.__self__.readers)  # type: ignore[attr-defined]  # the feeder's own method

    def sign_in(self) -> str:
        return f"{self.url}/sign-in?ticket={self.keys.mint()}"

    def session(self, **chosen: str) -> Any:
        """The cookie of somebody who has signed in and chosen this: what the pages would give, without opening three of them."""
        client = self.dashboard.app.test_client()
        client.get("/sign-in", query_string={"ticket": self.keys.mint()}, base_url=self.url)
        with client.session_transaction(base_url=self.url) as session:
            session.update(chosen)
        cookie = client.get_cookie(self.keys.cookie_name, domain="127.0.0.1")
        assert cookie is not None
        return {
            "name": cookie.key,
            "value": cookie.value,
            "url": self.url,
            "httpOnly": True,
            "sameSite": "Strict",
        }


class Windows:
    """Opens no windows, but remembers which were asked for; answers with `outcome`."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.outcome = Outcome(True, "Chromium is open.")

    def open(self, url: str, place: str, *, again: bool = False) -> Outcome:
        self.asked.append((url, place))
        return self.outcome


@contextmanager
def running(home: Path, captures: StandIn, *, port: int = 0) -> Iterator[Running]:
    """Serve the real dashboard over made-up captures, by the real server, on a free port."""
    run = home / "run"
    run.mkdir(parents=True, exist_ok=True)
    listener = socket.create_server(("127.0.0.1", port))
    address = f"127.0.0.1:{listener.getsockname()[1]}"
    Authority.load_or_create(home / "certs")
    settings = WebSettings(
        run=str(run), addresses=(address,), ca_path="/home/ada/inspector/certs/ca.pem", certs=str(home / "certs"), lab=True, version="0"
    )  # fmt: skip
    boards = (Board(), Board("recorder"))
    windows = Windows()
    dashboard = create_dashboard(settings, captures, Settings(home), lambda: boards, windows.open)  # type: ignore[arg-type]
    dashboard.app.jinja_env.bytecode_cache = COMPILED
    stopping = threading.Event()
    server = threading.Thread(target=serve, args=(dashboard, [listener], settings, stopping))
    server.start()
    try:
        keys = Keys.load_or_create(run)
        yield Running(f"http://{address}", captures, *boards, keys, dashboard, windows)
    finally:
        stopping.set()
        server.join()
        listener.close()
