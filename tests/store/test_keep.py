from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from store_samples import Played, take_in, wait_for

from inspector.exchange.ids import Ids
from inspector.exchange.mark import Mark
from inspector.exchange.model import Body
from inspector.store.captures import ArchiveGone, Captures
from inspector.store.frames import segments
from inspector.store.keep import Keep, id_floor
from inspector.store.marks import Marks
from inspector.store.recorder import Recorder
from inspector.store.settings import Settings

Make = Callable[..., Played]
KIB = 1024


@pytest.fixture
def keeping(home: Path) -> Iterator[Callable[[Keep], Recorder]]:
    made: list[Recorder] = []

    def make(keep: Keep) -> Recorder:
        made.append(Recorder(home, keep=keep, lookaround=0.0))
        return made[-1]

    yield make
    for each in made:
        each.close()


def settle(recorder: Recorder) -> None:
    """All taken in, and nothing more to remove."""
    take_in(recorder)
    for _ in range(50):
        recorder.step()
    wait_for(lambda: (recorder.step(), not recorder._more_to_remove)[1])


def test_by_size_the_oldest_segments_go_with_their_rows(
    played: Make, keeping: Callable[[Keep], Recorder], captures: Captures
) -> None:
    recorder = keeping(Keep(bytes=300 * KIB))
    engine = played(segment_size=32 * KIB)
    put = [engine.put(path="/" + "x" * 500) for _ in range(600)]
    engine.on_disk()
    settle(recorder)
    left = [row.id for row in captures.page(limit=1000).rows]
    assert 0 < len(left) < 600
    assert left == [each.id for each in put[-len(left) :]]
    assert captures.totals().exchanges == len(left)
    assert segments(engine.writer.folder)[0] > 1
    for row in captures.page(limit=1000).rows:
        assert captures.exchange(row.id)
    on_disk = sum(path.stat().st_size for path in engine.writer.folder.iterdir())
    assert on_disk < 300 * KIB


def test_what_an_engine_writes_to_is_never_removed(
    played: Make, keeping: Callable[[Keep], Recorder], captures: Captures
) -> None:
    recorder = keeping(Keep(bytes=1))
    engine = played(segment_size=32 * KIB)
    for _ in range(100):
        engine.put()
    engine.on_disk()
    settle(recorder)
    assert len(segments(engine.writer.folder)) == 1
    assert captures.totals().exchanges > 0
    last = engine.put()
    engine.on_disk()
    settle(recorder)
    assert captures.exchange(last.id) == last


def test_the_oldest_of_several_engines_goes_first(played: Make, keeping: Callable[[Keep], Recorder]) -> None:
    recorder = keeping(Keep())
    one, two = played(worker=1, segment_size=8 * KIB), played(worker=2, segment_size=8 * KIB)
    for _ in range(60):
        one.put(), two.put()
    one.on_disk(), two.on_disk()
    settle(recorder)
    for age, engine in ((1000, two), (500, one)):
        for path in engine.writer.folder.iterdir():
            os.utime(path, (time.time() - age, time.time() - age))
    keeper = recorder._keeper
    assert keeper is not None
    recorder._keep = Keep(bytes=keeper._size(keeper._segments()) - 10 * KIB)
    settle(recorder)
    assert segments(one.writer.folder)[0] == 1
    assert segments(two.writer.folder)[0] > 1


def test_by_count_exactly_so_many_stay(
    played: Make, keeping: Callable[[Keep], Recorder], captures: Captures
) -> None:
    recorder = keeping(Keep(count=70))
    engine = played(segment_size=8 * KIB)
    put = [engine.put() for _ in range(200)]
    engine.on_disk()
    settle(recorder)
    assert [row.id for row in captures.page(limit=1000).rows] == [each.id for each in put[-70:]]
    assert captures.totals().exchanges == 70
    assert segments(engine.writer.folder)[0] > 1
    assert captures.exchange(put[-70].id) == put[-70]


def test_by_age_the_old_go(played: Make, keeping: Callable[[Keep], Recorder], captures: Captures) -> None:
    recorder = keeping(Keep(days=10))
    days_ago = Ids(lambda: time.time() - 11 * 86400)
    engine = played(segment_size=8 * KIB)
    for _ in range(50):
        engine.put(id=days_ago.next())
    new = [engine.put() for _ in range(50)]
    engine.on_disk()
    settle(recorder)
    assert [row.id for row in captures.page(limit=1000).rows] == [each.id for each in new]


def test_a_limit_may_be_set_while_it_runs(
    played: Make, keeping: Callable[[Keep], Recorder], captures: Captures, home: Path
) -> None:
    recorder = keeping(Keep())
    engine = played()
    for _ in range(50):
        engine.put()
    engine.on_disk()
    settle(recorder)
    assert captures.totals().exchanges == 50
    settings = Settings(home)
    settings.set("keep_count", 7)
    settings.close()
    settle(recorder)
    assert captures.totals().exchanges == 7


def test_a_folder_without_segments_goes_too(
    played: Make, keeping: Callable[[Keep], Recorder], captures: Captures
) -> None:
    recorder = keeping(Keep(count=1))
    old = played()
    old.put()
    old.writer.close()
    new = played()
    new.put()
    new.on_disk()
    settle(recorder)
    new.put()
    new.on_disk()
    settle(recorder)
    assert not old.writer.folder.exists()
    assert new.writer.folder.exists()


def test_connections_go_with_their_segment(
    played: Make, keeping: Callable[[Keep], Recorder], captures: Captures
) -> None:
    recorder = keeping(Keep(bytes=1))
    engine = played(segment_size=8 * KIB)
    old = engine.connection()
    for _ in range(50):
        engine.put()
    new = engine.connection()
    engine.on_disk()
    settle(recorder)
    assert captures.connection(old.id) is None
    assert captures.connection(new.id) == new


def test_a_body_that_began_in_a_removed_segment_says_so(
    played: Make, keeping: Callable[[Keep], Recorder], captures: Captures
) -> None:
    recorder = keeping(Keep(bytes=1))
    engine = played(segment_size=8 * KIB)
    pieces = tuple(filter(None, (engine.body(b"b" * 3000) for _ in range(4))))
    body = Body(12_000, 12_000, b"", pieces)
    put = engine.put()
    engine.on_disk()
    take_in(recorder)
    settle(recorder)
    assert pieces[0].segment < pieces[-1].segment
    with pytest.raises(ArchiveGone, match="no longer kept"):
        list(captures.body(put.id, body))


@pytest.mark.parametrize(
    "keep", [Keep(count=3), Keep(days=1e-9), Keep(bytes=60 * KIB)], ids=["count", "age", "size"]
)
def test_what_somebody_pinned_or_commented_on_stays(
    home: Path, played: Make, keeping: Callable[[Keep], Recorder], captures: Captures, keep: Keep
) -> None:
    recorder = keeping(keep)
    engine = played(segment_size=8 * KIB)
    put = [engine.put() for _ in range(300)]
    engine.on_disk()
    marks = Marks(home)
    marks.put_all(
        {put[0].id: Mark(pinned=True), put[40].id: Mark(comment="why?"), put[20].id: Mark(colour="red")}
    )
    settle(recorder)
    assert captures.exchange(put[0].id) == put[0]
    assert captures.exchange(put[40].id) == put[40]
    assert captures.row(put[20].id) is None
    assert set(marks.all()) == {put[0].id, put[40].id}, "a mark goes with its exchange"
    marks.close()


def test_an_ids_floor_is_below_all_ids_of_its_moment() -> None:
    now = time.time()
    assert id_floor(now - 0.001) < Ids(lambda: now).next() < id_floor(now + 0.002)
    assert len(id_floor(now)) == 16
