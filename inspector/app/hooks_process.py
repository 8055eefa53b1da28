"""The process of the user's hooks, started with --hook alone: reads their files, answers the engine, reads them again when they are saved.

Hooks run in threads, async ones on the loop. One that doesn't come to its end can't be stopped from outside in Python: so this process says which it was,
ends, and is started again at once. A thread watches that, and where even threads stand still (a regular expression that searches for ever holds the interpreter's
lock), the C timer of faulthandler ends the process.
"""

from __future__ import annotations

import asyncio
import faulthandler
import logging
import os
import sys
import threading
import time
from collections import deque
from contextlib import suppress
from pathlib import Path

import msgspec

from inspector.app.child import Child
from inspector.app.protocol import AGAIN
from inspector.exchange.consulting import Reply
from inspector.exchange.hooking import Ask, Hook, HookFile, HooksState, Printed, Trouble
from inspector.hooks.calling import Caller, Ready
from inspector.hooks.loading import Loaded, load
from inspector.hooks.printing import Lines
from inspector.hooks.serving import Door
from inspector.hooks.stacks import last_line_of, stack_of
from inspector.hooks.watching import forget_modules, look
from inspector.store import hook_state

LOOK_EVERY = 0.5
WRITE_EVERY = 0.25
LOAD_WITHIN = 10.0
ENGINE_WITHIN = 3.0
FAREWELL = 0.3
TROUBLES, LINES = 50, 200


def main() -> None:
    child = Child("hooks")
    sys.dont_write_bytecode = True
    asyncio.run(_serve(child))


async def _serve(child: Child) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    child.on_stop(lambda: loop.call_soon_threadsafe(stop.set))
    desk = Hooks(child, loop)
    await desk.read_files()
    await desk.door.open(child.sockets("hooks"))
    with suppress(TimeoutError):
        await asyncio.wait_for(
            desk.door.somebody.wait(), ENGINE_WITHIN
        )  # from the first request on they count
    child.ready()
    tasks = [loop.create_task(work) for work in (desk.watch_files(), desk.write_state())]
    threading.Thread(target=desk.watch_the_loop, name="hooks-watch", daemon=True).start()
    await stop.wait()
    for task in tasks:
        task.cancel()
    hook_state.remove(child.settings.run)
    os._exit(0)  # threads of hooks may hang


class Hooks:
    """All files, and what is to be said of them."""

    def __init__(self, child: Child, loop: asyncio.AbstractEventLoop) -> None:
        settings = child.settings
        self._child = child
        self._loop = loop
        self._run = settings.run
        self._paths = tuple(map(Path, settings.hooks))
        self._timeout = settings.hook_timeout
        self._loaded: tuple[Loaded, ...] = ()
        self._ready: dict[str, Ready] = {}
        self._counts: dict[str, list[int]] = {}
        self._troubles: deque[Trouble] = deque(maxlen=TROUBLES)
        self._printed: deque[Printed] = deque(maxlen=LINES)
        self._started = time.time()
        self._changed = True
        self._beat = time.monotonic()
        self._loading = False
        self._take_over()
        self.door = Door(settings.hooks_token, self._ask)
        self._caller = Caller(self._timeout, self._heard_of, self._count)
        sys.stdout = sys.stderr = Lines(self._say)
        logging.basicConfig(
            level=logging.INFO, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s", force=True
        )
        for each in dict.fromkeys(str(path.parent) for path in reversed(self._paths)):
            sys.path.insert(0, each)

    def _take_over(self) -> None:
        """What the process before this one knew, if it was of this run."""
        before = hook_state.read(self._run) if self._child.restarts else None
        if before is not None:
            self._troubles.extend(before.troubles)
            self._printed.extend(before.printed)
            self._counts = {
                hook.key: [hook.calls, hook.failures] for file in before.files for hook in file.hooks
            }

    # -- files

    async def read_files(self) -> None:
        """Read all of them; what they had hooked before is over."""
        self._loading = True
        done = asyncio.Event()
        loaded: list[Loaded] = []

        def read() -> None:
            loaded.extend(load(path, number) for number, path in enumerate(self._paths))
            self._loop.call_soon_threadsafe(done.set)

        forget_modules(self._paths)
        threading.Thread(target=read, name="hooks-loading", daemon=True).start()
        try:
            await asyncio.wait_for(done.wait(), LOAD_WITHIN)
            self._loading = False
        except TimeoutError:
            loaded = [*loaded, *self._endless(self._paths[len(loaded) :])]
        self._take(tuple(loaded))

    def _endless(self, paths: tuple[Path, ...]) -> list[Loaded]:
        where = last_line_of(stack_of(None, "hooks-loading"))
        first, *rest = paths
        trouble = f"It did not come to its end within {LOAD_WITHIN:g} s ({where}). A hook file defines functions; it must not wait."
        later = f"It waits for {first.name}, which does not come to its end."
        return [
            Loaded(HookFile(path=str(path), name=path.name, trouble=trouble if path == first else later), {})
            for path in (first, *rest)
        ]

    def _take(self, loaded: tuple[Loaded, ...]) -> None:
        self._loaded = loaded
        self._ready = {
            hook.key: Ready(
                hook,
                each.functions[hook.key],
                each.file.path,
                each.file.name,
            )
            for each in loaded
            for hook in each.file.hooks
        }
        self._changed = True
        self.door.tell(tuple(hook for each in loaded for hook in each.file.hooks))
        for each in loaded:
            self._tell_of(each.file)

    def _tell_of(self, file: HookFile) -> None:
        if file.trouble:
            where = f"{file.name}, line {file.line}" if file.line else file.name
            self._child.say(
                f"Nothing is hooked by {file.name}: {where}: {file.trouble}",
                "Mend it and save: it is read again by itself.",
            )
        else:
            hooks = ", ".join(f"{hook.name} ({hook.when})" if hook.when else hook.name for hook in file.hooks)
            self._child.printed(f"{file.name} is loaded: {hooks}")

    async def watch_files(self) -> None:
        """Read them again when one was saved, or a module beside them that they import."""
        before = await asyncio.to_thread(look, self._paths)
        while True:
            await asyncio.sleep(LOOK_EVERY)
            now = await asyncio.to_thread(look, self._paths)
            if now == before:
                continue
            before = now
            if self._loading:
                self._die("A hook file was saved while another one had not come to its end")
            await self.read_files()

    # -- asking

    async def _ask(self, ask: Ask) -> Reply:
        hooks = [self._ready[key] for key in ask.hooks if key in self._ready]
        asked = await self._caller.ask(hooks, ask.consultation)
        if asked.stuck:
            self._loop.call_later(FAREWELL, self._die, "A hook did not come to its end in time")
        return asked.reply

    def _count(self, key: str, failed: bool) -> None:
        counts = self._counts.setdefault(key, [0, 0])
        counts[0] += 1
        counts[1] += failed
        self._changed = True

    def _heard_of(self, trouble: Trouble) -> None:
        self._troubles.append(trouble)
        self._changed = True
        self._child.say(
            trouble.what,
            f"The message went on as it was; more on the page Hooks and on the exchange, {trouble.exchange}.",
        )

    def _say(self, line: str) -> None:
        self._printed.append(Printed(time.time(), line))
        self._changed = True
        self._child.printed(line)

    # -- saying how it is

    async def write_state(self) -> None:
        """Write down how things are, when that has changed."""
        while True:
            if self._changed:
                self._changed = False
                self._write()
            await asyncio.sleep(WRITE_EVERY)

    def _write(self) -> None:
        state = HooksState(
            pid=os.getpid(), started=self._started, restarts=self._child.restarts, timeout=self._timeout,
            files=tuple(self._with_counts(each.file) for each in self._loaded),
            troubles=tuple(self._troubles), printed=tuple(self._printed),
        )  # fmt: skip
        with suppress(OSError):  # a full disk: the page is late, and nothing else
            hook_state.write(self._run, state)

    def _with_counts(self, file: HookFile) -> HookFile:
        def counted(hook: Hook) -> Hook:
            calls, failures = self._counts.get(hook.key, (0, 0))
            return msgspec.structs.replace(hook, calls=calls, failures=failures)

        return msgspec.structs.replace(file, hooks=tuple(map(counted, file.hooks)))

    # -- the end

    def watch_the_loop(self) -> None:
        """In a thread of its own: an async hook that never waits stops the loop, and with it everything above."""
        while True:
            faulthandler.dump_traceback_later(2 * self._timeout + 5, exit=True, file=sys.__stderr__ or 2)
            self._loop.call_soon_threadsafe(self._beats)
            time.sleep(LOOK_EVERY)
            if self._stands_still():
                time.sleep(LOOK_EVERY)
            if self._stands_still():  # still: the computer didn't just sleep
                self._end_what_stands_still()

    def _stands_still(self) -> bool:
        return time.monotonic() - self._beat > self._timeout + LOOK_EVERY

    def _end_what_stands_still(self) -> None:
        stack = stack_of(threading.main_thread().ident)
        at = last_line_of(stack)
        what = f"An async hook keeps everything waiting for more than {self._timeout:g} s ({at}): it must await what takes long"
        self._troubles.append(Trouble(at=time.time(), hook="", what=what, traceback=stack))
        self._die(what)

    def _beats(self) -> None:
        self._beat = time.monotonic()

    def _die(self, why: str) -> None:
        self._child.say(f"{why}; the hooks are started again.", "What they kept in their variables is gone.")
        self._write()
        os._exit(AGAIN)


if __name__ == "__main__":
    main()
