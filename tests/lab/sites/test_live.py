"""What arrives by itself: server-sent events and the chat, to programs and to a real browser."""

from __future__ import annotations

import itertools
import json
import socket
import ssl

import pytest
from practice_running import PATIENCE, eventually
from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, Ping, Pong, Request, TextMessage

from inspector.lab.sites.shop.chat import MOST_GUESTS, answer
from inspector.lab.sites.shop.events import MOST_LISTENERS, FullHouseError, Hub

SHOP = "http://shop.inspector.test"


def events(response):
    """The events of an open answer, as (kind, data)."""
    kind = ""
    for line in response.iter_lines(decode_unicode=True, chunk_size=1):
        name, _, value = line.partition(": ")
        if name == "event":
            kind = value
        if name == "data":
            yield kind, json.loads(value)


def test_the_stock_is_told_and_then_what_happens(visitor, practice, scheme):
    with visitor.get(f"{scheme}://shop.inspector.test/live/events", stream=True) as response:
        assert response.headers["Content-Type"].startswith("text/event-stream")
        told = events(response)
        kind, stock = next(told)
        assert (kind, len(stock)) == ("stock", 12)
        with practice.visitor() as other:
            other.submit(f"{SHOP}/products/tide", "/basket", product="tide", count="1")
            other.submit(f"{SHOP}/checkout", email="a@b", address="1 Near Street")
        news = list(itertools.islice((data for kind, data in told if kind == "news"), 2))
        assert news == [{"what": "basket", "name": "Tide"}, {"what": "sold", "name": "Tide", "count": 1}]


def test_there_are_only_so_many_seats():
    hub = Hub()
    seats = [hub.seat() for _ in range(MOST_LISTENERS + 1)]
    for seat in seats[:-1]:
        seat.__enter__()
    with pytest.raises(FullHouseError):
        seats[-1].__enter__()
    seats[0].__exit__(None, None, None)
    with hub.seat() as mine:
        hub.tell({"what": "x"})
        assert mine.get_nowait() == {"what": "x"}


def test_who_falls_behind_holds_nobody_up():
    hub = Hub()
    with hub.seat() as slow:
        for number in range(1000):
            hub.tell({"number": number})
        assert slow.qsize() == 100


@pytest.mark.parametrize(
    ("question", "reply"),
    [("Hello!", "Good day"), ("this thing", "back room"), ("MUGS?", "Monday"), ("", "back room")],
)
def test_the_shopkeeper(question, reply):
    assert reply in answer(question)


# --- WebSocket -------------------------------------------------------------------------------------------


class Guest:
    """A WebSocket behind a tunnel of the proxy's."""

    def __init__(self, practice, scheme="http", origin=None, host="shop.inspector.test"):
        port = 443 if scheme == "https" else 80
        self._socket = socket.create_connection(("127.0.0.1", practice.engine.port), PATIENCE)
        self._socket.sendall(f"CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
        assert b" 200 " in self._socket.recv(4096)
        if scheme == "https":
            context = ssl.create_default_context(cafile=practice.authority)
            self._socket = context.wrap_socket(self._socket, server_hostname=host)
        self._protocol = WSConnection(ConnectionType.CLIENT)
        self._heard = []
        headers = [(b"Origin", origin.encode())] if origin else []
        self._send(Request(host=host, target="/live/chat", extra_headers=headers))
        assert isinstance(self.hear(), AcceptConnection)

    def _send(self, event):
        self._socket.sendall(self._protocol.send(event))

    def say(self, line):
        self._send(TextMessage(line))

    def hear(self):
        """The next event: what was said as a dict, anything else as it is; None at the end."""
        while not self._heard:
            data = self._socket.recv(4096)
            if not data:
                return None
            self._protocol.receive_data(data)
            self._heard += [each for each in self._protocol.events() if not isinstance(each, (Ping, Pong))]
        event = self._heard.pop(0)
        return json.loads(event.data) if isinstance(event, TextMessage) else event

    def leave(self):
        self._socket.close()


@pytest.fixture
def guest(practice):
    """Opens chats: guest(scheme="https", origin="…")."""
    opened = []

    def enter(**more):
        opened.append(Guest(practice, **more))
        return opened[-1]

    yield enter
    for each in opened:
        each.leave()


def test_what_one_says_all_hear_and_the_shop_answers(guest, scheme):
    one, other = guest(scheme=scheme), guest(scheme="http")
    one.say("Hello!")
    for each in (one, other):
        assert each.hear() == {"who": "A visitor", "text": "Hello!"}
        assert each.hear() == {"who": "The shop", "text": "Good day! The kettle is on."}
    late = guest()
    assert late.hear()["text"] == "Hello!"


def test_a_page_of_another_site_may_not_chat(guest):
    stranger = guest(origin="http://elsewhere.test")
    closed = stranger.hear()
    assert (closed.code, closed.reason) == (1008, "Only pages of this shop may chat here.")
    ours = guest(origin="http://shop.inspector.test")
    ours.say("hi")
    assert ours.hear()["text"] == "hi"


def test_who_says_too_much_is_sent_out(guest):
    loud = guest()
    for number in range(21):
        loud.say(str(number))
    heard = [loud.hear() for _ in range(41)]
    assert (heard[-1].code, heard[-1].reason) == (1008, "Slowly, please.")


def test_a_message_that_is_too_long_ends_the_chat(guest):
    long = guest()
    long.say("x" * 2001)
    assert long.hear().code == 1009


def test_the_counter_has_an_end(guest, practice):
    room = practice.apps["shop.inspector.test"].app().extensions["room"]
    eventually(lambda: not room._guests)  # those of the test before
    for _ in range(MOST_GUESTS):
        guest()
    eventually(lambda: len(room._guests) == MOST_GUESTS)
    one_more = guest()
    assert one_more.hear().code == 1013


def test_who_left_makes_room(guest, practice):
    room = practice.apps["shop.inspector.test"].app().extensions["room"]
    eventually(lambda: not room._guests)  # those of the test before
    first = guest()
    eventually(lambda: len(room._guests) == 1)
    first.leave()
    eventually(lambda: not room._guests)


@pytest.mark.browser
def test_both_in_a_real_browser(visit, practice, scheme):
    visited = visit()
    page = visited.page
    page.goto(f"{scheme}://shop.inspector.test/live")
    page.wait_for_selector("#events-lamp.on")
    page.wait_for_selector("#chat-lamp.on")
    page.fill("#line", "Hello?")
    page.click("#say button")
    page.wait_for_selector("#chat >> text=Good day! The kettle is on.")
    with practice.visitor() as other:
        other.submit(f"{SHOP}/products/tide", "/basket", product="tide", count="2")
        page.wait_for_selector("#news >> text=Somebody put Tide into a basket.")
        other.submit(f"{SHOP}/checkout", email="a@b", address="1 Near Street")
    page.wait_for_selector("#news >> text=2 of Tide was just sold.")
    assert page.inner_text("#stock li[data-name=Tide] .num") == "7"
    assert visited.complaints == []
