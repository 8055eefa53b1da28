"""The server's half, whole: a learner's app with the one line, as a normal site and behind --reverse; practice sites; OpenTelemetry. Nothing else is set up."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests
from e2e_app import PetsApp
from e2e_running import Dashboard, Running, Start, until


@pytest.fixture(scope="module")
def app(running: Running, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PetsApp]:
    """The app, known to the Inspector that runs: that it listens has been told."""
    started = PetsApp(tmp_path_factory.mktemp("pets"), running.home)
    yield started
    started.close()


def known(running: Running, app: PetsApp) -> None:
    """Wait until the engine puts the field on requests to the app: it is asked for when both are there."""
    through = visitor(running.proxy_url)
    dashboard = running.dashboard()

    def asked() -> bool:
        through("GET", f"{app.url}/nothing")
        row = dashboard.row("/nothing", port=app.port)
        return "app-asked" in [each["code"] for each in dashboard.exchange(row["id"])["decisions"]]

    until(asked, "the app has asked")


def visitor(proxy: str) -> Callable[..., requests.Response]:
    session = requests.Session()
    session.trust_env = False
    session.proxies = {"http": proxy, "https": proxy}
    return lambda method, url, **more: session.request(method, url, allow_redirects=False, timeout=20, **more)


def told(dashboard: Dashboard, path: str, **wanted: Any) -> dict[str, Any]:
    """What the app told of the newest exchange of that path."""
    row = dashboard.row(path, **wanted)

    def look() -> dict[str, Any] | None:
        answer = dashboard.get(f"/api/v1/exchanges/{row['id']}/server")
        return dict(answer.json(), id=row["id"]) if answer.status_code == 200 else None

    return until(look, f"what the app told of {path}")


def test_a_page_a_change_an_answer_in_json_and_a_failure(
    running: Running, app: PetsApp, dashboard: Dashboard
) -> None:
    known(running, app)
    visit = visitor(running.proxy_url)
    assert visit("POST", f"{app.url}/pets/Rex").status_code == 302
    added = told(dashboard, "/pets/Rex")
    assert (added["status"], added["route"]["rule"], added["route"]["values"]) == (
        302,
        "/pets/<name>",
        {"name": "Rex"},
    )
    assert [(query["statement"], query["parameters"], query["rows"]) for query in added["queries"]] == [
        ("INSERT INTO pet VALUES (?)", [["", "'Rex'"]], 1)
    ]

    assert "Rex" in visit("GET", f"{app.url}/").text
    page = told(dashboard, "/", port=app.port)
    assert page["templates"][0]["name"] == "pets.html"
    assert page["templates"][0]["context"] == ["pets"]
    assert page["queries"][0]["rows"] == 1

    assert visit("GET", f"{app.url}/api/pets").json() == ["Rex"]
    assert told(dashboard, "/api/pets")["functions"][0]["name"] == "pets.as_json"

    assert visit("GET", f"{app.url}/broken").status_code == 500
    broken = told(dashboard, "/broken")
    assert (broken["exception"]["type"], broken["log"][0]["message"]) == (
        "KeyError",
        "this will not end well",
    )


def test_the_pages_show_it(running: Running, app: PetsApp, dashboard: Dashboard) -> None:
    known(running, app)
    visitor(running.proxy_url)("POST", f"{app.url}/pets/Tom")
    id = told(dashboard, "/pets/Tom")["id"]
    assert "INSERT" in dashboard.get(f"/exchange/{id}?tab=server").text
    assert "its query" in dashboard.get(f"/exchange/{id}?tab=timing").text
    assert "The server works" in dashboard.get(f"/exchange/{id}?tab=story").text


def test_an_app_that_was_there_first_finds_an_inspector_that_comes_later(
    start_briefly: Start, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    app = PetsApp(tmp_path / "pets", home)
    try:
        assert visitor("")("GET", f"{app.url}/api/pets").status_code == 200
        running = start_briefly("--reverse", app.url, home=home).wait_until_ready()

        def asked() -> bool:
            visitor("")("GET", f"{running.proxy_url}/api/pets")
            row = running.dashboard().row("/api/pets")
            return running.dashboard().get(f"/api/v1/exchanges/{row['id']}/server").status_code == 200

        until(asked, "the app tells its half behind --reverse")
        assert running.stop() == 0
        assert visitor("")("GET", f"{app.url}/api/pets").status_code == 200
    finally:
        app.close()


def test_the_practice_sites_tell_theirs_from_the_first_visit(running: Running, dashboard: Dashboard) -> None:
    visit = visitor(running.proxy_url)
    assert visit("GET", "https://shop.inspector.test/", verify=str(running.ca)).status_code == 200
    shop = told(dashboard, "/", host="shop.inspector.test")
    assert shop["app"].endswith("shop")
    assert shop["templates"]
    assert shop["queries"]


@pytest.fixture
def other() -> Iterator[int]:
    """The port of a server that knows nothing of Inspector."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_program_in_any_language_tells_it_by_opentelemetry(
    running: Running, other: int, dashboard: Dashboard
) -> None:
    bridge = json.loads((running.home / "run" / "bridge.json").read_text())
    endpoint = f"http://{bridge['host']}:{bridge['port']}/v1/traces"
    headers = {"Authorization": f"Bearer {bridge['token']}"}
    visit = visitor(running.proxy_url)
    span = {"traceId": "01" * 16, "spanId": "02" * 8, "name": "GET", "kind": 2, "startTimeUnixNano": "1000000000",
            "attributes": [{"key": "server.port", "value": {"intValue": other}}, {"key": "http.route", "value": {"stringValue": "/pets/:id"}}]}  # fmt: skip
    assert requests.post(endpoint, json=spans(span), timeout=20).status_code == 401
    assert requests.post(endpoint, json=spans(span), headers=headers, timeout=20).status_code == 200

    def traced() -> str | None:
        visit("GET", f"http://127.0.0.1:{other}/traced")
        row = dashboard.row("/traced")
        head = dashboard.exchange(row["id"])["server_leg"]["request"]["head"]
        return row["id"] if f"traceparent: 00-{row['id']}-" in head else None

    id = until(traced, "its requests carry a trace, since it has told of one")
    assert dashboard.get(f"/api/v1/exchanges/{id}/server").status_code == 404
    assert (
        requests.post(endpoint, json=spans(span | {"traceId": id}), headers=headers, timeout=20).status_code
        == 200
    )
    found = dashboard.json(f"/api/v1/exchanges/{id}/server")
    assert (found["told_by"], found["route"]["rule"]) == ("opentelemetry", "/pets/:id")
    assert "OpenTelemetry" in dashboard.get(f"/exchange/{id}?tab=server").text


def spans(span: dict[str, Any]) -> dict[str, Any]:
    return {"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}


def test_forgetting_everything_forgets_what_apps_told(
    running: Running, app: PetsApp, dashboard: Dashboard
) -> None:
    known(running, app)
    visitor(running.proxy_url)("POST", f"{app.url}/pets/Ida")
    told(dashboard, "/pets/Ida")
    place = running.home / "captures" / "reports.db"
    dashboard.post("/api/v1/forget", {})

    def empty() -> bool:
        line = sqlite3.connect(place)
        try:
            return line.execute(
                "SELECT (SELECT count(*) FROM report) + (SELECT count(*) FROM span)"
            ).fetchone() == (0,)
        finally:
            line.close()

    until(empty, "nothing is left of the reports")
