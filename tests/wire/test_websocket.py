"""WebSocket frames, read for looking at: RFC 6455's own examples, and what breaks its rules."""

from __future__ import annotations

import pytest

from inspector.wire.websocket import Frame, Opcode, Rest, frames, unmasked

# RFC 6455 §5.7
EXAMPLES = {
    "a text": ("81 05 48 65 6c 6c 6f", False, [(Opcode.TEXT, True, b"Hello")]),
    "a masked text": ("81 85 37 fa 21 3d 7f 9f 4d 51 58", True, [(Opcode.TEXT, True, b"Hello")]),
    "a text in two frames": (
        "01 03 48 65 6c 80 02 6c 6f", False, [(Opcode.TEXT, False, b"Hel"), (Opcode.CONTINUATION, True, b"lo")],
    ),
    "a ping": ("89 05 48 65 6c 6c 6f", False, [(Opcode.PING, True, b"Hello")]),
    "a masked pong": ("8a 85 37 fa 21 3d 7f 9f 4d 51 58", True, [(Opcode.PONG, True, b"Hello")]),
    "256 bytes": ("82 7e 01 00" + "07" * 256, False, [(Opcode.BINARY, True, b"\7" * 256)]),
    "64 KiB": ("82 7f 00 00 00 00 00 01 00 00" + "07" * 65536, False, [(Opcode.BINARY, True, b"\7" * 65536)]),
}  # fmt: skip


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_examples_of_the_rfc(name):
    data, from_browser, expected = EXAMPLES[name]
    found = list(frames(bytes.fromhex(data), from_browser=from_browser))
    assert [(each.opcode, each.final, each.payload) for each in found] == expected
    assert not any(each.wrong for each in found)
    assert found[-1].end == len(bytes.fromhex(data))


WRONG = {
    "a browser that doesn't mask": ("8105 48656c6c6f", True, "has to mask"),
    "a server that masks": ("8185 37fa213d 7f9f4d5158", False, "must not mask"),
    "a ping in parts": ("0900", False, "may not be divided"),
    "a ping that is too long": ("897e0080" + "00" * 128, False, "125 bytes at most"),
    "a length that is longer than it need be": ("827e0001 00", False, "longer than it needs to be"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_breaks_a_rule_is_read_and_noted(name):
    data, from_browser, words = WRONG[name]
    (frame,) = frames(bytes.fromhex(data), from_browser=from_browser)
    assert isinstance(frame, Frame)
    assert any(words in each for each in frame.wrong)


@pytest.mark.parametrize(
    ("data", "why"),
    [("8305 0000000000", "opcode 3"), ("8b00", "opcode 11"), ("827f 8000000000000000", "more than 63 bits")],
    ids=["reserved opcode", "reserved control opcode", "a length with its top bit set"],
)
def test_nothing_is_read_on_from_where_no_frame_can_be(data, why):
    hello = bytes.fromhex("810548656c6c6f")
    first, rest = frames(hello + bytes.fromhex(data), from_browser=False)
    assert first.payload == b"Hello"
    assert isinstance(rest, Rest)
    assert (rest.at, rest.size) == (7, len(bytes.fromhex(data)))
    assert why in rest.why


def test_a_frame_that_is_not_whole_is_a_rest_at_every_cut():
    whole = bytes.fromhex("81fe0080 01020304") + b"\5" * 128
    for cut in range(1, len(whole)):
        assert list(frames(whole[:cut], from_browser=True)) == [Rest(0, cut)]
    (frame,) = frames(whole, from_browser=True)
    assert frame.header == 8
    assert frame.payload == bytes(5 ^ (1, 2, 3, 4)[place % 4] for place in range(128))


def test_masking_twice_changes_nothing():
    data = bytes(range(256)) * 5 + b"odd"
    assert unmasked(unmasked(data, b"\1\2\3\4"), b"\1\2\3\4") == data
    assert unmasked(data, b"") == data
