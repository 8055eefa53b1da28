"""One exchange and many, as files and for other tools; one exchange's mark."""

from __future__ import annotations

import time
from secrets import token_bytes
from typing import Annotated, Any, Literal

import msgspec
from flask import Blueprint, Response, jsonify, stream_with_context
from msgspec import Meta

from inspector.exchange import ids
from inspector.export.commands.table import COMMANDS, RAW, command, raw_bytes
from inspector.export.har_file import Told, har
from inspector.export.whole import Whole, redacted, whole
from inspector.filter.tree import is_everything
from inspector.store.captures import ArchiveGone, Captures
from inspector.store.marks import Marks
from inspector.store.selecting import chosen, newest
from inspector.web.api import shapes
from inspector.web.api.asking import MOST, Filter, Ids
from inspector.web.api.captured import HALF, SIDE, download, wanted
from inspector.web.api.describing import Bytes, says
from inspector.web.detail import message_json
from inspector.web.errors import not_found
from inspector.web.exporting import FORMATS, MOST_IDS
from inspector.web.finding import find_exchange
from inspector.web.marking import ChangedMarks, Marking, Parts, parts_of
from inspector.web.veil import presenting


class Secrets(msgspec.Struct):
    secrets: Annotated[
        Literal["replace", "keep"],
        Meta(description="`keep` leaves them in; it needs the scope `secrets` too, and is ignored without."),
    ] = "replace"


class Part(msgspec.Struct):
    """A part of a conversation."""

    start: Annotated[int, Meta(ge=0, le=1 << 40, description="How many to leave out at the beginning.")] = 0
    limit: Annotated[int, Meta(ge=1, le=MOST, description="How many at most.")] = 200


class Files(Secrets):
    """What goes into the file. Without `q` and `ids`: everything."""

    q: Filter = ""
    ids: Ids = ""
    format: Literal["har", "html", "curl"] = "har"


def blueprint(captures: Captures, marks: Marks, marking: Marking, version: str) -> Blueprint:
    api = Blueprint("exchanges_api", __name__, url_prefix="/api/v1")
    key = token_bytes(16)

    def keeping(asked: Secrets) -> bool:
        return asked.secrets == "keep" and not presenting()

    def one(id: str, asked: Secrets) -> Whole:
        found = whole(captures, find_exchange(captures, id), (ArchiveGone,))
        return found if keeping(asked) else redacted(found, key)

    @api.get("/exchanges/<id>/raw/<half>")
    @says("A message as bytes: start line, fields, body", tag="Exchanges", scope="read", query=Secrets, gives=Bytes(), fails=(404, 410),
          path={"half": HALF})  # fmt: skip
    def raw(id: str, half: str, query: Secrets) -> Response:
        name = f"raw-{half}"
        if name not in RAW:
            raise not_found("The halves of an exchange are request and response.")
        return download(iter((raw_bytes(name, one(id, query)),)), f"{half}-{id[-12:]}.bin")

    @api.get("/exchanges/<id>/messages/<side>")
    @says("A WebSocket's messages, in order", tag="Exchanges", scope="read", query=Part, gives=shapes.Talk, fails=(404, 410), path={"side": SIDE},
          detail="As they passed between browser and Inspector, or between Inspector and site. The first 8 MiB of each direction are read, in at most 100,000 frames.")  # fmt: skip
    def messages(id: str, side: str, query: Part) -> Response:
        exchange = find_exchange(captures, id)
        if exchange.kind != "websocket" or side not in ("browser", "site"):
            raise not_found(
                "This exchange is no WebSocket."
                if side in ("browser", "site")
                else "The sides of an exchange are browser and site."
            )
        talk = captures.talk(exchange, "browser" if side == "browser" else "site")
        part = list(enumerate(talk.said, 1))[query.start : query.start + query.limit]
        said = [message_json(number, each) for number, each in part]
        return jsonify(messages=said, number=len(talk.said), timed=talk.timed, cut=talk.cut)

    @api.get("/exchanges/<id>/har")
    @says("One exchange as a HAR file", tag="Out and in", scope="read", query=Secrets, gives=dict[str, Any], fails=(404, 410))  # fmt: skip
    def one_har(id: str, query: Secrets) -> Response:
        found = whole(captures, find_exchange(captures, id), (ArchiveGone,))
        pieces = har(iter((found,)), Told(), version=version, key=None if keeping(query) else key)
        return Response(b"".join(pieces), mimetype="application/json")

    @api.get("/exchanges/<id>/as/<tool>")
    @says("A request as a command for another tool", tag="Out and in", scope="read", query=Secrets, gives=Bytes("text/plain", text=True), fails=(404, 410),
          path={"tool": {"type": "string", "enum": list(COMMANDS)}})  # fmt: skip
    def as_command(id: str, tool: str, query: Secrets) -> Response:
        if tool not in COMMANDS:
            raise not_found(f"An exchange cannot be had as {tool[:40]!r}.")
        return Response(command(tool, one(id, query)), mimetype="text/plain")

    @api.get("/export")
    @says("Many exchanges as a file", tag="Out and in", scope="read", query=Files, gives=Bytes(),
          detail="A HAR file, a report to read offline, or cURL commands; it comes as it is made, however long it is.", example="format=har&q=host%3Ashop.inspector.test")  # fmt: skip
    def export(query: Files) -> Response:
        format = FORMATS[query.format]
        named = [text for text in query.ids.split(",") if text]
        picked = [id for text in named[:MOST_IDS] if (id := ids.parse(text.strip()))] if named else None
        fits = wanted(query.q)
        found = chosen(
            captures, marks, wanted=None if is_everything(fits) else fits, ids=picked, until=newest(captures)
        )
        pieces = format.write(
            found, Told(), None if keeping(query) else key, version, query.q or "Exchanges of the API"
        )
        response = Response(stream_with_context(pieces), mimetype="application/octet-stream")
        stamp = time.strftime("%Y-%m-%d-%H%M")
        response.headers["Content-Disposition"] = f'attachment; filename="inspector-{stamp}.{format.suffix}"'
        response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
        return response

    @api.get("/exchanges/<id>/mark")
    @says("What people added to an exchange", tag="Marks", scope="read", gives=shapes.Mark, fails=(404, 410))
    def mark(id: str) -> Response:
        return jsonify(marking.one(find_exchange(captures, id).id))

    @api.patch("/exchanges/<id>/mark")
    @says("Mark one exchange", tag="Marks", scope="captures", takes=Parts, gives=ChangedMarks, fails=(404, 409, 410), example={"colour": "red", "add_tags": ["todo"]})  # fmt: skip
    def change_mark(id: str, body: Parts) -> Response:
        found = find_exchange(captures, id)
        return jsonify(marks=marking.change([found.id], parts_of(body)))

    return api
