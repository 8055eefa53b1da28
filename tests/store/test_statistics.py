"""Counting what was captured: by moment, by host and the rest, in steps, and with any filter."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from store_samples import Played, take_in

from inspector.filter.parsing import parse
from inspector.filter.tree import EVERYTHING
from inspector.store import spans
from inspector.store.captures import Captures
from inspector.store.recorder import Recorder
from inspector.store.tallies import STEPS, Group, Tally, step_for, tally

BEGAN = 1_767_225_600.0


def row(n: int = 0, **changes: Any) -> tuple[Any, ...]:
    usual = {
        "started": BEGAN + n, "duration": 0.1, "state": "done", "status": 200, "host": "a.test", "resource": "page",
        "method": "GET", "agent": "curl", "received": 10, "sent": 1,
    }  # fmt: skip
    return tuple((usual | changes).values())


def test_each_step_divides_the_next() -> None:
    """So that what was counted in short stretches can be put together into long ones."""
    for short, long in pairwise(STEPS):
        assert round(long / short, 9).is_integer()


@pytest.mark.parametrize(("length", "most", "step"), [(0, 60, 0.001), (60, 60, 1), (61, 60, 2), (86_400, 60, 1_800), (1e10, 60, 2_419_200)])  # fmt: skip
def test_a_step_is_as_short_as_there_is_room(length: float, most: int, step: float) -> None:
    assert step_for(length, most) == step


def test_how_they_ended_is_told_apart() -> None:
    rows = [row(status=status) for status in (101, 200, 304, 404, 500, 599)]
    rows += [row(state="failed", status=502), row(state="open", status=0, duration=None)]
    found = tally(rows, 60)
    assert [found.all.kinds[kind] for kind in range(5)] == [3, 1, 2, 1, 1]
    assert found.all.count == 8
    assert found.all.wrong == 4
    assert found.by["status"][-3].count == 1
    assert found.by["status"][-2].count == 1
    assert found.all.times.total() == 7


def test_a_percentile_is_right_within_three_per_cent() -> None:
    found = tally([row(duration=n / 1000) for n in range(1, 1001)], 60)
    for share in (0.5, 0.9, 0.99):
        assert found.all.percentile(share) == pytest.approx(share, rel=0.03)
    assert Group().percentile(0.5) is None
    assert tally([row(duration=0.0)], 60).all.percentile(0.5) == pytest.approx(1e-6, rel=0.05)


def test_two_tallies_together_are_the_tally_of_all() -> None:
    rows = [row(n, host=f"{n % 3}.test", duration=n / 100, status=(200, 404)[n % 2]) for n in range(300)]
    whole, parts = tally(rows, 60), Tally(tally(rows, 60).step)
    for at in (0, 100, 200):
        parts.add(tally(rows[at : at + 100], 240))
    assert parts.all.count == whole.all.count == 300
    assert parts.all.times == whole.all.times
    assert {cell: group.count for cell, group in parts.cells.items()} == {cell: group.count for cell, group in whole.cells.items()}  # fmt: skip
    assert {host: group.received for host, group in parts.by["host"].items()} == {host: group.received for host, group in whole.by["host"].items()}  # fmt: skip
    assert (parts.first, parts.last) == (BEGAN, BEGAN + 299)


def test_more_hosts_than_anybody_reads_are_counted_together() -> None:
    whole = Tally(1)
    for start in (0, 4_000):
        whole.add(tally([row(host=f"{n}.test") for n in range(start, start + 4_000)], 60))
    assert len(whole.by["host"]) <= 5_001
    assert sum(group.count for group in whole.by["host"].values()) == 8_000


def kept(played: Callable[..., Played], recorder: Recorder, count: int) -> None:
    engine = played(segment_size=20_000)
    for n in range(1, count + 1):
        engine.put(host=f"{n % 4}.test", status=(200, 404)[n % 10 == 0])
    engine.on_disk()
    take_in(recorder)


def test_what_is_kept_is_counted(
    played: Callable[..., Played], recorder: Recorder, captures: Captures
) -> None:
    kept(played, recorder, 200)
    found = captures.statistics(EVERYTHING, "")
    assert found.complete
    assert found.tally.all.count == found.total == 200
    assert found.tally.by["status"][404].count == 20
    some = captures.statistics(parse("host:1.test"), "host:1.test")
    assert some.tally.all.count == 50
    assert list(some.tally.by["host"]) == ["1.test"]
    searched = captures.statistics(parse("header.host:*"), "header.host:*")
    assert searched.complete
    assert searched.tally.all.count <= 200


def test_without_patience_the_newest_are_counted_and_the_next_look_goes_on(
    played: Callable[..., Played],
    recorder: Recorder,
    captures: Captures,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(spans, "SIZE", 20)
    kept(played, recorder, 200)
    seen = []
    for _ in range(40):
        found = captures.statistics(EVERYTHING, "", patience=-1.0)
        seen.append(found.tally.all.count)
        if found.complete:
            break
        assert found.looked_at < found.total
    assert seen == sorted(seen)
    assert len(seen) > 3
    assert seen[-1] == 200


def test_nothing_is_counted_as_nothing(recorder: Recorder, captures: Captures) -> None:
    recorder.step()
    found = captures.statistics(EVERYTHING, "")
    assert found.complete
    assert found.tally.all.count == 0
