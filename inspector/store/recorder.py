"""The recorder: follows the engines' archives and keeps the index of what is in them.

It runs in a process of its own, so neither an engine nor a page waits for the database. It may be killed
at any moment and begins again exactly where its last transaction ended. If the database is locked, full,
gone or damaged, nothing is lost but time: the records are in the archive. A damaged index is set aside and
made again from there. In quiet moments it makes the word index (`indexer`).

An engine that stopped in order said so (an E frame). One that was killed is known by a newer engine in its
place; then what it left open becomes failed, with the fault `inspector-stopped`.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy.exc

from inspector.store.database import StoreProblem, captures_folder, control_path, index_path, prepare
from inspector.store.erasing import Eraser
from inspector.store.followed import Followed
from inspector.store.forget import Forgetting
from inspector.store.frames import segment_path
from inspector.store.harvest import Harvest
from inspector.store.index import Index, KnownEngine
from inspector.store.indexer import Indexer, Readable
from inspector.store.keep import Keep, Keeper
from inspector.store.marks import Marks
from inspector.store.reports import Reports
from inspector.store.status import Status, StatusBoard
from inspector.store.syncing import Syncer
from inspector.store.tail import Tail, Take
from inspector.store.trouble import Trouble, is_damage, set_aside
from inspector.store.watch import Watcher

log = logging.getLogger(__name__)

_ACTIVE, _IDLE = 0.04, 0.1  # a round costs 0.3 ms, however little is new
_LOOK_AROUND = 1.0
_SLICE, _BREATH = 0.02, 0.03  # the word index: so long at a time, and then so long for everything else
_QUIET = 40  # records a round, with which there is time for it
_FAR = 256 * 1024  # bytes waiting, so that there is no reason to pause


class Recorder:
    """The recorder of one home. `board` is where it says how it is; `keep` what retention allows."""

    def __init__(
        self,
        home: Path,
        *,
        network: bool = False,
        keep: Keep | None = None,
        board: Path | None = None,
        lookaround: float = _LOOK_AROUND,
    ) -> None:
        self.recorded = 0
        self.damaged = 0
        self.trouble = Trouble()
        self._home, self._captures, self._network = home, captures_folder(home), network
        self._keep_given = self._keep = keep or Keep()
        self._board = StatusBoard(board) if board else None
        self._started, self._told = time.time(), 0.0
        self._watcher = Watcher(home)
        self._syncer = Syncer()
        self._lookaround = lookaround
        self._index: Index | None = None
        self._keeper: Keeper | None = None
        self._eraser: Eraser | None = None
        self._forgetting: Forgetting | None = None
        self._wish = 0
        self._rebuild = ""
        self._followed: dict[int, Followed] = {}
        self._engines: list[KnownEngine] = []
        self._given_up: dict[int, Tail] = {}
        self._looked, self._folder_time = -1e9, 0
        self._more_to_remove = self._far_behind = False
        self._indexer = Indexer(self._captures)
        self._took = 0  # records, in the last round

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set; what is in the archive by then is taken in before the end."""
        active = time.monotonic()
        while not stop.is_set():
            if self.step():
                active = time.monotonic()
            busy = self._more_to_remove or self._far_behind or self._forgetting is not None
            indexing = not busy and self.index_words(_SLICE)
            active_pause = _ACTIVE if time.monotonic() - active < 1 else _IDLE
            stop.wait(0 if busy else _BREATH if indexing else active_pause)
        while self.step():
            pass
        self._erase_now()
        self.close()

    def step(self) -> int:
        """One round: what is new in every archive, one transaction, some upkeep. 0 says that nothing was new."""
        now = time.monotonic()
        took = 0
        if not self.trouble.pausing(now):
            try:
                took = self._round(now)
                self.trouble.over()
            except (sqlite3.Error, sqlalchemy.exc.SQLAlchemyError, StoreProblem, OSError) as error:
                self._react(error, now)
        self._tell(now)
        return took

    def index_words(self, seconds: float) -> bool:
        """Go on with the word index for a while, if nothing else is to be done. Whether there is more of it."""
        if self._index is None or self._took > _QUIET or self._forgetting is not None or self.trouble.words:
            return False
        places = {followed.known.id: followed.tail.place for followed in self._followed.values()}
        return self._indexer.work(
            [
                Readable(
                    engine.id,
                    *places.get(engine.id, (engine.segment, engine.position)),
                    engine.id not in places,
                )
                for engine in self._engines
            ],
            seconds,
        )

    @property
    def indexed(self) -> int:
        """How many exchanges it has put into the word index."""
        return self._indexer.made

    def close(self) -> None:
        """Let go of everything."""
        self._forget_index()
        self._watcher.stop()
        self._syncer.close()
        if self._board:
            self._board.close()

    # -- a round

    def _round(self, now: float) -> int:
        index = self._ready()
        self._heed_settings(index, now)
        self._look_around(index, now)
        reaped = []
        for followed in self._followed.values():
            take = followed.tail.read()
            if take.frames or take.then != followed.tail.place or take.ended:
                forgetting = self._forgetting is not None and self._forgetting.waits_for(followed.known)
                reaped.append((followed, take, Harvest(followed.number, take, forgetting=forgetting)))
        if reaped:
            with index.writing():
                for followed, take, harvest in reaped:
                    _write(index, followed, take, harvest)
            for followed, take, harvest in reaped:
                self._done(index, followed, take, harvest, now)
        self._far_behind = any(followed.tail.behind() > _FAR for followed, _, _ in reaped)
        self._upkeep(index, now)
        self._took = sum(len(take.frames) or 1 for _, take, _ in reaped)
        return self._took

    def _ready(self) -> Index:
        if self._index is None:
            self._prepare_control()
            self._index = Index(index_path(self._home), network=self._network)
            self._keeper = Keeper(
                self._index, self._captures, cherished=self._cherished, gone=self._forget_marks
            )
            self._eraser = Eraser(
                self._index, self._captures, erased=self._forget_marks, words_gone=self._indexer.let_go
            )
            self._looked = -1e9
        return self._index

    def _prepare_control(self) -> None:
        try:
            prepare("control", control_path(self._home))
        except sqlalchemy.exc.DBAPIError as error:
            if not is_damage(error):
                raise
            log.exception("the settings cannot be read and begin anew; the damaged file is kept beside")
            set_aside(control_path(self._home))
            prepare("control", control_path(self._home))

    def _heed_settings(self, index: Index, now: float) -> None:
        settings = self._watcher.look()
        if settings is not None:
            self._keep = self._keep_given.but(settings)
            self._wish = int(settings.get("forget") or 0)
            self._rebuild = str(settings.get("rebuild") or "")
        if self._rebuild and self._rebuild == index.fact("birth"):
            raise sqlite3.DatabaseError("a page found the index damaged")
        if self._wish and self._forgetting is None and self._wish > int(index.fact("forgotten") or 0):
            self._forgetting = Forgetting(index, self._captures, self._wish, now)

    def _look_around(self, index: Index, now: float) -> None:
        """New engines, and ones that are no more."""
        try:
            changed = os.stat(self._captures).st_mtime_ns  # noqa: PTH116 - every round
        except FileNotFoundError:
            changed = 0
        if changed == self._folder_time and now - self._looked < self._lookaround:
            return
        if index.moved():
            self._forget_index()
            raise sqlite3.OperationalError("the index was removed, and is made again")
        self._looked, self._folder_time = now, changed
        known = {engine.id for engine in self._engines}
        new = [id for id in _engine_folders(self._captures) if id not in known]
        if new or not self._engines:
            with index.writing():
                for id in new:
                    index.add_engine(id)
            self._know(index, now)
        self._welcome_back(index, now)
        for followed in self._followed.values():
            followed.tail.over = followed.tail.over or followed.replaced(self._engines, now)

    def _welcome_back(self, index: Index, now: float) -> None:
        """An engine that seemed dead has written on: its supervisor was killed, and it took its time to stop."""
        back = [number for number, tail in self._given_up.items() if tail.grew()]
        if back:
            with index.writing():
                for number in back:
                    del self._given_up[number]
                    index.alive(number)
            self._know(index, now)

    def _know(self, index: Index, now: float) -> None:
        self._engines = index.engines()
        for engine in self._engines:
            if engine.number in self._followed:
                self._followed[engine.number].known = engine
            elif not engine.ended:
                self._followed[engine.number] = Followed(self._captures, engine, now)

    def _done(self, index: Index, followed: Followed, take: Take, harvest: Harvest, now: float) -> None:
        """After the commit: go on from there."""
        if take.then.segment != take.segment:
            self._syncer.sync(segment_path(followed.tail.folder, take.segment))
        followed.tail.advance(take)
        followed.grown = now
        self.recorded += harvest.finished
        self.damaged += harvest.damaged
        if harvest.opening or harvest.generation is not None:
            self._know(index, now)
        if harvest.ending or take.ended:
            followed.tail.close()
            del self._followed[followed.number]
            if not harvest.ending:
                self._given_up[followed.number] = followed.tail
            self._know(index, now)

    def _upkeep(self, index: Index, now: float) -> None:
        if self._forgetting is not None and self._forgetting.step(self._engines, now):
            self._forgetting = None
        elif self._more_to_remove or now == self._looked:
            live = {number: each.tail.place.segment for number, each in self._followed.items()}
            assert self._keeper is not None
            assert self._eraser is not None
            self._more_to_remove = self._eraser.step(time.time()) or self._keeper.step(
                self._keep, live, time.time()
            )
            index.keep_log_short()

    def _erase_now(self) -> None:
        """Inspector stops, and what was deleted can't be brought back any more."""
        if self._eraser is None or self.trouble.words:
            return
        try:
            self._eraser.finish()
        except (sqlite3.Error, OSError) as error:
            log.warning("what was deleted is made final at the next start: %s", error)

    def _cherished(self) -> list[bytes]:
        """The exchanges that somebody pinned or commented on."""
        with self._marks() as marks:
            return [id for id, mark in marks.all().items() if mark.pinned or mark.comment]

    def _forget_marks(self, ids: list[bytes]) -> None:
        """What people added to exchanges goes with them, and what apps told of them."""
        with self._marks() as marks:
            marks.forget(marks.of(ids))
        reports = Reports(self._home)
        reports.delete(ids)
        reports.close()

    @contextmanager
    def _marks(self) -> Iterator[Marks]:
        marks = Marks(self._home)
        try:
            yield marks
        finally:
            marks.close()

    # -- when something is wrong

    def _react(self, error: Exception, now: float) -> None:
        if is_damage(error):
            log.error("the index is damaged (%s); it is set aside and made again from the archive", error)
            self._forget_index()
            self._rebuild = ""
            try:
                set_aside(index_path(self._home))
            except OSError as refused:  # Windows: a page has it open; the next round tries again
                log.warning("the damaged index cannot be moved yet: %s", refused)
        elif self.trouble.fatal(error):
            self._forget_index()
        self.trouble.begin(error, now)

    def _forget_index(self) -> None:
        """Close it; the next round opens it anew and reads from where it says."""
        index, self._index, self._keeper, self._forgetting = self._index, None, None, None
        self._eraser = None
        for followed in self._followed.values():
            followed.tail.close()
        self._followed.clear()
        self._given_up.clear()
        self._engines = []
        if index:
            index.close()

    def _tell(self, now: float) -> None:
        if self._board is None or now - self._told < 0.2:
            return
        self._told = now
        behind = sum(followed.tail.behind() for followed in self._followed.values())
        self._board.write(
            Status(
                role="recorder",
                pid=os.getpid(),
                started=self._started,
                heartbeat=time.time(),
                exchanges=self.recorded,
                failing=self.trouble.words,
                backlog=behind,
                more={"damaged": self.damaged, "forgetting": self._forgetting is not None},
            )
        )


def _write(index: Index, followed: Followed, take: Take, harvest: Harvest) -> None:
    """All that one read means for the index, inside the round's transaction."""
    number = followed.number
    if harvest.opening and followed.known.worker < 0:
        index.opening(number, harvest.opening)
    if harvest.exchanges:
        index.exchanges(harvest.exchanges)
    if harvest.connections:
        index.connections(harvest.connections)
    if harvest.ciphertexts:
        index.ciphertexts(harvest.ciphertexts)
    size = take.frames[-1][2] if take.frames else followed.tail.place.position
    index.segment(engine=number, number=take.segment, bytes=size, **harvest.ranges())
    index.place(number, *take.then)
    if harvest.generation is not None:
        index.fresh(number, harvest.generation, take.segment)
    if harvest.ending:
        index.ended(number, "clean", *harvest.ending)
    elif take.ended:
        index.ended(number, "lost")


def _engine_folders(captures: Path) -> list[bytes]:
    """The engines that have an archive, oldest first."""
    try:
        names = [folder.name for folder in captures.iterdir()]
    except FileNotFoundError:
        return []
    return sorted(bytes.fromhex(name) for name in names if len(name) == 32 and _is_hex(name))


def _is_hex(name: str) -> bool:
    return all(digit in "0123456789abcdef" for digit in name)
