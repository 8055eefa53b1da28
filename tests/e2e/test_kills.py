"""kill -9 in the middle of load, every process of the product: nothing that was shown or answered is lost, all comes back."""

from __future__ import annotations

import os
import signal
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import pytest
import requests
from e2e_load import Load
from e2e_running import ROLES, Dashboard, Running, Start, until, wait_gone
from e2e_site import Site

from inspector.store.captures import Captures

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

LIVES = 5
KILLED = ("engine", "recorder", "web", "engine")  # in each life, and then the supervisor
PROMISE = 0.1  # what was answered longer ago than this is on record, whoever is killed
OPENED = 500
LATE = 0.3  # what a client reads so soon after a kill was sent before it: a new engine needs longer to start
GRACE = 10.0  # a process whose supervisor was killed is gone within these seconds


class Watcher:
    """Reads the dashboard's feed all the time, as an open page does, and remembers each exchange that it showed as done."""

    def __init__(self) -> None:
        self.shown: set[str] = set()
        self.dashboard: Dashboard | None = None
        self._cursor = ""
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join()

    def more(self) -> None:
        """Wait until something new is shown."""
        seen = len(self.shown)
        until(lambda: len(self.shown) > seen, "the feed shows something new")

    def _watch(self) -> None:
        while not self._stopping.wait(0.05):
            if self.dashboard is None:
                continue
            try:
                told = self.dashboard.json(f"/api/v1/changes?limit=1000&cursor={self._cursor}")
            except requests.RequestException:
                continue  # killed, and not back yet
            self._cursor = told["cursor"]
            self.shown |= {row["id"] for row in told["rows"] if row["state"] == "done"}


class Toll:
    """What five lives left behind."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.received: dict[str, float] = {}
        self.engine_kills: list[float] = []
        self.shown: set[str] = set()
        self.orphans: list[int] = []


def live_once(running: Running, site: Site, watcher: Watcher, toll: Toll) -> None:
    """One life under load: four kills of children, and the supervisor's."""
    watcher.dashboard = running.dashboard()
    restarts = dict.fromkeys(ROLES, 0)
    with Load(running.proxy, running.ca, site) as load:
        watcher.more()
        for role in KILLED:
            load.more(50)
            failures = len(load.failed)
            killed = running.kill(role)
            restarts[role] += 1
            if role == "engine":
                toll.engine_kills.append(killed)
                assert running.dashboard().json("/api/v1/exchanges?limit=50")["rows"]  # the dashboard goes on
            else:
                load.more(20)  # the traffic goes on
                assert load.failed[failures:] == []
            running.wait_until_back(role, restarts[role])
            until(running.dashboard().answers, "the dashboard answers")
            load.more(20)
            watcher.more()
        load.more(20)
        watcher.dashboard = None
        toll.orphans += running.kill_supervisor().values()
        for pid in toll.orphans[-len(ROLES) :]:
            wait_gone(pid, GRACE)
    toll.received |= load.received


@pytest.fixture(scope="module")
def toll(start_running: Start, site: Site, tmp_path_factory: pytest.TempPathFactory) -> Toll:
    """Five lives on one home, each ended by kill -9; then a last one, which has put everything in order."""
    toll = Toll(tmp_path_factory.mktemp("lives") / "home")
    with Watcher() as watcher:
        for _ in range(LIVES):
            live_once(start_running(home=toll.home).wait_until_ready(), site, watcher, toll)
    toll.shown = watcher.shown
    last = start_running(home=toll.home).wait_until_ready()
    until(
        lambda: last.dashboard().json("/api/v1/status")["totals"]["open"] == 0, "no exchange is open any more"
    )
    until(lambda: all(ends(toll.home)), "every engine's end is known")
    assert last.stop() == 0
    return toll


def ends(home: Path) -> list[str]:
    """How each engine ended, as the index has it: empty while it runs."""
    with read(home) as database:
        return [how for (how,) in database.execute("SELECT ended FROM engine ORDER BY number")]


class read:  # noqa: N801 (a `with`)
    """The index of a home, opened by nobody's code but SQLite's."""

    def __init__(self, home: Path) -> None:
        self._path = home / "captures" / "index.db"

    def __enter__(self) -> sqlite3.Connection:
        self._database = sqlite3.connect(f"file:{self._path}?mode=ro", uri=True)
        return self._database

    def __exit__(self, *_: object) -> None:
        self._database.close()


@pytest.fixture
def captures(toll: Toll) -> Iterator[Captures]:
    found = Captures(toll.home)
    yield found
    found.close()


def test_the_index_is_whole(toll: Toll) -> None:
    with read(toll.home) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_nothing_that_was_shown_is_lost(toll: Toll) -> None:
    with read(toll.home) as database:
        listed = {id.hex() for (id,) in database.execute("SELECT id FROM exchange")}
    assert len(toll.shown) > 500
    assert toll.shown - listed == set()


def test_nothing_that_was_answered_100_ms_before_is_lost(toll: Toll) -> None:
    with read(toll.home) as database:
        listed = {path for (path,) in database.execute("SELECT path FROM exchange WHERE state = 'done'")}
    lost = {path: at for path, at in toll.received.items() if path not in listed}
    before_the_next_kill = {
        path: min((killed - at for killed in toll.engine_kills if killed - at > -LATE), default=None)
        for path, at in lost.items()
    }
    broken = {
        path: before for path, before in before_the_next_kill.items() if before is None or before > PROMISE
    }
    assert len(toll.received) > 1000
    assert broken == {}


def test_nothing_is_there_twice(toll: Toll) -> None:
    with read(toll.home) as database:
        paths = [path for (path,) in database.execute("SELECT path FROM exchange WHERE path LIKE '/load/%'")]
    assert len(paths) == len(set(paths))


def test_the_exchanges_can_be_opened(toll: Toll, captures: Captures) -> None:
    """One in so many, from all lives."""
    with read(toll.home) as database:
        ids = [id for (id,) in database.execute("SELECT id FROM exchange WHERE state = 'done'")]
    for id in ids[:: len(ids) // OPENED]:
        found = captures.exchange(id)
        assert found is not None
        assert found.client_leg is not None
        assert found.client_leg.response is not None
        assert captures.connection(found.client_leg.connection) is not None


def test_what_was_on_its_way_is_said_to_have_failed(toll: Toll) -> None:
    with read(toll.home) as database:
        states = dict(database.execute("SELECT state, count(*) FROM exchange GROUP BY state"))
        faults = {fault for (fault,) in database.execute("SELECT fault FROM exchange WHERE state = 'failed'")}
    assert set(states) <= {"done", "failed"}
    assert faults <= {"inspector-stopped", "client-closed-early"}


def test_who_lost_its_supervisor_ended_in_order(toll: Toll) -> None:
    """Each life's last engine wrote its clean end; those that were killed could not, and are known to be lost."""
    a_life = ["lost"] * KILLED.count("engine") + ["clean"]
    assert ends(toll.home) == [*a_life * LIVES, "clean"]
    for pid in toll.orphans:
        wait_gone(pid, within=0)


def test_while_the_engine_hangs_the_dashboard_says_so_and_can_be_read(
    start_briefly: Start, site: Site, tmp_path: Path
) -> None:
    running = start_briefly(home=tmp_path / "home").wait_until_ready()
    dashboard, engine = running.dashboard(), running.notice["children"]["engine"]
    with Load(running.proxy, running.ca, site) as load:
        load.more(20)
        os.kill(engine, signal.SIGSTOP)
        try:
            until(lambda: dashboard.lamp["state"] == "stopped", "the lamp says that the proxy does not run")
            newest = dashboard.json("/api/v1/exchanges?limit=10")["rows"]
            assert [dashboard.exchange(row["id"])["status"] for row in newest] == [200] * 10
        finally:
            os.kill(engine, signal.SIGCONT)
        load.more(20)
    until(lambda: dashboard.lamp["state"] == "capturing", "the lamp says that it captures again")
    assert load.failed == []
