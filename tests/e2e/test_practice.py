"""The practice sites through the whole product: each by http and https, signing in with another site from browser to server and from server to
server, both in the captures, and what they cost before anybody visits them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import requests
from e2e_running import Dashboard, Running, until

from inspector.lab.sites.practice import BARE, MINE, SITES, PracticeSite

SHOP, IDENTITY = "https://shop.inspector.test", "https://login.identity.test"


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux's /proc")
def test_before_anybody_comes_they_cost_little(running: Running) -> None:
    status = Path(f"/proc/{running.status['children']['lab']}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found
    assert int(found[1]) < 45_000  # with the shop built it has some 75 MB


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("site", SITES, ids=lambda site: site.name)
def test_each_is_served(visitor: requests.Session, site: PracticeSite, scheme: str) -> None:
    answer = visitor.get(f"{scheme}://{site.host}/")
    assert answer.status_code == 200
    assert answer.headers.get("Server") == (None if site.host == BARE else "Inspector practice site")


def test_signing_in_with_another_site_is_captured_whole(
    visitor: requests.Session, dashboard: Dashboard
) -> None:
    def token(page: str) -> str:
        found = re.search(r'name="token" value="([^"]+)"', page)
        assert found
        return found[1]

    start = visitor.get(f"{SHOP}/log-in")
    there = visitor.post(f"{SHOP}/log-in/identity", {"token": token(start.text)})
    where = re.search(r'name="next" value="([^"]+)"', there.text)
    assert where
    form = {"token": token(there.text), "next": where[1].replace("&amp;", "&"), "login": "ada"}
    asked = visitor.post(f"{IDENTITY}/log-in", {**form, "password": "salt and rope"})
    end = visitor.post(asked.url, {"token": token(asked.text), "answer": "yes"})
    assert (end.url, "Good day, Ada Quay" in end.text) == (f"{SHOP}/account", True)

    def paths() -> set[str]:
        rows = dashboard.json("/api/v1/exchanges?limit=200")["rows"]
        return {row["path"] for row in rows if row["host"] == "login.identity.test"}

    until(lambda: {"/oauth/token", "/oauth/keys", "/oauth/userinfo"} <= paths(), "what the shop asked")


def test_a_server_is_a_process_stopped_it_refuses_and_started_it_answers(
    running: Running, visitor: requests.Session, dashboard: Dashboard
) -> None:
    def newest_fault() -> str | None:
        rows = dashboard.json("/api/v1/exchanges?limit=200")["rows"]
        return next((row["fault"] for row in reversed(rows) if row["host"] == MINE), None)

    refused = visitor.get(f"http://{MINE}/", headers={"Accept": "text/html"})
    assert refused.status_code == 502
    until(lambda: newest_fault() == "connect-refused", "that it was refused is in the captures")
    site = running.home / "sites" / "hello"
    site.mkdir(parents=True)
    (site / "app.py").write_text(
        "from flask import Flask\napp = Flask(__name__)\napp.get('/')(lambda: 'hello')\n"
    )
    assert (
        dashboard.post("/api/v1/practice/mine", {"do": "start", "copy": "hello"})["mine"]["state"]
        == "running"
    )
    for scheme in ("http", "https"):
        assert visitor.get(f"{scheme}://{MINE}/").text == "hello"
    assert dashboard.post("/api/v1/practice/mine", {"do": "stop"})["mine"]["state"] == "stopped"
    assert visitor.get(f"https://{MINE}/", headers={"Accept": "text/html"}).status_code == 502
