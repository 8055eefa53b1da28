"""One request at work: the app is called in a thread of its own, which is gone when the answer is.

A thread costs 60 µs to begin and nothing while there is none, so an idle lab has none. They are daemons: one that sleeps or waits for
news keeps no process alive.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Iterable
from contextlib import suppress

from inspector.lab.serving.environ import App, Environ
from inspector.lab.serving.outlet import GoneError, Outlet

_log = logging.getLogger("inspector.lab.serving")


def at_work(app: App, environ: Environ, outlet: Outlet) -> asyncio.Future[None]:
    """Begin; the future is done when the app has said all it had to say, or the visitor has left."""
    loop = asyncio.get_running_loop()
    done = loop.create_future()

    def tell() -> None:
        if not done.done():
            done.set_result(None)

    def work() -> None:
        try:
            _call(app, environ, outlet)
        finally:
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(tell)

    threading.Thread(target=work, name=f"practice {environ['PATH_INFO'][:40]}", daemon=True).start()
    return done


def _call(app: App, environ: Environ, outlet: Outlet) -> None:
    answer: Iterable[bytes] = ()
    try:
        answer = app(environ, outlet.start)
        for piece in answer:
            outlet.write(piece)
            if outlet.bodyless:
                break
        outlet.finish()
    except GoneError:
        pass
    except Exception:  # noqa: BLE001 (whatever an app raises ends its own answer, and no more)
        # Flask answers its own exceptions with 500; here end those that come while a body is streamed.
        _log.exception("%s %s broke off", environ["REQUEST_METHOD"], environ["PATH_INFO"])
        outlet.keep = False
    finally:
        close = getattr(answer, "close", None)
        if close is not None:
            close()
