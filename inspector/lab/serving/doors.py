"""The lab's two doors, with apps behind them."""

from __future__ import annotations

import asyncio
import ssl

from inspector.lab.doors import NO_TLS, NOBODY_HERE, Choose, Doors, Visitor, _facts, _hello
from inspector.lab.pipes import PlainPipe, TlsPipe
from inspector.lab.serving.conversation import Desk
from inspector.lab.talk import Answer, Request
from inspector.wire.rules import Problem


class AppDoors(Doors):
    """Like `Doors`, but whoever comes in talks with the desk. `choose` gives the TLS context for a name, None where nobody is at home."""

    def __init__(self, desk: Desk, choose: Choose) -> None:
        super().__init__(_nobody, choose, desk.limits)
        self._desk = desk

    async def _plain(self, visitor: Visitor) -> None:
        await self._desk.talk(visitor.pipe)

    async def _secure(self, visitor: Visitor) -> None:
        async with asyncio.timeout(self._limits.handshake):
            hello, first = await _hello(visitor.reader)
            if isinstance(hello, Problem):
                await visitor.pipe.write(NO_TLS)
                return
            if hello is None:
                return
            name = hello.sni.lower().removesuffix(".")
            context = self._choose(name)
            if context is None:
                await visitor.pipe.write(NOBODY_HERE)
                return
            inside = TlsPipe(PlainPipe(visitor.reader, visitor.writer, first), context)
            try:
                await inside.handshake()
            except ssl.SSLError:
                await self._until_heard(visitor)
                raise
        visitor.pipe = inside
        await self._desk.talk(inside, _facts(inside.tls, name))


def _nobody(request: Request) -> Answer:
    return Answer(b"", status=404)
