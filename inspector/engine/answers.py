"""What the engine says itself: pages about faults, its own page, the answer to CONNECT, the switch to other protocols.

What a page says is made by the renderer that app hands in; here it becomes a response with its framing.
"""

from __future__ import annotations

import time
from email.utils import formatdate
from typing import TYPE_CHECKING

from inspector.engine.asking import wanting
from inspector.engine.marking import with_id
from inspector.engine.pages import Page, PageAsk, Subject
from inspector.exchange.model import Body
from inspector.exchange.statuses import phrase
from inspector.wire.http1 import RequestHead, ResponseHead, pass_on

if TYPE_CHECKING:
    from inspector.engine.flow import Flow
    from inspector.engine.heads import Way
    from inspector.engine.http1 import Http1
    from inspector.exchange.consulting import Draft

ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"
_PAGES: dict[str, Subject] = {
    "/": "welcome", "/start": "start", "/probe": "probe", "/probe.svg": "picture", "/probe.js": "script",
}  # fmt: skip
REVOCATIONS = "/ca.crl"
_CA_PATHS = ("/ca.pem", "/ca.crt", "/ca.cer", "/ca.der", "/ca.p12", "/ca.mobileconfig")


def fault_page(talk: Http1, flow: Flow, status: int, extra: tuple[tuple[str, str], ...]) -> None:
    """Answer with the page that says what went wrong."""
    page = _render(talk, flow, "fault")
    send(
        talk,
        flow,
        Page(status, phrase(status) or page.reason, (*page.headers, *extra), page.body),
        failed=True,
    )


def own_page(talk: Http1, flow: Flow) -> None:
    """Answer a request for Inspector itself: the welcome page, the authority's certificate, or what TRACE and OPTIONS ask."""
    flow.kind = "page"
    head = flow.head
    assert head is not None
    if head.method == b"OPTIONS":
        send(talk, flow, Page(204, "No Content", (("Allow", "GET, HEAD, OPTIONS"),), b""))
        return
    if head.method not in (b"GET", b"HEAD"):
        text = b"Only GET and HEAD work here.\n"
        send(talk, flow, Page(405, "Method Not Allowed", (("Allow", "GET, HEAD, OPTIONS"), _PLAIN), text))
        return
    path = flow.path.partition("?")[0]
    if path == REVOCATIONS:
        send(talk, flow, Page(200, "OK", _CRL, talk.context.authority.revocations()))
        return
    subject: Subject = _PAGES.get(path, "ca" if path in _CA_PATHS else "not-found")
    send(talk, flow, _render(talk, flow, subject))


def is_last_hop(head: RequestHead) -> bool:
    """RFC 9110 §7.6.2: with Max-Forwards: 0 the one who gets TRACE or OPTIONS answers."""
    if head.method not in (b"TRACE", b"OPTIONS"):
        return False
    return any(name == b"max-forwards" and value.strip(b"0") == b"" for name, value in head.fields)


def last_hop(talk: Http1, flow: Flow) -> None:
    """Answer TRACE and OPTIONS that may go no further."""
    head = flow.head
    assert head is not None
    if head.method == b"OPTIONS":
        send(talk, flow, Page(204, "No Content", (), b""))
        return
    secret = (b"authorization", b"cookie", b"proxy-authorization")  # RFC 9110 §9.3.8
    lines = [b"%b: %b" % (name.title(), value) for name, value in head.fields if name not in secret]
    body = b"TRACE %b HTTP/1.%d\r\n%b\r\n\r\n" % (head.target, head.minor, b"\r\n".join(lines))
    send(talk, flow, Page(200, "OK", (("Content-Type", "message/http"),), body))


_CRL = (("Content-Type", "application/pkix-crl"), ("Cache-Control", "max-age=86400"))
_PLAIN = ("Content-Type", "text/plain; charset=utf-8")


def _said(head: RequestHead | None, wanted: bytes) -> str:
    """A field of the request, as text; empty if it has none."""
    if head is None:
        return ""
    return next((value for name, value in head.fields if name == wanted), b"").decode("latin-1")


def _render(talk: Http1, flow: Flow, subject: Subject) -> Page:
    context = talk.context
    head, facts = flow.head, flow.failed_facts
    ask = PageAsk(
        kind=subject,
        scheme=flow.scheme or "http",
        host=flow.host,
        port=flow.port,
        path=flow.path or "/",
        method=head.method.decode("latin-1") if head is not None else "",
        accept=_said(head, b"accept"),
        agent=_said(head, b"user-agent"),
        platform=_said(head, b"sec-ch-ua-platform"),
        origin=_said(head, b"origin") or _said(head, b"referer"),
        site=_said(head, b"sec-fetch-site"),
        mode=_said(head, b"sec-fetch-mode"),
        exchange_id=flow.id,
        fault=flow.error,
        chain=facts.chain if facts is not None else (),
        verify_code=facts.verify_code if facts is not None else 0,
        verify_message=facts.why_not if facts is not None else "",
        trust_store=context.dialer.trust_store(flow.origin) if facts is not None else "",
        dashboard_url=context.settings.dashboard_url,
        ca_pem=context.authority.pem,
        ca_der=context.authority.der,
    )
    try:
        return context.render(ask)
    except Exception as error:  # noqa: BLE001 (a page that fails must not take the connection with it)
        context.complain(f"the page about {subject} could not be made: {error!r}")
        return Page(
            502,
            "Bad Gateway",
            (_PLAIN,),
            b"Inspector could not make the page about this; see the exchange.\n",
        )


def send(talk: Http1, flow: Flow, page: Page, *, failed: bool = False) -> None:
    """Answer with a page in the site's place."""
    head = flow.head
    lines = [f"HTTP/1.1 {page.status} {page.reason}", f"Date: {formatdate(usegmt=True)}"]
    lines += [f"{name}: {value}" for name, value in page.headers]
    bodiless = page.status in (204, 304)
    if not bodiless:
        lines.append(f"Content-Length: {len(page.body)}")
    if not talk.keeps:
        lines.append("Connection: close")
    elif head is not None and not head.minor:
        lines.append("Connection: keep-alive")
    data = "\r\n".join([*lines, "", ""]).encode("latin-1", "replace")
    body = b"" if bodiless or (head is not None and head.method == b"HEAD") else page.body
    _respond(talk, flow, data, body, f"{page.status} {page.reason}", failed=failed)


def send_made(talk: Http1, flow: Flow, draft: Draft, *, failed: bool = False) -> None:
    """Answer with a response that somebody made, whose framing is right already."""
    head = flow.head
    extra = b""
    if not talk.keeps:
        extra = b"Connection: close\r\n"
    elif head is not None and not head.minor:
        extra = b"Connection: keep-alive\r\n"
    line, _, _ = draft.head.partition(b"\r\n")
    _respond(
        talk, flow, draft.head[:-2] + extra + b"\r\n", draft.body, line[9:].decode("latin-1"), failed=failed
    )


def _respond(talk: Http1, flow: Flow, data: bytes, body: bytes, status: str, *, failed: bool) -> None:
    flow.client_response = data
    flow.decide("answered", status)
    flow.answer = Body(len(body), len(body), body) if body else flow.answer
    if flow.down is not None:  # the site had begun an answer, which nobody gets
        flow.passed = talk.context.ledger.tap()
        flow.passed.add(body)
        flow.passed.complete = True
    flow.response_start = time.perf_counter()
    told = flow.client_response if flow.mark is None else with_id(flow, flow.client_response)
    talk.connection.write(told + body)
    talk.answered(flow, failed=failed)


def open_tunnel(talk: Http1, flow: Flow, head: RequestHead, way: Way) -> None:
    """CONNECT: say yes, and look at what comes. The exchange that counts is what is said inside."""
    from inspector.engine.hello import Hello  # noqa: PLC0415 (hello opens http1 again: one of the two has to wait)

    connection = talk.connection
    connection.turn -= 1
    connection.asked, connection.answered = flow.client_request, ESTABLISHED
    talk.context.ledger.live.discard(flow)
    flow.finished = True
    flow.client = None
    talk.flow = None
    connection.talk = Hello(connection, way.origin, flow)
    connection.write(ESTABLISHED)
    connection.talk.begin()


def switch_protocols(talk: Http1, flow: Flow, head: ResponseHead) -> None:
    """101: pass it on, and make a pipe of the connection."""
    from inspector.engine.asked_pipe import AskedPipe  # noqa: PLC0415 (as above)
    from inspector.engine.pipe import Pipe  # noqa: PLC0415

    websocket = head.upgrade.lower() == b"websocket"
    flow.kind = "websocket" if websocket else "tunnel"
    if websocket:
        flow.scheme = "wss" if flow.scheme == "https" else "ws"
        flow.down = talk.context.ledger.timed_tap(flow)
    data = head.clean[: head.fields_at] + pass_on(head, keep=(b"connection", b"upgrade"))
    flow.client_response = data
    connection = talk.connection
    asked = wanting(talk.context, flow, "message") if websocket else ()
    pipe = AskedPipe(connection, flow, head, asked) if asked else Pipe(connection, flow)
    connection.talk = pipe
    flow.client = pipe
    pipe.begin(talk.take_pending())
    pipe.greet(data)
