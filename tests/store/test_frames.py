from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.store import frames
from inspector.store.frames import Cut, find, header, salt, walk

ENGINE = "0" * 32
SALT = salt(ENGINE, 1)
KINDS = st.sampled_from(sorted(frames.KINDS))
RECORDS = st.lists(st.tuples(KINDS, st.binary(max_size=60)), min_size=1, max_size=8)


def written(records: list[tuple[bytes, bytes]], salted: int = SALT) -> bytes:
    data = b""
    for kind, payload in records:
        data += header(kind, payload, len(data), salted) + payload
    return data


@settings(deadline=None)
@given(RECORDS)
def test_what_was_written_is_read(records: list[tuple[bytes, bytes]]) -> None:
    data = written(records)
    found, cut = walk(data, 0, SALT)
    assert [(kind, data[begin:end]) for kind, begin, end, _ in found] == records
    assert [bytes(each[3]) for each in found] == [
        b"" if kind == b"B" else payload for kind, payload in records
    ]
    assert cut == Cut(len(data), 16)


@settings(deadline=None)
@given(RECORDS, st.integers(0, 1000))
def test_a_cut_anywhere_gives_the_whole_frames_before_it(records: list[tuple[bytes, bytes]], at: int) -> None:
    data = written(records)
    cut_at = at % (len(data) + 1)
    found, cut = walk(data[:cut_at], 0, SALT)
    whole, _ = walk(data, 0, SALT)
    assert [each[:3] for each in found] == [each[:3] for each in whole[: len(found)]]
    assert cut.need > 0
    assert all(end <= cut_at for kind, _, end, _ in found if kind != b"B")


@settings(deadline=None)
@given(RECORDS, st.integers(0, 1000), st.integers(1, 255))
def test_a_flipped_byte_never_raises_and_never_makes_up_a_record(
    records: list[tuple[bytes, bytes]], at: int, mask: int
) -> None:
    data = bytearray(written(records))
    data[at % len(data)] ^= mask
    found, _ = walk(bytes(data), 0, SALT)
    parsed = [bytes(payload) for kind, _, _, payload in found if kind != b"B"]
    assert all(payload in [each for _, each in records] for payload in parsed)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_chance_bytes_are_no_frames(data: bytes) -> None:
    found, cut = walk(data, 0, SALT)
    assert found == []
    assert cut.offset == 0


def test_frames_of_another_engine_or_place_are_not_believed() -> None:
    data = written([(b"X", b"one"), (b"X", b"two")])
    assert walk(data, 0, salt("1" * 32, 1)) == ([], Cut(0, 0))
    assert walk(data, 0, salt(ENGINE, 2)) == ([], Cut(0, 0))
    assert walk(data, 64, SALT) == ([], Cut(64, 0))
    assert find(data, 64, SALT) is None


def test_the_next_true_frame_is_found_after_damage() -> None:
    data = written([(b"X", b"one"), (b"X", b"two"), (b"X", b"three")])
    second = 16 + 3
    assert find(b"?" + data[1:], 0, SALT) == second
    assert find(data, 0, SALT, 1) == second
    assert find(data[: second + 10], 0, SALT, 1) is None
