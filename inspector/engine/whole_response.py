"""A response that waits in Inspector until its body is whole: a rule asks for the body or changes it, or somebody has a word in it.

What the site sends is gathered as payload, then rules and whoever wants a word are asked, then a `Shaper` lets it go. A body that is too large, or that has
no end, isn't waited for: only the head is asked about, and the body passes behind it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from inspector.engine.asking import Word, ask, decide, dropped, wanting
from inspector.engine.consulting import MOST, Consultant
from inspector.engine.gathering import Gathering, too_large
from inspector.engine.shaping import HELD, Shaper, edit_response
from inspector.exchange.consulting import Draft
from inspector.rules.bodies import replaced
from inspector.rules.effects import Cut, Replace
from inspector.rules.heads import framed

if TYPE_CHECKING:
    from inspector.engine.flow import Flow
    from inspector.engine.http1 import Http1
    from inspector.rules.ruleset import Step
    from inspector.wire.http1 import ResponseHead

LONGEST = 60.0  # seconds that a body may take to come before it isn't waited for any more
STALE = 1.0  # seconds after which a connection that was held is not used again
_ENDLESS = (b"text/event-stream", b"multipart/x-mixed-replace")


def endless(head: ResponseHead) -> str:
    """Why the body of this response isn't to be waited for; empty if it may be."""
    media = next((value for name, value in head.fields if name == b"content-type"), b"")
    if media.partition(b";")[0].strip().lower() in _ENDLESS:
        return "the body is a stream that has no end"
    return too_large() if head.length is not None and head.length > MOST else ""


class WholeResponse:
    """One response that waits. `data` is its head as it would go on; `steps` are None while it can't be told what rules want; `asked` is who is to be asked,
    `bodily` whether anybody wants the body."""

    def __init__(  # noqa: PLR0917 (made in one place)
        self,
        talk: Http1,
        flow: Flow,
        head: ResponseHead,
        data: bytes,
        steps: Sequence[Step] | None,
        asked: Sequence[Consultant],
        *,
        has_body: bool,
        bodily: bool = True,
    ) -> None:
        self._talk = talk
        self._flow = flow
        self._head = head
        self._data = data
        self._steps = steps
        self._asked = asked
        self._has_body = has_body
        # a request that became a HEAD, or was one, has an answer that doesn't fit the other's
        self._unwanted = flow.head is not None and flow.head.method == b"HEAD"
        self._body = Gathering(talk.context.room)
        self._asking = self._all_here = False
        self._task: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._bodily = bodily
        why = endless(head) if has_body and not self._unwanted else ""
        if has_body and not bodily:
            why = "nobody asked for the body"
        if why:
            self._decide(why)
        elif has_body:
            self._timer = talk.context.loop.call_later(LONGEST, self._late)

    # -- what comes from the site

    def take(self, payload: bytes) -> None:
        """A run of the body."""
        if self._unwanted or not payload:
            return
        why = self._body.add(payload)
        if why and not self._asking:
            self._decide(why)

    def end(self) -> None:
        """The response is complete."""
        self._all_here = True
        if not self._asking:
            self._decide("")

    def drop(self) -> None:
        """The exchange is over, for whatever reason."""
        self._stop_clock()
        self._body.release()
        if self._task is not None and self._task is not asyncio.current_task(self._talk.context.loop):
            self._task.cancel()
        if self._flow.server is not None:
            self._flow.server.release(HELD)

    def _late(self) -> None:
        if not self._asking:
            self._decide(f"the body had not come whole after {LONGEST:.0f} s")

    def _stop_clock(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    # -- what becomes of it

    def _decide(self, why: str) -> None:
        """Ask now; `why` says what keeps the body from being waited for."""
        self._asking = True
        self._stop_clock()
        talk, flow = self._talk, self._flow
        if flow.server is not None:
            flow.server.hold(HELD)
        self._task = decide(talk, flow, partial(self._ask, why), "a response", "response-head")

    async def _ask(self, why: str) -> None:
        talk, flow, context = self._talk, self._flow, self._talk.context
        body = None if why else self._body.whole()
        if self._steps is None:
            self._steps = context.ruling.of_response(flow, body)
            self._asked = wanting(context, flow, "response")
        if why and self._asked and self._bodily:
            flow.decide("not-whole", why)
        head = edit_response(self._data, self._steps, self._head.status)
        if flow.method and body is not None and not self._has_body and not self._unwanted:
            head = framed(head, 0)  # the site was asked for a head only, the browser waits for a body
        draft = self._with_texts(Draft(head, body or b"", body is not None), why)
        if self._asked:
            began = context.loop.time()
            self._stop_times()
            word = await ask(context, flow, "response", draft, self._asked)
            if flow.client is not talk or flow.finished:
                return
            if word.do == "drop":
                self._dropped(word)
                return
            draft = word.draft
            self._start_times(context.loop.time() - began)
        self._go(draft, body)

    def _with_texts(self, draft: Draft, why: str) -> Draft:
        """The response with what rules replace in its body."""
        texts = [step.effect for step in self._steps or () if isinstance(step.effect, Replace)]
        if not texts or not self._has_body or self._unwanted:
            return draft
        flow = self._flow
        if not draft.body_here:
            flow.decide("rule-unable", why)
            return draft
        if self._head.status == 206:
            flow.decide("rule-unable", "the response is a part of something (206)")
            return draft
        result = replaced(draft.head, draft.body, texts)
        if result.unable:
            flow.decide("rule-unable", result.unable)
        elif not any(result.counts):
            flow.decide("rule-found-nothing")
        else:
            return Draft(framed(draft.head, len(result.body)), result.body)
        return draft

    def _stop_times(self) -> None:
        """While somebody thinks, the site's time limits don't count."""
        if self._flow.server is not None:
            self._flow.server.deadline = 0.0

    def _start_times(self, held: float) -> None:
        server = self._flow.server
        if server is None:
            return
        server.deadline = self._talk.context.now + self._talk.context.timeouts.silence
        if held > STALE and self._all_here:
            server.finished_sending = True  # it may have closed meanwhile, unheard

    def _dropped(self, word: Word) -> None:
        talk, flow = self._talk, self._flow
        flow.dialing = self._task = None
        talk.give_up(flow, dropped(word, "response-head"))
        talk.connection.close()

    def _go(self, draft: Draft, body: bytes | None) -> None:
        """Let it go, in the time that rules say."""
        talk, flow = self._talk, self._flow
        flow.dialing = self._task = None
        steps = [step for step in self._steps or () if not isinstance(step.effect, Replace)]
        rest = draft.body if body is not None else self._body.whole()
        another = body is not None and draft.body != body and not self._unwanted
        has_body = not self._unwanted and (self._has_body or another)
        if another and not any(isinstance(step.effect, Cut) for step in steps):
            flow.passed = talk.context.ledger.tap()
            flow.passed.add(draft.body)
            flow.passed.complete = True
        elif self._unwanted and self._has_body:
            flow.passed = talk.context.ledger.tap()
            flow.passed.complete = True
        shaper = Shaper(talk, flow, draft.head, steps, has_body=has_body)
        self._body.release()
        talk.let_go(shaper)
        if self._all_here:
            shaper.end(rest)
        else:
            shaper.take(rest)
