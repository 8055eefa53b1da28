"""What arrives without being asked for: server-sent events (one way, over plain HTTP), and a WebSocket (both ways)."""

from __future__ import annotations

import itertools
import json
import queue
import time
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_sock import Sock
from simple_websocket import Server

from ..chat import MOST_LETTERS, Room, answer
from ..events import FullHouseError, Hub
from .forms import customer

blueprint = Blueprint("live", __name__)
sock = Sock()

_BEAT = 2.0  # seconds between events when nothing happens
_LONGEST = 600.0  # then the stream ends, and the browser comes back by itself
_MOST_LINES = 20  # in ten seconds


@blueprint.get("/live")
def show() -> str:
    return render_template("live.html", products=g.shop.products("", "", "name"))


@blueprint.get("/live/events")
def events() -> ResponseReturnValue:
    """An answer that does not end. A browser reads it line by line (EventSource), and comes back if it breaks off."""
    hub: Hub = current_app.extensions["hub"]
    stock = [
        {"slug": each.slug, "name": each.name, "stock": each.stock}
        for each in g.shop.products("", "", "name")
    ]
    seat = hub.seat()
    try:
        news = seat.__enter__()
    except FullHouseError:
        return Response("All seats are taken.\n", 503, {"Retry-After": "10"}, mimetype="text/plain")
    response = Response(_stream(news, stock), mimetype="text/event-stream")
    response.call_on_close(lambda: seat.__exit__(None, None, None))
    response.cache_control.no_store = True
    return response


def _stream(news: queue.Queue[dict[str, Any]], stock: list[dict[str, Any]]) -> Iterator[str]:
    """`id` numbers them, `event` names the kind, `data` is what it says; an empty line ends each."""
    began = time.monotonic()
    yield "retry: 3000\n"
    yield event(0, "stock", stock)
    for number in itertools.count(1):
        try:
            yield event(number, "news", news.get(timeout=_BEAT))
        except queue.Empty:
            yield event(number, "clock", {"seconds": round(time.monotonic() - began)})
        if time.monotonic() - began > _LONGEST:
            return


def event(number: int, kind: str, data: object) -> str:
    return f"id: {number}\nevent: {kind}\ndata: {json.dumps(data)}\n\n"


@sock.route("/live/chat", bp=blueprint)  # type: ignore[untyped-decorator]  # flask-sock has no types
def chat(socket: Server) -> None:
    """A WebSocket is not held back by the same-origin policy: pages of other sites could open it, with your cookies. So we look at Origin."""
    if request.headers.get("Origin", "") not in {"", request.host_url.rstrip("/")}:
        socket.close(1008, "Only pages of this shop may chat here.")
        return
    room: Room = current_app.extensions["room"]
    who = customer()
    name = who.name if who else "A visitor"
    with room.place(socket) as there_is_room:
        if not there_is_room:
            socket.close(1013, "There are too many people at the counter.")
            return
        _listen(socket, room, name)


def _listen(socket: Server, room: Room, name: str) -> None:
    said: list[float] = []
    while True:
        line = socket.receive(
            timeout=_BEAT
        )  # not for ever: a close that comes at the wrong moment wakes nobody
        if line is None:
            continue
        now = time.monotonic()
        said = [when for when in said if when > now - 10] + [now]
        if len(said) > _MOST_LINES:
            socket.close(1008, "Slowly, please.")
            return
        if isinstance(line, str) and line.strip():
            line = line.strip()[:MOST_LETTERS]
            room.say(json.dumps({"who": name, "text": line}))
            room.say(json.dumps({"who": "The shop", "text": answer(line)}))
