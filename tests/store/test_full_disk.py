"""A disk that is really full: a small tmpfs, where this may be mounted."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from store_samples import IDS, Played, take_in, wait_for

from inspector.store.archive import ArchiveWriter
from inspector.store.captures import ArchiveGone, Captures
from inspector.store.recorder import Recorder
from inspector.store.status import Status, StatusBoard, read_board

SIZE = 30 * 1024 * 1024


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A home of thirty megabytes."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip("only root on Linux may mount a small disk")
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("a small disk cannot be mounted here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(ballast: Path) -> None:
    """Take all the room that is left."""
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(b"x" * 4096):
            pass


def test_what_fits_the_backlog_arrives_when_there_is_room(small: Path) -> None:
    recorder, board = Recorder(small, lookaround=0.0), StatusBoard(small / "run" / "engine-1.status")
    take_in(recorder)
    captures = Captures(small)
    engine = Played(ArchiveWriter(small / "captures", engine=IDS.next(), backlog=2_000_000, retry=0.02))
    ballast = small / "ballast"
    ballast.write_bytes(b"x" * 28_000_000)
    put = [engine.put() for _ in range(500)]
    engine.on_disk()
    take_in(recorder)
    while not engine.writer.failing:
        put.append(engine.put())
        wait_for(lambda: engine.writer.failing or not engine.writer.backlog)
    assert engine.writer.failing == "the disk is full"
    while not engine.writer.lost:
        last = engine.put()
        put.append(last)
    for _ in range(5):
        recorder.step()
    board.write(Status("engine", lost=engine.writer.lost, failing=engine.writer.failing))
    status = read_board(board.path)
    assert status is not None
    assert (status.lost, status.failing) == (1, "the disk is full")
    ballast.unlink()
    wait_for(lambda: engine.writer.backlog == 0)
    wait_for(lambda: not engine.writer.failing)
    after = engine.put()
    engine.on_disk()
    wait_for(lambda: (recorder.step(), captures.row(after.id))[1])
    take_in(recorder)
    listed = [row.id for row in captures.page(limit=10**6).rows]
    assert listed == [each.id for each in (*put, after)]
    for each in (put[0], put[600], put[-2], after):
        assert captures.exchange(each.id) == each
    with pytest.raises(ArchiveGone, match="could not be kept"):
        captures.exchange(last.id)
    engine.writer.close()
    captures.close()
    recorder.close()


def test_the_recorder_survives_and_lists_all_when_there_is_room(small: Path) -> None:
    recorder = Recorder(small, lookaround=0.0)
    take_in(recorder)
    captures = Captures(small)
    engine = Played(ArchiveWriter(small / "captures", engine=IDS.next(), retry=0.02))
    put = [engine.put() for _ in range(2000)]
    engine.on_disk()
    ballast = small / "ballast"
    fill(ballast)
    wait_for(lambda: (recorder.step(), recorder.trouble.words)[1])
    assert recorder.trouble.words in ("the disk is full", "the disk reports an input/output error")
    captures.page()
    ballast.unlink()
    wait_for(lambda: (recorder.step(), captures.totals().exchanges == 2000)[1])
    assert [row.id for row in captures.page(limit=10**6).rows] == [each.id for each in put]
    engine.writer.close()
    captures.close()
    recorder.close()


def test_an_engine_that_starts_on_a_full_disk_waits_for_room(small: Path) -> None:
    ballast = small / "ballast"
    fill(ballast)
    recorder = Recorder(small, lookaround=0.0)
    engine = Played(ArchiveWriter(small / "captures", engine=IDS.next(), retry=0.02))
    put = engine.put()
    wait_for(lambda: engine.writer.failing)
    wait_for(lambda: (recorder.step(), recorder.trouble.words)[1])
    ballast.unlink()
    engine.on_disk()
    wait_for(lambda: (recorder.step(), recorder.recorded == 1)[1])
    captures = Captures(small)
    assert captures.exchange(put.id) == put
    engine.writer.close()
    captures.close()
    recorder.close()
