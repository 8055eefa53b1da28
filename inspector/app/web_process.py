"""The dashboard's process: a Flask app behind a production WSGI server, on the sockets of --web."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from pathlib import Path

from inspector import __version__
from inspector.app import bridge_file
from inspector.app.browsers import diary
from inspector.app.child import Child
from inspector.app.command import command
from inspector.app.home import Home
from inspector.app.open_window import opener
from inspector.app.run import dashboard
from inspector.app.settings import RunSettings
from inspector.explain.findings import Finding
from inspector.store.captures import Captures
from inspector.store.database import StoreProblem
from inspector.store.settings import Settings
from inspector.store.status import read_boards
from inspector.web.app import create_dashboard
from inspector.web.browse import OpenWindow
from inspector.web.server import serve
from inspector.web.settings import WebSettings
from inspector.web.tickets import sign_in_url
from inspector.web.warm import warm_later


def main() -> None:
    child = Child("web")
    stop = threading.Event()
    child.on_stop(stop.set)
    settings = child.settings
    home, told = Path(settings.data), _web_settings(settings)
    captures = Captures(home)
    built = create_dashboard(
        told,
        captures,
        Settings(home),
        lambda: read_boards(settings.run),
        _opener(settings),
        windows=lambda: diary.read(home),
        check_up=partial(_check_up, settings),
    )
    child.ready(link=sign_in_url(settings.run, dashboard(settings)))
    warm_later(built.app)
    threading.Thread(target=_warm, args=[captures], name="warm-captures", daemon=True).start()
    serve(built, child.sockets("web"), told, stop)


def _warm(captures: Captures) -> None:
    """So that the first search is as quick as the next."""
    with suppress(StoreProblem):
        captures.warm()


def _opener(settings: RunSettings) -> OpenWindow | None:
    """Nothing, where Inspector stands in front of one site: any window shows that."""
    return None if settings.reverse else opener(settings)


def _check_up(settings: RunSettings) -> Iterable[Finding]:
    """What `inspector doctor` would find, but for the variables of somebody's terminal."""
    from inspector.app.doctor.case import Case
    from inspector.app.doctor.table import examine

    root, data = Path(settings.home), Path(settings.data)
    case = Case(
        Home(root, data, fresh=settings.fresh, note="" if root == data else f"Captures are kept in {data}."),
        terminal=False,
    )
    try:
        return tuple(examine(case))
    finally:
        case.close()


def _web_settings(settings: RunSettings) -> WebSettings:
    program, told = command(), bridge_file.read(settings.run)
    return WebSettings(
        run=str(settings.run),
        addresses=settings.web,
        names=(settings.web_name,),
        proxies=settings.listen,
        sender_token=settings.sender_token,
        gateway_base=settings.gateway_base,
        ca_path=str(settings.certs / "ca.pem"),
        captures_path=str(Path(settings.data, "captures")),
        only=settings.only,
        passthrough=settings.passthrough,
        certs=str(settings.certs),
        upstream_ca=settings.upstream_ca,
        lab_root=str(settings.lab_root),
        lab=bool(settings.lab),
        lab_door=settings.lab[0] if settings.lab else "",
        program=program,
        home_option=command(root=Path(settings.home)).removeprefix(program),
        version=__version__,
        bridge_token=told.token,
        bridge_key=told.key,
        lessons=settings.lessons,
    )


if __name__ == "__main__":
    main()
