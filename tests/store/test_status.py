from __future__ import annotations

import errno
import os
import threading
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.store.status import Status, StatusBoard, read_board, read_boards

STATUS = Status(role="engine", number=1, pid=7, exchanges=12, failing="the disk is full", more={"loop": 0.25})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run" / "engine-1.status"


def test_what_is_written_is_read(path: Path) -> None:
    board = StatusBoard(path)
    assert read_board(path) is None
    board.write(STATUS)
    assert read_board(path) == STATUS
    board.write(msgspec.structs.replace(STATUS, exchanges=13))
    assert read_board(path) == msgspec.structs.replace(STATUS, exchanges=13)
    board.close()


def test_boards_are_listed_by_role_and_number(path: Path) -> None:
    for role, number in (("web", 1), ("engine", 2), ("engine", 1)):
        StatusBoard(path.with_name(f"{role}-{number}.status")).write(Status(role, number))
    assert [(each.role, each.number) for each in read_boards(path.parent)] == [
        ("engine", 1),
        ("engine", 2),
        ("web", 1),
    ]
    assert read_boards(path.parent / "nowhere") == []


@settings(deadline=None)
@given(st.binary(max_size=5000))
def test_whatever_stands_in_the_file_does_not_raise(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    path = tmp_path_factory.mktemp("board") / "x.status"
    path.write_bytes(data)
    assert read_board(path) is None


@settings(deadline=None)
@given(st.integers(0, 4095), st.integers(1, 255))
def test_a_torn_slot_leaves_the_one_before(
    tmp_path_factory: pytest.TempPathFactory, at: int, mask: int
) -> None:
    path = tmp_path_factory.mktemp("board") / "x.status"
    board = StatusBoard(path)
    board.write(STATUS)
    board.write(STATUS)
    board.close()
    data = bytearray(path.read_bytes())
    data[at] ^= mask
    path.write_bytes(data)
    assert read_board(path) == STATUS


def test_a_full_disk_does_not_matter_once_the_board_is_made(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = StatusBoard(path)
    blocks = path.stat().st_blocks if hasattr(os.stat_result, "st_blocks") else 0
    board.write(STATUS)
    assert path.stat().st_size == 4096
    if blocks:
        assert path.stat().st_blocks == blocks


def test_without_a_board_nothing_is_said_and_nothing_fails(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "no room")

    with monkeypatch.context() as patched:
        patched.setattr("os.write", full)
        board = StatusBoard(path)
        board.write(STATUS)
        assert read_board(path) is None
    board.write(STATUS)
    assert read_board(path) == STATUS
    board.close()


def test_what_is_too_long_is_cut(path: Path) -> None:
    board = StatusBoard(path)
    board.write(msgspec.structs.replace(STATUS, more={"long": "x" * 5000}, failing="y" * 3000))
    found = read_board(path)
    assert found is not None
    assert found.exchanges == 12
    assert found.failing == "y" * 200
    board.close()


def test_a_reader_never_sees_halves(path: Path) -> None:
    board, stop, wrong = StatusBoard(path), threading.Event(), []

    def read() -> None:
        while not stop.is_set():
            found = read_board(path)
            if found and found.exchanges != found.lost:
                wrong.append(found)

    reader = threading.Thread(target=read)
    board.write(Status("engine"))
    reader.start()
    for number in range(3000):
        board.write(Status("engine", exchanges=number, lost=number, failing="x" * (number % 90)))
    stop.set()
    reader.join()
    assert wrong == []
    board.close()
