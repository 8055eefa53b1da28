"""The lab's side of the learner's site: starts its process, stops it, and starts it anew when a file was saved or it ended by itself.

While it is to be at work, the lab holds its listening sockets, so that whoever comes while it is started anew waits a moment and isn't refused.
When it is stopped they are closed: then a visitor is refused, as by any server that isn't there.
"""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

import msgspec

from inspector.lab.applying.keeping import Shown, shown
from inspector.lab.mine.child import NOT_LOADED, READY
from inspector.lab.mine.handing import inherited, listen, ticket
from inspector.lab.mine.orders import Order
from inspector.lab.mine.place import Place, Wish
from inspector.lab.mine.watching import look

LOOK_EVERY = 0.5
READY_WITHIN = 15.0
FAREWELL = 1.0
SOON = 3.0  # a process that ends within these seconds of its start would do so again
ENDED = "It ended its own process right after the start."
LINES, LETTERS = 200, 2000


class State(msgspec.Struct, frozen=True, kw_only=True):
    """What a page shows: `state` is stopped, starting or running; `trouble` why it could not be started; `broken` why it runs, and yet its code
    could not be loaded, so that visitors get a page about that; `said` what the process printed last. `app` and `host` are
    those of an app that is mounted; `mounted` are all of them, beside the learner's own site."""

    state: str = "stopped"
    folder: str = ""
    pid: int = 0
    since: float = 0.0
    starts: int = 0
    trouble: str = ""
    said: tuple[str, ...] = ()
    applied_for: bool = False
    application: Shown = Shown()
    app: str = ""
    host: str = ""
    mounted: tuple[State, ...] = ()
    broken: str = ""


class Mine:
    """The learner's site at `doors` (for http and for https), or the `app` that is mounted under the name `host`; `tell` hears each line that it prints. All of
    it is for the event loop."""

    def __init__(
        self, place: Place, doors: tuple[tuple[str, int], tuple[str, int]], served: bytes, environment: Mapping[str, str],
        patience: float = 8.0, *, app: str = "", host: str = "", tell: Callable[[str], None] = lambda _: None,
    ) -> None:  # fmt: skip
        self._place = place
        self._doors = doors
        self._served = served
        self._environment = environment
        self._patience = patience
        self._app = app
        self._host = host
        self._tell = tell
        self._wish = place.read()
        self._sockets: list[socket.socket] = []
        self._process: asyncio.subprocess.Process | None = None
        self._life: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()
        self._anew = asyncio.Event()
        self._said: deque[str] = deque(maxlen=LINES)
        self._since = 0.0
        self._starts = 0
        self._trouble = ""
        self._broken = ""

    @property
    def state(self) -> State:
        at_work = self._life is not None and not self._life.done()
        return State(
            state=("running" if self._ready.is_set() else "starting") if at_work else "stopped",
            folder=self._wish.folder, pid=self._process.pid if self._process else 0, since=self._since, starts=self._starts,
            trouble=self._trouble, said=tuple(self._said), applied_for=self._place.certificate.exists(),
            application=shown(self._place.root), app=self._app, host=self._host,
            broken=self._broken if at_work else "",
        )  # fmt: skip

    async def begin(self, folder: str = "") -> None:
        """At the lab's start: serve `folder` if one is named, else what was at work when the lab ended."""
        if folder or self._wish.on:
            await self.start(folder, wait=False)

    async def start(self, folder: str = "", *, wait: bool = True) -> State:
        """Serve `folder`, or the one from before; returns when it answers."""
        await self._end()
        self._wish = Wish(folder=folder or self._wish.folder, on=True)
        self._trouble = ""
        if not self._wish.folder or not await asyncio.to_thread(Path(self._wish.folder).is_dir):
            self._trouble = (
                f"There is no folder {self._wish.folder}."
                if self._wish.folder
                else "No folder was chosen yet."
            )
            return self.state
        try:
            self._place.write(self._wish)
            self._sockets = [listen(*door) for door in self._doors]
        except OSError as error:
            self._trouble = f"It could not be started: {error.strerror or error}."
            return self.state
        self._said.clear()
        self._starts = 0
        self._life = asyncio.get_running_loop().create_task(self._live(Path(self._wish.folder)))
        if wait:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ready.wait(), READY_WITHIN)
        return self.state

    async def stop(self) -> State:
        """Let nobody in any more: whoever comes now is refused."""
        await self._end()
        self._wish = Wish(folder=self._wish.folder, on=False)
        with suppress(OSError):  # it is stopped all the same
            self._place.write(self._wish)
        return self.state

    async def close(self) -> None:
        """The lab ends; what is at work now is so again at its next start."""
        await self._end()

    async def _end(self) -> None:
        if self._life is not None:
            self._life.cancel()
            await asyncio.gather(self._life, return_exceptions=True)
        self._life = None
        for sock in self._sockets:
            sock.close()
        self._sockets = []

    async def _live(self, folder: Path) -> None:
        """One process after the other, until it is cancelled."""
        watching = asyncio.get_running_loop().create_task(self._watch(folder))
        broken = ""
        try:
            while True:
                self._anew.clear()
                started = time.monotonic()
                ended = await self._one_life(folder, broken)
                broken = ""
                if ended is None:
                    self._said.clear()
                    self._said.append("A file was saved: started anew.")
                    continue
                self._said.append(f"The process ended by itself, with status {ended}: started anew.")
                if time.monotonic() - started < SOON:
                    broken = "\n".join(list(self._said)[-30:])
        except OSError as error:
            self._trouble = f"It could not be started: {error.strerror or error}."
        finally:
            watching.cancel()
            self._ready.clear()

    async def _one_life(self, folder: Path, broken: str) -> int | None:
        """The status it ended with by itself; None where a file was saved, and it was ended for that."""
        process = await self._spawn(folder, broken)
        try:
            gone = asyncio.ensure_future(process.wait())
            anew = asyncio.ensure_future(self._anew.wait())
            await asyncio.wait({gone, anew}, return_when=asyncio.FIRST_COMPLETED)
            anew.cancel()
            return process.returncode if gone.done() else None
        finally:
            self._ready.clear()
            await _end(process)
            self._process = None

    async def _spawn(self, folder: Path, broken: str) -> asyncio.subprocess.Process:
        self._starts += 1
        self._broken = ENDED if broken else ""
        self._process = process = await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-m", "inspector.lab.mine.child",
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
            env=os.environ | self._environment, pass_fds=inherited(self._sockets),
        )  # fmt: skip
        http, https = (ticket(sock, process.pid) for sock in self._sockets)
        order = Order(
            folder=str(folder),
            keep=str(self._place.root),
            served=self._served,
            http=http,
            https=https,
            broken=broken,
            patience=self._patience,
            app=self._app,
            host=self._host,
        )
        assert process.stdin is not None
        with suppress(OSError):  # it died at once, which is seen
            process.stdin.write(msgspec.json.encode(order) + b"\n")
            await process.stdin.drain()
        self._since = time.time()
        self._reading = asyncio.get_running_loop().create_task(self._read(process))
        return process

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        """What it prints, and that it is ready."""
        assert process.stdout is not None
        while line := await _line(process.stdout):
            words = line.decode("utf-8", "replace").rstrip()[:LETTERS]
            if words == READY and process is self._process:
                self._ready.set()
            elif words.startswith(NOT_LOADED) and process is self._process:
                self._broken = words.removeprefix(NOT_LOADED)
            elif words:
                self._said.append(words)
                self._tell(words)

    async def _watch(self, folder: Path) -> None:
        before = await asyncio.to_thread(look, folder)
        while True:
            await asyncio.sleep(LOOK_EVERY)
            now = await asyncio.to_thread(look, folder)
            if now != before:
                before = now
                self._anew.set()


async def _line(stream: asyncio.StreamReader) -> bytes:
    """The next line; of one that is longer than anybody reads, a piece. Empty at the end."""
    try:
        return await stream.readuntil()
    except asyncio.IncompleteReadError as end:
        return end.partial
    except asyncio.LimitOverrunError as long:
        return await stream.readexactly(long.consumed)


async def _end(process: asyncio.subprocess.Process) -> None:
    """End it: it is asked to by the end of its stdin, and given a moment to finish what it is at."""
    if process.stdin is not None:
        process.stdin.close()
    with suppress(TimeoutError):
        await asyncio.wait_for(process.wait(), FAREWELL)
    with suppress(ProcessLookupError):
        process.kill()
    await process.wait()
