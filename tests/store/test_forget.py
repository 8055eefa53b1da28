from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from store_samples import Played, take_in, wait_for

from inspector.store import forget
from inspector.store.captures import Captures
from inspector.store.database import index_path
from inspector.store.frames import segments
from inspector.store.recorder import Recorder

Make = Callable[..., Played]
SECRET = "/a-path-that-nobody-shall-know"


def carried_out(recorder: Recorder, captures: Captures, generation: int) -> bool:
    recorder.step()
    return captures.forgotten(generation)


def test_everything_goes_while_the_engine_goes_on(
    played: Make, recorder: Recorder, captures: Captures, home: Path
) -> None:
    dead, engine = played(), played()
    for each in (dead, engine):
        each.connection()
        for _ in range(20):
            each.put(path=SECRET)
        each.on_disk()
    dead.writer.close()
    take_in(recorder)
    cursor = captures.changes("").cursor
    wish = captures.forget_everything()
    assert not captures.forgotten(wish)
    late = engine.put(path=SECRET)  # before the engine has noticed
    engine.writer.roll(wish)
    new = engine.put()
    engine.on_disk()
    wait_for(lambda: carried_out(recorder, captures, wish))
    take_in(recorder)
    assert [row.id for row in captures.page().rows] == [new.id]
    assert captures.row(late.id) is None
    assert captures.exchange(new.id) == new
    assert captures.totals().exchanges == 1
    assert captures.changes(cursor).forgotten
    assert not dead.writer.folder.exists()
    assert segments(engine.writer.folder) == [2]
    for path in home.rglob("*"):
        assert path.is_dir() or SECRET.encode() not in path.read_bytes(), path


def test_the_database_shrinks(played: Make, recorder: Recorder, captures: Captures, home: Path) -> None:
    engine = played()
    for _ in range(20_000):
        engine.put(path=SECRET * 20)
    engine.writer.close()
    take_in(recorder)
    assert index_path(home).stat().st_size > 8_000_000
    wish = captures.forget_everything()
    wait_for(lambda: carried_out(recorder, captures, wish))
    assert index_path(home).stat().st_size < 1_000_000
    database = sqlite3.connect(index_path(home))
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    database.close()


def test_an_engine_that_does_not_answer_is_not_waited_for_long(
    played: Make, recorder: Recorder, captures: Captures, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forget, "_PATIENCE", 0.2)
    hung = played()
    hung.put()
    hung.on_disk()
    take_in(recorder)
    wish = captures.forget_everything()
    wait_for(lambda: carried_out(recorder, captures, wish))
    assert captures.page().rows == ()
    woken = hung.put()
    hung.on_disk()
    wait_for(lambda: (recorder.step(), captures.row(woken.id))[1])
    assert captures.exchange(woken.id) == woken


def test_a_wish_made_while_no_recorder_ran_spares_what_came_after(
    played: Make, home: Path, captures: Captures
) -> None:
    old = played()
    old.put()
    old.writer.close()
    wish = captures.forget_everything()
    wait_for(
        lambda: captures.forget_everything() > wish
    )  # so that the next engine is born a millisecond later
    newest = captures._settings.read()["forget"]
    wait_for(lambda: played().writer.folder.name > f"{newest + 1:012x}")
    engine = played()
    new = engine.put()
    engine.on_disk()
    recorder = Recorder(home, lookaround=0.0)
    wait_for(lambda: carried_out(recorder, captures, newest))
    take_in(recorder)
    assert [row.id for row in captures.page().rows] == [new.id]
    recorder.close()


def test_a_recorder_killed_half_way_begins_again(played: Make, home: Path, captures: Captures) -> None:
    engine = played()
    for _ in range(5000):
        engine.put()
    engine.on_disk()
    recorder = Recorder(home, lookaround=0.0)
    take_in(recorder)
    wish = captures.forget_everything()
    engine.writer.roll(wish)
    new = engine.put()
    engine.on_disk()
    wait_for(
        lambda: (recorder.step(), captures.totals().newest, len(captures.page(limit=5001).rows) < 4000)[2]
    )
    assert not captures.forgotten(wish)
    recorder.close()
    recorder = Recorder(home, lookaround=0.0)
    wait_for(lambda: carried_out(recorder, captures, wish))
    take_in(recorder)
    assert [row.id for row in captures.page().rows] == [new.id]
    recorder.close()


def test_indexes_set_aside_are_forgotten_too(
    played: Make, recorder: Recorder, captures: Captures, home: Path
) -> None:
    take_in(recorder)
    aside = home / "captures" / "index.db.damaged-20200101-000000"
    aside.write_text("old secrets")
    wish = captures.forget_everything()
    wait_for(lambda: carried_out(recorder, captures, wish))
    assert not aside.exists()
