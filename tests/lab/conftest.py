"""The bad-TLS lab, running."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from lab_running import Lab

from inspector.lab.limits import Limits


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    running = Lab(tmp_path_factory.mktemp("data") / "lab")
    yield running
    running.close()


@pytest.fixture
def lab_with(tmp_path: Path) -> Iterator[Callable[..., Lab]]:
    """A lab with limits of its own: `lab_with(connections=2)`."""
    started: list[Lab] = []

    def start(**limits: float) -> Lab:
        started.append(Lab(tmp_path / "lab", Limits(**limits)))
        return started[-1]

    yield start
    for each in started:
        each.close()
