"""An engine on real loopback sockets, with a scripted site on its one side and a raw client on the other."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # peers and workshop are modules of their own

from peers import Script, Site, Wire
from workshop import LoopThread, Running, SiteAuthority, Workshop, trusting

from inspector.engine import server
from inspector.pki.authority import Authority


@pytest.fixture(scope="session")
def loop_thread() -> Iterator[LoopThread]:
    thread = LoopThread()
    yield thread
    thread.close()


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Inspector's own authority."""
    return Authority.load_or_create(tmp_path_factory.mktemp("home") / "certs")


@pytest.fixture(scope="session")
def site_authority(tmp_path_factory: pytest.TempPathFactory) -> SiteAuthority:
    """The authority that vouches for test sites; engines trust it by default."""
    return SiteAuthority(tmp_path_factory.mktemp("sites"))


@pytest.fixture
def hosts(loop_thread: LoopThread) -> Iterator[dict[str, list[str]]]:
    """Names and their addresses, in place of DNS."""
    loop_thread.hosts.table.clear()
    loop_thread.hosts.asked.clear()
    yield loop_thread.hosts.table
    loop_thread.hosts.table.clear()


@pytest.fixture
def start(
    loop_thread: LoopThread,
    authority: Authority,
    site_authority: SiteAuthority,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Callable[..., Running]]:
    """Starts engines; settings as keywords. Their clock is looked at ten times as often as in life."""
    monkeypatch.setattr(server, "TICK", 0.02)
    monkeypatch.setattr(server, "_DEADLINES_EVERY", 1)
    workshop = Workshop(loop_thread, authority, tmp_path)

    def starting(**settings: Any) -> Running:
        return workshop.start(**{"upstream_ca": (str(site_authority.path),)} | settings)

    yield starting
    workshop.close()


@pytest.fixture
def engine(start: Callable[..., Running]) -> Running:
    """An engine with default settings and short waits."""
    return start()


@pytest.fixture
def site() -> Iterator[Callable[..., Site]]:
    """Starts sites: site(script), site(script, tls=context)."""
    sites: list[Site] = []

    def starting(script: Script, **options: Any) -> Site:
        sites.append(Site(script, **options))
        return sites[-1]

    yield starting
    for each in sites:
        each.close()


@pytest.fixture
def talk(request: pytest.FixtureRequest) -> Iterator[Callable[..., Wire]]:
    """Opens raw connections to the proxy: talk() to `engine`, talk(other) to one that the test started.

    `door` counts the listeners, `receive` makes the kernel's buffer small.
    """
    wires: list[Wire] = []

    def opening(running: Running | None = None, *, door: int = 0, receive: int = 0) -> Wire:
        to = running if running is not None else request.getfixturevalue("engine")
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if receive:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive)
        wires.append(Wire(sock))
        sock.connect(("127.0.0.1", to.ports[door]))
        return wires[-1]

    yield opening
    for each in wires:
        each.close()


@pytest.fixture
def browser_tls(authority: Authority) -> Any:
    """A browser's TLS context that trusts Inspector."""
    return trusting(authority)
