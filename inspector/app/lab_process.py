"""The lab's process: the practice sites and the bad-TLS lab, on two loopback sockets that only the engine knows of.

It is started when the others are at work, and is small: sites, pages and the making of certificates are loaded when they are needed.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from inspector.app.addresses import parse_address
from inspector.app.child import Child
from inspector.app.settings import RunSettings
from inspector.lab.badtls.kept import Kept, load, load_or_make
from inspector.lab.control import ControlApp, new_token
from inspector.lab.house import House
from inspector.lab.mine.place import Place
from inspector.lab.mine.server import Mine
from inspector.lab.serving.conversation import Desk
from inspector.lab.serving.doors import AppDoors
from inspector.lab.sites import practice
from inspector.lab.sites.practice import MINE
from inspector.web.places import templates_folder

if TYPE_CHECKING:
    from inspector.lab.applying.applicant import Applicant

MAKER = "inspector.lab.badtls.kept"


def main() -> None:
    child = Child("lab")
    folder = child.settings.lab_root.parent
    try:
        kept = _certificates(folder)
    except OSError as error:
        raise child.cannot(
            f"The practice sites keep their certificates in {folder}, and cannot: {error.strerror or error}.",
            "Make room, or make the folder yours, and start again; without the practice sites: --no-lab. All else works.",
        ) from error
    practice.quiet()
    asyncio.run(_serve(child, kept))


def _certificates(folder: Path) -> Kept:
    """The lab's certificates; made in a process that ends then, as this one would keep what it loads for that. Raises OSError."""
    if load(folder, time.time) is None:
        subprocess.run(
            [sys.executable, "-P", "-m", MAKER, str(folder)], stdin=subprocess.DEVNULL, check=False
        )
    return load_or_make(folder, time.time)  # where that failed, it fails here again, and says why


def _house(settings: RunSettings, kept: Kept) -> House:
    return House(
        kept,
        templates_folder() / "lab",
        settings.lab_root.parent / "sites",
        proxy=_proxy(settings),
        authority=str(settings.certs / "ca.pem"),
        told=Path(settings.data),
    )


def _proxy(settings: RunSettings) -> str:
    """Where one site asks another, so that it is captured: on loopback if the proxy listens there, since it asks for no log-in then."""
    addresses = [parse_address(text) for text in settings.listen]
    first = next((each for each in addresses if each.loopback), None)
    if first is not None:
        return f"http://{first}"
    name, _, password = settings.proxy_auth.partition(":")
    log_in = f"{quote(name, safe='')}:{quote(password, safe='')}@" if name else ""
    return f"http://{log_in}{addresses[0].reachable}"


def _mine(settings: RunSettings, kept: Kept) -> Mine:
    """The learner's own site; what its code asks other sites goes through the proxy, as theirs does."""
    proxy, authority = _proxy(settings), str(settings.certs / "ca.pem")
    environment = {
        **dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), proxy),
        **dict.fromkeys(("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "CURL_CA_BUNDLE"), authority),
        "NO_PROXY": "127.0.0.1,localhost", "no_proxy": "127.0.0.1,localhost",
        "PYTHONUNBUFFERED": "1",  # what it prints is on the page at once
        "INSPECTOR_HOME": settings.data, "INSPECTOR_BRIDGE": "on",  # it tells its half of each exchange
        "FLASK_RUN_FROM_CLI": "true",  # Flask then passes over `app.run()`, as under `flask run`
    }  # fmt: skip
    http, https = (parse_address(each) for each in settings.mine)
    return Mine(_place(settings), (http, https), kept.practice[MINE], environment)


def _applicant(settings: RunSettings) -> Applicant:
    from inspector.lab.applying.applicant import Applicant

    return Applicant(_place(settings), _proxy(settings), str(settings.certs / "ca.pem"))


def _place(settings: RunSettings) -> Place:
    return Place(settings.lab_root.parent / "mine")


async def _serve(child: Child, kept: Kept) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    child.on_stop(lambda: loop.call_soon_threadsafe(stop.set))
    settings = child.settings
    house, mine = _house(settings, kept), _mine(settings, kept)
    applicant = partial(_applicant, settings)
    house.control = ControlApp(new_token(settings.run), mine, house.reset, applicant, loop)
    doors = AppDoors(Desk(house.find), house.choose)
    await doors.open(child.sockets("lab-http"), child.sockets("lab-https"))
    await mine.begin(settings.my)
    child.ready()
    await stop.wait()
    await mine.close()
    await doors.close()


if __name__ == "__main__":
    main()
