from __future__ import annotations

import errno
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from store_samples import IDS, Played, sample, wait_for

from inspector.exchange.model import Piece, decode_exchange, decode_summary, encode
from inspector.store.archive import ArchiveWriter
from inspector.store.disk import RealDisk
from inspector.store.frames import BODY, salt, segment_path, segments, walk
from inspector.store.reader import ArchiveGone, ArchiveReader


class FickleDisk(RealDisk):
    """A disk that fails while `error` is set, perhaps after writing `partly` bytes."""

    def __init__(self) -> None:
        self.error: int | None = None
        self.partly = 0
        self.calls = 0
        self.synced = 0

    def write(self, file: int, buffers: Sequence[bytes], offset: int) -> None:
        self.calls += 1
        if self.error is not None:
            super().write(file, [b"".join(buffers)[: self.partly]], offset)
            raise OSError(self.error, "no")
        super().write(file, buffers, offset)

    def sync(self, file: int) -> None:
        self.synced += 1
        super().sync(file)


def records(writer: ArchiveWriter) -> list[tuple[bytes, bytes]]:
    """Everything in an archive, and nothing else in its files."""
    found = []
    for number in segments(writer.folder):
        data = segment_path(writer.folder, number).read_bytes()
        frames, cut = walk(data, 0, salt(writer.folder.name, number))
        assert cut.offset == len(data)
        found += [(kind, data[begin:end]) for kind, begin, end, _ in frames]
    return found


def kinds(writer: ArchiveWriter) -> bytes:
    return b"".join(kind for kind, _ in records(writer))


@pytest.fixture
def disk() -> FickleDisk:
    return FickleDisk()


@pytest.fixture
def writer(home: Path, disk: FickleDisk) -> Iterator[ArchiveWriter]:
    made = ArchiveWriter(
        home / "captures", engine=IDS.next(), disk=disk, retry=0.01, segment_size=10_000, backlog=20_000
    )
    yield made
    disk.error = None
    made.close()


def settle(writer: ArchiveWriter) -> None:
    writer.flush()
    wait_for(lambda: writer.backlog == 0)


def test_nothing_is_touched_before_the_first_flush(writer: ArchiveWriter, home: Path) -> None:
    writer.put(b"X", encode(sample()))
    assert not home.exists()
    assert writer.pending
    settle(writer)
    assert kinds(writer) == b"SX"
    assert not writer.pending


def test_a_record_is_read_where_put_said_it_would_lie(writer: ArchiveWriter, home: Path) -> None:
    exchange = sample()
    body, place = writer.put(BODY, b"large"), writer.put(b"X", encode(exchange), final=True)
    settle(writer)
    reader = ArchiveReader(home / "captures")
    assert place is not None
    assert body is not None
    assert decode_exchange(reader.record(writer.folder.name, place)) == exchange
    assert reader.body(writer.folder.name, body) == b"large"


def test_a_full_segment_is_followed_by_the_next(writer: ArchiveWriter) -> None:
    places = []
    for _ in range(30):
        places.append(writer.put(b"X", b"x" * 1000))
        settle(writer)
    numbers = [place.segment for place in places if place]
    assert numbers == sorted(numbers)
    assert segments(writer.folder) == list(range(1, numbers[-1] + 1))
    assert all(
        segment_path(writer.folder, number).stat().st_size <= 10_000 for number in segments(writer.folder)
    )
    assert kinds(writer).count(b"X") == 30


def test_one_flush_may_span_segments(home: Path) -> None:
    writer = ArchiveWriter(home / "captures", engine=IDS.next(), segment_size=10_000)
    for _ in range(30):
        writer.put(b"X", b"x" * 1000)
    settle(writer)
    assert kinds(writer).count(b"X") == 30
    writer.close()


def test_a_record_larger_than_a_segment_has_one_of_its_own(home: Path) -> None:
    writer = ArchiveWriter(home / "captures", engine=IDS.next(), segment_size=1000)
    place = writer.put(b"X", b"x" * 5000)
    writer.put(b"X", b"y")
    settle(writer)
    assert place is not None
    assert place.length == 5000
    assert [payload for kind, payload in records(writer) if kind == b"X"] == [b"x" * 5000, b"y"]
    writer.close()


def test_a_clean_end_says_so_and_is_on_the_disk(writer: ArchiveWriter, disk: FickleDisk) -> None:
    writer.put(b"X", b"x")
    writer.close()
    assert kinds(writer) == b"SXE"
    assert disk.synced == 1


def test_closing_twice_is_harmless(writer: ArchiveWriter) -> None:
    writer.close()
    writer.close()
    assert kinds(writer) == b"SE"


@pytest.mark.parametrize("partly", [0, 1, 500])
@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EDQUOT, errno.EIO])
def test_what_a_full_disk_refused_is_written_when_there_is_room(
    writer: ArchiveWriter, disk: FickleDisk, error: int, partly: int
) -> None:
    disk.error, disk.partly = error, partly
    for number in range(5):
        writer.put(b"X", b"x%d" % number)
        writer.flush()
    wait_for(lambda: disk.calls > 3)
    assert writer.failing
    disk.error = None
    settle(writer)
    wait_for(lambda: not writer.failing)
    assert [payload for kind, payload in records(writer) if kind == b"X"] == [b"x%d" % n for n in range(5)]
    assert writer.lost == writer.lost_bytes == 0


def test_the_trouble_is_said_in_words(writer: ArchiveWriter, disk: FickleDisk) -> None:
    disk.error = errno.ENOSPC
    writer.put(b"X", b"x")
    writer.flush()
    wait_for(lambda: writer.failing)
    assert writer.failing == "the disk is full"


def test_a_full_backlog_refuses_and_counts_bodies_first(writer: ArchiveWriter, disk: FickleDisk) -> None:
    disk.error = errno.ENOSPC
    while writer.put(BODY, b"b" * 1000) is not None:
        writer.flush()
    assert writer.lost_bytes == 1000
    assert 14_000 <= writer.backlog <= 15_000
    payload = encode(sample())
    while writer.put(b"X", payload, final=True) is not None:
        writer.flush()
    assert writer.lost == 1
    assert writer.put(b"X", payload) is None
    assert writer.lost == 1, "an unfinished exchange is not lost yet"
    assert writer.lost_bytes == 1000 + 2 * len(payload)
    assert writer.backlog <= 20_000


def test_after_a_refusal_the_sequence_is_whole_and_the_summaries_follow(
    writer: ArchiveWriter, disk: FickleDisk
) -> None:
    disk.error = errno.ENOSPC
    kept, refused = [], []
    for number in range(100):
        exchange = sample(number)
        place = writer.put(b"X", encode(exchange), final=True)
        (kept if place else refused).append(exchange)
        writer.flush()
    assert refused
    assert writer.lost == len(refused)
    disk.error = None
    wait_for(lambda: writer.backlog == 0)
    after = sample(101)
    assert writer.put(b"X", encode(after), final=True)
    settle(writer)
    found = records(writer)
    assert [decode_exchange(payload) for kind, payload in found if kind == b"X"] == [*kept, after]
    assert [decode_summary(payload).id for kind, payload in found if kind == b"L"] == [
        each.id for each in refused
    ]


def test_a_folder_that_is_deleted_is_made_again(writer: ArchiveWriter, home: Path) -> None:
    writer.put(b"X", b"gone")
    settle(writer)
    shutil.rmtree(home)
    place = writer.put(b"X", b"kept")
    settle(writer)
    assert place is not None
    assert ArchiveReader(home / "captures").record(writer.folder.name, place) == b"kept"


def test_a_roll_begins_a_segment_that_says_what_is_to_be_forgotten(writer: ArchiveWriter) -> None:
    writer.put(b"X", b"old")
    writer.roll(7)
    writer.put(b"X", b"new")
    settle(writer)
    assert kinds(writer) == b"SXSFX"
    assert segments(writer.folder) == [1, 2]


def test_closing_on_a_full_disk_gives_up_in_time(writer: ArchiveWriter, disk: FickleDisk) -> None:
    disk.error = errno.ENOSPC
    writer.put(b"X", b"x")
    writer.close(patience=5)
    assert not writer._thread.is_alive()


def test_a_mistake_of_our_own_stops_the_keeping_but_nothing_else(
    writer: ArchiveWriter, disk: FickleDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk, "write", lambda *_: 1 / 0)
    writer.put(b"X", b"x")
    writer.flush()
    wait_for(lambda: writer.failing)
    payload = encode(sample())
    while writer.put(b"X", payload, final=True):
        writer.flush()
    assert writer.lost == 1


def test_more_buffers_than_one_call_takes_are_all_written(home: Path) -> None:
    writer = ArchiveWriter(home / "captures", engine=IDS.next())
    for number in range(3000):
        writer.put(b"X", b"%d" % number)
    settle(writer)
    assert [payload for kind, payload in records(writer) if kind == b"X"] == [b"%d" % n for n in range(3000)]
    writer.close()


def test_a_disk_without_pwritev_is_written_too(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("os.pwritev", raising=False)
    writer = ArchiveWriter(home / "captures", engine=IDS.next())
    writer.put(b"X", b"x")
    writer.close()
    assert kinds(writer) == b"SXE"


def test_reading_what_is_gone_or_damaged_says_so(played: Callable[..., Played], home: Path) -> None:
    engine = played()
    engine.put()
    engine.on_disk()
    reader, place = ArchiveReader(home / "captures"), engine.place
    assert place is not None
    path = segment_path(engine.writer.folder, 1)
    for wrong in (
        Piece(1, place.offset + 1, place.length),
        Piece(1, place.offset, place.length - 1),
        Piece(1, place.offset + 10**6, 10),
        Piece(1, 3, 1),
    ):
        with pytest.raises(ArchiveGone, match="damaged"):
            reader.record(engine.name, wrong)
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    with pytest.raises(ArchiveGone, match="damaged"):
        reader.record(engine.name, place)
    path.unlink()
    with pytest.raises(ArchiveGone, match="no longer kept"):
        reader.record(engine.name, place)


def test_the_files_are_their_owners_alone(writer: ArchiveWriter) -> None:
    writer.put(b"X", b"x")
    settle(writer)
    if sys.platform != "win32":
        assert writer.folder.stat().st_mode & 0o077 == 0
        assert segment_path(writer.folder, 1).stat().st_mode & 0o077 == 0


def test_an_engine_starts_without_a_database() -> None:
    modules = "archive, status, watch, frames"
    code = f"""
import sys
from inspector.store import {modules}
heavy = {{'sqlalchemy', 'alembic', 'flask', 'jinja2'}} & set(sys.modules)
sys.exit(', '.join(heavy) or 0)
"""
    subprocess.run([sys.executable, "-c", code], check=True)
