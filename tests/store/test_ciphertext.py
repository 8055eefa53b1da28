"""The first ciphertext of connections: found again, put in parts, gone with its segment, forgotten with the rest."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from store_samples import IDS, Played, take_in, wait_for

from inspector.exchange.model import Chunk, Ciphertext
from inspector.store.captures import Captures
from inspector.store.keep import Keep
from inspector.store.recorder import Recorder

Make = Callable[..., Played]
HELLO = ((True, b"client hello"), (False, b"server hello"))
SECRET = b"bytes that nobody shall find again"


def chunks(*said: tuple[bool, bytes]) -> tuple[Chunk, ...]:
    return tuple(Chunk("client" if by_client else "server", 0.25, data) for by_client, data in said)


def test_it_is_found_by_its_connection(played: Make, recorder: Recorder, captures: Captures) -> None:
    engine = played()
    connection = engine.connection()
    engine.ciphertext(connection.id, *HELLO, full=True)
    engine.on_disk()
    take_in(recorder)
    assert captures.ciphertext(connection.id) == Ciphertext(connection.id, chunks(*HELLO), True)


def test_one_that_was_never_kept_is_none(captures: Captures) -> None:
    assert captures.ciphertext(IDS.next()) is None


def test_it_may_come_before_its_connection_and_in_parts(
    played: Make, recorder: Recorder, captures: Captures
) -> None:
    engine, id = played(), IDS.next()
    first = engine.ciphertext(id, *HELLO)
    engine.on_disk()
    take_in(recorder)
    assert captures.ciphertext(id) == Ciphertext(id, chunks(*HELLO), False)
    engine.ciphertext(id, (True, b"finished"), after=first, full=True)
    engine.connection(id=id)
    engine.on_disk()
    take_in(recorder)
    assert captures.ciphertext(id) == Ciphertext(id, chunks(*HELLO, (True, b"finished")), True)
    assert captures.connection(id) is not None


def test_parts_in_several_segments_belong_together(
    played: Make, recorder: Recorder, captures: Captures
) -> None:
    engine, id = played(segment_size=8192), IDS.next()
    first = engine.ciphertext(id, (True, b"a" * 5000))
    second = engine.ciphertext(id, (False, b"b" * 5000), after=first)
    assert {piece.segment for piece in second.pieces} == {1, 2}
    engine.on_disk()
    take_in(recorder)
    assert captures.ciphertext(id) == Ciphertext(id, chunks((True, b"a" * 5000), (False, b"b" * 5000)))


def test_a_part_that_is_gone_makes_all_of_it_gone(
    played: Make, recorder: Recorder, captures: Captures
) -> None:
    engine, id = played(segment_size=8192), IDS.next()
    first = engine.ciphertext(id, (True, b"a" * 5000))
    engine.ciphertext(id, (False, b"b" * 5000), after=first)
    engine.on_disk()
    take_in(recorder)
    (engine.writer.folder / "00000001.seg").unlink()
    assert captures.ciphertext(id) is None


def test_a_damaged_record_is_none_and_harms_nobody(
    played: Make, recorder: Recorder, captures: Captures
) -> None:
    engine = played()
    engine.writer.put(b"T", b"\xc1 no msgpack")
    engine.writer.put(b"T", b"\x91\xc0")
    kept = engine.ciphertext(IDS.next(), *HELLO)
    engine.on_disk()
    take_in(recorder)
    assert recorder.damaged == 2
    assert captures.ciphertext(kept.connection) is not None


@pytest.mark.parametrize("size", [0, 1, 200_000])
def test_what_its_record_says_of_sizes_is_not_believed_blindly(
    played: Make, recorder: Recorder, captures: Captures, size: int
) -> None:
    from inspector.exchange.model import KeptCiphertext, encode

    engine, id = played(), IDS.next()
    piece = engine.body(b"x" * 100)
    assert piece is not None
    engine.writer.put(b"T", encode(KeptCiphertext(id, ((True, 0.0, size),), (piece,))))
    engine.on_disk()
    take_in(recorder)
    found = captures.ciphertext(id)
    assert found is not None
    assert found.chunks[0].data == b"x" * min(size, 100)


def test_it_goes_with_its_segment(played: Make, home: Path, captures: Captures) -> None:
    recorder = Recorder(home, keep=Keep(bytes=1), lookaround=0.0)
    engine = played(segment_size=8192)
    old = engine.ciphertext(IDS.next(), *HELLO)
    for _ in range(50):
        engine.put()
    new = engine.ciphertext(IDS.next(), *HELLO)
    engine.on_disk()
    for _ in range(50):
        recorder.step()
    recorder.close()
    assert captures.ciphertext(old.connection) is None
    assert captures.ciphertext(new.connection) is not None
    with captures._access.reading() as reading:
        rows = reading.exec_driver_sql("SELECT id FROM ciphertext").all()
    assert [row[0] for row in rows] == [new.connection], "no row stays behind"


def test_it_is_forgotten_with_the_rest(
    played: Make, recorder: Recorder, captures: Captures, home: Path
) -> None:
    engine = played()
    old = engine.ciphertext(IDS.next(), (True, SECRET))
    engine.on_disk()
    take_in(recorder)
    wish = captures.forget_everything()
    engine.writer.roll(wish)
    new = engine.ciphertext(IDS.next(), *HELLO)
    engine.on_disk()

    def carried_out() -> bool:
        recorder.step()
        return captures.forgotten(wish)

    wait_for(carried_out)
    take_in(recorder)
    assert captures.ciphertext(old.connection) is None
    assert captures.ciphertext(new.connection) is not None
    for path in home.rglob("*"):
        assert path.is_dir() or SECRET not in path.read_bytes(), path


def test_an_index_that_is_made_again_finds_it_too(played: Make, home: Path, captures: Captures) -> None:
    engine = played()
    kept = engine.ciphertext(IDS.next(), *HELLO)
    engine.on_disk()
    for _ in range(2):
        recorder = Recorder(home, lookaround=0.0)
        take_in(recorder)
        recorder.close()
        assert captures.ciphertext(kept.connection) is not None
        for path in (home / "captures").glob("index.db*"):
            path.unlink()
