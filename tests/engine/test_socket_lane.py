"""A lane by itself: floods of frames cost what their bytes cost, and nothing is kept or unpacked before its turn."""

from __future__ import annotations

import asyncio
import zlib
from concurrent.futures import ThreadPoolExecutor

import pytest

from inspector.engine import socket_lane
from inspector.engine.socket_lane import Lane
from inspector.exchange.socket_talk import Packing
from inspector.wire.websocket import Opcode, written

PING = written(Opcode.PING, b"")
PART = b"\x00\x00"  # a continuation without a byte, and without an end


class Around:
    """What stands around a lane: who is asked waits until `go`."""

    def __init__(self, packing=None):
        self.asked, self.sent, self.slow, self.failed = [], [], False, ""
        self.go = asyncio.Event()
        self.lane = Lane(
            self.ask,
            self.sent.append,
            self.slows,
            self.fails,
            asyncio.create_task,
            packing,
            from_browser=False,
        )

    async def ask(self, payload, binary):
        self.asked.append((payload, binary))
        await self.go.wait()
        return payload

    def slows(self, slow):
        self.slow = slow

    def fails(self, why):
        self.failed = why

    async def over(self):
        """All that waits goes on."""
        self.go.set()
        done = asyncio.Event()
        self.lane.end(done.set)
        await done.wait()


def run(scenario):
    with ThreadPoolExecutor(1) as aside:  # where browsers are tested too, this thread has a loop already
        return aside.submit(asyncio.run, scenario).result(60)


def test_a_hundred_thousand_frames_of_one_read_go_on_as_one_piece():
    async def flood():
        around = Around()
        around.lane.take(PING * 100_000)
        return around.sent

    assert run(flood()) == [PING * 100_000]


@pytest.mark.parametrize("at", range(1, 12))
def test_frames_cut_anywhere_go_on_in_order(at):
    data = PING + written(Opcode.TEXT, b"one") + PING + PING + written(Opcode.BINARY, b"two") + PING

    async def cut():
        around = Around()
        around.lane.take(data[:at])
        around.lane.take(data[at : at + 1])
        around.lane.take(data[at + 1 :])
        await around.over()
        return around

    around = run(cut())
    assert around.asked == [(b"one", False), (b"two", True)]
    assert b"".join(around.sent) == data


def test_a_message_in_endless_empty_parts_is_not_kept(monkeypatch):
    monkeypatch.setattr(socket_lane, "PARTS", 100)
    data = b"\x01\x01x" + PART * 1000

    async def endless():
        around = Around()
        around.lane.take(data)
        passed = b"".join(around.sent)
        around.lane.take(b"\x80\x01y" + written(Opcode.TEXT, b"next"))
        await around.over()
        return passed, around

    passed, around = run(endless())
    assert passed == data
    assert around.asked == [(b"next", False)]
    assert b"".join(around.sent) == data + b"\x80\x01y" + written(Opcode.TEXT, b"next")


def test_a_packed_one_in_endless_empty_parts_ends_the_connection(monkeypatch):
    monkeypatch.setattr(socket_lane, "PARTS", 100)

    async def endless():
        around = Around(Packing())
        around.lane.take(b"\x41\x01x" + PART * 1000)
        return around

    around = run(endless())
    assert around.failed == "a message of more than 100 parts on a connection whose messages are packed"
    assert around.sent == []


def test_many_small_messages_that_wait_slow_their_sender_down():
    async def many():
        around = Around()
        around.lane.take(written(Opcode.TEXT, b"x") * 2000)
        before = around.slow
        await around.over()
        return before, around

    before, around = run(many())
    assert (before, around.slow) == (True, False)
    assert len(around.asked) == 2000


def test_packed_messages_are_unpacked_when_their_turn_comes():
    pack = zlib.compressobj(wbits=-15)
    good = (pack.compress(b"good") + pack.flush(zlib.Z_SYNC_FLUSH))[:-4]

    async def turns():
        around = Around(Packing())
        for payload in (good, b"\xff\xff\xff"):
            frame = written(Opcode.TEXT, payload)
            around.lane.take(bytes([frame[0] | 0x40]) + frame[1:])
        await asyncio.sleep(0)
        before = around.failed
        around.go.set()
        while not around.failed:  # noqa: ASYNC110 (a turn of the loop, no time)
            await asyncio.sleep(0)
        return before, around

    before, around = run(turns())
    assert before == ""
    assert around.asked == [(b"good", False)]
    assert around.failed.startswith("a packed message could not be unpacked")


def test_what_came_of_a_message_goes_on_when_no_more_comes():
    async def half():
        around = Around()
        around.lane.take(b"\x01\x01x" + PART + b"\x80")
        await around.over()
        return around

    around = run(half())
    assert around.asked == []
    assert b"".join(around.sent) == b"\x01\x01x" + PART + b"\x80"
