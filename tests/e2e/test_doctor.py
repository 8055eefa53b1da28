"""`inspector doctor` on the running product: everything in order, then each thing put out of order; and every site of the bad-TLS lab by its one fault."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from e2e_running import COMMAND, Dashboard, Running, Start, until
from e2e_site import Site

from inspector.lab.badtls.cases import CASES, Case

pytestmark = pytest.mark.timeout(240)


def doctor(home: Path, *words: str, **environment: str) -> tuple[int, dict[str, dict[str, Any]]]:
    """The exit code, and the findings by id."""
    plain = {
        name: value
        for name, value in os.environ.items()
        if "PROXY" not in name.upper() and "CERT" not in name and "CA_BUNDLE" not in name
    }
    plain = {name: value for name, value in plain.items() if name != "GIT_SSL_CAINFO"}
    done = subprocess.run(
        [*COMMAND, "doctor", "--json", "--home", str(home), *words], capture_output=True, text=True, check=False, env=plain | environment, timeout=120
    )  # fmt: skip
    assert done.returncode in (0, 1), done.stderr
    told = json.loads(done.stdout)
    assert (told["state"] == "bad") == (done.returncode == 1)
    return done.returncode, {each["id"]: each for each in told["findings"]}


def bad(found: dict[str, dict[str, Any]]) -> list[str]:
    return [id for id, each in found.items() if each["state"] == "bad"]


# --- one site --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.label)
def test_each_site_of_the_lab_is_named_by_its_one_fault(running: Running, case: Case) -> None:
    code, found = doctor(running.home, case.url)
    wanted = f"certificate-{case.reason}" if case.reason else case.fault
    assert bad(found) == ([wanted] if wanted else [])
    assert code == (1 if wanted else 0)
    if wanted:
        assert found[wanted]["cure"]
    assert found["reached"]["state"] == "good"


def test_what_an_incomplete_chain_lacks_is_really_fetched(running: Running, dashboard: Dashboard) -> None:
    _, found = doctor(running.home, "https://missing-intermediate.badtls.inspector.test/")
    assert "find a trusted root above it and show nothing" in found["incomplete"]["sentence"]
    [line] = found["incomplete"]["evidence"]
    assert line.startswith("fetched http://badtls.inspector.test/")
    address = line.split()[1].removesuffix(":")
    row = dashboard.row(address.removeprefix("http://badtls.inspector.test"), host="badtls.inspector.test")
    assert (row["agent"].partition(" ")[0], row["status"]) == ("inspector-doctor", 200)


@pytest.mark.parametrize(
    ("url", "fault"),
    [("https://nosuch.invalid/", "dns-unknown"), ("https://127.0.0.1:9/", "connect-refused"), ("http://127.0.0.1:{web}/", "refused-self")],
)  # fmt: skip
def test_a_site_that_cannot_be_reached(running: Running, url: str, fault: str) -> None:
    code, found = doctor(running.home, url.replace("{web}", running.web.rpartition(":")[2]))
    assert code == 1
    assert fault in bad(found)


def test_a_site_that_answers(running: Running, site: Site) -> None:
    code, found = doctor(running.home, f"{site.https}/")
    assert (code, found["certificate"]["state"], found["answer"]["state"]) == (0, "good", "good")
    code, found = doctor(running.home, f"{site.http}/")
    assert (code, found["tls"]["state"]) == (0, "open")


def test_a_site_while_capturing_is_paused(running: Running, dashboard: Dashboard) -> None:
    dashboard.post("/api/v1/capturing", {"on": False})
    try:
        code, found = doctor(running.home, "https://expired.badtls.inspector.test/")
    finally:
        dashboard.post("/api/v1/capturing", {"on": True})
    assert code == 1
    assert "expired" in found["answer"]["sentence"]


def test_a_host_that_is_left_encrypted(running: Running, site: Site, dashboard: Dashboard) -> None:
    dashboard.post("/api/v1/left-encrypted", {"host": "good.badtls.inspector.test", "left": True})
    try:
        _, found = doctor(running.home, "https://good.badtls.inspector.test/")
    finally:
        dashboard.post("/api/v1/left-encrypted", {"host": "good.badtls.inspector.test", "left": False})
    assert found["left-encrypted"]["state"] == "open"
    assert bad(found) == []


def test_what_is_no_address_is_said_at_once(running: Running) -> None:
    done = subprocess.run(
        [*COMMAND, "doctor", "--home", str(running.home), "ftp://a"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "write https://example.com/" in done.stderr


# --- everything ------------------------------------------------------------------------------------------


def test_a_product_in_order(start_briefly: Start) -> None:
    running = start_briefly().wait_until_ready()
    until(lambda: running.dashboard().answers(), "the dashboard")
    code, found = doctor(running.home)
    assert bad(found) == []
    assert code == 0
    for id in (
        "running",
        "version",
        "proxy",
        "decrypts",
        "dashboard",
        "captures",
        "authority",
        "key",
        "left",
        "disk",
    ):
        assert found[id]["state"] == "good", found[id]
    assert found["traffic"]["state"] == "caution"


def test_each_thing_out_of_order_is_found(start_briefly: Start, tmp_path: Path) -> None:
    running = start_briefly().wait_until_ready()
    dashboard = running.dashboard()
    dashboard.post("/api/v1/capturing", {"on": False})
    running.ca_key.chmod(0o644)
    proxy = running.proxy_url.replace("http://", "https://")
    _, found = doctor(running.home, https_proxy=proxy, SSL_CERT_FILE=str(tmp_path / "gone.pem"))
    assert bad(found) == ["captures", "key", "variables", "variables-files"]
    _, found = doctor(
        running.home, https_proxy=running.proxy_url, http_proxy=running.proxy_url, no_proxy="localhost"
    )
    assert (found["variables"]["state"], found["localhost"]["state"]) == ("good", "caution")


def test_where_nothing_runs(tmp_path: Path) -> None:
    code, found = doctor(tmp_path / "nowhere")
    assert code == 1
    assert "running" in bad(found)
    assert not (tmp_path / "nowhere").exists()


def test_the_words_for_a_person(running: Running) -> None:
    done = subprocess.run(
        [*COMMAND, "doctor", "--home", str(running.home), "https://expired.badtls.inspector.test/"], capture_output=True, text=True, check=False
    )  # fmt: skip
    assert done.returncode == 1
    assert "✗ Its certificate is believed" in done.stdout
    assert "→ If the site is yours:" in done.stdout
    assert "One thing stands in the way" in done.stdout
    assert "\x1b" not in done.stdout
