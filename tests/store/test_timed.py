from __future__ import annotations

from collections.abc import Callable

from store_samples import Played, take_in

from inspector.exchange.model import Decision, Leg, Message, Timeline
from inspector.store.captures import Captures
from inspector.store.recorder import Recorder


def test_of_many_exchanges_the_timelines_and_connections_are_read(
    played: Callable[..., Played], recorder: Recorder, captures: Captures
) -> None:
    engine = played()
    line = Timeline(0.1, send_start=0.2, response_end=0.3)
    leg = Leg(b"c" * 16, Message(b"GET / HTTP/1.1\r\n\r\n"), turn=4)
    held = (Decision("held", "the request waited 1.000 s", "mine", 1.2),)
    both = engine.put(timeline=line, client_leg=leg, server_leg=leg, decisions=held)
    one = engine.put(server_leg=None)
    engine.on_disk()
    take_in(recorder)
    found = captures.timed([both.id, one.id, bytes(16)])
    assert found[both.id] == (line, b"c" * 16, 4, held)
    assert found[one.id].connection == b""
    assert found[one.id].turn == 0
    assert len(found) == 2
    for file in (captures._home / "captures").rglob("*"):  # the records are gone, their rows are left
        if file.is_file() and file.suffix != ".db" and "index" not in file.name:
            file.unlink()
    assert captures.timed([both.id]) == {}
