"""Secrets in what is said over a WebSocket: masked and packed frames hide nothing from whoever looks for them."""

from __future__ import annotations

import zlib

import pytest

from inspector.exchange.model import Arrival, Body, Exchange, Leg, Message
from inspector.exchange.socket_talk import Packing, packing_on, spoken
from inspector.secrets import Hider
from inspector.secrets.exchanges import hide_exchange
from inspector.secrets.sockets import hide_said
from inspector.wire.websocket import Opcode, written

SECRET = b"battery-staple"
MASK = b"\x11\x22\x33\x44"


def packed(data: bytes) -> bytes:
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    return (deflate.compress(data) + deflate.flush(zlib.Z_SYNC_FLUSH))[:-4]


def text(payload: bytes, mask: bytes = b"", first: int = 0x81) -> bytes:
    return bytes([first]) + written(Opcode.TEXT, payload, mask)[1:]


SAID = b'{"password":"%b","n":1}' % SECRET


@pytest.mark.parametrize("mask", [b"", MASK], ids=["site", "browser"])
@pytest.mark.parametrize("how", ["whole", "in parts", "packed"])
def test_a_secret_is_replaced_however_it_was_said(how, mask):
    speaker = "browser" if mask else "site"
    packing = {"browser": Packing(), "site": Packing()} if how == "packed" else None
    data = {
        "whole": text(SAID, mask),
        "in parts": text(SAID[:20], mask, 0x01) + text(SAID[20:], mask, 0x80),
        "packed": text(packed(SAID), mask, 0xC1),
    }[how]
    data += text(b"plain", mask)
    hidden, came = hide_said(Hider(b"k" * 32), data, speaker, packing, (Arrival(len(data), 0.5),))
    both = (hidden, b"") if mask else (b"", hidden)
    first, second = spoken(*both, packing=packing)
    assert SECRET not in first.payload
    assert b'"n":1' in first.payload
    assert second.payload == b"plain"
    assert not first.notes
    assert first.parts[0].mask == mask
    assert [each.at for each in came] == [0.5, 0.5]
    assert came[-1].end == len(hidden)


def test_what_is_no_whole_frame_is_left_out():
    data = text(b"plain") + text(SAID)[:-1]
    assert hide_said(Hider(b"k" * 32), data, "site", None)[0] == text(b"plain")
    assert hide_said(Hider(b"k" * 32), b"\x83" + SAID, "site", None)[0] == b""


def test_an_exchange_is_hidden_on_both_legs_and_keeps_its_times():
    asked, came = text(SAID, MASK), text(b"you are " + SECRET)
    switch = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"
    same = Body(5, 5, note="same")
    exchange = Exchange(
        bytes(16), 1, "done", "websocket", "browser", 0.0, 1.0, "GET", "ws", "shop.test", 80, "/", "HTTP/1.1", 101, "", "",
        "socket", len(asked), len(came), "", "", "none", "", "", False, "", 0,
        client_leg=Leg(b"", Message(b"GET / HTTP/1.1\r\n\r\n", Body(len(asked), 0, asked)), Message(switch, same)),
        server_leg=Leg(b"", Message(b"GET / HTTP/1.1\r\n\r\n", same), Message(switch, Body(len(came), 0, came))),
        asked_when=(Arrival(len(asked), 0.1),),
        answered_when=(Arrival(len(came), 0.2),),
    )  # fmt: skip
    hidden = hide_exchange(Hider(b"k" * 32), exchange)
    said = spoken(
        hidden.client_leg.request.body.inline,
        hidden.server_leg.response.body.inline,
        arrivals=(hidden.asked_when, hidden.answered_when),
        packing=packing_on(hidden.client_leg),
    )
    assert [(each.speaker, each.at) for each in said] == [("browser", 0.1), ("site", 0.2)]
    assert not any(SECRET in each.payload for each in said)
