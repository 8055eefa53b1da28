"""Real clients over HTTPS through the proxy, trusting its authority alone: the bytes are those of a direct transfer."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import socket
import sys
import zipfile
from base64 import urlsafe_b64encode
from pathlib import Path

import pytest
from e2e_authority import SiteAuthority
from e2e_clients import Fetch, Programs, Refused, all_clients
from e2e_contents import LARGEST, MIB, pattern
from e2e_running import Dashboard, Running
from e2e_site import Site

pytestmark = [pytest.mark.clients, pytest.mark.timeout(180)]

NAMES = ("curl", "wget", "node", "requests", "httpx", "aiohttp")
PATHS = ("/", "/picture.png", "/chunked", "/until-close", f"/bytes/{LARGEST}")


@pytest.fixture(scope="module")
def programs(client_path: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Programs:
    return Programs(client_path, tmp_path_factory.mktemp("nobody"))


@pytest.fixture(params=NAMES)
def client(request: pytest.FixtureRequest, programs: Programs) -> Fetch:
    """One client after the other."""
    return all_clients(programs)[request.param]


def newest(dashboard: Dashboard, path: str, **wanted: object) -> dict[str, object]:
    return dashboard.exchange(dashboard.row(path, **wanted)["id"])


# --- downloads and uploads ----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PATHS)
def test_a_download_is_the_same_as_without_the_proxy(
    client: Fetch, *, path: str, site: Site, running: Running, authority: SiteAuthority, dashboard: Dashboard
) -> None:
    direct = client(site.https + path, "", authority.ca, None)
    through = client(site.https + path, running.proxy_url, running.ca, None)
    assert through == direct
    if path.startswith("/bytes/"):
        assert through == pattern(LARGEST)
    row = dashboard.row(path)
    assert (row["status"], row["response_size"], row["protection"]) == (200, len(direct), "decrypted")
    kept = dashboard.body(row["id"], "browser", "response")
    assert kept == direct[: 16 * MIB]
    if len(direct) > len(kept):
        assert dashboard.exchange(row["id"])["server_leg"]["response"]["body"]["note"] == "capped"


def test_an_upload_arrives_whole(client: Fetch, site: Site, running: Running, dashboard: Dashboard) -> None:
    body = pattern(3 * MIB)
    told = json.loads(client(f"{site.https}/upload", running.proxy_url, running.ca, body))
    assert told == {"size": len(body), "sha256": hashlib.sha256(body).hexdigest()}
    row = dashboard.row("/upload")
    assert (row["method"], row["request_size"]) == ("POST", len(body))
    assert dashboard.body(row["id"], "browser", "request") == body


def test_it_goes_over_http_as_well(client: Fetch, site: Site, running: Running, dashboard: Dashboard) -> None:
    assert client(f"{site.http}/chunked", running.proxy_url, running.ca, None) == pattern(200_000)
    assert dashboard.row("/chunked", scheme="http")["response_size"] == 200_000


def test_who_does_not_trust_the_authority_refuses_and_the_dashboard_says_so(
    client: Fetch, site: Site, running: Running, authority: SiteAuthority, dashboard: Dashboard
) -> None:
    known = {row["id"] for row in dashboard.rows()}
    with pytest.raises(Refused):
        client(f"{site.https}/load/never", running.proxy_url, authority.ca, None)
    row = dashboard.row("", lambda row: row["id"] not in known, kind="tls", state="failed")
    assert row["fault"] in ("tls-client-alert", "tls-client-closed", "tls-client-left")
    assert not [seen for seen in site.seen if seen.path == "/load/never"]


# --- what curl can ask for ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options",
    [
        ("--head",),
        ("--range", "1000-1999"),
        ("--http1.0",),
        ("--header", "Connection: close"),
        ("--upload-file", "-"),
        ("--header", "Expect: 100-continue", "--upload-file", "-"),
        ("--header", "Transfer-Encoding: chunked", "--upload-file", "-"),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_curl_gets_the_same_with_and_without_the_proxy(
    options: tuple[str, ...],
    *,
    scheme: str,
    site: Site,
    running: Running,
    authority: SiteAuthority,
    programs: Programs,
) -> None:
    uploads = "--upload-file" in options
    url = site.urls("/upload" if uploads else "/bytes/100000")[scheme]
    told = ("--write-out", " %{http_code} %{size_download}", *options)

    def run(proxy: str, ca: Path) -> bytes:
        command = ("curl", "-q", "-sS", "--cacert", str(ca), "--proxy", proxy, *told, url)
        return programs.run(*command, given=pattern(2 * MIB) if uploads else None)

    direct, through = run("", authority.ca), run(running.proxy_url, running.ca)
    if "--head" in options:  # the times in it differ
        direct, through = direct[-8:], through[-8:]
    assert through == direct


def test_curl_keeps_its_connection_and_the_proxy_keeps_its_own(
    site: Site, running: Running, programs: Programs, dashboard: Dashboard
) -> None:
    urls = [f"{site.https}/load/kept-{number}" for number in range(5)]
    programs.run("curl", "-q", "-sS", "--cacert", str(running.ca), "--proxy", running.proxy_url, *urls)
    found = [newest(dashboard, f"/load/kept-{number}") for number in range(5)]
    assert len({each["client_leg"]["connection"] for each in found}) == 1
    assert [each["client_leg"]["turn"] for each in found] == [1, 2, 3, 4, 5]
    assert len({each["server_leg"]["connection"] for each in found}) == 1
    assert {dashboard.row(f"/load/kept-{number}")["tls"] for number in range(5)} == {"TLSv1.3"}


def test_bytes_that_are_neither_tls_nor_http_are_shown_as_a_tunnel(
    site: Site, running: Running, dashboard: Dashboard
) -> None:
    with socket.create_connection(running.door, timeout=20) as client, client.makefile("rb") as answers:
        client.sendall(f"CONNECT localhost:{site.echo_port} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        assert answers.readline().startswith(b"HTTP/1.1 200")
        assert answers.readline() == b"\r\n"
        client.sendall(b"\0one line\n")
        client.shutdown(socket.SHUT_WR)
        assert answers.read() == b"\0one line\n"
    row = dashboard.row("", kind="tunnel", port=site.echo_port)
    assert (row["request_size"], row["response_size"]) == (10, 10)
    page = " ".join(dashboard.get(f"/exchange/{row['id']}").text.split())
    assert "10 B went there and 10 B came back" in page


# --- git and pip ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def repository(site: Site, programs: Programs) -> str:
    """A repository with a few commits, served by the site; its newest commit."""
    work = programs.home / "work"
    programs.run("git", "init", "--quiet", "--initial-branch=main", str(work))
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    for number in range(3):
        (work / f"file{number}").write_bytes(pattern(200_000 * (number + 1)))
        programs.run("git", "-C", str(work), "add", ".")
        programs.run("git", "-C", str(work), *who, "commit", "--quiet", "-m", f"number {number}")
    bare = site.folder / "made.git"
    programs.run("git", "clone", "--quiet", "--bare", str(work), str(bare))
    programs.run("git", "-C", str(bare), "config", "http.receivepack", "true")
    return programs.run("git", "-C", str(bare), "rev-parse", "HEAD").decode().strip()


def test_git_clones_and_pushes(
    repository: str, site: Site, running: Running, programs: Programs, dashboard: Dashboard
) -> None:
    url, clone = f"{site.https}/git/made.git", programs.home / "clone"
    using = ("-c", f"http.proxy={running.proxy_url}", "-c", f"http.sslCAInfo={running.ca}")
    programs.run("git", *using, "clone", "--quiet", url, str(clone))
    assert programs.run("git", "-C", str(clone), "rev-parse", "HEAD").decode().strip() == repository
    programs.run("git", "-C", str(clone), "fsck", "--full", "--strict")
    for number in range(3):
        assert (clone / f"file{number}").read_bytes() == pattern(200_000 * (number + 1))
    (clone / "pushed").write_bytes(pattern(2 * MIB))  # over http.postBuffer, so that git sends it in chunks
    programs.run("git", "-C", str(clone), "add", ".")
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    programs.run("git", "-C", str(clone), *who, "commit", "--quiet", "-m", "back")
    programs.run("git", "-C", str(clone), *using, "push", "--quiet", "origin", "main")
    here = programs.run("git", "-C", str(clone), "rev-parse", "HEAD")
    assert programs.run("git", "-C", str(site.folder / "made.git"), "rev-parse", "main") == here
    assert dashboard.row("/git/made.git/git-upload-pack", status=200)["agent"].startswith("git")
    dashboard.row("/git/made.git/git-receive-pack", lambda row: row["request_size"] > 2 * MIB, status=200)


@pytest.fixture(scope="module")
def index(site: Site) -> bytes:
    """A package index with one small wheel, served by the site; the wheel."""
    folder = site.folder / "simple" / "tiny-thing"
    folder.mkdir(parents=True)
    wheel = folder / "tiny_thing-1.0-py3-none-any.whl"
    files = {
        "tiny_thing.py": b"answer = 42\n",
        "tiny_thing-1.0.dist-info/METADATA": b"Metadata-Version: 2.1\nName: tiny-thing\nVersion: 1.0\n",
        "tiny_thing-1.0.dist-info/WHEEL": b"Wheel-Version: 1.0\nGenerator: a test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "tiny_thing-1.0.dist-info/RECORD"
    lines = [f"{name},sha256={_digest(data)},{len(data)}" for name, data in files.items()]
    files[record] = "\n".join([*lines, f"{record},,", ""]).encode()
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return wheel.read_bytes()


def _digest(data: bytes) -> str:
    return urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def test_pip_downloads_from_an_index(
    index: bytes, site: Site, running: Running, programs: Programs, dashboard: Dashboard
) -> None:
    if importlib.util.find_spec("pip") is None:
        pytest.skip("this Python has no pip (python -m ensurepip)")
    programs.run(
        sys.executable, "-m", "pip", "--isolated", "--disable-pip-version-check", "--no-cache-dir", "download", "--quiet",
        "--proxy", running.proxy_url, "--cert", str(running.ca), "--index-url", f"{site.https}/files/simple/",
        "--no-deps", "--dest", "wheels", "tiny-thing",
    )  # fmt: skip
    [wheel] = (programs.home / "wheels").iterdir()
    assert wheel.read_bytes() == index
    row = dashboard.row(f"/files/simple/tiny-thing/{wheel.name}")
    assert row["agent"].startswith("pip")
    assert dashboard.body(row["id"], "browser", "response") == index
