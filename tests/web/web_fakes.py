"""Captures, settings and exchanges made by hand, for tests of pages."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

import msgspec

from inspector.exchange.model import (
    Body,
    Ciphertext,
    Connection,
    Decision,
    Exchange,
    Leg,
    Message,
    Summary,
    Timeline,
    Tls,
)
from inspector.explain.openings import Heads
from inspector.explain.refusals import History
from inspector.filter.matching import matcher
from inspector.filter.subject import Subject
from inspector.filter.tree import EVERYTHING, Node
from inspector.store.captures import ArchiveGone, Changes, Found, Page, Row, Totals
from inspector.store.removal import Removal
from inspector.store.sites import SiteRow
from inspector.store.statistics import Statistics
from inspector.store.status import Status
from inspector.store.talk import Side, Talk, talk_of
from inspector.store.tallies import tally
from inspector.store.timed import Timed
from inspector.store.tree import Branch, Branches, name_of

EPOCH = 1_767_225_600.25


def number(n: int) -> bytes:
    return n.to_bytes(16, "big")


def message(start: str, *fields: str, body: bytes | Body = b"", trailers: bytes = b"") -> Message:
    head = "\r\n".join((start, *fields, "", "")).encode("latin-1")
    if isinstance(body, bytes):
        body = Body(len(body), len(body), body)
    return Message(head, body, trailers)


def made(n: int = 1, **changes: Any) -> Exchange:
    """A finished GET of a page over https, with what is asked for otherwise."""
    request = message(
        "GET /cart?item=17 HTTP/1.1",
        "Host: shop.inspector.test",
        "Accept: text/html",
        "User-Agent: Mozilla/5.0",
    )
    page = b"<!doctype html><title>Cart</title><h1>Your cart</h1>"
    response = message(
        "HTTP/1.1 200 OK", "Content-Type: text/html; charset=utf-8", f"Content-Length: {len(page)}",
        "Set-Cookie: seen=1", body=page,
    )  # fmt: skip
    usual: dict[str, Any] = {
        "id": number(n), "change": n, "state": "done", "kind": "http", "origin": "browser", "started": EPOCH + n,
        "duration": 0.0243, "method": "GET", "scheme": "https", "host": "shop.inspector.test", "port": 443,
        "path": "/cart?item=17", "version": "HTTP/1.1", "status": 200, "reason": "OK", "media": "text/html",
        "resource": "page", "request_size": 0, "response_size": len(page), "client": "127.0.0.1:51234",
        "agent": "Chrome 156", "protection": "decrypted", "tls": "TLSv1.3", "remote": "192.0.2.7:443",
        "changed": False, "fault": "", "findings": 0,
        "client_leg": Leg(number(901), request, response, turn=3),
        "server_leg": Leg(number(902), request, response, turn=1),
        "timeline": Timeline(0.0001, 0.0002, 0.004, 0.004, 0.008, 0.008, 0.016, 0.016, 0.0162, 0.022, 0.0243),
        "decisions": (Decision("hop-by-hop", "Connection"),),
    }  # fmt: skip
    return Exchange(**usual | changes)


def with_response(response: Message, n: int = 1, **changes: Any) -> Exchange:
    plain = made(n)
    assert plain.client_leg is not None
    assert plain.server_leg is not None
    client = msgspec.structs.replace(plain.client_leg, response=response)
    server = msgspec.structs.replace(plain.server_leg, response=response)
    return made(n, client_leg=client, server_leg=server, response_size=response.body.size, **changes)


def connection(n: int, side: str, tls: Tls | None = None) -> Connection:
    return Connection(
        number(n), side, EPOCH, "192.0.2.7", 443, "127.0.0.1", 50000, "shop.inspector.test", "", tls
    )  # type: ignore[arg-type]


class FakeCaptures:
    """What `store.captures.Captures` does, over a dictionary."""

    def __init__(self, *exchanges: Exchange) -> None:
        self.exchanges = {exchange.id: exchange for exchange in exchanges}
        self.removed: dict[int, dict[bytes, Exchange]] = {}
        self.connections: dict[bytes, Connection] = {}
        self.ciphertexts: dict[bytes, Ciphertext] = {}
        self.reports: dict[bytes, Any] = {}
        self.generation = 0
        self.gone: set[bytes] = set()
        self.fails: Exception | None = None
        self.looks = 0
        self.body_gone = False
        self.told: tuple[bytes | None, float, float] = (None, 1.0, 1.0)
        self.histories: dict[bytes, History] = {}
        self.counted: int | None = None

    def of_host(
        self,
        host: str,
        *,
        below: bool = False,
        before: bytes | None = None,
        after: bytes | None = None,
        limit: int = 100,
    ) -> tuple[Exchange, ...]:
        found = [
            each
            for id, each in sorted(self.exchanges.items())
            if (each.host == host or (below and each.host.endswith(f".{host}")))
            and (before is None or id < before)
            and (after is None or id > after)
            and id not in self.gone
        ]
        return tuple(found[:limit] if after is not None else found[-limit:])

    def sites(self, limit: int = 500) -> tuple[SiteRow, ...]:
        by_host: dict[str, list[Exchange]] = {}
        for _, each in sorted(self.exchanges.items()):
            by_host.setdefault(each.host, []).append(each)
        rows = [
            SiteRow(host, len(own), sum(each.state == "failed" for each in own), own[-1].id, own[-1].started)
            for host, own in by_host.items()
        ]
        return tuple(sorted(rows, key=lambda row: row.newest, reverse=True)[:limit])

    def refused(self, limit: int = 500) -> tuple[Row, ...]:
        return tuple(row for row in reversed(self.rows()) if row.kind == "tls")[:limit]

    def history(self, failed: Summary) -> History:
        return self.histories.get(failed.id, History())

    def add(self, exchange: Exchange) -> None:
        self.exchanges[exchange.id] = exchange

    def row_of(self, exchange: Exchange) -> Row:
        names = [name for name in Row.__struct_fields__ if name != "engine"]
        return Row(**{name: getattr(exchange, name) for name in names}, engine=1)

    def rows(self) -> list[Row]:
        return [self.row_of(self.exchanges[id]) for id in sorted(self.exchanges)]

    def page(self, *, before: bytes | None = None, after: bytes | None = None, limit: int = 200) -> Page:
        if self.fails:
            raise self.fails
        rows = self.rows()
        if after is not None:
            found = tuple(row for row in rows if row.id > after)[:limit]
        else:
            found = tuple(row for row in rows if before is None or row.id < before)[-limit:]
        if not found:
            return Page((), False, False)
        return Page(found, rows[0].id < found[0].id, rows[-1].id > found[-1].id)

    def find(
        self,
        wanted: Node,
        *,
        before: bytes | None = None,
        after: bytes | None = None,
        limit: int = 200,
        patience: float = 1.0,
    ) -> Found:
        fits = matcher(wanted, time.time())
        left = FakeCaptures(*(each for each in self.exchanges.values() if fits(Subject(each, each))))
        left.fails = self.fails
        return Found(*left.page(before=before, after=after, limit=limit), *self.told)

    def changes(self, cursor: str, limit: int = 200, wanted: Node = EVERYTHING) -> Changes:
        self.looks += 1
        if self.fails:
            raise self.fails
        rows = sorted(self.rows(), key=lambda row: row.change)
        latest = str(rows[-1].change if rows else 0)
        if not cursor or not cursor.isdecimal():
            return Changes((), latest, 0, False)
        fits = matcher(wanted, time.time())
        found = [
            row for row in rows if row.change > int(cursor) and fits(Subject(row, self.exchanges[row.id]))
        ]
        return Changes(tuple(found[-limit:]), latest, max(len(found) - limit, 0), False)

    def exchange(self, id: bytes) -> Exchange | None:
        if self.fails:
            raise self.fails
        if id in self.gone:
            raise ArchiveGone("The record was removed to make room.")
        return self.exchanges.get(id)

    def row(self, id: bytes) -> Row | None:
        found = self.exchanges.get(id)
        return self.row_of(found) if found else None

    def connection(self, id: bytes) -> Connection | None:
        return self.connections.get(id)

    def ciphertext(self, id: bytes) -> Ciphertext | None:
        return self.ciphertexts.get(id)

    def body(self, id: bytes, body: Body) -> Iterator[bytes]:
        if self.body_gone:
            raise ArchiveGone("The body was removed to make room.")
        yield body.inline

    def talk(self, exchange: Exchange, side: Side) -> Talk:
        return talk_of(exchange, side, self.body)

    def heads(self, ids: Iterable[bytes]) -> dict[bytes, Heads]:
        found = ((id, self.exchange(id)) for id in ids)
        return {
            id: Heads(each.client_leg.request.head, getattr(each.server_leg.response, "head", b""))
            for id, each in found
            if each is not None and each.client_leg is not None and each.server_leg is not None
        }

    def neighbours(self, id: bytes) -> tuple[bytes | None, bytes | None]:
        ids = sorted(self.exchanges)
        older = [each for each in ids if each < id]
        newer = [each for each in ids if each > id]
        return (older[-1] if older else None, newer[0] if newer else None)

    def earlier_like(self, id: bytes) -> bytes | None:
        def asked(one: Exchange) -> tuple[str, str, str, int, str]:
            return one.method, one.scheme, one.host, one.port, one.path

        own = self.exchanges[id]
        return max((each for each, one in self.exchanges.items() if each < id and asked(one) == asked(own)), default=None)  # fmt: skip

    def report(self, exchange: Exchange) -> Any:
        return self.reports.get(exchange.id)

    def timed(self, ids: Collection[bytes]) -> dict[bytes, Timed]:
        found = {}
        for id in ids:
            one = self.exchanges[id]
            leg = one.server_leg
            found[id] = Timed(one.timeline, leg.connection if leg else b"", leg.turn if leg else 0)
        return found

    def statistics(self, wanted: Node, name: str, patience: float = 0.6) -> Statistics:
        rows = self.find(wanted, limit=100_000).rows
        if self.counted is not None:
            rows = rows[-self.counted :]
        counted = [
            (row.started, row.duration, row.state, row.status, row.host, row.resource, row.method, row.agent, row.response_size, row.request_size)
            for row in rows
        ]  # fmt: skip
        total = len(self.exchanges)
        return Statistics(tally(counted, 60), self.counted or total, total, self.counted is None)

    def totals(self) -> Totals:
        rows = self.rows()
        ends = (rows[0].started, rows[-1].started) if rows else (None, None)
        return Totals(len(rows), 0, 4096, *ends)

    def branches(self, wanted: Node, level: Any, under: str = "/") -> Branches:
        fits = matcher(wanted, time.time())
        rows = [row for row in self.rows() if fits(Subject(row, self.exchange(row.id)))]
        counts = Counter(name_of(row, level, under) for row in rows)
        return Branches(tuple(Branch(name, count, 0) for name, count in counts.most_common()), 1.0)

    def removals(self) -> list[Removal]:
        return [Removal(number, len(each), time.time() + 600) for number, each in self.removed.items()]

    def remove(self, ids: Iterable[bytes]) -> int:
        going = {id: self.exchanges.pop(id) for id in ids if id in self.exchanges}
        self.removed[len(self.removed) + 1] = going
        return len(going)

    def remove_fitting(self, wanted: Node) -> tuple[int, bool]:
        fits = matcher(wanted, time.time())
        return self.remove([id for id, each in self.exchanges.items() if fits(Subject(each, each))]), True

    def undo_removal(self, number: int) -> int:
        back = self.removed.pop(number, {})
        self.exchanges |= back
        return len(back)

    def finish_removal(self, number: int) -> None:
        self.removed.pop(number, None)

    def forget_everything(self) -> int:
        self.exchanges.clear()
        self.generation += 1
        return self.generation


class FakeSettings:
    def __init__(self) -> None:
        self.values: dict[str, Any] = {"capturing": True}

    def read(self) -> Mapping[str, Any]:
        return self.values

    def set(self, name: str, value: Any) -> int:
        self.values[name] = value
        return 1


def board(role: str = "engine", **changes: Any) -> Status:
    usual = {
        "role": role,
        "number": 1,
        "pid": os.getpid(),
        "started": 0.0,
        "heartbeat": time.time(),
        "exchanges": 5,
    }
    return Status(**usual | changes)
