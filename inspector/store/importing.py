"""Captures from files: a HAR file becomes an archive of its own, beside those of the engines, and the recorder takes it in like any other.

So a file may be of any size, whatever happens on the way leaves whole exchanges, and forgetting and retention need to know nothing of it.
The exchanges get ids of now, in the file's order, and keep their times.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import itertools
import os
import time
import zlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import msgspec

from inspector.exchange.ids import Ids
from inspector.exchange.mark import Mark
from inspector.exchange.model import Body, Decision, Leg, Message, Piece, encode
from inspector.exchange.storable import made_storable
from inspector.export.har_parsing import Found, HarText, NotHar, Place, Trouble
from inspector.export.har_reading import Read, read_entry
from inspector.export.named import WrongError
from inspector.store.archive import ArchiveWriter
from inspector.store.database import StoreProblem, captures_folder
from inspector.store.marks import MOST as MOST_MARKS
from inspector.store.marks import Marks, TooManyMarks
from inspector.store.settings import Settings

__all__ = ["Importer", "NotHar", "Outcome", "Place", "Trouble"]

INLINE = 64 * 1024
MOST_TROUBLES = 100
_HELD = 16 * 1024 * 1024  # bytes that wait for the disk
_PATIENCE = 10.0
_REMEMBERED = 100_000  # ids of a file, so that what belongs together still does
_FILES = 200
WORKER = -1  # no worker of a run: an engine that runs is not replaced by it


@dataclass(slots=True)
class Outcome:
    """How far an import has come, and at last what came of it. `size` and `read` count bytes; `before` is when the same file was imported already."""

    name: str
    size: int = 0
    read: int = 0
    kept: int = 0
    lost: int = 0
    own: int = 0
    troubles: list[Trouble] = field(default_factory=list)
    more_troubles: int = 0
    made_by: str = ""
    first: bytes = b""
    last: bytes = b""
    before: float = 0.0

    def note(self, trouble: Trouble) -> None:
        """Something is wrong in the file."""
        self.lost += trouble.lost
        if len(self.troubles) < MOST_TROUBLES:
            self.troubles.append(trouble)
        else:
            self.more_troubles += 1


class Importer:
    """Imports files into one home."""

    def __init__(
        self,
        home: Path,
        settings: Settings,
        marks: Marks | None = None,
        *,
        version: str = "",
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._home = home
        self._settings = settings
        self._marks = marks
        self._version = version
        self._clock = clock

    def take(
        self,
        file: IO[bytes],
        name: str,
        tell: Callable[[Outcome], None] = lambda _: None,
        *,
        again: bool = False,
    ) -> Outcome:
        """Import a file that can be sought in. One that was imported before is only taken if `again` says so. Raises NotHar, StoreProblem and OSError."""
        outcome = Outcome(name, file.seek(0, os.SEEK_END))
        file.seek(0)
        digest = _digest(file)
        outcome.before = self._before(digest)
        if outcome.before and not again:
            return outcome
        file.seek(0)
        text = HarText(_reading(file, outcome))
        entries = text.entries()
        first = next(entries, None)  # what is no HAR file makes no archive
        if first is not None:
            writing = _Writing(captures_folder(self._home), self._version, outcome, text, self._clock)
            try:
                for found in itertools.chain((first,), entries):
                    writing.take(found)
                    tell(outcome)
            finally:
                writing.close()
                self._keep_marks(writing.marks)
        outcome.read = outcome.size
        if outcome.kept:
            self._remember(digest, outcome)
        tell(outcome)
        return outcome

    def _keep_marks(self, marks: dict[bytes, Mark]) -> None:
        if self._marks is not None and marks:
            with contextlib.suppress(TooManyMarks):
                self._marks.put_all(marks)

    # -- which files were imported already

    def _before(self, digest: str) -> float:
        """When a file was imported; 0 if it wasn't, or everything was forgotten since."""
        settings = self._settings.read()
        known = settings.get("imported") or {}
        when = float(known.get(digest, [0.0])[0]) if isinstance(known, dict) else 0.0
        return when if when * 1000 > int(settings.get("forget") or 0) else 0.0

    def _remember(self, digest: str, outcome: Outcome) -> None:
        known = dict(self._settings.read().get("imported") or {})
        known.pop(digest, None)
        known[digest] = [self._clock(), outcome.name[:200], outcome.kept]
        self._settings.set("imported", dict(list(known.items())[-_FILES:]))


def _digest(file: IO[bytes]) -> str:
    found = hashlib.sha256()
    while data := file.read(1 << 20):
        found.update(data)
    return found.hexdigest()


def _reading(file: IO[bytes], outcome: Outcome) -> Callable[[int], bytes]:
    """How a file is read: as it is, or unpacked."""
    packed = file.read(2) == b"\x1f\x8b"
    file.seek(0)
    source: Any = gzip.GzipFile(fileobj=file) if packed else file

    def read(size: int) -> bytes:
        try:
            data: bytes = source.read(size)
        except (EOFError, zlib.error, gzip.BadGzipFile):
            return b""  # cut off: the text ends here, and that is said
        outcome.read = file.tell()
        return data

    return read


class _Writing:
    """The archive of one file."""

    def __init__(
        self, captures: Path, version: str, outcome: Outcome, text: HarText, clock: Callable[[], float]
    ) -> None:
        self._ids = Ids(clock)
        self._clock = clock
        self._outcome = outcome
        self._text = text
        self._exchanges: OrderedDict[bytes, bytes] = OrderedDict()
        self._connections: OrderedDict[bytes, bytes] = OrderedDict()
        self.marks: dict[bytes, Mark] = {}
        self._writer = ArchiveWriter(
            captures, engine=self._ids.next(), worker=WORKER, run="import", version=version
        )

    def take(self, found: Found | Trouble) -> None:
        """Keep what was found, or note what is wrong."""
        if isinstance(found, Trouble):
            self._outcome.note(found)
            return
        at = f"/log/entries/{found.number}"

        def note(pointer: str, expected: str) -> None:
            self._outcome.note(Trouble(found.place, at + pointer, expected))

        try:
            read = read_entry(found.value, note, self._page(found.value))
        except WrongError as wrong:
            self._outcome.note(Trouble(found.place, at + wrong.pointer, wrong.expected, lost=True))
            return
        self._keep(read, found)
        if self._outcome.kept % 100 == 0 or self._writer.backlog > _HELD:
            self._flush()

    def close(self) -> None:
        """Write what is left. Raises StoreProblem if it can't be."""
        self._flush()
        self._writer.close(_PATIENCE)
        if self._writer.backlog and self._writer.failing:
            raise StoreProblem(f"Not all of it could be kept: {self._writer.failing}.")

    def _flush(self) -> None:
        self._writer.flush()
        since = time.monotonic()
        while self._writer.backlog > _HELD:
            time.sleep(0.005)
            if self._writer.failing and time.monotonic() - since > _PATIENCE:
                raise StoreProblem(f"It cannot be kept: {self._writer.failing}.")

    # -- one exchange

    def _keep(self, read: Read, found: Found) -> None:
        outcome, exchange = self._outcome, made_storable(read.exchange)
        for line in map(made_storable, read.connections):
            self._writer.put(
                b"C", encode(msgspec.structs.replace(line, id=self._new(self._connections, line.id)))
            )
        id = self._ids.next()
        self._exchanges[exchange.id] = id
        if len(self._exchanges) > _REMEMBERED:
            self._exchanges.popitem(last=False)
        outcome.made_by = outcome.made_by or self._made_by()
        detail = f"{outcome.name}{', made by ' + outcome.made_by if outcome.made_by else ''}, entry {found.number + 1}"
        code = "imported-own" if read.own else "imported"
        earlier = (each for each in exchange.decisions if each.code not in ("imported", "imported-own"))
        kept = msgspec.structs.replace(
            exchange,
            id=id,
            change=outcome.kept + 1,
            state="failed" if exchange.state == "open" else exchange.state,
            origin="import",
            started=exchange.started if 0 < exchange.started < 1e11 else self._clock(),
            parent=self._exchanges.get(exchange.parent, b""),
            client_leg=self._leg(exchange.client_leg),
            server_leg=self._leg(exchange.server_leg),
            decisions=(Decision(code, detail), *earlier),
        )
        if self._writer.put(b"X", encode(kept), final=True) is None:
            outcome.note(Trouble(found.place, "", "room for it on the disk", lost=True))
            return
        if not read.mark.blank and len(self.marks) < MOST_MARKS:
            self.marks[id] = read.mark
        outcome.kept += 1
        outcome.own += read.own
        outcome.first = outcome.first or id
        outcome.last = id

    def _new(self, known: OrderedDict[bytes, bytes], id: bytes) -> bytes:
        """The new id of a connection."""
        if id not in known:
            known[id] = self._ids.next()
            if len(known) > _REMEMBERED:
                known.popitem(last=False)
        return known[id]

    def _leg(self, leg: Leg | None) -> Leg | None:
        if leg is None:
            return None
        return msgspec.structs.replace(
            leg,
            connection=self._new(self._connections, leg.connection) if leg.connection else b"",
            request=self._message(leg.request),
            response=self._message(leg.response) if leg.response is not None else None,
        )

    def _message(self, message: Message) -> Message:
        """A large body is kept in pieces."""
        body = message.body
        if len(body.inline) <= INLINE:
            return (
                message
                if not body.pieces
                else msgspec.structs.replace(message, body=Body(body.size, body.wire, note="absent"))
            )
        pieces: list[Piece] = []
        note = body.note
        for at in range(0, len(body.inline), INLINE):
            if self._writer.backlog > _HELD:
                self._flush()
            piece = self._writer.put(b"B", body.inline[at : at + INLINE])
            if piece is None:
                note = "lost"
                break
            pieces.append(piece)
        return msgspec.structs.replace(
            message, body=msgspec.structs.replace(body, inline=b"", pieces=tuple(pieces), note=note)
        )

    # -- what the file says of all

    def _page(self, entry: dict[str, Any]) -> dict[str, Any] | None:
        pages, name = self._text.log.get("pages"), entry.get("pageref")
        if not isinstance(pages, list) or not isinstance(name, str):
            return None
        return next((page for page in pages if isinstance(page, dict) and page.get("id") == name), None)

    def _made_by(self) -> str:
        creator = self._text.log.get("creator")
        if not isinstance(creator, dict):
            return ""
        words = [creator.get(name) for name in ("name", "version")]
        return " ".join(word for word in words if isinstance(word, str))[:100]
