"""Deleting: out of every list at once, brought back whole, and at last not to be found in any file."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from store_samples import ANSWER, HEAD, Played, take_in

from inspector.exchange.mark import Mark
from inspector.exchange.model import Body, Leg, Message
from inspector.filter.parsing import parse
from inspector.filter.tree import EVERYTHING
from inspector.store import removal
from inspector.store.captures import Captures
from inspector.store.marks import Marks
from inspector.store.recorder import Recorder

SECRET = b"the-secret-of-this-test"


def leg(body: Body) -> Leg:
    return Leg(b"c" * 16, Message(HEAD), Message(ANSWER, body))


@pytest.fixture
def engine(played: Callable[..., Played]) -> Played:
    return played()


def ids(captures: Captures) -> list[bytes]:
    return [row.id for row in captures.page().rows]


def test_what_was_deleted_is_nowhere_and_comes_back_whole(
    engine: Played, recorder: Recorder, captures: Captures
) -> None:
    put = [engine.put(status=200 + n) for n in range(6)]
    engine.on_disk()
    take_in(recorder)
    before = captures.page(), captures.totals().exchanges
    cursor = captures.changes("").cursor
    assert captures.remove([put[1].id, put[3].id]) == 2
    assert ids(captures) == [put[n].id for n in (0, 2, 4, 5)]
    assert captures.exchange(put[1].id) is None
    assert captures.neighbours(put[2].id) == (put[0].id, put[4].id)
    assert captures.find(parse("status:201")).rows == ()
    assert captures.totals().exchanges == 4
    assert captures.changes(cursor).forgotten
    (undone,) = captures.removals()
    assert undone.exchanges == 2
    assert captures.undo_removal(undone.number) == 2
    assert (captures.page(), captures.totals().exchanges) == before
    assert captures.removals() == []
    assert captures.exchange(put[1].id) == put[1]


def test_what_fits_a_filter_or_everything_goes_and_what_is_on_its_way_stays(
    engine: Played, recorder: Recorder, captures: Captures, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(removal, "STEP", 7)
    for n in range(40):
        engine.put(status=404 if n % 2 else 200)
    still = engine.put(state="open", duration=None, status=404)
    engine.on_disk()
    take_in(recorder)
    assert captures.remove_fitting(parse("status:404 hello")) == (20, True)
    assert captures.totals().exchanges == 20
    assert captures.remove_fitting(EVERYTHING) == (20, True)
    assert ids(captures) == [still.id]
    assert [each.exchanges for each in captures.removals()] == [20, 20]
    for each in captures.removals():
        captures.undo_removal(each.number)
    assert len(ids(captures)) == 41


def archived(home: Path) -> bytes:
    return (
        b"".join(path.read_bytes() for path in sorted((home / "captures").rglob("*")) if path.is_file())
        + (home / "control.db").read_bytes()
    )


def test_made_final_no_file_holds_it_any_more(
    home: Path, engine: Played, recorder: Recorder, captures: Captures
) -> None:
    piece = engine.body(SECRET * 40)
    assert piece is not None
    opened = engine.put(state="open", client_leg=leg(Body(23, 23, SECRET)), path="/secret-path")
    other = engine.put()
    done = engine.again(
        opened, path="/secret-path", client_leg=leg(Body(piece.length, piece.length, b"", (piece,)))
    )
    last = engine.put()
    engine.on_disk()
    take_in(recorder)
    while recorder.index_words(1.0):
        pass
    marks = Marks(home)
    marks.put_all({done.id: Mark(comment="about " + SECRET.decode()), other.id: Mark(pinned=True)})
    assert SECRET in archived(home)
    captures.remove([done.id])
    assert marks.one(done.id).comment
    captures.finish_removal(captures.removals()[-1].number)
    while recorder._eraser is not None and recorder._eraser.step(0.0):
        pass
    recorder._index.shrink()  # type: ignore[union-attr]
    found = archived(home)
    assert SECRET not in found
    assert b"secret-path" not in found
    assert list(marks.all()) == [other.id]
    marks.close()
    assert [captures.exchange(id) for id in (other.id, last.id)] == [other, last]


def test_a_rebuilt_index_does_not_bring_it_back(
    home: Path, engine: Played, recorder: Recorder, captures: Captures
) -> None:
    put = [engine.put() for _ in range(4)]
    engine.writer.close()
    take_in(recorder)
    captures.remove([put[1].id])
    recorder._erase_now()
    recorder.close()
    captures.close()
    for path in (home / "captures").glob("index.db*"):
        path.unlink()
    again = Recorder(home, lookaround=0.0)
    take_in(again)
    assert again.damaged == 0
    again.close()
    found = Captures(home)
    assert ids(found) == [put[n].id for n in (0, 2, 3)]
    found.close()


@pytest.mark.parametrize(("age", "left"), [(removal.KEPT - 5, 1), (removal.KEPT + 5, 0)])
def test_it_can_be_undone_for_ten_minutes(  # noqa: PLR0917 - fixtures
    age: float,
    left: int,
    engine: Played,
    recorder: Recorder,
    captures: Captures,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    put = engine.put()
    engine.on_disk()
    take_in(recorder)
    captures.remove([put.id])
    later = time.time() + age
    monkeypatch.setattr(removal, "time", SimpleNamespace(time=lambda: later))
    assert len(captures.removals()) == left
    assert recorder._eraser is not None
    while recorder._eraser.step(later):
        pass
    assert captures.undo_removal(1) == left


def test_forgetting_everything_forgets_what_was_deleted(
    home: Path, engine: Played, recorder: Recorder, captures: Captures
) -> None:
    put = engine.put(client_leg=leg(Body(23, 23, SECRET)))
    engine.writer.close()
    take_in(recorder)
    captures.remove([put.id])
    wish = captures.forget_everything()
    while not captures.forgotten(wish):
        recorder.step()
    assert captures.removals() == []
    assert captures.undo_removal(1) == 0
    assert SECRET not in archived(home)
