"""The captures as a tree: what the database counts is what a look at every exchange gives."""

from __future__ import annotations

import time
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from store_corpus import play
from store_samples import take_in

from inspector.filter.matching import matcher
from inspector.filter.parsing import parse
from inspector.filter.subject import Subject
from inspector.store.captures import Captures
from inspector.store.recorder import Recorder
from inspector.store.tree import name_of

LEVELS = (("host", "/"), ("agent", "/"), ("folder", "/"), ("folder", "/long/"))
FILTERS = (
    "",
    "status:404",
    "host:shop.test",
    "path:/long/",
    "stock",
    "stock OR status:500",
    "is:failed -body:session",
)


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Any:
    home: Path = tmp_path_factory.mktemp("tree")
    found = play(home, 300, 5, time.time())
    recorder = Recorder(home, lookaround=0.0)
    take_in(recorder)
    recorder.close()
    captures = Captures(home)
    subjects = {
        id: Subject(captures.row(id), each, read=partial(captures.body, id))  # type: ignore[arg-type]
        for id, each in found.items()
    }
    yield captures, subjects
    captures.close()


@pytest.mark.parametrize(("level", "under"), LEVELS)
@pytest.mark.parametrize("text", FILTERS)
def test_a_level_counts_what_fits(stored: Any, text: str, level: Any, under: str) -> None:
    captures, subjects = stored
    wanted = parse(f"({text}) path:{under}" if text and under != "/" else text or f"path:{under}")
    fits = matcher(wanted, time.time())
    rows = [each.row for each in subjects.values() if fits(each)]
    expected = Counter(name_of(row, level, under) for row in rows)
    broken = Counter(name_of(row, level, under) for row in rows if row.state == "failed" or row.status >= 400)
    found = captures.branches(wanted, level, under, 60.0)
    assert found.searched == 1.0
    assert {each.name: (each.exchanges, each.failed) for each in found.branches} == {
        name: (count, broken[name]) for name, count in expected.items() if name
    }
    counts = [each.exchanges for each in found.branches]
    assert counts == sorted(counts, reverse=True)


def test_what_is_said_in_an_exchange_is_read_for_many_at_once(stored: Any) -> None:
    captures, subjects = stored
    heads = captures.heads(list(subjects))
    for id, subject in subjects.items():
        if subject.request is not None:
            assert heads[id].request == subject.request.head
