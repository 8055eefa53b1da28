from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from store_samples import IDS

from inspector.store.archive import ArchiveWriter
from inspector.store.frames import segment_path
from inspector.store.tail import Place, Tail, Take

PAYLOADS = [b"record %d " % number * (number + 1) for number in range(12)]


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def archive(captures: Path, *, clean: bool = True) -> Path:
    """Twelve records and a body after every third, over several segments."""
    writer = ArchiveWriter(captures, engine=IDS.next(), segment_size=400)
    for number, payload in enumerate(PAYLOADS):
        writer.put(b"X", payload)
        if number % 3 == 0:
            writer.put(b"B", b"body" * 20)
    writer.close()
    if not clean:
        last = max(writer.folder.iterdir())
        last.write_bytes(last.read_bytes()[:-10])
    return writer.folder


@pytest.fixture(scope="module")
def archived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return archive(tmp_path_factory.mktemp("archive"))


def follow(tail: Tail, most: int = 1000) -> tuple[list[bytes], int]:
    """All exchanges until the end, and how often there was damage."""
    found, damaged = [], 0
    for _ in range(most):
        take = tail.read()
        found += [bytes(payload) for kind, _, _, payload in take.frames if kind == b"X"]
        damaged += bool(take.damaged)
        tail.advance(take)
        if take.ended or any(kind == b"E" for kind, _, _, _ in take.frames):
            tail.close()
            return found, damaged
    raise AssertionError("no end")


def test_all_segments_are_read_in_order(archived: Path) -> None:
    tail = Tail(archived, Place(1, 0))
    assert follow(tail) == (PAYLOADS, 0)
    assert tail.place.segment > 3


def test_without_advance_the_same_is_read_again(archived: Path) -> None:
    tail = Tail(archived, Place(1, 0))
    first, again = tail.read(), tail.read()
    assert [each[:3] for each in first.frames] == [each[:3] for each in again.frames]
    assert first.then == again.then
    tail.close()


@pytest.mark.parametrize("step", [1, 7, 16, 33])
def test_a_file_that_grows_byte_by_byte_is_read_whole(archived: Path, tmp_path: Path, step: int) -> None:
    folder = tmp_path / archived.name
    folder.mkdir()
    tail, found = Tail(folder, Place(1, 0)), []
    for number in range(1, len(list(archived.iterdir())) + 1):
        data = segment_path(archived, number).read_bytes()
        with segment_path(folder, number).open("wb", buffering=0) as file:
            for at in range(0, len(data), step):
                file.write(data[at : at + step])
                for _ in range(3):
                    take = tail.read()
                    assert not take.damaged
                    found += [bytes(each[3]) for each in take.frames if each[0] == b"X"]
                    tail.advance(take)
    tail.close()
    assert found == PAYLOADS


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_damage_anywhere_ends_and_gives_only_true_records(archived: Path, data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / archived.name
        shutil.copytree(archived, folder)
        for _ in range(data.draw(st.integers(1, 3))):
            _damage(data, folder)
        tail = Tail(folder, Place(1, 0))
        tail.over = True
        found, _ = follow(tail)
        assert all(payload in PAYLOADS for payload in found)
        assert found == sorted(found, key=PAYLOADS.index)


def _damage(data: st.DataObject, folder: Path) -> None:
    path = data.draw(st.sampled_from(sorted(folder.iterdir())))
    content = bytearray(path.read_bytes())
    at = data.draw(st.integers(0, len(content)))
    match data.draw(st.sampled_from(["cut", "flip", "zeros", "insert"])):
        case "cut":
            del content[at:]
        case "flip" if at < len(content):
            content[at] ^= data.draw(st.integers(1, 255))
        case "zeros":
            content[at : at + 40] = bytes(len(content[at : at + 40]))
        case _:
            content[at:at] = data.draw(st.binary(max_size=50))
    path.write_bytes(content)


def test_one_damaged_record_costs_only_itself(archived: Path, tmp_path: Path) -> None:
    folder = tmp_path / archived.name
    shutil.copytree(archived, folder)
    path = segment_path(folder, 2)
    data = path.read_bytes()
    whole, _ = follow(Tail(archived, Place(1, 0)))
    victim = next(payload for payload in whole if payload in data)
    path.write_bytes(data.replace(victim, b"?" * len(victim)))
    found, damaged = follow(Tail(folder, Place(1, 0)))
    assert found == [payload for payload in whole if payload != victim]
    assert damaged == 1


def test_a_wrong_frame_of_a_running_engine_is_given_a_moment(archived: Path, tmp_path: Path) -> None:
    folder = tmp_path / archived.name
    folder.mkdir()
    data = segment_path(archived, 1).read_bytes()
    clock = Clock()
    tail = Tail(folder, Place(1, 0), clock)
    segment_path(folder, 1).write_bytes(bytes(40) + data[40:])  # the length is there before the first bytes
    assert tail.read() == Take(1, [], Place(1, 0))
    clock.now = 1.0
    segment_path(folder, 1).write_bytes(data)
    take = tail.read()
    assert take.frames
    assert not take.damaged
    tail.close()


def test_after_that_moment_it_is_left_out(archived: Path, tmp_path: Path) -> None:
    folder = tmp_path / archived.name
    folder.mkdir()
    data = segment_path(archived, 1).read_bytes()
    clock = Clock()
    tail = Tail(folder, Place(1, 0), clock)
    segment_path(folder, 1).write_bytes(b"?" * 40 + data[40:])
    tail.advance(tail.read())
    clock.now = 3.0
    take = tail.read()
    assert take.damaged
    tail.advance(take)
    assert tail.read().frames
    tail.close()


def test_a_length_that_is_wrong_does_not_hold_up_what_follows(archived: Path, tmp_path: Path) -> None:
    folder = tmp_path / archived.name
    folder.mkdir()
    data = bytearray(segment_path(archived, 1).read_bytes())
    data[4:8] = b"\x7f\xff\xff\xff"
    segment_path(folder, 1).write_bytes(data)
    clock = Clock()
    tail = Tail(folder, Place(1, 0), clock)
    assert not tail.read().frames
    clock.now = 3.0
    tail.advance(tail.read())
    assert tail.read().frames
    tail.close()


def test_a_running_engine_with_nothing_new_is_waited_for(tmp_path: Path) -> None:
    folder = archive(tmp_path, clean=False)
    clock = Clock()
    tail = Tail(folder, Place(1, 0), clock)
    for _ in range(50):
        clock.now += 1
        take = tail.read()
        assert not take.ended
        tail.advance(take)
    tail.over = True
    assert follow(tail)[0] == []
    tail.close()


def test_what_an_engine_writes_after_it_was_given_up_is_noticed(tmp_path: Path) -> None:
    writer = ArchiveWriter(tmp_path, engine=IDS.next())
    writer.put(b"X", b"first")
    writer.flush()
    tail = Tail(writer.folder, Place(1, 0))
    tail.over = True
    while not tail.read().frames:
        pass
    tail.advance(tail.read())
    take = tail.read()
    assert take.ended
    tail.advance(take)
    assert not tail.grew()
    writer.close()
    assert tail.grew()
    tail.close()


def test_removed_segments_are_passed_over(archived: Path, tmp_path: Path) -> None:
    folder = tmp_path / archived.name
    shutil.copytree(archived, folder)
    segment_path(folder, 1).unlink()
    segment_path(folder, 2).unlink()
    found, damaged = follow(Tail(folder, Place(1, 0)))
    assert found == PAYLOADS[-len(found) :]
    assert damaged == 0


def test_a_folder_that_is_gone_is_no_trouble(tmp_path: Path) -> None:
    tail = Tail(tmp_path / ("0" * 32), Place(1, 0))
    assert tail.read() == Take(1, [], Place(1, 0))
    tail.over = True
    assert tail.read().ended
