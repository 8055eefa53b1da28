"""A home on a real disk, writers for its archive, and a recorder that is stepped by hand."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # the samples are a module of their own

from store_samples import IDS, Played

from inspector.store.archive import ArchiveWriter
from inspector.store.captures import Captures
from inspector.store.recorder import Recorder


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty home."""
    return tmp_path / "home"


@pytest.fixture
def played(home: Path) -> Iterator[Callable[..., Played]]:
    """Makes engines that only put what the test says; options as ArchiveWriter has them."""
    made: list[Played] = []

    def make(**options: object) -> Played:
        made.append(Played(ArchiveWriter(home / "captures", engine=IDS.next(), **options)))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for each in made:
        each.writer.close(0.1)


@pytest.fixture
def recorder(home: Path) -> Iterator[Recorder]:
    """A recorder that works when its `step` is called."""
    made = Recorder(home, lookaround=0.0)
    yield made
    made.close()


@pytest.fixture
def captures(home: Path) -> Iterator[Captures]:
    """What the pages see."""
    made = Captures(home)
    yield made
    made.close()
