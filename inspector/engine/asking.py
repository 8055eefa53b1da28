"""Asking whoever has a word in a message, one after the other: what each says is parsed, framed and noted before the next is asked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from inspector.engine import drafts
from inspector.engine.consulting import Consultant, held_by
from inspector.exchange.consulting import Consultation, Draft, Moment, Reply
from inspector.exchange.decisions import DECISIONS
from inspector.exchange.faults import FAULTS
from inspector.exchange.model import Fault, Stage
from inspector.wire.hosts import join_authority
from inspector.wire.http1 import RequestHead

if TYPE_CHECKING:
    from inspector.engine.context import Context
    from inspector.engine.flow import Flow
    from inspector.engine.http1 import Http1
    from inspector.engine.tap import Tap

_USUAL_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}


class Word(NamedTuple):
    """What came of it. `draft` goes on, or answers; `changed` says that it isn't what was asked about. `head` is a changed request's, parsed; `fault` why it was dropped."""

    do: Literal["go-on", "drop", "answer"]
    draft: Draft
    changed: bool = False
    head: RequestHead | None = None
    fault: str = "held-dropped"


def decide(
    talk: Http1, flow: Flow, work: Callable[[], Coroutine[None, None, None]], what: str, stage: Stage
) -> asyncio.Task[None]:
    """Find out what becomes of a message that waits. A mistake in it must not leave the browser waiting for ever."""

    async def deciding() -> None:
        try:
            await work()
        except Exception as error:  # noqa: BLE001 (whatever it is, somebody waits)
            talk.context.complain(f"{what} that waited could not go on: {error!r}")
            if not flow.finished:
                talk.server_failed(flow, Fault("internal", "us", stage, None, repr(error)))

    task = flow.dialing = talk.context.loop.create_task(deciding())
    talk.context.spawn(task)
    return task


def wanting(context: Context, flow: Flow, moment: Moment) -> tuple[Consultant, ...]:
    """Who wants to be asked at this moment."""
    if flow.ruled is None and not context.asks:
        return ()
    return tuple(each for each in context.consultants if _wants(context, each, flow, moment))


def want_body(asked: Sequence[Consultant], flow: Flow, moment: Moment) -> bool:
    """Whether one of these wants the body too."""
    return any(getattr(each, "wants_body", _always)(flow, moment) for each in asked)


def _always(flow: Flow, moment: Moment) -> bool:
    return True


def _wants(context: Context, consultant: Consultant, flow: Flow, moment: Moment) -> bool:
    try:
        return consultant.wants(flow, moment)
    except Exception as error:  # noqa: BLE001 (whoever it is, the traffic goes on)
        context.complain(f"{type(consultant).__name__} could not say what it wants: {error!r}")
        return False


async def ask(
    context: Context,
    flow: Flow,
    moment: Moment,
    draft: Draft,
    asked: Sequence[Consultant],
    *,
    fault: Fault | None = None,
) -> Word:
    """Ask them about a message."""
    request = None if moment == "request" else as_sent(flow)
    held = held_by(flow, moment)
    rule, seconds = held if held is not None else ("", 0.0)
    code, detail = (fault.code, fault.detail) if fault is not None else ("", "")
    word = Word("go-on", draft)
    flow.held = True
    for each in asked:
        reply = await _reply(
            context,
            each,
            Consultation(
                flow.id, moment, address(flow), word.draft, request, rule, code, detail, timeout=seconds
            ),
        )
        _note(flow, reply)
        if reply.do == "drop":
            word = word._replace(do="drop", fault=_fault(reply))
        elif reply.draft is not None:
            word = _taken(context, flow, moment, word, reply.do, reply.draft)
        if word.do != "go-on":
            break
    flow.held = False
    return word


async def ask_about_message(
    context: Context,
    flow: Flow,
    payload: bytes,
    asked: Sequence[Consultant],
    *,
    binary: bool,
    from_browser: bool,
) -> bytes | None:
    """Ask them about one message of a WebSocket: what goes on in its place, None if nothing does."""
    for each in asked:
        draft = Draft(b"", payload)
        about = Consultation(
            flow.id, "message", address(flow), draft, binary=binary, from_browser=from_browser
        )
        reply = await _reply(context, each, about)
        _note(flow, reply)
        if reply.do == "drop":
            flow.changed = True
            return None
        if reply.draft is None or reply.draft.body == payload:
            continue
        if not binary and not _is_text(reply.draft.body):
            if not any(each.code == "edit-refused" for each in flow.decisions):  # of thousands, once
                flow.decide("edit-refused", "a text message has to be UTF-8 (RFC 6455 §5.6)")
            continue
        flow.changed, payload = True, reply.draft.body
    return payload


def _is_text(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


async def _reply(context: Context, consultant: Consultant, consultation: Consultation) -> Reply:
    try:
        return await consultant.ask(consultation)
    except Exception as error:  # noqa: BLE001 (whoever it is, the traffic goes on)
        context.complain(f"{type(consultant).__name__} failed, and the message went on unchanged: {error!r}")
        return Reply()


def _taken(  # noqa: PLR0917 (all of them are one word's)
    context: Context, flow: Flow, moment: Moment, word: Word, do: str, given: Draft
) -> Word:
    """The word with another draft in its place, if that is a valid message."""
    limits = context.wire_limits
    answers = moment == "error" or (moment == "request" and do == "answer")
    made: drafts.Made | str
    if moment == "request" and not answers:
        made = drafts.request_from(given, word.draft, limits)
    else:
        assert flow.head is not None
        before = None if answers else word.draft
        made = drafts.response_from(given, before, limits, flow.head.method)
    if isinstance(made, str):
        flow.decide("edit-refused", made)
        return word
    if made.left_out:
        flow.decide("edit-framing", made.left_out)
    if answers:
        return Word("answer", made.draft, changed=True)
    if made.draft == word.draft:
        return word
    flow.changed = True
    head = made.head if isinstance(made.head, RequestHead) else word.head
    return Word("go-on", made.draft, changed=True, head=head)


def _note(flow: Flow, reply: Reply) -> None:
    for code, detail, rule in reply.notes:
        if code in DECISIONS:
            flow.decide(code, detail, rule)


def _fault(reply: Reply) -> str:
    """Why it was dropped, as its notes say."""
    return next((code for code, _, _ in reply.notes if code in FAULTS), "held-dropped")


def dropped(word: Word, stage: Stage) -> Fault:
    """What stands on record of an exchange that was dropped."""
    return Fault(word.fault, "us", stage, None, "", "closed")


def address(flow: Flow) -> str:
    """The whole address as the browser asked for it, without a port that is the scheme's own."""
    port = None if flow.port == _USUAL_PORTS.get(flow.scheme) or not flow.port else flow.port
    return f"{flow.scheme}://{join_authority(flow.host, port)}{flow.path}"


def as_sent(flow: Flow) -> Draft:
    """The request as it went on, with its body as far as that lies at hand."""
    head = flow.server_request or flow.client_request
    tap = flow.sent or flow.up
    if tap is None:
        return Draft(head)
    body = _at_hand(tap)
    return Draft(head, body or b"", body is not None)


def _at_hand(tap: Tap) -> bytes | None:
    """A small body that has come whole; None of another one."""
    if not tap.complete or tap.pieces or (tap.note and tap.size):
        return None
    return b"".join(tap.parts)
