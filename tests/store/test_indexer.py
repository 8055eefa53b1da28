"""The word index as the recorder makes it: in quiet moments, block by block, gone with its segment, mended after damage."""

from __future__ import annotations

from pathlib import Path

import pytest
from store_corpus import play
from store_samples import Played, sample, take_in, wait_for

from inspector.exchange.model import Body, Leg, Message, encode
from inspector.filter.parsing import parse
from inspector.store import wordblock
from inspector.store.captures import Captures
from inspector.store.recorder import Recorder
from inspector.store.wordblock import LONG, pieces, runs, words
from inspector.store.wordbooks import Wordbooks


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wordblock, "DOCUMENTS", 10)


def index(recorder: Recorder) -> None:
    take_in(recorder)
    while recorder.index_words(5.0):
        pass


def files(home: Path) -> list[Path]:
    return sorted((home / "captures").glob("*/*.words"))


def found(captures: Captures, text: str) -> int:
    return len(captures.find(parse(text), limit=1000).rows)


def put(engine: Played, text: str, count: int = 1) -> None:
    for _ in range(count):
        data = text.encode()
        leg = Leg(
            b"c" * 16,
            Message(b"GET / HTTP/1.1\r\n\r\n"),
            Message(b"HTTP/1.1 200 OK\r\n\r\n", Body(len(data), len(data), data)),
        )
        engine.put(client_leg=leg, server_leg=leg, response_size=len(data))
    engine.on_disk()


def test_full_blocks_of_a_growing_segment_are_written_and_the_rest_is_read(home, played, recorder, captures):
    engine = played()
    put(engine, "lantern", 25)
    index(recorder)
    (path,) = files(home)
    blocks = Wordbooks(home / "captures").blocks()
    assert [block.directory.count for block in blocks] == [10, 10]
    assert [block.directory.begin for block in blocks] == [0, blocks[0].directory.end]
    answer = captures.find(parse("body:lantern"))
    assert len(answer.rows) == 25
    assert answer.indexed == pytest.approx(20 / 25)
    put(engine, "copper", 5)
    index(recorder)
    assert len(Wordbooks(home / "captures").blocks()) == 3
    assert path.stat().st_mode & 0o077 == 0
    assert found(captures, "body:copper") == 5


def test_when_an_engine_ends_its_last_exchanges_are_indexed(home, played, recorder, captures):
    engine = played()
    put(engine, "lantern", 3)
    engine.writer.close()
    index(recorder)
    assert captures.find(parse("lantern")).indexed == 1
    assert found(captures, "lantern") == 3


def test_while_there_is_traffic_it_waits(home, played, recorder):
    engine = played()
    put(engine, "lantern", 60)
    assert recorder.step() > 40
    assert not recorder.index_words(5.0)
    assert files(home) == []
    assert recorder.step() == 0
    recorder.index_words(5.0)
    assert files(home) != []


def test_it_works_in_slices(home, played, recorder):
    put(played(), "lantern", 100)
    take_in(recorder)
    assert recorder.index_words(0.0)
    rounds = 1
    while recorder.index_words(0.0005):
        rounds += 1
    assert rounds > 2


def test_a_later_recorder_goes_on_where_the_words_end(home, played, captures):
    engine = played()
    put(engine, "lantern", 25)
    for _ in range(3):
        recorder = Recorder(home, lookaround=0.0)
        index(recorder)
        recorder.close()
        put(engine, "copper", 7)
    (path,) = files(home)
    with path.open("ab") as file:
        file.write(b"\xf7InW a block that was cut off")
    recorder = Recorder(home, lookaround=0.0)
    index(recorder)
    recorder.close()
    blocks = Wordbooks(home / "captures").blocks()
    assert [block.directory.begin for block in blocks] == [0, *(block.directory.end for block in blocks[:-1])]
    assert (found(captures, "lantern"), found(captures, "copper")) == (25, 21)


def test_what_is_damaged_is_removed_and_made_again(home, played, recorder, captures):
    engine = played()
    put(engine, "lantern", 25)
    engine.writer.close()
    index(recorder)
    (path,) = files(home)
    whole = path.read_bytes()
    for at in range(len(whole) - 1, 0, -len(whole) // 40):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        fresh = Captures(home)
        assert found(fresh, "lantern -copper header.x:* OR body:lantern") == 25
        fresh.close()
    path.unlink(missing_ok=True)
    recorder._indexer._looked = recorder._indexer._looked_far = -1e9
    index(recorder)
    assert files(home) == [path]
    assert captures.find(parse("lantern")).indexed == 1


def test_words_go_with_their_segment_when_room_is_made(home, recorder, captures):
    play(home, 300, 3, 1e9)
    index(recorder)
    before = files(home)
    assert len(before) > 2
    recorder._keep = recorder._keep_given.__class__(count=50)
    wait_for(lambda: recorder.step() == 0 and not recorder._more_to_remove)
    take_in(recorder)
    left = files(home)
    assert left
    assert len(left) < len(before)
    assert all(path.with_suffix(".seg").exists() for path in left)


def test_words_are_forgotten_with_everything(home, played, recorder, captures):
    put(played(), "lantern", 25)
    index(recorder)
    assert found(captures, "lantern") == 25
    generation = captures.forget_everything()
    wait_for(lambda: recorder.step() == 0 and captures.forgotten(generation), 30)
    assert files(home) == []
    assert found(captures, "lantern") == 0


def test_a_disk_that_refuses_stops_nothing(played, recorder, captures, caplog):
    put(played(), "lantern", 25)
    take_in(recorder)

    def refuse(*_: object) -> int:
        raise OSError(28, "No space left on device")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("inspector.store.indexer.os.open", refuse)
        assert not recorder.index_words(5.0)
    assert "word index" in caplog.text
    assert not recorder.index_words(5.0)  # not at once again
    assert found(captures, "lantern") == 25
    recorder._indexer._not_before = 0
    index(recorder)
    assert found(captures, "lantern") == 25


def test_records_that_cannot_be_read_do_not_stand_in_the_way(home, played, recorder, captures):
    engine = played()
    put(engine, "lantern", 5)
    exchange = sample(99)
    engine.writer.put(b"X", encode(exchange)[:-3])
    put(engine, "copper", 15)
    engine.writer.close()
    index(recorder)
    assert (found(captures, "lantern"), found(captures, "copper")) == (5, 15)


def test_older_snapshots_do_not_count(home, played, recorder, captures):
    engine = played()
    first = engine.put(state="open", duration=None)
    for _ in range(3):
        engine.again(first, state="open", duration=None)
    data = b"lantern"
    leg = Leg(
        b"c" * 16, Message(b"GET / HTTP/1.1\r\n\r\n"), Message(b"HTTP/1.1 200 OK\r\n\r\n", Body(7, 7, data))
    )
    engine.again(first, client_leg=leg, server_leg=leg, response_size=7)
    engine.on_disk()
    engine.writer.close()
    index(recorder)
    (block,) = Wordbooks(home / "captures").blocks()
    assert (block.live, block.unknown) == (0b10000, 0)
    assert found(captures, "body:lantern") == 1
    assert found(captures, "body:hello") == 0


# -- words


def test_words_are_what_stands_between_other_characters():
    assert words(b'{"a_b": 17, "caf\xc3\xa9": "x-y"}') == {b"a_b", b"17", b"caf\xc3\xa9", b"x", b"y"}
    assert runs(b"out of stock") == [b"out", b"of", b"stock"]


@pytest.mark.parametrize("length", [1, LONG - 1, LONG, LONG + 1, 2 * LONG, 1000])
def test_any_part_of_a_long_word_stands_in_one_of_its_pieces(length: int) -> None:
    word = bytes(97 + at % 26 for at in range(length))
    made = list(pieces(word))
    assert all(len(piece) <= LONG for piece in made)
    for at in range(length):
        part = word[at : at + LONG // 2]
        assert any(part in piece for piece in made)
