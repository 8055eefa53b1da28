"""The process of the learner's site: `python -m inspector.lab.mine.child`, told what to serve by one line on stdin. It ends with its stdin."""

from __future__ import annotations

import asyncio
import os
import ssl
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import msgspec

from inspector.lab.mine.answering import Answering
from inspector.lab.mine.handing import take
from inspector.lab.mine.loading import Loading
from inspector.lab.mine.orders import Order
from inspector.lab.mine.place import Place
from inspector.lab.serving.contexts import context_for
from inspector.lab.serving.conversation import Desk
from inspector.lab.serving.doors import AppDoors
from inspector.lab.serving.environ import App
from inspector.lab.sites.practice import MINE

READY = "inspector: at work"
NOT_LOADED = "inspector: not loaded: "
FAREWELL = 0.3  # seconds for those who are being served
ALONE_FOR = (
    2.0  # seconds that the code has before visitors come in: if it ends the process, nobody is cut off
)


def main() -> None:
    order = msgspec.json.decode(sys.stdin.buffer.readline(), type=Order)
    folder = Path(order.folder)
    os.chdir(folder)
    place = Place(Path(order.keep))
    loading = Loading(folder, order.app, partial(_not_loaded, mounted=bool(order.app)))
    if not order.broken:
        loading.start()
        loading.wait(ALONE_FOR)
    host = order.host or MINE
    app = Answering(
        folder, place.challenges, loading, broken=order.broken, patience=order.patience, host=host
    )
    asyncio.run(_serve(order, place, app))


def _not_loaded(loading: Loading, *, mounted: bool) -> None:
    """Tell the lab; of a mounted app its terminal tells the whole story too."""
    story = f"{loading.trouble or loading.summary}\n" if mounted else ""
    sys.stderr.write(f"{NOT_LOADED}{' '.join(loading.summary.split())}\n{story}")
    sys.stderr.flush()


async def _serve(order: Order, place: Place, app: App) -> None:
    name = order.host or MINE
    identity = Identity(order.served, place.certificate, name)
    doors = AppDoors(Desk(lambda host: app if host == name else None), identity.choose)
    await doors.open([take(order.http)], [take(order.https)])
    sys.stderr.write(f"{READY}\n")
    sys.stderr.flush()
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    watch = partial(_wait_for_end_of_stdin, lambda: loop.call_soon_threadsafe(stop.set))
    threading.Thread(target=watch, name="lab-watch", daemon=True).start()
    await stop.wait()
    await doors.finish(FAREWELL)
    os._exit(0)  # the learner's threads may hang


class Identity:
    """The certificate that was applied for, if there is one, and else the lab's: looked for at every handshake, as it may come, change or go."""

    def __init__(self, served: bytes, applied_for: Path, host: str = MINE) -> None:
        self._usual = served
        self._host = host
        self._applied_for = applied_for
        self._made: tuple[bytes, ssl.SSLContext] | None = None

    def choose(self, name: str) -> ssl.SSLContext | None:
        if name not in {"", self._host}:
            return None
        try:
            pem = self._applied_for.read_bytes()
        except OSError:
            pem = self._usual
        if self._made is None or self._made[0] != pem:
            try:
                self._made = (pem, context_for(pem))
            except ssl.SSLError:  # a file that was damaged
                self._made = (pem, context_for(self._usual))
        return self._made[1]


def _wait_for_end_of_stdin(stop: Callable[[], object]) -> None:
    while os.read(0, 4096):
        pass
    stop()
    time.sleep(2 * FAREWELL)
    os._exit(0)  # the loop did not come to it


if __name__ == "__main__":
    main()
