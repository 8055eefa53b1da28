"""A WebSocket's messages on the page of its exchange."""

from __future__ import annotations

import re

import pytest
from web_fakes import made, message, number

from inspector.exchange.model import Arrival, Body, Leg

ID = number(1).hex()
HOSTILE = "<script>alert(1)</script>{{7*7}}"
SECRET = "tok-1234567890"


def frame(first: int, payload: bytes, mask: bytes = b"") -> bytes:
    assert len(payload) < 126
    masked = bytes(byte ^ mask[place % 4] for place, byte in enumerate(payload)) if mask else payload
    return bytes([first, len(payload) | (0x80 if mask else 0)]) + mask + masked


ASKED = [frame(0x81, b"Hello", b"abcd"), frame(0x89, b"", b"abcd"), frame(0x88, b"\x03\xe8enough", b"abcd")]
CAME = [frame(0x81, b'{"n":[1,2]}'), frame(0x8A, b""), frame(0x82, b"\0\1\2")]


def socket(asked=ASKED, came=CAME, **changes):
    client = Leg(
        number(901),
        message("GET /chat HTTP/1.1", f"Cookie: session={SECRET}", body=b"".join(asked)),
        message("HTTP/1.1 101 Switching Protocols", body=Body(len(b"".join(came)), 0, note="same")),
    )
    server = Leg(
        number(902),
        message("GET /chat HTTP/1.1", body=Body(len(b"".join(asked)), 0, note="same")),
        message("HTTP/1.1 101 Switching Protocols", body=b"".join(came)),
    )
    return made(
        1,
        **(
            {"kind": "websocket", "scheme": "wss", "status": 101, "client_leg": client, "server_leg": server}
            | changes
        ),
    )


def whens(parts, first):
    ends = [sum(map(len, parts[: place + 1])) for place in range(len(parts))]
    return tuple(Arrival(end, first + place / 10) for place, end in enumerate(ends))


@pytest.fixture
def talk(desk, browser):
    def show(exchange, query=""):
        desk.captures.add(exchange)
        page = browser.get(f"/exchange/{ID}?tab=messages{query}").get_data(as_text=True)
        part = page.partition('<section class="talk"')[2].partition("</section>")[0]
        lines = re.findall(
            r'<li class="said said-(\w+)">.*?<span class="said-words">(.*?)</span>', part, re.DOTALL
        )
        return part, lines

    return show


@pytest.mark.parametrize("side", ["browser", "site"])
def test_messages_stand_in_the_order_of_their_times(talk, side):
    exchange = socket(asked_when=whens(ASKED, 0.1), answered_when=whens(CAME, 0.15))
    part, lines = talk(exchange, f"&side={side}")
    assert lines == [
        ("browser", "Hello"), ("site", "{&#34;n&#34;:[1,2]}"), ("browser", ""), ("site", ""), ("browser", "1000: all is done (“enough”)"),
        ("site", "00 01 02"),
    ]  # fmt: skip
    assert "6 messages: 3 from the browser, 3 from the site" in part
    assert "on record" not in part


@pytest.mark.parametrize(
    ("whose", "number"), [("all", 6), ("browser", 3), ("site", 3), ("said", 3), ("no-such", 6)]
)
def test_a_part_of_them_is_asked_for(talk, whose, number):
    assert len(talk(socket(), f"&talk={whose}")[1]) == number


def test_that_times_are_missing_is_said(talk):
    assert "on record, so the browser" in talk(socket())[0]


def test_many_are_shown_a_hundred_at_a_time(talk):
    came = [frame(0x81, f"n{number}".encode()) for number in range(250)]
    part, lines = talk(socket([], came))
    assert (len(lines), lines[0][1], "talk_from=100" in part) == (100, "n0", True)
    part, lines = talk(socket([], came), "&talk_from=200")
    assert (len(lines), lines[-1][1], "201 to 250 of 250" in part) == (50, "n249", True)
    assert len(talk(socket([], came), "&talk_from=99999999")[1]) == 50


@pytest.mark.parametrize(
    ("state", "words"), [("open", "both sides may speak"), ("done", "Neither side said anything")]
)
def test_none_is_said_in_a_sentence(talk, state, words):
    assert words in talk(socket([], [], state=state))[0]


def test_what_is_said_is_never_more_than_text(talk):
    part, _ = talk(socket([], [frame(0x81, HOSTILE.encode()), frame(0x88, b"\x0f\xa1" + HOSTILE.encode())]))
    assert "<script" not in part
    assert part.count("&lt;script&gt;") >= 2


def test_a_broken_frame_is_told_and_what_came_before_is_there(talk):
    part, lines = talk(socket([], [frame(0x81, b"fine"), b"\x83\x01x"]))
    assert lines[0] == ("site", "fine")
    assert "Opcode 3 has no meaning" in part


def test_bytes_that_are_gone_leave_the_page(desk, browser):
    desk.captures.add(socket())
    desk.captures.body_gone = True
    answer = browser.get(f"/exchange/{ID}?tab=messages")
    assert answer.status_code == 200
    assert "The body was removed" in browser.get(f"/exchange/{ID}?tab=messages&request=raw").get_data(
        as_text=True
    )


@pytest.mark.parametrize("mask", [b"", b"abcd"], ids=["from the site", "from the browser"])
def test_presenting_hides_secrets_in_messages(desk, browser, talk, mask):
    said = [
        frame(0x81, b'{"password":"battery-staple"}', mask),
        frame(0x81, f"it is {SECRET}!".encode(), mask),
    ]
    exchange = socket(said, []) if mask else socket([], said)
    assert SECRET in talk(exchange)[0]
    browser.post("/preferences", data={"presenter": "on", "next": "/", "csrf_token": desk.token(browser)})
    part, lines = talk(exchange)
    assert len(lines) == 2
    assert SECRET not in part
    assert "battery-staple" not in part


def test_a_program_gets_them_too(desk, browser):
    desk.captures.add(socket(asked_when=whens(ASKED, 0.1), answered_when=whens(CAME, 0.15)))
    told = browser.get(f"/api/v1/exchanges/{ID}/messages/browser?start=1&limit=4").get_json()
    assert (told["number"], told["timed"], told["cut"]) == (6, True, False)
    assert [(each["number"], each["from"], each["kind"], each["code"]) for each in told["messages"]] == [
        (2, "site", "text", None), (3, "browser", "ping", None), (4, "site", "pong", None), (5, "browser", "close", 1000),
    ]  # fmt: skip
    assert (told["messages"][0]["text"], told["messages"][0]["base64"]) == ('{"n":[1,2]}', None)
    assert told["messages"][3]["base64"] == "A+hlbm91Z2g="
    assert browser.get(f"/api/v1/exchanges/{ID}/messages/nobody").status_code == 404
    assert browser.get(f"/api/v1/exchanges/{ID}/messages/site?limit=0").status_code == 400
    desk.captures.add(made(2))
    assert browser.get(f"/api/v1/exchanges/{number(2).hex()}/messages/site").status_code == 404
