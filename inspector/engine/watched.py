"""A request where rules or consultants may have a say: what they want is looked up, and it goes on at once, waits until it is whole, or is answered here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from inspector.engine import answers, by_rule, reaching
from inspector.engine.asking import ask, dropped, want_body, wanting
from inspector.engine.whole_request import WholeRequest
from inspector.exchange.consulting import Draft

if TYPE_CHECKING:
    from inspector.engine.consulting import Consultant
    from inspector.engine.flow import Flow
    from inspector.engine.heads import Way
    from inspector.engine.http1 import Http1
    from inspector.wire.http1 import RequestHead


def begin(talk: Http1, flow: Flow, head: RequestHead, way: Way) -> None:
    """A request's head has come; its body may follow."""
    context = talk.context
    told = not (context.ruling.active and context.ruling.waits_for_request(flow))
    if told and context.ruling.active:
        flow.ruled = context.ruling.of_request(flow)
        by_rule.choose_file(flow)
    asked = wanting(context, flow, "request") if told else ()
    texts = flow.ruled is not None and flow.ruled.texts and (head.length or head.chunked)
    if asked or texts or not told:
        bodily = bool(texts) or not told or want_body(asked, flow, "request")
        whole = talk.whole = WholeRequest(talk, flow, head, way, asked, told=told, bodily=bodily)
        talk.expect_body(flow)
        if not flow.request_done:
            whole.begin()
    elif by_rule.ends(flow):
        talk.whole = by_rule.Unwanted(talk, flow)
        talk.expect_body(flow)
        if not flow.request_done and head.expects_continue:
            talk.keep_no_longer()  # nobody will ask for the body
            by_rule.end(talk, flow)
    else:
        way, flow.server_request = by_rule.prepare(flow, head, way, context)
        talk.pass_on(flow.server_request)
        talk.expect_body(flow)
        if flow.ruled is not None and flow.ruled.wait:
            by_rule.wait(talk, flow, way)
        else:
            reaching.find_server(talk, flow, way.origin)


def asks_about_fault(talk: Http1, flow: Flow, status: int, extra: tuple[tuple[str, str], ...]) -> bool:
    """Inspector is about to answer with a page that says what went wrong: whether somebody who may answer otherwise is asked first."""
    fault = flow.error
    if flow.head is None or fault is None or fault.stage in ("request-head", "request-body"):
        return False
    if flow.head.method == b"CONNECT" or fault.code == "refused-credentials":
        return False  # an answer to these opens a tunnel, or asks who is there
    asked = wanting(talk.context, flow, "error")
    if not asked:
        return False
    flow.dialing = talk.context.loop.create_task(_ask_about_fault(talk, flow, asked, status, extra))
    talk.context.spawn(flow.dialing)
    return True


async def _ask_about_fault(
    talk: Http1,
    flow: Flow,
    asked: tuple[Consultant, ...],
    status: int,
    extra: tuple[tuple[str, str], ...],
) -> None:
    word = await ask(talk.context, flow, "error", Draft(b""), asked, fault=flow.error)
    flow.dialing = None
    if flow.client is not talk or flow.finished:
        return
    if word.do == "answer":
        assert flow.error is not None
        code = word.draft.head.split(b" ", 2)[1].decode("latin-1")
        flow.error = msgspec.structs.replace(flow.error, did=f"answered {code}")
        answers.send_made(talk, flow, word.draft, failed=True)
    elif word.do == "drop":
        talk.give_up(flow, dropped(word, "response-head"))
        talk.connection.close()
    else:
        answers.fault_page(talk, flow, status, extra)
