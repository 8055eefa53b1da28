"""The engine's process: sockets and TLS, nothing else. Flask, SQLAlchemy and Jinja aren't imported here until a page is needed."""

from __future__ import annotations

import asyncio
import gc
import os
import time
from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from inspector import __version__
from inspector.app import bridge_file
from inspector.app.child import Child
from inspector.app.platform import here
from inspector.app.settings import RunSettings
from inspector.engine.desk import Desk, Keeping
from inspector.engine.mirroring import MirrorSource
from inspector.engine.pages import Page, PageAsk
from inspector.engine.server import Engine
from inspector.engine.settings import LocalSite, Settings
from inspector.exchange.ids import Ids
from inspector.exchange.own_names import ALONE
from inspector.lab.sites import practice
from inspector.pki.authority import Authority
from inspector.pki.errors import PkiError
from inspector.pki.keylog import MOST_CONTEXTS, KeyLog
from inspector.pki.leaves import Leaves
from inspector.pki.watch import HandshakeWatch
from inspector.store.archive import ArchiveWriter
from inspector.store.held_earlier import something_waits
from inspector.store.status import Status, StatusBoard
from inspector.store.watch import Watcher

if TYPE_CHECKING:
    from inspector.engine.hooked import Hooked  # for those who have hooks

WORKER = 1
REVOCATIONS = "http://inspector.test/ca.crl"  # answered by the engine: whoever uses the proxy reaches it
LAB_NAMES = ("badtls.inspector.test", "*.badtls.inspector.test", *practice.HOSTS)
_LAB_SCHEMES = ("http", "https")

# The collector walks what it counts: with the default of 700 it would walk live connections thousands of times a
# second. Captures are out of its reach (see exchange.model), and flows are freed by their reference counts.
GC_THRESHOLDS = (50_000, 20, 50)


def main() -> None:
    child = Child("engine")
    here().raise_file_limit()
    _runner()(_serve(child))


def _runner() -> Callable[[Coroutine[Any, Any, None]], None]:
    """The fastest event loop there is here."""
    try:
        if os.name == "nt":
            import winloop as fast
        else:
            import uvloop as fast
    except ImportError:
        return asyncio.run
    return fast.run  # type: ignore[no-any-return]  # one of the two has no types


async def _serve(child: Child) -> None:
    settings = child.settings
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    child.on_stop(lambda: loop.call_soon_threadsafe(stop.set))
    try:
        authority = Authority.load_or_create(settings.certs)
    except PkiError as error:
        raise child.cannot(str(error)) from error
    if authority.warning:
        child.say(authority.warning)
    me = Ids().next()
    archive = ArchiveWriter(
        Path(settings.data, "captures"),
        engine=me,
        worker=WORKER,
        run=settings.name,
        version=__version__,
    )
    board = _Board(StatusBoard(settings.run / f"engine-{WORKER}.status"), archive)
    watch = HandshakeWatch()
    try:
        engine = Engine(
            engine_settings(settings),
            sockets=child.sockets("listen"),
            archive=archive,
            leaves=_leaves(authority, settings, watch),
            authority=authority,
            render=partial(_render, settings.listen),
            mirror=_mirror(authority, settings, watch),
            watch=watch,
            figures=board.write,
            roll=archive.roll,
        )
    except PkiError as error:
        raise child.cannot(str(error)) from error
    desk = Desk(
        partial(_held_messages, Path(settings.data)),
        engine=me,
        worker=WORKER,
        in_force=engine.context.ruling.in_force,
    )
    engine.context.consultants += (desk,)
    hooked = _hooked(settings)
    if hooked is not None:
        engine.context.consultants = (hooked, *engine.context.consultants)
        hooked.start()
    await engine.start()
    child.ready(fingerprint=authority.fingerprint)

    def notice(wishes: Mapping[str, Any]) -> None:
        loop.call_soon_threadsafe(engine.apply, wishes)

    watcher = Watcher(Path(settings.data), notice)
    watcher.start()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)
    loop.run_in_executor(None, _prepare_pages)
    loop.run_in_executor(None, _lose_what_waited, Path(settings.data), me)
    await stop.wait()
    watcher.stop()
    await desk.close()
    if hooked is not None:
        await hooked.close()
    await engine.stop()
    await loop.run_in_executor(None, archive.close)
    board.write(exchanges=engine.ledger.finished, connections=0)


def _leaves(authority: Authority, settings: RunSettings, watch: HandshakeWatch) -> Leaves:
    if not settings.keylog:
        return Leaves(
            authority, limit=settings.limits.leaves, watch=watch, revocations=REVOCATIONS, alone=ALONE
        )
    limit = min(settings.limits.leaves, MOST_CONTEXTS)
    keylog = KeyLog(Path(settings.keylog))
    return Leaves(authority, limit=limit, watch=watch, keylog=keylog, revocations=REVOCATIONS, alone=ALONE)


def _mirror(authority: Authority, settings: RunSettings, watch: HandshakeWatch) -> MirrorSource | None:
    if not settings.mirror_faults:
        return None
    from inspector.pki.mirror import Mirror

    keylog = KeyLog(Path(settings.keylog)) if settings.keylog else None
    return Mirror(authority, revocations=REVOCATIONS, watch=watch, keylog=keylog)


def engine_settings(settings: RunSettings) -> Settings:
    """What the engine needs to know of a run."""
    listen = tuple(_host_port(each) for each in settings.listen)
    web = tuple(_host_port(each) for each in settings.web)
    hooks = (_host_port(settings.hooks_door),) if settings.hooks_door else ()
    return Settings(
        home=settings.home,
        dashboard_url=f"http://{settings.web_name or web[0][0]}:{web[0][1]}/" if web else "",
        forbidden_ports=tuple({port for _, port in (*listen, *web, *hooks)}),
        wants_credentials=tuple(bool(settings.proxy_auth) and not _is_loopback(host) for host, _ in listen),
        proxy_auth=settings.proxy_auth,
        sender_token=settings.sender_token,
        bridge_key=bridge_file.read(settings.run).key,
        reporting=(*practice.HOSTS, practice.MINE, *(each.host for each in settings.mounts))
        if settings.lab
        else (),
        reverse=settings.reverse,
        local_sites=_local_sites(settings),
        lab_ca=str(settings.lab_root) if settings.lab else "",
        only=settings.only,
        passthrough=settings.passthrough,
        upstream_proxy=settings.upstream_proxy,
        bypass=settings.upstream_bypass,
        upstream_ca=settings.upstream_ca,
        client_certs=settings.client_certs,
        own_ca=str(settings.certs / "ca.pem"),
        verify_upstream=settings.verify_upstream,
        mirror_faults=settings.mirror_faults,
        keylog=settings.keylog,
        capture=settings.capture,
        worker=WORKER,
        limits=settings.limits,
        timeouts=settings.timeouts,
    )


def _local_sites(settings: RunSettings) -> tuple[LocalSite, ...]:
    """The names of the practice sites and where the lab serves them; none while it isn't there."""
    if len(settings.lab) != len(_LAB_SCHEMES):
        return ()
    (address, http), (_, https) = (_host_port(each) for each in settings.lab)
    sites = tuple(LocalSite(name, address, http, https) for name in LAB_NAMES)
    for mount in settings.mounts:
        (address, http), (_, https) = (_host_port(each) for each in mount.doors)
        sites = (*sites, LocalSite(mount.host, address, http, https))
    if len(settings.mine) != len(_LAB_SCHEMES):
        return sites
    (address, http), (_, https) = (_host_port(each) for each in settings.mine)
    return (*sites, LocalSite(practice.MINE, address, http, https))


def _host_port(address: str) -> tuple[str, int]:
    parts = urlsplit(f"//{address}")
    return parts.hostname or "", parts.port or 0


def _is_loopback(host: str) -> bool:
    return host in ("localhost", "::1") or host.startswith("127.")


def _prepare_pages() -> None:
    from inspector.web.proxy_pages import prepare

    prepare()


def _render(listen: tuple[str, ...], ask: PageAsk) -> Page:
    from inspector.web.proxy_pages import render

    return render(ask, listen)


def _hooked(settings: RunSettings) -> Hooked | None:
    if not settings.hooks_door:
        return None
    from inspector.engine.hooked import Hooked

    return Hooked(_host_port(settings.hooks_door), settings.hooks_token, settings.hook_timeout)


def _held_messages(home: Path) -> Keeping:
    from inspector.store.held import HeldMessages

    return HeldMessages(home)


def _lose_what_waited(home: Path, me: bytes) -> None:
    """What waited at a breakpoint when an earlier engine ended can't go on: its connections are gone."""
    if something_waits(home):
        from inspector.store.held import HeldMessages

        held = HeldMessages(home)
        held.lost_from_earlier(me, WORKER)
        held.close()


class _Board:
    """The engine's figures on its status board."""

    def __init__(self, board: StatusBoard, archive: ArchiveWriter) -> None:
        self._board = board
        self._archive = archive
        self._started = time.time()

    def write(self, *, exchanges: int, connections: int) -> None:
        archive = self._archive
        self._board.write(
            Status(
                "engine",
                WORKER,
                os.getpid(),
                self._started,
                time.time(),
                exchanges,
                archive.lost,
                archive.lost_bytes,
                archive.failing,
                archive.backlog,
                connections,
            )
        )


if __name__ == "__main__":
    main()
