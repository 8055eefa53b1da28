"""A WebSocket's messages in HAR files: read from what Chrome writes, and written so."""

from __future__ import annotations

import pytest
from har_files import entry

from inspector.exchange.socket_talk import spoken
from inspector.export.har_entry import entry as written_entry
from inspector.export.har_reading import read_entry
from inspector.export.whole import Whole, redacted

STARTED = 1_772_359_200.0  # 2026-03-01T10:00:00Z
MESSAGES = [
    {"type": "send", "time": STARTED + 0.5, "opcode": 1, "data": "hé"},
    {"type": "receive", "time": STARTED + 0.75, "opcode": 2, "data": "AAEC"},
    {"type": "receive", "time": STARTED + 1.0, "opcode": 1, "data": '{"password": "battery-staple"}'},
    {"type": "send", "time": STARTED + 1.25, "opcode": 8, "data": "A+g="},
]


def socket(messages, **said):
    return entry(
        _webSocketMessages=messages, startedDateTime="2026-03-01T10:00:00.000Z", request={"url": "wss://shop.test/live"},
        response={"status": 101, "statusText": "Switching Protocols", "content": {"size": 0, "mimeType": "x-unknown"}}, **said,
    )  # fmt: skip


def read(messages):
    notes = []
    return read_entry(socket(messages), lambda *each: notes.append(each)).exchange, notes


def said_on(exchange):
    return spoken(
        exchange.client_leg.request.body.inline,
        exchange.client_leg.response.body.inline,
        arrivals=(exchange.asked_when, exchange.answered_when),
    )


def test_messages_of_a_file_are_there_in_their_order():
    exchange, notes = read(MESSAGES)
    assert exchange.kind == "websocket"
    assert notes == []
    said = said_on(exchange)
    assert [(each.speaker, each.kind, round(each.at, 3)) for each in said] == [
        ("browser", "text", 0.5), ("site", "binary", 0.75), ("site", "text", 1.0), ("browser", "close", 1.25),
    ]  # fmt: skip
    assert [said[0].text, said[1].payload, said[3].code] == ["hé", b"\0\1\2", 1000]
    assert not any(each.notes for each in said)


def test_they_are_written_as_they_were_read():
    exchange, _ = read(MESSAGES)
    assert written_entry(Whole(exchange), redacted=False)["_webSocketMessages"] == MESSAGES


def test_a_redacted_file_has_no_secret_of_theirs():
    exchange, _ = read(MESSAGES)
    made = written_entry(redacted(Whole(exchange), b"k" * 32), redacted=True)
    assert "battery-staple" not in str(made)
    assert [each["type"] for each in made["_webSocketMessages"]] == ["send", "receive", "receive", "send"]
    assert made["_webSocketMessages"][0] == MESSAGES[0]


def test_no_other_exchange_has_any():
    exchange = read_entry(entry(), lambda *_: None).exchange
    assert "_webSocketMessages" not in written_entry(Whole(exchange), redacted=False)


@pytest.mark.parametrize(
    ("messages", "pointers"),
    [
        ("x", ["/_webSocketMessages"]),
        ({"type": "send"}, ["/_webSocketMessages"]),
        ([7, None, {}, {"type": ["send"]}, {"type": "send"}], [f"/_webSocketMessages/{number}" for number in range(5)]),
        ([{"type": "send", "opcode": 3, "data": ""}, {"type": "send", "opcode": True, "data": ""}], ["/_webSocketMessages/0", "/_webSocketMessages/1"]),
        ([{"type": "send", "opcode": [], "data": ""}], ["/_webSocketMessages/0"]),
        ([{"type": "send", "data": "fine", "time": float("nan")}, {"type": "receive", "opcode": 2, "data": "no base64!"}], []),
        ([{"type": "send", "data": "\ud800", "time": -1e300}], []),
    ],
    ids=["a text", "an object", "no messages", "no opcodes", "a list as opcode", "odd values", "half a pair"],
)  # fmt: skip
def test_what_is_odd_is_noted_and_the_rest_read(messages, pointers):
    exchange, notes = read(messages)
    assert [pointer for pointer, _ in notes] == pointers
    assert all(each.kind != "broken" for each in said_on(exchange))
