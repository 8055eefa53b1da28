"""One run from beginning to end: home, lock, sockets, processes, and everything put away afterwards."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import time
from collections.abc import Callable, Iterator, Mapping

import msgspec

from inspector import __version__
from inspector.app import bridge_file, fresh, home, notice, sockets, tls_groups
from inspector.app.addresses import Address, parse_address
from inspector.app.command import command
from inspector.app.errors import CannotStart
from inspector.app.home import Home
from inspector.app.lock import LOCK, Lock, wait_for_leftovers
from inspector.app.platform import Platform, here
from inspector.app.processes import Role
from inspector.app.settings import RunSettings
from inspector.app.supervisor import ENGINE, HOOKS, LAB, RECORDER, WEB, Screen, Supervisor
from inspector.app.upstream import without_password
from inspector.exchange.hooking import STATE

MODULES = {
    ENGINE: "inspector.app.engine_process",
    RECORDER: "inspector.app.recorder_process",
    WEB: "inspector.app.web_process",
    LAB: "inspector.app.lab_process",
    HOOKS: "inspector.app.hooks_process",
}
LAB_DOORS = ("lab-http", "lab-https")
LAB_WISH = ("127.0.0.1:0", "127.0.0.1:0")  # only the engine connects there, and it is told the ports
HOOKS_WISH = "127.0.0.1:0"  # the same, and it asks for a token
LEFTOVERS_WITHIN = 8.0
LOCK_WITHIN = 0.3  # `inspector status` holds the lock for an instant, to look


def run(
    wish: RunSettings,
    place: Home,
    make_screen: Callable[[RunSettings, Home], Screen],
    modules: Mapping[str, str] = MODULES,
) -> None:
    """Run until asked to stop; CannotStart says what is in the way.

    `wish` is completed with what was bound, and has no addresses for the lab if there is to be none, nor for the dashboard; `modules` are
    the programs of the children by role.
    """
    platform = here()
    with _held(place, platform):
        _wait_until_alone(place, platform)
        (place.run / STATE).unlink(missing_ok=True)  # of a run that was killed
        listen = sockets.bind_all(_parsed(wish.listen), "--listen", platform)
        web = sockets.bind_all(_parsed(wish.web), "--web", platform)
        doors = [sockets.bind_all((where,), "--no-lab", platform) for where in _parsed(wish.lab)]
        mine = [sockets.reserve(where) for where in _parsed(wish.lab)]
        hooks = sockets.bind_all(_parsed((HOOKS_WISH,)), "--hook", platform) if wish.hooks else []
        mounted = [[sockets.reserve(where) for where in _parsed(LAB_WISH)] for _ in wish.mounts]
        settings = msgspec.structs.replace(
            wish,
            mounts=tuple(
                msgspec.structs.replace(each, doors=_bound(pair))
                for each, pair in zip(wish.mounts, mounted, strict=True)
            ),
            hooks_door=_bound(hooks)[0] if hooks else "",
            hooks_token=secrets.token_urlsafe(32) if hooks else "",
            mine=_bound(mine),
            sender_token=secrets.token_urlsafe(32),
            listen=_bound(listen),
            web=_bound(web),
            lab=_bound([sock for door in doors for sock in door]),
        )
        roles = [
            Role(ENGINE, modules[ENGINE], {"listen": listen}, tls_groups.environment()),
            Role(RECORDER, modules[RECORDER], {}),
        ]
        if web:
            roles.append(Role(WEB, modules[WEB], {"web": web}))
        if hooks:
            roles.append(Role(HOOKS, modules[HOOKS], {"hooks": hooks}))
        if doors:
            roles.append(Role(LAB, modules[LAB], dict(zip(LAB_DOORS, doors, strict=True)), late=True))
        if settings.web:
            bridge_file.announce(place.run, settings.web)
        started = time.time()
        supervisor = Supervisor(
            roles, settings, platform=platform, screen=make_screen(settings, place),
            changed=lambda now: notice.write(place.run, _running(now, settings, started)),
        )  # fmt: skip
        try:
            supervisor.run()
        finally:
            for sock in (*mine, *(each for pair in mounted for each in pair)):
                sock.close()
            notice.remove(place.run)
            bridge_file.withdraw(place.run)


@contextlib.contextmanager
def _held(place: Home, platform: Platform) -> Iterator[None]:
    """The home, made and locked; a fresh one is gone afterwards."""
    try:
        home.prepare(place)
        lock = Lock(place.run / LOCK, platform)
        if not lock.take(wait=LOCK_WITHIN):
            raise _already_running(place)
        try:
            yield
        finally:
            lock.release()
    finally:
        if place.fresh:
            fresh.remove(place.root)


def _already_running(place: Home) -> CannotStart:
    running = notice.last_word(place.run)
    who = f" (process {running.pid}, proxy {', '.join(running.listen)})" if running else ""
    return CannotStart(
        f"Inspector is already running on the home {place.root}{who}.",
        f"Its dashboard: {command('open', root=place.root)}. A second one beside it: "
        f"{command('run', '--home', 'DIR', '--listen', '127.0.0.1:8090', '--web', '127.0.0.1:8091')}",
    )


def _wait_until_alone(place: Home, platform: Platform) -> None:
    """The children of a run that was killed need a moment to notice; they still hold its ports."""
    role = wait_for_leftovers(place.run, platform, wait=LEFTOVERS_WITHIN)
    if role:
        raise CannotStart(
            f"The {role} of an earlier run is still at work on {place.root}.",
            "Wait a few seconds and start again; if it stays, end that process.",
        )


def _parsed(texts: tuple[str, ...]) -> tuple[Address, ...]:
    return tuple(parse_address(text) for text in texts)


def _bound(bound: list[socket.socket]) -> tuple[str, ...]:
    return tuple(str(sockets.address_of(sock)) for sock in bound)


def _running(supervisor: Supervisor, settings: RunSettings, started: float) -> notice.Running:
    return notice.Running(
        pid=os.getpid(), version=__version__, started=started, home=settings.home, listen=settings.listen,
        web=settings.web, lab=settings.lab, web_name=settings.web_name, dashboard=dashboard(settings), fresh=settings.fresh,
        reverse=settings.reverse, proxy_auth=bool(settings.proxy_auth),
        upstream=without_password(settings.upstream_proxy), upstream_found_in=settings.upstream_found_in,
        upstream_ca=settings.upstream_ca, only=settings.only, passthrough=settings.passthrough,
        lessons=settings.lessons,
        children=supervisor.children, restarts=dict(supervisor.restarts),
    )  # fmt: skip


def dashboard(settings: RunSettings) -> str:
    """The dashboard's address, without any ticket; '' if there is none."""
    if not settings.web:
        return ""
    first = parse_address(settings.web[0])
    host = settings.web_name if first.loopback or first.everywhere else first.host
    return f"http://{Address(host, first.port)}/"
