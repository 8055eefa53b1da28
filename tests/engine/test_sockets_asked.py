"""WebSocket messages that somebody has a word in: one after the other, whole, unpacked, changed or left out."""

from __future__ import annotations

import asyncio
import zlib

import pytest
from peers import request

from inspector.exchange.consulting import Draft, Reply
from inspector.wire.websocket import Frame, Opcode, frames, written

MASK = b"\x01\x02\x03\x04"


class Stand:
    """Somebody who is asked about messages."""

    def __init__(self, say):
        self.say = say
        self.asked = []

    def wants(self, _, moment):
        return moment == "message"

    async def ask(self, asked):
        self.asked.append((asked.from_browser, asked.binary, asked.draft.body))
        await asyncio.sleep(0)
        return self.say(asked)


def upper(asked):
    return Reply("go-on", Draft(b"", asked.draft.body.upper()))


@pytest.fixture
def socket(engine, talk, site):
    """A WebSocket through an engine that asks: `say` answers; the site echoes what it gets."""

    def opening(say, extensions=b"", script=None):
        head = b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n"
        head += b"Sec-WebSocket-Extensions: %b\r\n" % extensions if extensions else b""

        def echo(wire):
            wire.message()
            wire.send(head + b"\r\n")
            (script or repeat)(wire)

        stand = Stand(say)
        engine.context.consultants = (stand,)
        here = site(echo)
        wire = talk(engine)
        wire.send(
            request(b"GET", b"http://" + here.authority + b"/", b"Host: " + here.authority, b"Connection: Upgrade", b"Upgrade: websocket")
        )  # fmt: skip
        assert b" 101 " in wire.head()
        return engine, wire, here, stand

    return opening


def repeat(wire):
    """Say back every frame, without a mask, until the end."""
    while (frame := hear(wire, from_browser=True)) is not None:
        wire.send(written(frame.opcode, frame.payload))
        if frame.opcode is Opcode.CLOSE:
            return


def hear(wire, *, from_browser):
    data = b""
    while True:
        found = next(frames(data, from_browser=from_browser), None)
        if isinstance(found, Frame):
            assert not found.wrong
            return found
        try:
            data += wire.exactly(1)
        except EOFError:
            return None


def test_messages_are_asked_about_both_ways_and_go_on_changed(socket):
    engine, wire, _, stand = socket(upper)
    wire.send(written(Opcode.TEXT, b"one", MASK) + written(Opcode.BINARY, b"two", MASK))
    assert hear(wire, from_browser=False).payload == b"ONE"
    heard = hear(wire, from_browser=False)
    assert (heard.payload, heard.opcode) == (b"TWO", Opcode.BINARY)
    wire.send(written(Opcode.CLOSE, b"\x03\xe8", MASK))
    assert hear(wire, from_browser=False).opcode is Opcode.CLOSE
    assert wire.rest() == b""
    wire.close()
    assert sorted(stand.asked) == [
        (False, False, b"ONE"),
        (False, True, b"TWO"),
        (True, False, b"one"),
        (True, True, b"two"),
    ]
    exchange = engine.records.only()
    assert (exchange.kind, exchange.changed, exchange.state) == ("websocket", True, "done")
    came, went = (engine.records.body(leg.request.body) for leg in (exchange.client_leg, exchange.server_leg))
    assert [each.payload for each in frames(came, from_browser=True)][:2] == [b"one", b"two"]
    assert [each.payload for each in frames(went, from_browser=True)][:2] == [b"ONE", b"TWO"]
    assert exchange.client_leg.response.body.note == "same"


def test_what_nobody_changes_goes_on_byte_for_byte_and_control_frames_unasked(socket):
    engine, wire, here, stand = socket(lambda _: Reply())
    pieces = written(Opcode.TEXT, b"in three", MASK)
    parts = [bytes([0x01]) + pieces[1:], bytes([0x00]) + pieces[1:], bytes([0x80]) + pieces[1:]]
    ping = written(Opcode.PING, b"p", MASK)
    wire.send(*(bytes([byte]) for byte in parts[0] + ping + parts[1]), parts[2])
    wire.send(written(Opcode.CLOSE, b"", MASK))
    wire.rest()
    wire.close()
    assert (True, False, b"in three" * 3) in stand.asked
    assert here.seen.endswith(ping + b"".join(parts) + written(Opcode.CLOSE, b"", MASK))
    exchange = engine.records.only()
    assert (exchange.changed, exchange.server_leg.request.body.note) == (False, "same")


def test_a_dropped_message_is_not_said(socket):
    engine, wire, _, _ = socket(lambda asked: Reply("drop") if asked.draft.body == b"no" else Reply())
    wire.send(written(Opcode.TEXT, b"no", MASK) + written(Opcode.TEXT, b"yes", MASK))
    assert hear(wire, from_browser=False).payload == b"yes"
    wire.close()
    assert engine.records.only().changed


def test_packed_messages_are_asked_about_unpacked(socket):
    def packed(pack, data):
        out = (pack.compress(data) + pack.flush(zlib.Z_SYNC_FLUSH))[:-4]
        frame = written(Opcode.TEXT, out, MASK)
        return bytes([frame[0] | 0x40]) + frame[1:]

    engine, wire, _, stand = socket(lambda _: Reply(), b"permessage-deflate")
    pack = zlib.compressobj(wbits=-15)
    for _ in range(2):  # the second refers to the first
        wire.send(packed(pack, b"hello hello hello"))
        assert hear(wire, from_browser=False).payload == b"hello hello hello"
    assert stand.asked[0] == (True, False, b"hello hello hello")
    wire.send(packed(pack, b"\0" * 9_000_000))
    with pytest.raises(ConnectionError):
        wire.rest()
    assert engine.records.only().fault == "message-unreadable"


@pytest.mark.parametrize("said", [b"\xff\xfe", None])
def test_no_text_is_no_message(socket, said):
    engine, wire, _, _ = socket(lambda _: Reply("go-on", Draft(b"", said)) if said else 1 / 0)
    wire.send(written(Opcode.TEXT, b"one", MASK))
    assert hear(wire, from_browser=False).payload == b"one"
    assert bool(engine.complaints) == (said is None)
    engine.complaints.clear()


def test_a_large_message_and_what_is_none_pass_unread(socket):
    engine, wire, here, stand = socket(upper, script=lambda wire: wire.rest())
    large = written(Opcode.BINARY, b"x" * 9_000_000, MASK)
    wire.send(large, written(Opcode.TEXT, b"small", MASK), b"\x8b\x80no frames any more")
    wire.half_close()
    here.ended()
    assert large in here.seen
    assert here.seen.endswith(b"\x8b\x80no frames any more")
    assert stand.asked == [(True, False, b"small")]
    assert engine.settled()[1:] == (0, 0)


def test_of_many_refused_changes_one_is_noted(socket):
    engine, wire, _, _ = socket(lambda _: Reply("go-on", Draft(b"", b"\xff")))
    for _ in range(3):
        wire.send(written(Opcode.TEXT, b"one", MASK))
        assert hear(wire, from_browser=False).payload == b"one"
    wire.close()
    assert [each.code for each in engine.records.only().decisions].count("edit-refused") == 1
