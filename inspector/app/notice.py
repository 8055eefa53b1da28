"""HOME/run/inspector.json: who runs on this home and where it can be reached, for `status`, `open` and a second copy.

It is written by the supervisor alone. It counts only while the home's lock is held.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from inspector.app.addresses import Address, parse_address
from inspector.app.lock import LOCK, Lock
from inspector.app.platform import Platform

FILE = "inspector.json"


class Running(msgspec.Struct, frozen=True, kw_only=True):
    """A running Inspector: `started` in seconds since the epoch, `children` by role, all process ids.

    `lab` is where the practice sites listen, for http and for https, if there is one. `reverse` is the one site it stands in front of, if it does; `proxy_auth` whether the proxy asks other computers for a log-in.
    `upstream` is the proxy by which it goes to the sites (without a password), if it does.
    """

    pid: int
    version: str
    started: float
    home: str
    listen: tuple[str, ...]
    web: tuple[str, ...]
    web_name: str
    dashboard: str
    lab: tuple[str, ...] = ()
    fresh: bool = False
    reverse: str = ""
    upstream: str = ""
    upstream_found_in: str = ""
    upstream_ca: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    passthrough: tuple[str, ...] = ()
    proxy_auth: bool = False
    children: dict[str, int] = {}
    restarts: dict[str, int] = {}
    lessons: tuple[str, ...] = ()

    @property
    def proxy(self) -> Address:
        """Where programs of this computer reach the proxy: on loopback if it listens there, since it asks for no log-in then."""
        addresses = [parse_address(text) for text in self.listen]
        return next((each for each in addresses if each.loopback), addresses[0]).reachable

    @property
    def asks_for_login(self) -> bool:
        """Whether it asks the programs of this computer for the log-in of --proxy-auth."""
        return self.proxy_auth and not any(parse_address(text).loopback for text in self.listen)


def write(run: Path, running: Running) -> None:
    """Say it, whole or not at all. A full disk must stop nothing, so then the last word stays."""
    scratch = run / f"{FILE}.{running.pid}"
    try:
        scratch.write_bytes(msgspec.json.encode(running))
        scratch.replace(run / FILE)
    except OSError:
        scratch.unlink(missing_ok=True)


def remove(run: Path) -> None:
    (run / FILE).unlink(missing_ok=True)


def read(run: Path, platform: Platform) -> Running | None:
    """Who runs on this home, if anybody does."""
    if not (run / LOCK).exists():
        return None
    with Lock(run / LOCK, platform) as free:
        return None if free else last_word(run)


def last_word(run: Path) -> Running | None:
    """What the file says, whether that process still runs or not."""
    try:
        return msgspec.json.decode((run / FILE).read_bytes(), type=Running)
    except (OSError, msgspec.MsgspecError):
        return None
