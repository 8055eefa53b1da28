"""Programs that refuse what Inspector shows them: for each real one that is here, the cause and the cure for that very program; and a host left encrypted by one click."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from e2e_authority import SiteAuthority
from e2e_clients import Programs, Refused, all_clients
from e2e_running import Dashboard, Running, until
from e2e_site import Site

pytestmark = [pytest.mark.clients, pytest.mark.timeout(180)]

# client: cause, how sure, for whom the cure is
EXPECTED = {
    "curl": ("untrusted", "sure", "curl"),
    "wget": ("untrusted", "likely", "wget"),
    "node": ("untrusted", "likely", "Node"),
    "requests": ("untrusted", "sure", "Python requests"),
    "httpx": ("untrusted", "sure", "Python httpx"),
    "aiohttp": ("untrusted", "likely", "Python (urllib, aiohttp and others)"),
}
JAVA = """import java.net.*; import java.net.http.*;
public class Asks { public static void main(String[] given) throws Exception {
  var proxy = new InetSocketAddress("127.0.0.1", Integer.parseInt(given[2]));
  try {
    if (given[0].equals("client")) HttpClient.newBuilder().proxy(ProxySelector.of(proxy)).build()
      .send(HttpRequest.newBuilder(URI.create(given[1])).build(), HttpResponse.BodyHandlers.ofString());
    else new URI(given[1]).toURL().openConnection(new Proxy(Proxy.Type.HTTP, proxy)).getInputStream();
    System.exit(3);
  } catch (java.io.IOException refused) { System.out.println(refused); }
} }"""


@pytest.fixture(scope="module")
def programs(client_path: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Programs:
    return Programs(client_path, tmp_path_factory.mktemp("nobody"))


def cause(dashboard: Dashboard, host: str, times: int = 1) -> dict[str, Any]:
    """What the dashboard says of the refusals of a host, once there are so many."""

    def look() -> dict[str, Any] | None:
        clients = dashboard.json("/api/v1/refused")["clients"]
        rows = (row for client in clients for row in client["refused"])
        return next(
            (row["cause"] for row in rows if row["host"] == host and row["times"] >= times and row["cause"]),
            None,
        )

    return until(look, f"{host} among the refused")


def name_of(client: str) -> str:
    """A host of Inspector's own, so that nothing has to be reached for it."""
    return f"{client}.refused.inspector.test"


@pytest.mark.parametrize("client", EXPECTED)
def test_a_client_that_does_not_know_the_authority(
    programs: Programs, running: Running, dashboard: Dashboard, authority: SiteAuthority, client: str
) -> None:
    host = name_of(client)
    with pytest.raises(Refused):
        all_clients(programs)[client](f"https://{host}/", running.proxy_url, authority.ca, None)
    found = cause(dashboard, host)
    code, sure, whom = EXPECTED[client]
    assert (found["code"], found["sure"]) == (code, sure)
    assert whom in [cure["whom"] for cure in found["cures"]]


def test_git(programs: Programs, running: Running, dashboard: Dashboard, authority: SiteAuthority) -> None:
    host = name_of("git")
    words = (
        "git",
        "-c",
        f"http.proxy={running.proxy_url}",
        "-c",
        f"http.sslCAInfo={authority.ca}",
        "ls-remote",
        f"https://{host}/a.git",
    )
    with pytest.raises(Refused):
        programs.run(*words)
    found = cause(dashboard, host)
    assert (found["code"], [cure["whom"] for cure in found["cures"]]) == ("untrusted", ["git"])


def test_pip(running: Running, dashboard: Dashboard, authority: SiteAuthority, tmp_path: Path) -> None:
    host = name_of("pip")
    words = (
        "download",
        "--no-deps",
        "--retries",
        "0",
        "--index-url",
        f"https://{host}/simple",
        "--proxy",
        running.proxy_url,
        "--cert",
        str(authority.ca),
        "nosuch",
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    subprocess.run(
        [sys.executable, "-m", "pip", "--isolated", *words],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        timeout=60,
        check=False,
    )
    found = cause(dashboard, host)
    assert found["code"] == "untrusted"
    assert "pip" in [cure["whom"] for cure in found["cures"]]


@pytest.mark.parametrize("way", ["client", "connection"])
def test_java(running: Running, dashboard: Dashboard, tmp_path: Path, way: str) -> None:
    java = shutil.which("java")
    if java is None:
        pytest.skip("java is not installed")
    (tmp_path / "Asks.java").write_text(JAVA)
    host = name_of(f"java-{way}")
    words = [java, str(tmp_path / "Asks.java"), way, f"https://{host}/", running.proxy.rpartition(":")[2]]
    environment = {name: value for name, value in os.environ.items() if name != "JAVA_TOOL_OPTIONS"}
    done = subprocess.run(words, env=environment, capture_output=True, timeout=90, check=False)
    assert done.returncode == 0, done.stderr
    found = cause(dashboard, host)
    assert (found["code"], [cure["whom"] for cure in found["cures"]]) == ("untrusted", ["Java"])


CURL = {
    "pinned": (("--pinnedpubkey", "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="), "pinned"),
    "old": (("--tlsv1.0", "--tls-max", "1.1", "--ciphers", "DEFAULT:@SECLEVEL=0"), "old-version"),
    "rsa": (("--tls-max", "1.2", "--ciphers", "AES128-SHA"), "no-common-cipher"),
}


@pytest.mark.parametrize("way", CURL)
def test_curl_in_other_moods(programs: Programs, running: Running, dashboard: Dashboard, way: str) -> None:
    options, code = CURL[way]
    host = name_of(f"curl-{way}")
    with pytest.raises((AssertionError, Refused)):
        programs.curl(f"https://{host}/", running.proxy_url, running.ca, None, *options)
    assert cause(dashboard, host)["code"] == code


def test_a_program_that_speaks_nothing_but_h2(running: Running, dashboard: Dashboard) -> None:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed")
    host = name_of("h2")
    words = [
        openssl,
        "s_client",
        "-proxy",
        running.proxy,
        "-connect",
        f"{host}:443",
        "-servername",
        host,
        "-alpn",
        "h2",
    ]
    subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, timeout=30, check=False)
    assert cause(dashboard, host)["code"] == "alpn"


def test_a_proxy_that_was_given_with_https(
    programs: Programs, running: Running, dashboard: Dashboard
) -> None:
    with pytest.raises(AssertionError):
        programs.curl("https://a.test/", f"https://{running.proxy}", running.ca)
    found = cause(dashboard, "")
    assert (found["code"], found["sure"]) == ("tls-at-the-door", "sure")


def test_a_probe_that_only_looks(running: Running, dashboard: Dashboard) -> None:
    host = name_of("probing")
    with socket.create_connection(running.door) as probe:
        probe.sendall(f"CONNECT {host}:443 HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        assert probe.recv(100).startswith(b"HTTP/1.1 200")
        probe.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
    assert cause(dashboard, host)["code"] in ("closed", "not-tls")


def test_a_browser(
    running: Running, dashboard: Dashboard, chromium_path: str, chromium_arguments: list[str], tmp_path: Path
) -> None:
    host = name_of("chromium")
    words = [
        chromium_path,
        *chromium_arguments,
        f"--user-data-dir={tmp_path}",
        f"--proxy-server={running.proxy}",
        "--dump-dom",
        f"https://{host}/",
    ]
    subprocess.run(
        words, env={**os.environ, "HOME": str(tmp_path)}, capture_output=True, timeout=60, check=False
    )
    found = cause(dashboard, host)
    assert (found["code"], found["sure"]) == ("untrusted", "likely")
    assert "captured window" in json.dumps(found["cures"])


# --- one click -------------------------------------------------------------------------------------------


def test_after_the_second_refusal_one_click_leaves_the_host_encrypted_and_another_undoes_it(
    programs: Programs, running: Running, dashboard: Dashboard, authority: SiteAuthority, site: Site
) -> None:
    port = site.https.rpartition(":")[2]
    url = f"https://localhost:{port}/"

    def ask(ca: Path) -> bytes:
        return programs.curl(url, running.proxy_url, ca)

    with pytest.raises(Refused):
        ask(authority.ca)  # it knows the site's authority, and not ours
    assert cause(dashboard, "localhost")["leave"] == ""
    with pytest.raises(Refused):
        ask(authority.ca)
    found = cause(dashboard, "localhost", times=2)
    assert "twice in a row" in found["leave"]
    dashboard.post("/api/v1/left-encrypted", {"host": "localhost", "left": True})
    until(lambda: _works(ask, authority.ca), "the host to be left encrypted", within=5)
    row = dashboard.row("", kind="tunnel", host="localhost")
    assert row["protection"] == "sealed"
    dashboard.post("/api/v1/left-encrypted", {"host": "localhost", "left": False})
    until(lambda: not _works(ask, authority.ca), "the host to be decrypted again", within=5)
    assert ask(running.ca)


def _works(ask: Callable[[Path], bytes], ca: Path) -> bool:
    try:
        return bool(ask(ca))
    except Refused:
        return False


def test_the_click_on_the_page(
    programs: Programs, running: Running, dashboard: Dashboard, authority: SiteAuthority
) -> None:
    host = name_of("clicked")
    for _ in range(2):
        with pytest.raises(Refused):
            programs.curl(f"https://{host}/", running.proxy_url, authority.ca)
    cause(dashboard, host, times=2)
    page = dashboard.get("/certificates/refused").text
    assert f"Leave {host} encrypted</button>" in page
