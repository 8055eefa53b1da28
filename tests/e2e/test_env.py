"""`inspector env` with the programs it is for: each of them, told nothing else, goes through the proxy and believes it.

The site's own authority is known to nobody but the proxy: a program that went past it would not believe the site.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from e2e_running import COMMAND, Dashboard, Running
from e2e_site import Site

pytestmark = [pytest.mark.clients, pytest.mark.timeout(180)]
JAVA = """
import java.net.*; import java.net.http.*;
public class Fetch { public static void main(String[] where) throws Exception {
  HttpURLConnection old = (HttpURLConnection) new URL(where[0] + "/load/java-old").openConnection();
  HttpResponse<String> answer = HttpClient.newHttpClient().send(
      HttpRequest.newBuilder(URI.create(where[0] + "/load/java-new")).build(), HttpResponse.BodyHandlers.ofString());
  System.out.println(old.getResponseCode() + " " + answer.statusCode());
}}
"""
NODE = """
const [where, module] = process.argv.slice(1);
const text = (answer) => new Promise((done) => { let all = ""; answer.on("data", (piece) => (all += piece)).on("end", () => done(all)); });
const get = (path) => new Promise((done, failed) => require(module).get(where + path, (answer) => text(answer).then(done)).on("error", failed));
const post = fetch(where + "/upload", { method: "POST", body: "x".repeat(100000) }).then((answer) => answer.json());
Promise.all([get("/load/node-module"), fetch(where + "/load/node-fetch").then((answer) => answer.text()), post])
  .then(([one, two, three]) => console.log(JSON.stringify([one, two, three.size])));
"""


@pytest.fixture(params=["http", "https"])
def base(request: pytest.FixtureRequest, site: Site) -> str:
    return getattr(site, request.param)


@pytest.fixture
def under(running: Running, tmp_path: Path) -> Callable[..., str]:
    """Run a program by `inspector env -- …`; what it printed."""
    environment = os.environ | {"HOME": str(tmp_path)}

    def run(*words: str) -> str:
        done = subprocess.run(
            [*COMMAND, "env", "--home", str(running.home), "--", *words],
            capture_output=True, text=True, timeout=90, env=environment, cwd=tmp_path, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


def program(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is not installed")
    return path


def test_curl(under: Callable[..., str], base: str, dashboard: Dashboard) -> None:
    assert under(program("curl"), "-sS", f"{base}/load/curl") == "This is /load/curl.\n"
    assert dashboard.row("/load/curl", scheme=base.partition(":")[0])["status"] == 200


@pytest.mark.parametrize("module", ["requests", "httpx", "urllib.request"])
def test_python(under: Callable[..., str], base: str, dashboard: Dashboard, module: str) -> None:
    pytest.importorskip(module)
    path = f"/load/{module}"
    call = (
        f"urlopen({base + path!r}).read().decode()"
        if module == "urllib.request"
        else f"get({base + path!r}).text"
    )
    assert (
        under(sys.executable, "-c", f"import {module} as module; print(module.{call}, end='')")
        == f"This is {path}.\n"
    )
    dashboard.row(path, scheme=base.partition(":")[0])


def test_node(under: Callable[..., str], base: str, dashboard: Dashboard) -> None:
    scheme = base.partition(":")[0]
    told = json.loads(under(program("node"), "-e", NODE, base, f"node:{scheme}"))
    assert told == ["This is /load/node-module.\n", "This is /load/node-fetch.\n", 100_000]
    for path in ("/load/node-module", "/load/node-fetch", "/upload"):
        dashboard.row(path, scheme=scheme)


def test_java(under: Callable[..., str], base: str, dashboard: Dashboard, tmp_path: Path) -> None:
    program("javac")  # running a source file takes the compiler
    (tmp_path / "Fetch.java").write_text(JAVA)
    assert under(program("java"), "Fetch.java", base).split() == ["200", "200"]
    for path in ("/load/java-old", "/load/java-new"):
        dashboard.row(path, scheme=base.partition(":")[0])


def test_git(under: Callable[..., str], base: str, dashboard: Dashboard, site: Site, tmp_path: Path) -> None:
    git, origin = program("git"), site.folder / "env.git"
    if not origin.exists():
        work = tmp_path / "work"
        identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"]
        subprocess.run([git, "init", "-q", str(work)], check=True)
        subprocess.run(
            [git, "-C", str(work), *identity, "commit", "-q", "--allow-empty", "-m", "one"], check=True
        )
        subprocess.run([git, "clone", "-q", "--bare", str(work), str(origin)], check=True)
    under(git, "clone", "-q", f"{base}/git/env.git", str(tmp_path / "clone"))
    assert (tmp_path / "clone" / ".git" / "HEAD").exists()
    row = dashboard.row("/git/env.git/info/refs?service=git-upload-pack", scheme=base.partition(":")[0])
    assert row["status"] == 200


def test_pip(under: Callable[..., str], site: Site, dashboard: Dashboard, tmp_path: Path) -> None:
    folder = site.folder / "envsample"
    folder.mkdir(exist_ok=True)
    with zipfile.ZipFile(folder / "envsample-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("envsample.py", "")
        wheel.writestr(
            "envsample-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: envsample\nVersion: 1.0\n"
        )
        wheel.writestr(
            "envsample-1.0.dist-info/WHEEL",
            "Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        wheel.writestr("envsample-1.0.dist-info/RECORD", "")
    under(
        sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-cache-dir", "--disable-pip-version-check",
        "--index-url", f"{site.https}/files", "-d", str(tmp_path / "got"), "envsample",
    )  # fmt: skip
    assert [each.name for each in (tmp_path / "got").iterdir()] == ["envsample-1.0-py3-none-any.whl"]
    dashboard.row("/files/envsample/", scheme="https")


def test_a_whole_terminal_and_back(
    running: Running, site: Site, dashboard: Dashboard, tmp_path: Path
) -> None:
    bash, curl = program("bash"), program("curl")
    inspector = " ".join(
        f"'{word}'" for word in (*COMMAND, "env", "--home", str(running.home), "--shell", "bash")
    )
    script = f"""
      export no_proxy=kept.example
      eval "$({inspector})"; eval "$({inspector})"
      {curl} -sS {site.https}/load/terminal
      eval "$({inspector} --unset)"
      echo "[$http_proxy][$https_proxy][$SSL_CERT_FILE][$NODE_OPTIONS][$JAVA_TOOL_OPTIONS][$INSPECTOR_ENV_BEFORE][$no_proxy]"
      {curl} -sS {site.https}/load/terminal-after 2>&1
    """
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("SSL_CERT_FILE", "NODE_OPTIONS", "JAVA_TOOL_OPTIONS")
    }
    done = subprocess.run(
        [bash, "-c", script], capture_output=True, text=True, timeout=60, env=environment, check=False
    )
    first, cleared, *refused = done.stdout.splitlines()
    assert first == "This is /load/terminal."
    assert cleared == "[][][][][][][kept.example]"
    assert "certificate" in " ".join(refused)
    dashboard.row("/load/terminal", scheme="https")


def test_the_commands_exit_code_is_its_own(running: Running) -> None:
    words = [*COMMAND, "env", "--home", str(running.home), "--"]
    assert (
        subprocess.run(
            [*words, sys.executable, "-c", "raise SystemExit(7)"], timeout=60, check=False
        ).returncode
        == 7
    )
    missing = subprocess.run(
        [*words, "no-such-command"], capture_output=True, text=True, timeout=60, check=False
    )
    assert (missing.returncode, "There is no command no-such-command." in missing.stderr) == (1, True)


def test_where_nothing_runs_a_terminal_stays_as_it_is(tmp_path: Path) -> None:
    done = subprocess.run(
        [*COMMAND, "env", "--home", str(tmp_path)], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "does not run" in done.stderr
