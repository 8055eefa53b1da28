"""The lab's process: the practice sites and the bad-TLS lab, on two loopback sockets that only the engine knows of.

It is started when the others are at work, and is small: sites, pages and the making of certificates are loaded when they are needed.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from inspector.app.addresses import parse_address
from inspector.app.child import Child
from inspector.app.settings import Mount, RunSettings
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
        kept = _certificates(folder, tuple(each.host for each in child.settings.mounts))
    except OSError as error:
        raise child.cannot(
            f"The practice sites keep their certificates in {folder}, and cannot: {error.strerror or error}.",
            "Make room, or make the folder yours, and start again; without the practice sites: --no-lab. All else works.",
        ) from error
    practice.quiet()
    asyncio.run(_serve(child, kept))


def _certificates(folder: Path, mounted: tuple[str, ...]) -> Kept:
    """The lab's certificates; made in a process that ends then, as this one would keep what it loads for that. Raises OSError."""
    kept = load(folder, time.time)
    if kept is None or not kept.practice.keys() >= set(mounted):
        subprocess.run(
            [sys.executable, "-P", "-m", MAKER, str(folder), *mounted], stdin=subprocess.DEVNULL, check=False
        )
    return load_or_make(folder, time.time, mounted)  # where that failed, it fails here again, and says why


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
    """The learner's own site."""
    http, https = (parse_address(each) for each in settings.mine)
    return Mine(_place(settings), (http, https), kept.practice[MINE], _environment(settings))


def _mounted(settings: RunSettings, mount: Mount, kept: Kept, tell: Callable[[str], None]) -> Mine:
    """An app of --mount. Each has a process and a folder of its own."""
    http, https = (parse_address(each) for each in mount.doors)
    place = Place(settings.lab_root.parent / f"mounted-{mount.host}")
    environment, host = _environment(settings), mount.host
    return Mine(
        place, (http, https), kept.practice[host], environment, app=mount.app, host=host, tell=lambda line: tell(f"{host}: {line}")
    )  # fmt: skip


def _environment(settings: RunSettings) -> dict[str, str]:
    """What a user's code asks other sites goes through the proxy, as what practice sites ask does."""
    proxy, authority = _proxy(settings), str(settings.certs / "ca.pem")
    return {
        **dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), proxy),
        **dict.fromkeys(("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "CURL_CA_BUNDLE"), authority),
        "NO_PROXY": "127.0.0.1,localhost", "no_proxy": "127.0.0.1,localhost",
        "PYTHONUNBUFFERED": "1",  # what it prints is on the page at once
        "INSPECTOR_HOME": settings.data, "INSPECTOR_BRIDGE": "on",  # it tells its half of each exchange
        "FLASK_RUN_FROM_CLI": "true",  # Flask then passes over `app.run()`, as under `flask run`
    }  # fmt: skip


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
    mounted = [_mounted(settings, each, kept, child.printed) for each in settings.mounts]
    house.control = ControlApp(new_token(settings.run), mine, house.reset, applicant, loop, mounted=mounted)
    doors = AppDoors(Desk(house.find), house.choose)
    await doors.open(child.sockets("lab-http"), child.sockets("lab-https"))
    await mine.begin(settings.my)
    for site, mount in zip(mounted, settings.mounts, strict=True):
        await site.begin(mount.folder)
        child.printed(f"{mount.host} is {mount.app} in {mount.folder}, for all who use the proxy")
    child.ready()
    await stop.wait()
    for site in (mine, *mounted):
        await site.close()
    await doors.close()


if __name__ == "__main__":
    main()
