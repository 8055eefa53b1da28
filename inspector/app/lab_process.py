"""The lab's process: the bad-TLS lab, on two loopback sockets that only the engine knows of.

It is started when the others are at work, and is small: pages and the making of certificates are loaded when they are needed.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from pathlib import Path

from inspector.app.child import Child
from inspector.lab.badtls.identities import Identities
from inspector.lab.badtls.kept import Kept, load, load_or_make
from inspector.lab.badtls.pages import Pages
from inspector.lab.badtls.site import BadTls
from inspector.lab.doors import Doors
from inspector.web.places import templates_folder

MAKER = "inspector.lab.badtls.kept"


def main() -> None:
    child = Child("lab")
    folder = child.settings.lab_root.parent
    try:
        kept = _certificates(folder)
    except OSError as error:
        raise child.cannot(
            f"The bad-TLS lab keeps its certificates in {folder}, and cannot: {error.strerror or error}.",
            "Make room, or make the folder yours, and start again; without the lab: --no-lab. All else works.",
        ) from error
    asyncio.run(_serve(child, kept))


def _certificates(folder: Path) -> Kept:
    """The lab's certificates; made in a process that ends then, as this one would keep what it loads for that. Raises OSError."""
    if load(folder, time.time) is None:
        subprocess.run(
            [sys.executable, "-P", "-m", MAKER, str(folder)], stdin=subprocess.DEVNULL, check=False
        )
    return load_or_make(folder, time.time)  # where that failed, it fails here again, and says why


async def _serve(child: Child, kept: Kept) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    child.on_stop(lambda: loop.call_soon_threadsafe(stop.set))
    doors = Doors(BadTls(kept, Pages(templates_folder() / "lab")), Identities(kept).choose)
    await doors.open(child.sockets("lab-http"), child.sockets("lab-https"))
    child.ready()
    await stop.wait()
    await doors.close()


if __name__ == "__main__":
    main()
