"""Raw bytes: typed by hand, sent as they are, the answer shown as it came, with how the two sides read it."""

from __future__ import annotations

import base64
import re
import threading
from dataclasses import dataclass
from ipaddress import IPv6Address
from typing import Annotated, Any, Literal, TypedDict

import msgspec
from flask import Blueprint, jsonify, make_response, render_template, request
from msgspec import Meta
from werkzeug.wrappers import Response

from inspector.compose.errors import CannotSend, NotationMistake
from inspector.compose.notation import read, write
from inspector.compose.repeat import body_of
from inspector.exchange.model import Exchange
from inspector.store.captures import ArchiveGone, Captures
from inspector.web.api.describing import says
from inspector.web.errors import Refusal
from inspector.web.present.hexdump import dump
from inspector.web.present.trouble import trouble
from inspector.web.send import looks
from inspector.web.send.bench import Bench, told
from inspector.web.send.curtain import Curtain
from inspector.web.send.door import Door
from inspector.web.send.errors import NotSent
from inspector.web.send.raw_line import RawAnswer, RawWish, send_raw
from inspector.wire.hosts import to_ascii
from inspector.wire.http1 import Problem, parse_request
from inspector.wire.rules import RULES

AT_ONCE = 4
LONGEST = 256 * 1024
_MOST_HEX = 4096
_LINE = re.compile(rb"[^\n]*\n|[^\n]+")
_EXAMPLE = "GET / HTTP/1.1\nHost: example.com\nConnection: close\n\n"
SAMPLES = (
    ("A plain request", _EXAMPLE),
    ("Line ends of LF alone", "GET / HTTP/1.1\\nHost: example.com\\nConnection: close\\n\\n"),
    ("Without Host", "GET / HTTP/1.1\nConnection: close\n\n"),
    ("A space before the colon", "GET / HTTP/1.1\nHost : example.com\nConnection: close\n\n"),
    ("Two different lengths", "POST / HTTP/1.1\nHost: example.com\nContent-Length: 3\nContent-Length: 5\n\nabcde"),
    ("Length and chunks", "POST / HTTP/1.1\nHost: example.com\nContent-Length: 6\nTransfer-Encoding: chunked\n\n0\n\nG"),
    ("Two requests at once", "GET /one HTTP/1.1\nHost: example.com\n\nGET /two HTTP/1.1\nHost: example.com\nConnection: close\n\n"),
    ("HTTP/0.9", "GET /\n"),
    ("A NUL in a field", "GET / HTTP/1.1\nHost: example.com\nX-Odd: a\\0b\n\n"),
)  # fmt: skip


class Raw(msgspec.Struct, kw_only=True):
    """`patience`: for how many seconds the answer is waited for. `half_close` says afterwards that nothing more will come."""

    host: Annotated[str, Meta(min_length=1, max_length=255)]
    base64: Annotated[bytes, Meta(min_length=1, max_length=LONGEST)]
    scheme: Literal["http", "https"] = "http"
    port: Annotated[int, Meta(ge=0, le=65535)] = 0
    half_close: bool = False
    verify: bool = True
    patience: Annotated[float, Meta(ge=0.5, le=60)] = 10.0


class RawSent(TypedDict):
    """The exchange it became, and what came back, in base64."""

    exchange: str | None
    base64: str
    size: int
    why: str


@dataclass(frozen=True, slots=True)
class Typed:
    """The form as it was sent."""

    scheme: str = "http"
    host: str = ""
    port: str = ""
    text: str = _EXAMPLE
    line_end: str = "crlf"
    half_close: bool = False
    verify: bool = True
    patience: str = "10"


def blueprint(bench: Bench, captures: Captures, door: Door, curtain: Curtain) -> Blueprint:
    pages = Blueprint("raw", __name__)
    room = threading.BoundedSemaphore(AT_ONCE)

    def sent(wish: RawWish, data: bytes) -> RawAnswer:
        """Send them, and note that they were. Raises NotSent."""
        if not room.acquire(timeout=2.0):
            raise Refusal(503, "Not sent", f"{AT_ONCE} of these are on their way already.", "Wait a moment.")
        try:
            answer = send_raw(door, wish, data)
        finally:
            room.release()
        if answer.exchange:
            bench.kept.note_sent(answer.exchange, b"")
        return answer

    @pages.post("/api/v1/send/raw")
    @says("Send bytes as they are", tag="Sending", scope="send", takes=Raw, gives=RawSent, fails=(422,),
          detail="Also what breaks every rule. Both ways in base64; `why` says what ended it.",
          example={"host": "shop.inspector.test", "base64": "R0VUIC8gSFRUUC8xLjENCkhvc3Q6IGENCg0K"})  # fmt: skip
    def send_api(body: Raw) -> Response:
        typed = Typed(body.scheme, body.host.strip(), str(body.port or ""), "", "crlf", body.half_close, body.verify, str(body.patience))  # fmt: skip
        try:
            answer = sent(_wish(typed), body.base64)
        except (NotSent, CannotSend) as trouble:
            raise told(trouble) from trouble
        bench.sender.wait_for(answer.exchange)
        came = base64.b64encode(curtain.message(answer.data)).decode()
        return jsonify(
            exchange=answer.exchange.hex() or None, base64=came, size=len(answer.data), why=answer.end
        )

    @pages.get("/send/raw")
    def form() -> Response:
        exchange = bench.find(request.args["of"]) if "of" in request.args else None
        return _page(_of(bench, exchange, curtain) if exchange else _sample())

    @pages.post("/send/raw")
    def send() -> Response:
        typed = _typed()
        try:
            wish, data = _wish(typed), _bytes(typed)
        except NotationMistake as mistake:
            place = looks.place(typed.text, mistake.start, mistake.end)
            return _page(typed, 422, mistake=mistake, place=place)
        except CannotSend as problem:
            return _page(typed, 422, problem=problem)
        if request.form.get("do") == "look":
            return _page(typed, preview=_preview(data))
        try:
            answer = sent(wish, data)
        except NotSent as why:
            return _page(typed, 503, problem=CannotSend(why.sentence, why.cure))
        exchange = bench.sender.wait_for(answer.exchange) and captures.exchange(answer.exchange)
        return _page(typed, answer=answer, exchange=exchange, shown=_shown(answer, curtain), preview=_preview(data),
                     trouble=trouble(exchange) if exchange else None)  # fmt: skip

    return pages


def _page(typed: Typed, status: int = 200, **more: Any) -> Response:
    part = request.headers.get("HX-Request") == "true"
    page = render_template(
        "send/raw-form.html" if part else "send/raw.html", typed=typed, samples=SAMPLES, more=more
    )
    response = make_response(page, status)
    response.vary.add("HX-Request")
    return response


def _sample() -> Typed:
    chosen = request.args.get("sample", 0, type=int)
    return Typed(text=SAMPLES[chosen][1] if 0 <= chosen < len(SAMPLES) else _EXAMPLE)


def _of(bench: Bench, exchange: Exchange, curtain: Curtain) -> Typed:
    """A captured request as bytes to change; while somebody presents with its secrets replaced."""
    leg = exchange.server_leg or exchange.client_leg
    head = leg.request.head if leg is not None else b""
    body = body_of(exchange)
    try:
        data = head + b"".join(bench.plain.body(exchange.id, body)) if body.captured <= LONGEST // 4 else head
    except ArchiveGone:
        data = head
    text = write(curtain.message(data))
    return Typed(
        exchange.scheme if exchange.scheme == "https" else "http",
        exchange.host,
        str(exchange.port or ""),
        text,
    )


def _typed() -> Typed:
    form = request.form
    return Typed(
        "https" if form.get("scheme") == "https" else "http", form.get("host", "").strip()[:255], form.get("port", "").strip()[:5],
        form.get("text", "")[:LONGEST].replace("\r\n", "\n"), "lf" if form.get("line_end") == "lf" else "crlf",
        "half_close" in form, "verify" in form, form.get("patience", "10"),
    )  # fmt: skip


def _wish(typed: Typed) -> RawWish:
    host = typed.host.removeprefix("[").removesuffix("]")
    if not host:
        raise CannotSend("Write the host and the port to connect to.", "", "host")
    try:
        host = str(IPv6Address(host)) if ":" in host else to_ascii(host)
        port = int(typed.port or (443 if typed.scheme == "https" else 80))
        patience = min(max(float(typed.patience), 0.5), 60.0)
    except ValueError as error:
        raise CannotSend(f"Host, port or time is not valid: {error}", "", "host") from error
    if not 0 < port < 65536:
        raise CannotSend("Write the host and the port to connect to.", "", "host")
    return RawWish(typed.scheme, host, port, typed.verify, typed.half_close, patience)


def _bytes(typed: Typed) -> bytes:
    data = read(typed.text, b"\n" if typed.line_end == "lf" else b"\r\n")
    if not data:
        raise CannotSend("There are no bytes to send.", "", "text")
    return data


def _lines(data: bytes) -> list[tuple[str, str]]:
    """Lines with their end made visible; what can't be read as its number."""
    found = []
    for line in _LINE.findall(data):
        text = line.removesuffix(b"\n").removesuffix(b"\r")
        end = {b"\r\n": "CR LF", b"\n": "LF", b"\r": "CR"}.get(line[len(text) :], "")
        found.append(("".join(chr(byte) if 0x20 <= byte < 0x7F else f"⟨{byte:02x}⟩" for byte in text), end))
    return found


def _preview(data: bytes) -> dict[str, Any]:
    """What will be sent: lines with their ends, and what the rules say of it."""
    parsed = parse_request(data)
    rule = RULES.get(parsed.code) if isinstance(parsed, Problem) else None
    return {"lines": _lines(data[:8192]), "size": len(data), "rule": rule, "detail": getattr(parsed, "detail", ""),
            "unfinished": parsed is None, "cut": len(data) > 8192}  # fmt: skip


def _shown(answer: RawAnswer, curtain: Curtain) -> dict[str, Any]:
    """What came, as it may be seen now."""
    data = curtain.message(answer.data)
    return {"lines": _lines(data[:65536]), "hex": dump(data[:_MOST_HEX]), "size": len(data), "cut": len(data) > 65536,
            "answers": data.count(b"\nHTTP/1.") + data.startswith(b"HTTP/1.")}  # fmt: skip
