"""What was said over a WebSocket, put together from both sides' bytes. wsproto, which knows the protocol, writes them."""

from __future__ import annotations

import zlib

import pytest
from wsproto.connection import Connection, ConnectionType
from wsproto.events import BytesMessage, CloseConnection, Ping, Pong, TextMessage
from wsproto.extensions import PerMessageDeflate

from inspector.exchange.model import Arrival
from inspector.exchange.socket_talk import LARGEST, Packing, packing_of, spoken

PACKED = {"browser": Packing(), "site": Packing()}


def side(kind: ConnectionType, *, packed: bool = False) -> Connection:
    extension = PerMessageDeflate()
    extension._enabled = True
    return Connection(kind, [extension] if packed else [])


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "packed"])
def test_a_conversation_is_read_as_it_was_said(packed):
    browser, site = side(ConnectionType.CLIENT, packed=packed), side(ConnectionType.SERVER, packed=packed)
    asked = browser.send(TextMessage("Hello, hello, hello")) + browser.send(BytesMessage(b"\0\1\2"))
    asked += browser.send(Ping(b"there?"))
    came = site.send(TextMessage("Good ", message_finished=False))
    came += (
        site.send(Pong(b"there?")) + site.send(TextMessage("day")) + site.send(CloseConnection(4001, "late"))
    )
    said = spoken(asked, came, packing=PACKED if packed else None)
    assert [(each.speaker, each.kind, each.text) for each in said if each.kind != "binary"] == [
        ("browser", "text", "Hello, hello, hello"),
        ("browser", "ping", "there?"),
        ("site", "pong", "there?"),
        ("site", "text", "Good day"),
        ("site", "close", "late"),
    ]
    assert said[1].payload == b"\0\1\2"
    assert said[-1].code == 4001
    assert said[-1].code_means == ""
    assert [len(each.parts) for each in said] == [1, 1, 1, 1, 2, 1]
    assert sum(each.wire for each in said) == len(asked) + len(came)
    assert not any(each.notes for each in said)
    assert [each.packed for each in said] == [packed, packed, False, False, packed, False]


def test_messages_stand_in_the_order_in_which_they_came():
    browser, site = side(ConnectionType.CLIENT), side(ConnectionType.SERVER)
    asked = [browser.send(TextMessage(text)) for text in ("one", "three")]
    came = [site.send(TextMessage(text)) for text in ("two", "four")]
    arrivals = (
        (Arrival(len(asked[0]), 0.1), Arrival(len(asked[0] + asked[1]), 0.3)),
        (Arrival(len(came[0]) - 2, 0.15), Arrival(len(came[0]), 0.2), Arrival(len(came[0] + came[1]), 0.4)),
    )
    said = spoken(b"".join(asked), b"".join(came), arrivals=arrivals)
    assert [(each.text, each.at) for each in said] == [
        ("one", 0.1),
        ("two", 0.2),
        ("three", 0.3),
        ("four", 0.4),
    ]


def test_without_times_the_browsers_stand_first():
    browser, site = side(ConnectionType.CLIENT), side(ConnectionType.SERVER)
    said = spoken(
        browser.send(TextMessage("b")), site.send(TextMessage("a")), arrivals=((), (Arrival(9, 0.1),))
    )
    assert [(each.text, each.at) for each in said] == [("b", None), ("a", 0.1)]


def frame(first: int, payload: bytes) -> bytes:
    assert len(payload) < 1 << 16
    return (
        bytes([first])
        + (bytes([len(payload)]) if len(payload) < 126 else b"\x7e" + len(payload).to_bytes(2))
        + payload
    )


def packed(data: bytes) -> bytes:
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    return (deflate.compress(data) + deflate.flush(zlib.Z_SYNC_FLUSH))[:-4]


NOTED = {
    "a text that is not UTF-8": (frame(0x81, b"\xff"), None, "text", "not UTF-8"),
    "a part of nothing": (frame(0x80, b"x"), None, "binary", "never began"),
    "a message in a message": (frame(0x01, b"x") + frame(0x81, b"y"), None, "text", "before this one ended"),
    "a message without end": (frame(0x01, b"x"), None, "text", "has not come"),
    "a packed one where nothing was agreed": (frame(0xC1, b"x"), None, "text", "without an extension"),
    "one that can't be unpacked": (frame(0xC1, b"\xff\xff\xff"), PACKED, "text", "could not be unpacked"),
    "a bomb": (frame(0xC2, packed(b"\0" * (LARGEST + 1))), PACKED, "binary", "only the first 4 MiB"),
    "half a frame": (b"\x81\x05He", None, "broken", "in the middle of a frame"),
    "something else": (b"\x83\x00HTTP/1.1 200 OK", None, "broken", "opcode 3"),
}  # fmt: skip


@pytest.mark.parametrize("name", NOTED)
def test_what_is_wrong_is_said_and_the_rest_is_read(name):
    data, packing, kind, words = NOTED[name]
    first = spoken(b"", data, packing=packing)[0]
    assert first.kind == kind
    assert any(words in note for note in first.notes), first.notes
    assert len(first.payload) <= LARGEST


def test_what_lies_behind_one_that_cannot_be_unpacked_is_not_guessed():
    data = frame(0xC1, b"\xff\xff\xff") + frame(0xC1, packed(b"hello"))
    assert "builds on it" in spoken(b"", data, packing=PACKED)[1].notes[0]
    alone = {"browser": Packing(), "site": Packing(alone=True)}
    assert spoken(b"", data, packing=alone)[1].text == "hello"


def test_of_what_was_not_kept_whole_the_end_is_no_fault():
    assert spoken(b"", frame(0x81, b"Hello")[:-1], cut=(False, True)) == ()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("", None),
        ("x-webkit-deflate-frame", None),
        ("permessage-deflate", PACKED),
        ("foo, permessage-deflate; client_max_window_bits=10; server_no_context_takeover",
         {"browser": Packing(10), "site": Packing(15, alone=True)}),
        ('permessage-deflate; server_max_window_bits="8"', {"browser": Packing(), "site": Packing(9)}),
        ("permessage-deflate; server_max_window_bits=999", PACKED),
    ],
    ids=["none", "another", "plain", "with everything", "the smallest window", "nonsense"],
)  # fmt: skip
def test_what_was_agreed_on_about_packing(line, expected):
    assert packing_of(line) == expected


@pytest.mark.parametrize("frame", [b"\x89\x00", b"\x81\x01a"], ids=["pings", "texts"])
def test_of_a_flood_of_frames_the_first_are_read(frame, monkeypatch):
    monkeypatch.setattr("inspector.exchange.socket_talk.FRAMES", 10)
    said = spoken(b"", frame * 1000)
    assert len(said) == 11
    assert (said[-1].kind, said[-1].wire) == ("broken", 990 * len(frame))
    assert said[-1].notes == ("only the first 10 frames of each side are read",)
    assert len(spoken(b"", frame * 10)) == 10


def test_a_message_in_endless_parts_is_read_as_far_as_its_first(monkeypatch):
    monkeypatch.setattr("inspector.exchange.socket_talk.FRAMES", 10)
    began, rest = spoken(b"", b"\x01\x01a" + b"\x00\x00" * 1000)
    assert (began.text, began.notes) == ("a", ("its last part is not read any more",))
    assert (len(began.parts), rest.kind, began.wire + rest.wire) == (10, "broken", 2003)
