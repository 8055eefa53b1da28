from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from store_samples import Played, sample, take_in, wait_for

from inspector.exchange.model import encode
from inspector.store import followed
from inspector.store.captures import ArchiveGone, Captures
from inspector.store.database import control_path, index_path
from inspector.store.frames import segment_path
from inspector.store.recorder import Recorder
from inspector.store.status import read_board

Make = Callable[..., Played]


@pytest.fixture(autouse=True)
def _no_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(followed, "GRACE", 0.0)


def rows(home: Path, sql: str = "SELECT count(*) FROM exchange") -> list[tuple[object, ...]]:
    database = sqlite3.connect(index_path(home))
    found = database.execute(sql).fetchall()
    database.close()
    return found


def test_what_an_engine_put_is_listed_and_can_be_read(
    played: Make, recorder: Recorder, captures: Captures
) -> None:
    engine = played()
    put = [engine.put(path=f"/{number}") for number in range(50)]
    connection = engine.connection()
    engine.on_disk()
    take_in(recorder)
    page = captures.page()
    assert [row.id for row in page.rows] == [each.id for each in put]
    assert all(row.engine == 1 for row in page.rows)
    assert captures.exchange(put[7].id) == put[7]
    assert captures.connection(connection.id) == connection
    assert recorder.recorded == 50


def test_the_newest_snapshot_wins(played: Make, recorder: Recorder, captures: Captures) -> None:
    engine = played()
    first = engine.put(state="open", duration=None, status=0)
    engine.on_disk()
    take_in(recorder)
    assert captures.page().rows[0].state == "open"
    assert captures.totals().open == 1
    last = engine.again(first, status=204)
    engine.on_disk()
    take_in(recorder)
    assert [row.status for row in captures.page().rows] == [204]
    assert captures.exchange(first.id) == last
    assert captures.totals()[:2] == (1, 0)


def test_two_engines_side_by_side(played: Make, recorder: Recorder, captures: Captures) -> None:
    one, two = played(worker=1), played(worker=2)
    put = [engine.put() for _ in range(20) for engine in (one, two)]
    one.on_disk(), two.on_disk()
    take_in(recorder)
    assert [row.id for row in captures.page().rows] == [each.id for each in put]
    assert {row.engine for row in captures.page().rows} == {1, 2}


def test_a_recorder_that_begins_again_counts_everything_once(
    played: Make, home: Path, captures: Captures
) -> None:
    engine, put = played(segment_size=3000), []
    for _ in range(10):
        put += [engine.put() for _ in range(5)]
        engine.on_disk()
        recorder = Recorder(home, lookaround=0.0)
        take_in(recorder)
        recorder.close()
    assert [row.id for row in captures.page().rows] == [each.id for each in put]
    assert captures.totals().exchanges == 50


def test_an_engine_that_was_killed_leaves_failed_exchanges(
    played: Make, recorder: Recorder, captures: Captures
) -> None:
    dead = played()
    done, unfinished = dead.put(), [dead.put(state="open", duration=None) for _ in range(3)]
    dead.killed()
    take_in(recorder)
    cursor = captures.changes("").cursor
    assert captures.totals().open == 3
    played().put()
    wait_for(lambda: (recorder.step(), captures.totals().open == 0)[1])
    for each in unfinished:
        row = captures.row(each.id)
        assert row is not None
        assert (row.state, row.fault, row.duration) == ("failed", "inspector-stopped", None)
        found = captures.exchange(each.id)
        assert found is not None
        assert found.error is not None
        assert (found.state, found.error.code, found.error.who) == ("failed", "inspector-stopped", "us")
    assert captures.exchange(done.id) == done
    changed = {row.id for row in captures.changes(cursor).rows}
    assert {each.id for each in unfinished} <= changed


@pytest.mark.parametrize(("worker", "run", "dead"), [(1, "a", True), (2, "a", False), (2, "b", True)])
def test_who_takes_whose_place(
    played: Make, recorder: Recorder, captures: Captures, *, worker: int, run: str, dead: bool
) -> None:
    first = played(worker=1, run="a")
    first.put(state="open", duration=None)
    first.killed()
    take_in(recorder)
    played(worker=worker, run=run).put()
    for _ in range(20):
        recorder.step()
        time.sleep(0.005)
    assert captures.totals().open == (0 if dead else 1)


def test_a_clean_end_is_remembered_and_the_folder_read_no_more(
    played: Make, recorder: Recorder, home: Path
) -> None:
    engine = played()
    engine.put()
    engine.writer.close()
    take_in(recorder)
    assert rows(home, "SELECT ended, lost, lost_bytes FROM engine") == [("clean", 0, 0)]
    assert recorder.step() == 0
    assert not recorder._followed


def test_one_who_was_thought_dead_and_ends_after_all(
    played: Make, recorder: Recorder, captures: Captures, home: Path
) -> None:
    slow = played()
    unfinished = slow.put(state="open", duration=None)
    slow.killed()
    played().put()
    wait_for(lambda: (recorder.step(), captures.totals().exchanges == 1 and captures.totals().open == 0)[1])
    last = slow.again(unfinished)
    slow.writer.close()
    wait_for(lambda: (recorder.step(), captures.exchange(unfinished.id) == last)[1])
    assert rows(home, "SELECT ended FROM engine ORDER BY number") == [("clean",), ("",)]


def test_a_summary_without_its_record_is_listed(played: Make, recorder: Recorder, captures: Captures) -> None:
    engine = played()
    lost = sample()
    engine.writer.put(b"L", encode(lost))
    engine.on_disk()
    take_in(recorder)
    row = captures.row(lost.id)
    assert row is not None
    with pytest.raises(ArchiveGone, match="could not be kept"):
        captures.exchange(lost.id)


def test_a_record_of_nonsense_is_counted_and_passed_over(
    played: Make, recorder: Recorder, captures: Captures
) -> None:
    engine = played()
    for kind in (b"X", b"C", b"L", b"E", b"F", b"S"):
        engine.writer.put(kind, b"\xc1 nonsense")
        engine.writer.put(kind, encode(("not", "that")))
    good = engine.put()
    engine.on_disk()
    take_in(recorder)
    assert recorder.damaged >= 11
    assert [row.id for row in captures.page().rows] == [good.id]


def test_a_record_with_a_value_that_no_database_takes_is_left_out(
    played: Make, recorder: Recorder, captures: Captures
) -> None:
    engine = played()
    engine.put(request_size=2**63)
    engine.put(started=float("nan"))
    good = engine.put()
    engine.on_disk()
    take_in(recorder)
    assert [row.id for row in captures.page().rows] == [good.id]


def test_a_record_from_a_newer_version_with_more_fields_is_read(
    played: Make, recorder: Recorder, captures: Captures
) -> None:
    engine, exchange = played(), sample()
    engine.writer.put(b"X", msgspec.msgpack.encode((*msgspec.structs.astuple(exchange), "new", {"newer": 1})))
    engine.on_disk()
    take_in(recorder)
    assert captures.exchange(exchange.id) == exchange


# -- when the database is not well


def test_a_locked_database_is_waited_for(played: Make, home: Path, captures: Captures) -> None:
    recorder = Recorder(home, lookaround=0.0, board=home / "run" / "recorder-1.status")
    take_in(recorder)
    locker = sqlite3.connect(index_path(home), isolation_level=None)
    locker.execute("BEGIN IMMEDIATE")
    engine = played()
    engine.put()
    engine.on_disk()
    wait_for(lambda: (recorder.step(), recorder.trouble.words)[1])
    assert "locked" in recorder.trouble.words
    recorder._told = 0.0
    recorder.step()
    status = read_board(home / "run" / "recorder-1.status")
    assert status is not None
    assert "locked" in status.failing
    locker.execute("ROLLBACK")
    locker.close()
    wait_for(lambda: (recorder.step(), captures.totals().exchanges == 1)[1])
    assert recorder.trouble.words == ""
    recorder.close()


def test_a_database_that_is_deleted_is_made_again(
    played: Make, recorder: Recorder, captures: Captures, home: Path
) -> None:
    engine = played()
    put = [engine.put() for _ in range(5)]
    engine.on_disk()
    take_in(recorder)
    cursor = captures.changes("").cursor
    for file in index_path(home).parent.glob("index.db*"):
        file.unlink()
    wait_for(lambda: (recorder.step(), captures.totals().exchanges == 5)[1])
    assert [row.id for row in captures.page().rows] == [each.id for each in put]
    assert captures.changes(cursor).forgotten


DAMAGE: dict[str, Callable[[Path], object]] = {
    "no database": lambda path: path.write_bytes(b"this is no database" * 500),
    "emptied": lambda path: os.truncate(path, 0),
    "cut in half": lambda path: os.truncate(path, path.stat().st_size // 2),
    "zeroed inside": lambda path: path.write_bytes(
        path.read_bytes()[:4096] + bytes(path.stat().st_size - 4096)
    ),
    "tables missing": lambda path: _run(path, "DROP TABLE segment"),
    "another shape": lambda path: _run(path, "ALTER TABLE engine DROP COLUMN fresh"),
    "unknown version": lambda path: _run(path, "UPDATE index_version SET version_num = 'what'"),
}


def _run(path: Path, sql: str) -> None:
    database = sqlite3.connect(path)
    database.execute(sql)
    database.commit()
    database.close()


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_index_is_set_aside_and_made_again_from_the_archive(
    played: Make, home: Path, damage: str
) -> None:
    first = Recorder(home)
    old, new = played(segment_size=20_000), []
    put = [old.put(path=f"/{number}") for number in range(300)]
    old.writer.close()
    take_in(first)
    first.close()
    DAMAGE[damage](index_path(home))
    engine = played()
    new = [engine.put() for _ in range(10)]
    engine.on_disk()
    recorder = Recorder(home, lookaround=0.0)
    wait_for(lambda: (recorder.step(), recorder.recorded >= 310)[1])
    take_in(recorder)
    captures = Captures(home)
    assert [row.id for row in captures.page(limit=1000).rows] == [each.id for each in (*put, *new)]
    assert captures.exchange(put[150].id) == put[150]
    captures.close()
    recorder.close()
    if damage != "emptied":
        assert list(index_path(home).parent.glob("index.db.damaged-*"))


def test_damage_that_only_a_page_meets_is_reported_to_the_recorder(
    played: Make, recorder: Recorder, captures: Captures, home: Path
) -> None:
    engine = played()
    engine.put()
    engine.on_disk()
    take_in(recorder)
    with captures._access.reading() as reading:
        birth = captures._access.fact(reading, "birth")
    captures._report_damage(birth)
    wait_for(lambda: (recorder.step(), list(home.glob("captures/index.db.damaged-*")))[1])
    wait_for(lambda: (recorder.step(), captures.totals().exchanges == 1)[1])
    with captures._access.reading() as reading:
        assert captures._access.fact(reading, "birth") != birth
    take_in(recorder)


def test_settings_that_are_damaged_begin_anew(home: Path) -> None:
    first = Recorder(home)
    first.step()
    first.close()
    control_path(home).write_bytes(b"nothing" * 2000)
    recorder = Recorder(home)
    take_in(recorder)
    recorder.close()
    assert list(home.glob("control.db.damaged-*"))


def test_a_full_database_is_waited_for(
    played: Make, recorder: Recorder, captures: Captures, home: Path
) -> None:
    take_in(recorder)
    assert recorder._index is not None
    database = recorder._index._db
    (pages,) = database.execute("PRAGMA page_count").fetchone()
    database.execute(f"PRAGMA max_page_count={pages}")
    engine = played()
    for _ in range(200):
        engine.put()
    engine.on_disk()
    wait_for(lambda: (recorder.step(), recorder.trouble.words)[1])
    assert recorder.trouble.words == "the disk is full"
    assert captures.page().rows == ()
    database.execute("PRAGMA max_page_count=1000000")
    wait_for(lambda: (recorder.step(), captures.totals().exchanges == 200)[1])


# -- upkeep


def test_the_log_stays_short_although_somebody_reads(
    played: Make, recorder: Recorder, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inspector.store.index._WAL_MOST", 300_000)
    engine = played()
    log = index_path(home).with_name("index.db-wal")
    take_in(recorder)
    for _ in range(10):
        reader = sqlite3.connect(index_path(home), isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM exchange").fetchone()
        for _ in range(200):
            engine.put()
        engine.on_disk()
        take_in(recorder)
        reader.close()
        take_in(recorder)
    assert log.stat().st_size < 1_000_000


def test_full_segments_are_synced(played: Make, recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[Path] = []
    monkeypatch.setattr(recorder._syncer, "sync", synced.append)
    engine = played(segment_size=2000)
    for _ in range(10):
        engine.put()
    engine.on_disk()
    take_in(recorder)
    last = max(int(path.stem) for path in engine.writer.folder.iterdir())
    assert synced == [segment_path(engine.writer.folder, number) for number in range(1, last)]


def test_the_loop_runs_until_it_is_told_to_stop_and_takes_in_the_rest(
    played: Make, home: Path, captures: Captures
) -> None:
    recorder, stop = Recorder(home), threading.Event()
    loop = threading.Thread(target=recorder.run, args=(stop,))
    loop.start()
    engine = played()
    first = engine.put()
    wait_for(lambda: captures.row(first.id))
    for _ in range(100):
        engine.put()
    engine.writer.close()
    stop.set()
    loop.join(20)
    assert not loop.is_alive()
    assert captures.totals().exchanges == 101


def test_a_network_drive_works_without_a_write_ahead_log(played: Make, home: Path) -> None:
    recorder = Recorder(home, network=True)
    engine = played()
    put = engine.put()
    engine.on_disk()
    take_in(recorder)
    captures = Captures(home, network=True)
    assert captures.exchange(put.id) == put
    assert not index_path(home).with_name("index.db-wal").exists()
    captures.close()
    recorder.close()
