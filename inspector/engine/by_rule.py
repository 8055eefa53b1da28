"""What rules want done with an exchange of a browser's HTTP/1 talk, carried out: before the site is asked, in its place, and with its response."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from inspector.engine import answers, reaching
from inspector.engine.asking import want_body, wanting
from inspector.engine.heads import Way, request_head
from inspector.engine.pages import Page
from inspector.engine.ruling import below, elsewhere
from inspector.engine.shaping import Shaper, edit_response, needs_shaping
from inspector.engine.targets import DEFAULT_PORTS, TargetError, authority, host_field
from inspector.engine.whole_response import WholeResponse
from inspector.exchange.model import Fault
from inspector.exchange.statuses import phrase
from inspector.rules import folders
from inspector.rules.effects import Answer, Edit, Elsewhere, Refuse, Replace, Serve
from inspector.rules.heads import edited

if TYPE_CHECKING:
    from inspector.engine.context import Context
    from inspector.engine.flow import Flow
    from inspector.engine.http1 import Http1
    from inspector.wire.http1 import RequestHead, ResponseHead

LARGEST_FILE = 16 * 1024 * 1024
PACED = 32
_DELIVERED = 0.1  # seconds for the last bytes to arrive before a reset throws away what has not


def ends(flow: Flow) -> bool:
    """Whether a rule answers in the site's place, or ends the connection."""
    return flow.ruled is not None and flow.ruled.ending is not None


def prepare(flow: Flow, head: RequestHead, way: Way, context: Context) -> tuple[Way, bytes]:
    """The way to the server that is to be asked and the request's head for it, after what rules say."""
    ruled = flow.ruled
    if ruled is None:
        return way, request_head(flow, head, way, context)
    to = ruled.elsewhere
    if to is not None:
        way = elsewhere(way, to)
    data = request_head(flow, head, way, context)
    if to is not None:
        data = below(data, head.path, to)
    for edit in ruled.edits:
        data = edited(data, edit)
    return way, data


def sent_elsewhere(flow: Flow, said: RequestHead, data: bytes, way: Way) -> tuple[Way, bytes]:
    """The same after somebody wrote a full address into the request line: `said` is that head, `data` its bytes."""
    path = said.path or b"/"
    line = b"%b %b HTTP/1.%d" % (said.method, path, said.minor)
    data = line + data[data.index(b"\r\n") :]
    scheme = said.scheme.decode("latin-1")
    try:
        where = authority(said.authority, DEFAULT_PORTS[scheme])
    except (TargetError, KeyError):
        flow.decide(
            "edit-refused", f"no request can be sent to {scheme}://{said.authority.decode('latin-1')}"
        )
        return way, data
    to = Elsewhere("https" if scheme in ("https", "wss") else "http", where.host, where.port, keep_host=True)
    if (to.host, to.port, to.scheme == "https") == (way.origin.host, way.origin.port, way.origin.secure):
        return way, data
    address = host_field(to.scheme, to.host, to.port)
    flow.decide("edit-elsewhere", f"{scheme}://{address.decode('latin-1')}")
    flow_host = host_field(flow.scheme, flow.host, flow.port)
    if said.host in (flow_host, flow.head.host if flow.head is not None else None):
        data = edited(data, Edit("request", (("Host", address.decode("latin-1")),)))
    return elsewhere(way, to), data


class Unwanted:
    """What comes of a request that a rule answers: read to its end, and thrown away."""

    def __init__(self, talk: Http1, flow: Flow) -> None:
        self._talk = talk
        self._flow = flow

    def take(self, _: bytes) -> bytes:
        """A run of the body."""
        return b""

    def end(self) -> bytes:
        """The request is complete: answer it, or end the connection."""
        end(self._talk, self._flow)
        return b""

    def drop(self) -> None:
        """The exchange is over, for whatever reason."""


def choose_file(flow: Flow) -> None:
    """What a folder has for the address, if a rule serves one; if that is nothing, the site may be asked."""
    ruled = flow.ruled
    if ruled is None or not isinstance(ruled.ending, Serve):
        return
    assert flow.head is not None
    serve = ruled.ending
    file = folders.find(serve, flow.path)
    if flow.head.method not in (b"GET", b"HEAD"):
        file = None
    if file is not None:
        fields = (("Content-Type", folders.media_of(file)), ("Cache-Control", "no-store"))
        ruled.ending = Answer(200, fields, file=str(file))
    elif serve.missing == "site":
        ruled.ending = None
    else:
        text = f"{serve.folder} has no file for {flow.path.partition('?')[0]}.\n".encode()
        ruled.ending = Answer(
            404, (("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store")), text
        )


def wait(talk: Http1, flow: Flow, way: Way) -> None:
    """Let the request wait, then find its server."""
    flow.dialing = talk.context.loop.create_task(_wait(talk, flow, way))
    talk.context.spawn(flow.dialing)


async def _wait(talk: Http1, flow: Flow, way: Way) -> None:
    assert flow.ruled is not None
    await asyncio.sleep(flow.ruled.wait)
    flow.dialing = None
    if flow.client is talk:
        reaching.find_server(talk, flow, way.origin)
        talk.go_on()


def end(talk: Http1, flow: Flow) -> None:
    """Answer in the site's place, or end the connection."""
    flow.dialing = talk.context.loop.create_task(_end(talk, flow))
    talk.context.spawn(flow.dialing)


async def _end(talk: Http1, flow: Flow) -> None:
    ruled = flow.ruled
    assert ruled is not None
    ending = ruled.ending
    if ruled.wait:
        await asyncio.sleep(ruled.wait)
    page = await _page(ending) if isinstance(ending, Answer) else None
    flow.dialing = None
    if flow.client is not talk or flow.finished:
        return
    if isinstance(page, Page):
        answers.send(talk, flow, page)
    elif isinstance(page, str):
        talk.server_failed(flow, Fault("rule-file", "us", "refused", None, page))
    elif isinstance(ending, Refuse):
        did = "closed" if ending.how == "close" else "reset"
        talk.give_up(flow, Fault("rule-refused", "us", "refused", None, "", did))
        if ending.how == "close":
            talk.connection.close()
        else:
            talk.connection.abort()


async def _page(answer: Answer) -> Page | str:
    """The response, or why its file can't be read."""
    body = answer.body
    if answer.file:
        try:
            body = await asyncio.to_thread(_read, answer.file)
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            return f"{answer.file}: {why}"
    return Page(answer.status, phrase(answer.status), answer.fields, body)


def _read(name: str) -> bytes:
    file = Path(name).expanduser()
    size = file.stat().st_size
    if size > LARGEST_FILE:
        raise ValueError(
            f"it has {size:,} bytes; {LARGEST_FILE >> 20} MiB are the most that a rule answers with"
        )
    return file.read_bytes()


def shape(
    talk: Http1, flow: Flow, head: ResponseHead, data: bytes, *, has_body: bool
) -> tuple[bytes, Shaper | WholeResponse | None]:
    """The response's head after what rules say of it; and who lets the response go, if it can't go just so."""
    context = talk.context
    if context.ruling.waits_for_response(flow):
        return b"", WholeResponse(talk, flow, head, data, None, (), has_body=has_body)
    steps = context.ruling.of_response(flow)
    asked = wanting(context, flow, "response")
    texts = has_body and any(isinstance(step.effect, Replace) for step in steps)
    if asked or texts or (flow.method and b"HEAD" in (flow.method, flow.head.method if flow.head else b"")):
        bodily = texts or bool(flow.method) or want_body(asked, flow, "response")
        return b"", WholeResponse(talk, flow, head, data, steps, asked, has_body=has_body, bodily=bodily)
    if not steps:
        return data, None
    data = edit_response(data, steps, head.status)
    if not needs_shaping(steps):
        return data, None
    return b"", Shaper(talk, flow, data, steps, has_body=has_body)


def pace(talk: Http1, flow: Flow, size: int) -> None:
    """Read on from the browser only when so many bytes of its request may have passed."""
    assert flow.ruled is not None
    connection = talk.connection
    connection.hold(PACED)
    talk.context.loop.call_later(size / flow.ruled.up, connection.release, PACED)


def break_off(talk: Http1, flow: Flow, fault: Fault) -> None:
    """End the connection in the middle of a response; what has been sent still arrives."""
    connection = talk.connection
    talk.give_up(flow, fault)
    if fault.did == "closed":
        connection.cut_off()
    else:
        talk.context.loop.call_later(_DELIVERED, connection.abort)
