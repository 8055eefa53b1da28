"""The engine's process: sockets and TLS, nothing else."""

from __future__ import annotations

import asyncio

from inspector.app.child import Child


def main() -> None:
    child = Child("engine")
    asyncio.run(_serve(child))


async def _serve(child: Child) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    child.on_stop(lambda: loop.call_soon_threadsafe(stop.set))
    child.ready()
    await stop.wait()


if __name__ == "__main__":
    main()
