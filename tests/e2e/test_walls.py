"""What must never happen: the dashboard reached through the proxy, its cookie passed on, the authority's key let out."""

from __future__ import annotations

import base64
import contextlib
import socket
from pathlib import Path

import pytest
import requests
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from e2e_clients import Programs
from e2e_running import Dashboard, Running
from e2e_site import Site

THIS_COMPUTER = (
    "127.0.0.1", "localhost", "LOCALHOST", "localhost.", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.1",
    "0177.0.0.1", "017700000001", "0", "0.0.0.0", "127.0.0.2", "127.255.255.254", "[::1]", "[::]", "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]", "[0:0:0:0:0:0:0:1]", "[::127.0.0.1]",
)  # fmt: skip
NAMES = ("inspector.localhost", "127.0.0.1.nip.io", "localtest.me")  # where they resolve, they lead here


@pytest.fixture(scope="module")
def programs(client_path: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Programs:
    return Programs(client_path, tmp_path_factory.mktemp("nobody"))


@pytest.fixture(params=["dashboard", "proxy"])
def door(request: pytest.FixtureRequest, running: Running) -> int:
    """A port of the product's own."""
    return int((running.web if request.param == "dashboard" else running.proxy).rpartition(":")[2])


def own_addresses() -> list[str]:
    """This computer's name, and an address of it that is not loopback, if it has one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # nothing is sent
        except OSError:
            return []
        return [probe.getsockname()[0]]


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/") else 0


def ask(running: Running, request: str) -> bytes:
    """Say this to the proxy, and read all that it answers."""
    with socket.create_connection(running.door, timeout=20) as client, client.makefile("rb") as answers:
        client.sendall(request.encode())
        client.shutdown(socket.SHUT_WR)
        return answers.read()


def ask_in_tunnel(running: Running, where: str, words: bytes) -> bytes:
    """Say this in a tunnel to `where`, if there is one, and read all that comes back; a reset ends it too."""
    with socket.create_connection(running.door, timeout=20) as client, client.makefile("rb") as answers:
        client.sendall(f"CONNECT {where} HTTP/1.1\r\nHost: {where}\r\n\r\n".encode())
        head = b"".join(iter(answers.readline, b"\r\n"))
        if status_of(head) != 200:
            return head
        got = b""
        with contextlib.suppress(ConnectionError):
            client.sendall(words)
            while piece := client.recv(65536):
                got += piece
        return got


# --- the way back to ourselves ------------------------------------------------------------------------------------


@pytest.mark.clients
@pytest.mark.parametrize("spelling", [*THIS_COMPUTER, *NAMES])
def test_curl_is_refused_the_way_to_ourselves(
    spelling: str, door: int, running: Running, programs: Programs
) -> None:
    """With --request-target, since curl itself writes most of these in the usual way."""
    target = f"http://{spelling}:{door}/traffic"
    through = ("curl", "-q", "-sS", "--include", "--proxy", running.proxy_url, "--request-target", target)
    answer = programs.run(*through, "--header", f"Host: {spelling}:{door}", "http://somewhere.test/")
    allowed = (403, 502) if spelling in NAMES else (403,)
    assert status_of(answer) in allowed, answer[:300]
    assert b"inspector-session" not in answer


@pytest.mark.parametrize("spelling", THIS_COMPUTER)
def test_a_tunnel_to_ourselves_is_refused(spelling: str, door: int, running: Running) -> None:
    where = f"{spelling}:{door}"
    request = f"GET /traffic HTTP/1.1\r\nHost: {where}\r\nConnection: close\r\n\r\n"
    assert status_of(ask_in_tunnel(running, where, request.encode())) == 403
    assert ask_in_tunnel(running, where, b"\x00\x01 neither HTTP nor TLS\r\n") == b""


@pytest.mark.clients
@pytest.mark.parametrize("url", ["https://127.0.0.1:{}/", "https://localhost:{}/", "https://[::1]:{}/"])
def test_curl_is_refused_over_tls_too(url: str, door: int, running: Running, programs: Programs) -> None:
    answer = programs.curl(
        url.format(door), running.proxy_url, running.ca, None, "--include", "--suppress-connect-headers"
    )
    assert status_of(answer) == 403


def test_our_address_in_the_network_is_refused_too(door: int, running: Running) -> None:
    for address in own_addresses():
        request = (
            f"GET http://{address}:{door}/ HTTP/1.1\r\nHost: {address}:{door}\r\nConnection: close\r\n\r\n"
        )
        assert status_of(ask(running, request)) == 403


def test_the_dashboard_is_not_reached_by_its_name_on_the_proxys_port(running: Running) -> None:
    request = f"GET /traffic HTTP/1.1\r\nHost: {running.web}\r\nConnection: close\r\n\r\n"
    answer = ask(running, request)
    assert b"data-list" not in answer
    assert b"/sign-in" not in answer


@pytest.mark.parametrize("spelling", ["127.0.0.1", "localhost", "127.1", "2130706433"])
def test_other_services_of_this_computer_can_be_reached(spelling: str, site: Site, running: Running) -> None:
    where = f"{spelling}:{site.http_port}"
    request = f"GET http://{where}/load/here HTTP/1.1\r\nHost: {where}\r\nConnection: close\r\n\r\n"
    answer = ask(running, request)
    assert status_of(answer) == 200
    assert answer.endswith(b"This is /load/here.\n")


def test_each_refusal_is_on_the_dashboard(running: Running, dashboard: Dashboard) -> None:
    request = f"GET http://{running.web}/refused HTTP/1.1\r\nHost: {running.web}\r\nConnection: close\r\n\r\n"
    assert status_of(ask(running, request)) == 403
    assert dashboard.row("/refused", state="failed")["fault"] == "refused-self"


# --- the dashboard's cookie ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_dashboards_cookie_goes_nowhere(
    scheme: str, site: Site, running: Running, dashboard: Dashboard
) -> None:
    """One browser, signed in to the dashboard, opens a site on another port of the same host: it sends its cookies there."""
    [(name, value)] = dashboard.session.cookies.items()
    assert name.startswith("inspector-session-")
    path, port = f"/load/cookie-{scheme}", site.urls("")[scheme].rpartition(":")[2]
    with requests.Session() as browser:
        browser.trust_env = False
        browser.proxies = dict.fromkeys(("http", "https"), running.proxy_url)
        browser.cookies.set(name, value, domain="127.0.0.1")
        browser.cookies.set("theirs", "kept", domain="127.0.0.1")
        assert (
            browser.get(f"{scheme}://127.0.0.1:{port}{path}", verify=str(running.ca), timeout=20).status_code
            == 200
        )
    [arrived] = [seen for seen in site.seen if seen.path == path]
    assert dict(arrived.fields)["Cookie"] == "theirs=kept"
    exchange = dashboard.exchange(dashboard.row(path)["id"])
    assert "cookie-stripped" in [decision["code"] for decision in exchange["decisions"]]
    assert value not in str(exchange)
    assert found_in(running.home, value.encode()) == []


# --- the authority's key ------------------------------------------------------------------------------------------


def found_in(home: Path, *secrets: bytes) -> list[Path]:
    """The files of a home in which one of these byte strings stands."""
    files = [path for path in home.rglob("*") if path.is_file()]
    return [path for path in files if any(secret in path.read_bytes() for secret in secrets)]


def key_material(running: Running) -> tuple[bytes, ...]:
    """The key in every form that somebody could write it in: PEM's text, DER, the number itself in bytes, hex and base64."""
    pem = running.ca_key.read_bytes()
    key = load_pem_private_key(pem, None)
    number = key.private_numbers().private_value
    raw = number.to_bytes(32, "big")
    der = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    lines = [line for line in pem.splitlines() if line and not line.startswith(b"-----")]
    return (
        *lines, der, raw, raw.hex().encode(), raw.hex().upper().encode(), str(number).encode(), base64.b64encode(raw),
        b"PRIVATE KEY",
    )  # fmt: skip


def test_the_key_stays_in_its_file(site: Site, running: Running, dashboard: Dashboard) -> None:
    proxies = dict.fromkeys(("http", "https"), running.proxy_url)
    secrets, said = key_material(running), []
    for url in ("http://inspector.test/", "http://inspector.test/ca.pem", f"{site.https}/", f"{site.http}/"):
        answer = requests.get(url, proxies=proxies, verify=str(running.ca), timeout=20)
        assert answer.status_code == 200, answer.text[:200]
        said.append(answer.content)
    for guess in ("ca-key.pem", "certs/ca-key.pem", "../certs/ca-key.pem", "%2e%2e/certs/ca-key.pem"):
        said.append(requests.get(f"http://inspector.test/{guess}", proxies=proxies, timeout=20).content)
        said.append(dashboard.get(f"/{guess}").content)
        said.append(dashboard.get(f"/static/{guess}").content)
    dashboard.row("/", scheme="https")
    for page in ("/start", "/traffic", "/set-up", "/api/v1/status", "/api/v1/exchanges"):
        said.append(dashboard.get(page).content)
    said.append(running.said.encode())
    assert not [secret for secret in secrets for words in said if secret in words]
    assert found_in(running.home, *secrets) == [running.ca_key]
    assert running.ca_key.stat().st_mode & 0o777 == 0o600
    assert running.ca_key.parent.stat().st_mode & 0o777 == 0o700
