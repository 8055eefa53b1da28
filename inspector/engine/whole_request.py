"""A request that waits in Inspector until its body is whole: a rule asks for the body or changes it, or somebody has a word in it.

What the browser sends is gathered, then rules and whoever wants a word are asked, then it goes on with a framing of ours. A body that is too large, or
an upgrade's, isn't waited for: only the head is asked about, and the body passes behind it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from inspector.engine import answers, by_rule, reaching
from inspector.engine.asking import Word, ask, decide, dropped, wanting
from inspector.engine.consulting import MOST, Consultant
from inspector.engine.gathering import Gathering, chunk, too_large
from inspector.engine.heads import at_the_site, on_the_way
from inspector.engine.side import WAITING
from inspector.exchange.consulting import Draft
from inspector.rules.bodies import replaced
from inspector.rules.effects import Edit
from inspector.rules.heads import edited, framed, value_of

if TYPE_CHECKING:
    from inspector.engine.flow import Flow
    from inspector.engine.heads import Way
    from inspector.engine.http1 import Http1
    from inspector.wire.http1 import RequestHead

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_NO_EXPECT = Edit("request", remove=("Expect",))
_GATHERING, _ASKING, _PASSING = range(3)


class WholeRequest:
    """One request that waits. `told` says whether it is known what rules want, `asked` who is to be asked then, `bodily` whether anybody wants the body."""

    def __init__(
        self,
        talk: Http1,
        flow: Flow,
        head: RequestHead,
        way: Way,
        asked: Sequence[Consultant],
        *,
        told: bool,
        bodily: bool = True,
    ) -> None:
        self._talk = talk
        self._flow = flow
        self._head = head
        self._way = way
        self._asked = asked
        self._told = told
        self._bodily = bodily
        self._body = Gathering(talk.context.room)
        self._state = _GATHERING
        self._all_here = False
        self._chunked = False
        self._invited = False
        self._task: asyncio.Task[None] | None = None

    # -- what comes from the browser

    def begin(self) -> None:
        """The head is there, and a body will follow."""
        head = self._head
        if not self._bodily:
            self._decide("nobody asked for the body")
        elif head.upgrade:
            self._decide("the request changes the protocol")
        elif head.length is not None and head.length > MOST:
            self._decide(too_large())
        elif head.expects_continue:
            self._invited = True
            self._flow.decide("continue-said")
            self._flow.interim += ((b"", CONTINUE),)
            self._talk.connection.write(CONTINUE)

    def take(self, payload: bytes) -> bytes:
        """A run of the body has come; what may go on of it at once."""
        if self._state == _PASSING:
            return chunk(payload) if self._chunked else payload
        why = self._body.add(payload)
        if why and self._state == _GATHERING:
            self._decide(why)
        return b""

    def end(self) -> bytes:
        """The request is complete; what is to be sent behind it at once."""
        self._all_here = True
        if self._state == _GATHERING:
            self._decide("the request changes the protocol" if self._head.upgrade else "")
        return self._last() if self._state == _PASSING else b""

    def drop(self) -> None:
        """The exchange is over, for whatever reason."""
        self._body.release()
        if self._task is not None and self._task is not asyncio.current_task(self._talk.context.loop):
            self._task.cancel()

    def _last(self) -> bytes:
        return b"0\r\n" + self._flow.up_trailers + b"\r\n" if self._chunked else b""

    # -- what becomes of it

    def _decide(self, why: str) -> None:
        """Ask now; `why` says what keeps the body from being waited for."""
        self._state = _ASKING
        talk, flow = self._talk, self._flow
        if not self._all_here:
            talk.connection.hold(WAITING)
        self._task = decide(talk, flow, partial(self._ask, why), "a request", "refused")

    async def _ask(self, why: str) -> None:
        talk, flow, context = self._talk, self._flow, self._talk.context
        body = None if why else self._body.whole()
        if not self._told:
            flow.ruled = context.ruling.of_request(flow, body)
            by_rule.choose_file(flow)
            self._asked = wanting(context, flow, "request")
        if why and self._asked and self._bodily and not self._head.upgrade:
            flow.decide("not-whole", why)
        if not self._asked and by_rule.ends(flow):
            self._end()
            return
        way, data = by_rule.prepare(flow, self._head, self._way, context)
        if self._invited:
            data = edited(data, _NO_EXPECT)
        draft = _with_texts(flow, Draft(data, body or b"", body is not None), why)
        if self._asked:
            asked_about = msgspec.structs.replace(draft, head=at_the_site(draft.head, way, context))
            word = await ask(context, flow, "request", asked_about, self._asked)
            if flow.client is not talk or flow.finished:
                return
            if word.do != "go-on":
                self._ended_by(word)
                return
            if word.changed and word.head is not None:
                way, draft = self._as_said(word, way)
        if by_rule.ends(flow):
            self._end()
            return
        await self._go(way, draft, body)

    def _as_said(self, word: Word, way: Way) -> tuple[Way, Draft]:
        """The way and the message after what was said."""
        flow, draft, head = self._flow, word.draft, word.head
        assert head is not None
        if head.form == "absolute":
            way, data = by_rule.sent_elsewhere(flow, head, draft.head, way)
            draft = msgspec.structs.replace(draft, head=data)
        if self._head.method != head.method:
            flow.method = head.method
        return way, msgspec.structs.replace(draft, head=on_the_way(draft.head, way, self._talk.context))

    async def _go(self, way: Way, draft: Draft, body: bytes | None) -> None:
        """On to the site, after a while if a rule says so."""
        talk, flow = self._talk, self._flow
        if flow.ruled is not None and flow.ruled.wait:
            await asyncio.sleep(flow.ruled.wait)
        flow.dialing = self._task = None
        flow.server_request = draft.head
        self._chunked = value_of(draft.head, b"transfer-encoding") != b""
        if body is not None and draft.body != body:
            flow.sent = talk.context.ledger.tap()
            flow.sent.add(draft.body)
            flow.sent.complete = True
        waiting = draft.body if draft.body_here else self._body.whole()
        talk.pass_on(draft.head + (chunk(waiting) if self._chunked else waiting))
        if flow.request_body is None:
            self._body.release()
        self._state = _PASSING
        if self._all_here:
            talk.pass_on(self._last())
        reaching.find_server(talk, flow, way.origin)
        talk.go_on()

    def _end(self) -> None:
        """A rule answers in the site's place, or ends the connection; what else comes of the request is read to its end."""
        talk, flow = self._talk, self._flow
        flow.dialing = self._task = None
        self._body.release()
        talk.whole = by_rule.Unwanted(talk, flow)
        talk.connection.release(WAITING)
        if self._all_here:
            by_rule.end(talk, flow)
        elif self._head.expects_continue and not self._invited:
            talk.keep_no_longer()
            by_rule.end(talk, flow)

    def _ended_by(self, word: Word) -> None:
        """Whoever was asked answers in the site's place, or drops the request."""
        talk, flow = self._talk, self._flow
        flow.dialing = self._task = None
        if not self._all_here:
            talk.keep_no_longer()
        if word.do == "answer":
            answers.send_made(talk, flow, word.draft)
        else:
            talk.give_up(flow, dropped(word, "refused"))
            talk.connection.close()


def _with_texts(flow: Flow, draft: Draft, why: str) -> Draft:
    """The request with what rules replace in its body."""
    texts = flow.ruled.texts if flow.ruled is not None else ()
    if not texts or not (draft.body or not draft.body_here):
        return draft
    if not draft.body_here:
        flow.decide("rule-unable", why)
        return draft
    result = replaced(draft.head, draft.body, texts)
    if result.unable:
        flow.decide("rule-unable", result.unable)
    elif not any(result.counts):
        flow.decide("rule-found-nothing")
    else:
        return Draft(framed(draft.head, len(result.body)), result.body)
    return draft
