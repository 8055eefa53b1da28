"""Stop and start again, several homes, two at once, and a home that is gone in the end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from e2e_contents import LARGEST, MIB, pattern
from e2e_running import Dashboard, Running, Start, until, wait_gone
from e2e_site import Site

PATHS = ("/", "/data.json", "/chunked", f"/bytes/{LARGEST}")


def visit(running: Running, url: str, **options: object) -> requests.Response:
    """Fetch something through the proxy."""
    proxies = {"http": running.proxy_url, "https": running.proxy_url}
    return requests.get(url, proxies=proxies, verify=str(running.ca), timeout=30, **options)  # type: ignore[arg-type]


def all_of(dashboard: Dashboard) -> dict[str, object]:
    """Everything that the dashboard knows, by id: rows, records, bodies."""
    return {
        row["id"]: (row, dashboard.exchange(row["id"]), dashboard.body(row["id"], "browser", "response"))
        for row in dashboard.rows()
    }


def test_everything_is_still_there_and_the_browser_still_signed_in(
    start_briefly: Start, site: Site, tmp_path: Path
) -> None:
    first = start_briefly(home=tmp_path).wait_until_ready()
    for path in PATHS:
        for url in site.urls(path).values():
            assert visit(first, url).status_code == 200
            first.dashboard().row(path, scheme=url.partition(":")[0])
    before, authority = all_of(first.dashboard()), first.ca.read_bytes()
    assert len(before) == 2 * len(PATHS)
    cookies = dict(first.dashboard().session.cookies)
    assert first.stop() == 0
    second = start_briefly(home=tmp_path).wait_until_ready()
    later = Dashboard(second.web)
    later.session.cookies.update(cookies)
    assert all_of(later) == before
    assert later.body(later.row(PATHS[-1])["id"], "browser", "response") == pattern(LARGEST)[: 16 * MIB]
    assert second.ca.read_bytes() == authority
    assert visit(second, f"{site.https}/new").status_code == 200
    assert later.row("/new")["id"] > max(before)
    later.close()


@pytest.fixture(scope="module")
def two(start_running: Start, tmp_path_factory: pytest.TempPathFactory) -> tuple[Running, Running]:
    """Two at once, each on its own home."""
    homes = tmp_path_factory.mktemp("two")
    both = [start_running(home=homes / name) for name in ("one", "two")]
    return both[0].wait_until_ready(), both[1].wait_until_ready()


def test_a_used_link_says_so_and_a_stranger_is_not_let_in(two: tuple[Running, Running]) -> None:
    running = two[0]
    link = f"http://{running.web}/sign-in?" + running.printed_link.partition("?")[2]
    running.dashboard()
    again = requests.get(link, timeout=20)
    assert (again.status_code, dict(again.cookies)) == (403, {})
    assert "This link has been used" in again.text
    assert "inspector open" in again.text
    for path in ("/traffic", "/api/v1/exchanges", "/feed"):
        assert requests.get(f"http://{running.web}{path}", timeout=20).status_code == 401


def test_two_homes_are_two_lives(two: tuple[Running, Running], site: Site) -> None:
    one, other = two
    assert one.ca.read_bytes() != other.ca.read_bytes()
    visit(one, f"{site.https}/load/one")
    visit(other, f"{site.https}/load/two")
    one.dashboard().row("/load/one")
    other.dashboard().row("/load/two")
    assert [row["path"] for row in one.dashboard().rows()] == ["/load/one"]
    assert [row["path"] for row in other.dashboard().rows()] == ["/load/two"]


def test_two_at_once_do_not_fight_over_a_cookie(two: tuple[Running, Running]) -> None:
    """Cookies know no ports: the same browser brings each dashboard the cookies of both."""
    shared, signed_in = requests.Session(), []
    for running in two:
        dashboard = Dashboard(running.web)
        dashboard.session.close()
        dashboard.session = shared
        dashboard.sign_in(running.fresh_link())
        signed_in.append(dashboard)
    for _ in range(2):
        for dashboard in signed_in:
            assert dashboard.lamp["state"] == "capturing"
            dashboard.post("/api/v1/capturing", {"on": True})
    assert len({cookie.name for cookie in shared.cookies}) == 2
    shared.close()


@pytest.mark.parametrize("end", [Running.stop, Running.kill_supervisor], ids=["stopped", "killed"])
def test_a_fresh_home_leaves_nothing_behind(
    end: Callable[[Running], object],
    start_briefly: Start,
    site: Site,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("TMPDIR", "HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"):
        (tmp_path / name).mkdir()
        monkeypatch.setenv(name, str(tmp_path / name))
    running = start_briefly(fresh=True)
    [running.home] = until(lambda: list((tmp_path / "TMPDIR").glob("*")), "its home")
    running.wait_until_ready()
    children = running.notice["children"]
    visit(running, f"{site.https}/chunked")
    running.dashboard().row("/chunked")
    end(running)
    for pid in children.values():
        wait_gone(pid)
    if end is Running.kill_supervisor:  # it could not tidy up: the next one does, whatever its home
        start_briefly(home=tmp_path / "next").wait_until_ready()
    left = [
        path
        for name in ("TMPDIR", "HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR")
        for path in (tmp_path / name).iterdir()
    ]
    assert left == []
