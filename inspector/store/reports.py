"""The servers' halves: what apps told of their exchanges, in HOME/captures/reports.db.

Beside the index and not in it, since only the recorder writes there and can make it again; beside control.db, since engines read that again whenever it changes. It is
bounded by number, size and age, and nothing in it is worth a migration: of another version's shape it is made anew. An exchange has one report by the extension,
and any number of spans, each of them kept by its trace's id: that is the exchange's own id where Inspector began the trace, and else one that its request carried.
"""

from __future__ import annotations

import logging
import time
import zlib
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa

from inspector.exchange.report import Report, decode_report, encode_report
from inspector.exchange.spans import KeptSpan, report_of
from inspector.store.database import captures_folder, open_engine, private_file, private_folder

log = logging.getLogger(__name__)

FILE = "reports.db"
MOST = 20_000
MOST_BYTES = 256 * 1024 * 1024
MOST_SPANS = 1_000  # of one trace
DAYS = 30
_VERSION = 1
_PRUNE_EVERY = 200
_STEP = 500
_LONGEST = 4 * 1024 * 1024  # of one, unpacked

_shape = sa.MetaData()
_report = sa.Table(
    "report",
    _shape,
    sa.Column("id", sa.LargeBinary, primary_key=True),
    sa.Column("at", sa.Double, nullable=False, index=True),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("data", sa.LargeBinary, nullable=False),
)
_span = sa.Table(
    "span",
    _shape,
    sa.Column("trace", sa.LargeBinary, primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("at", sa.Double, nullable=False, index=True),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("data", sa.LargeBinary, nullable=False),
)
_TABLES = (_report, _span)
_encode_span = msgspec.json.Encoder().encode


_decode_span = msgspec.json.Decoder(KeptSpan).decode


class Reports:
    """The reports of one home. Safe to use from many threads and processes; made with its file at the first report."""

    def __init__(self, home: Path) -> None:
        self._path = captures_folder(home) / FILE
        self._engine: sa.Engine | None = None
        self._since_pruned = 0

    def close(self) -> None:
        """Give the connections back."""
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None

    # -- what is there

    def of(self, id: bytes, trace: bytes = b"") -> Report | None:
        """What the app told of an exchange: by the extension, else by spans, of the exchange's own trace or of the one that its request carried. None if it told
        nothing, or it is kept no longer."""
        found = self._scalar(sa.select(_report.c.data).where(_report.c.id == id))
        if found is not None:
            with suppress(msgspec.MsgspecError, zlib.error):
                return decode_report(_unpacked(found))
        return report_of(self.spans(id) or (self.spans(trace) if trace else ()))

    def among(self, ids: Iterable[bytes]) -> frozenset[bytes]:
        """Of these exchanges, those that an app told something of, by itself or by spans of their own trace."""
        wanted = list(ids)
        found: set[bytes] = set()
        for begin in range(0, len(wanted), _STEP):
            some = wanted[begin : begin + _STEP]
            for query in (
                sa.select(_report.c.id).where(_report.c.id.in_(some)),
                sa.select(_span.c.trace).where(_span.c.trace.in_(some)).distinct(),
            ):
                found.update(row[0] for row in self._rows(query))
        return frozenset(found)

    def spans(self, trace: bytes) -> tuple[KeptSpan, ...]:
        """The spans of a trace, in the order in which they began."""
        found = []
        query = sa.select(_span.c.data).where(_span.c.trace == trace).order_by(_span.c.at).limit(MOST_SPANS)
        for (data,) in self._rows(query):
            try:
                found.append(_decode_span(_unpacked(data)))
            except (msgspec.MsgspecError, zlib.error):
                continue
        return tuple(found)

    # -- what comes

    def put(self, id: bytes, report: Report) -> bool:
        """Keep a report. The first of an exchange stays: whether this was it."""
        data = zlib.compress(encode_report(report), 1)
        row = {"id": id, "at": time.time(), "size": len(data), "data": data}
        return self._insert(_report, [row]) > 0

    def put_spans(self, spans: Iterable[tuple[bytes, KeptSpan]]) -> int:
        """Keep spans, each with its trace; those that are there already stay as they are. How many were new."""
        rows = []
        for trace, kept in spans:
            data = zlib.compress(_encode_span(kept), 1)
            rows.append(
                {"trace": trace, "id": kept.span.id, "at": kept.started, "size": len(data), "data": data}
            )
        return self._insert(_span, rows)

    # -- what goes

    def delete(self, ids: Iterable[bytes]) -> None:
        """Forget what was told of these exchanges. A file that can't be changed now stops nothing else: age will take it."""
        gone = list(ids)
        try:
            for begin in range(0, len(gone), _STEP):
                some = gone[begin : begin + _STEP]
                self._change(_report.delete().where(_report.c.id.in_(some)))
                self._change(_span.delete().where(_span.c.trace.in_(some)))
        except sa.exc.DatabaseError as error:
            log.warning("what apps told of exchanges that are gone stays for now: %s", error)

    def forget(self) -> None:
        """Forget everything, and leave nothing of it in the file's pages."""
        if not self._path.exists():
            return
        with suppress(sa.exc.DatabaseError):
            for table in _TABLES:
                self._change(table.delete())
            with self._open().connect() as connection:
                connection.exec_driver_sql("VACUUM")
            return
        self.close()
        self._path.unlink(missing_ok=True)

    def prune(self, oldest: float = 0.0) -> None:
        """Let go of what is too much or too old; `oldest` is when the oldest exchange that is still kept began."""
        if not self._path.exists():
            return
        limit = max(time.time() - DAYS * 86400, oldest - 60)
        for table in _TABLES:
            self._change(table.delete().where(table.c.at < limit))
            count, size = self._rows(sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(table.c.size), 0)).select_from(table))[0]  # fmt: skip
            if count > MOST or size > MOST_BYTES:
                share = max(1 - MOST / max(count, 1), 1 - MOST_BYTES / max(size, 1)) + 0.1
                middle = (
                    sa.select(table.c.at).order_by(table.c.at).offset(int(count * min(share, 1.0))).limit(1)
                )
                found = self._scalar(middle)
                self._change(table.delete().where(table.c.at < found if found is not None else sa.true()))

    # -- below

    def _insert(self, table: sa.Table, rows: list[dict[str, Any]]) -> int:
        if not rows:
            return 0
        statement = table.insert().prefix_with("OR IGNORE")
        done = 0
        with self._open().connect() as connection:
            for row in rows:
                done += max(connection.execute(statement, row).rowcount, 0)
        self._since_pruned += done
        if self._since_pruned >= _PRUNE_EVERY:
            self._since_pruned = 0
            self.prune()
        return done

    def _change(self, statement: sa.Delete) -> None:
        if self._path.exists():
            with self._open().connect() as connection:
                connection.execute(statement)

    def _scalar(self, query: sa.Select[Any]) -> Any:
        rows = self._rows(query)
        return rows[0][0] if rows else None

    def _rows(self, query: sa.Select[Any]) -> list[Any]:
        """What a query finds; nothing where no app has told anything yet."""
        if not self._path.exists():
            return []
        with self._open().connect() as connection:
            return list(connection.execute(query))

    def _open(self) -> sa.Engine:
        if self._engine is None:
            try:
                self._engine = _opened(self._path)
            except sa.exc.DatabaseError as error:
                log.warning("%s is made anew: %s", self._path.name, error)
                self._path.unlink(missing_ok=True)
                self._engine = _opened(self._path)
        return self._engine


def _opened(path: Path) -> sa.Engine:
    private_folder(path.parent)
    private_file(path)
    engine = open_engine(path)
    sa.event.listen(engine, "connect", _as_wanted)
    try:
        with engine.connect() as connection:
            _make(connection)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _as_wanted(raw: Any, _: Any) -> None:
    """What is deleted is overwritten with zeros; and nobody waits for the disk, since what a power cut breaks is made anew."""
    raw.execute("PRAGMA secure_delete=ON")
    raw.execute("PRAGMA synchronous=OFF")


def _make(connection: sa.Connection) -> None:
    version = connection.exec_driver_sql("PRAGMA user_version").scalar()
    if version == _VERSION:
        return
    connection.exec_driver_sql("PRAGMA journal_mode=TRUNCATE")
    if version:
        for table in _TABLES:
            connection.exec_driver_sql(f"DROP TABLE IF EXISTS {table.name}")
    _shape.create_all(connection)
    connection.exec_driver_sql(f"PRAGMA user_version={_VERSION}")


def _unpacked(data: bytes) -> bytes:
    return zlib.decompressobj().decompress(data, _LONGEST)
