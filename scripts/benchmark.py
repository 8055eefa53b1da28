"""A modest benchmark with public tools: nginx answers, wrk and curl ask, Inspector stands between and captures.

wrk speaks to a proxy by asking for whole addresses (a Lua script says so). It cannot CONNECT, so TLS is asked by
curl, in parallel; curl needs more CPU than Inspector does, so there the CPU seconds are the figure, not the rate.
CPU is that of all of Inspector's processes together, from /proc before and after; so this runs on Linux.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from environment import ROOT, become, give_up, prepare, say, tool
from story_reader import Reader

TOOLS = {"nginx": "nginx-light", "wrk": "wrk", "curl": "curl", "openssl": "openssl"}
TICK = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
PROXY_CORE, LOAD_CORE = "0", "1"
LONG = 30.0
TLS_REQUESTS = 4000

NGINX = """
daemon off; master_process off; worker_processes 1; pid {work}/nginx.pid; error_log {work}/error.log crit;
events {{ worker_connections 4096; }}
http {{
  access_log off; keepalive_requests 100000000; keepalive_timeout 60s; tcp_nodelay on;
  client_body_temp_path {work}/body; proxy_temp_path {work}/proxy; fastcgi_temp_path {work}/fastcgi;
  uwsgi_temp_path {work}/uwsgi; scgi_temp_path {work}/scgi;
  ssl_certificate {work}/site.pem; ssl_certificate_key {work}/site.key;
  server {{ listen 127.0.0.1:{plain}; listen 127.0.0.1:{tls} ssl; root {work}/www; default_type application/octet-stream; }}
}}
"""
WRK = 'request = function() return "GET http://127.0.0.1:{plain}/1k HTTP/1.1\\r\\nHost: 127.0.0.1:{plain}\\r\\n\\r\\n" end\n'


class Scenario(NamedTuple):
    """What is measured, and the options of `inspector run` for it.

    `apart`: the dashboard's process is moved to the load's core, so that what it does can't take from the engine's. `read`: somebody reads stories meanwhile.
    """

    words: str
    tls: bool
    options: tuple[str, ...] = ()
    apart: bool = False
    read: bool = False


SCENARIOS = {
    "plain": Scenario("http, 1 KiB, kept alive", tls=False),
    "plain-off": Scenario("the same, capturing off", tls=False, options=("--no-capture",)),
    "tls": Scenario("https through CONNECT, 1 KiB, kept alive", tls=True),
    "unread": Scenario("http, the dashboard on the other core, nobody looks", tls=False, apart=True),
    "read": Scenario("the same, and five stories a second are read", tls=False, apart=True, read=True),
}
USUAL = ("plain", "plain-off", "tls")


class Figure(NamedTuple):
    """One run: exchanges a second, CPU seconds for 1,000 of them, memory of all processes in MiB; of the CPU what engine and recorder took; stories that were read."""

    rate: float
    cpu: float
    memory: float
    engine: float = 0.0
    stories: int = 0


def main(arguments: list[str]) -> int:
    options, rest = _options(arguments)
    if options.kit:
        return _drive_kit(options.kit, rest)
    if rest:
        give_up(f"Not understood: {' '.join(rest)}", "python3 scripts/bench --help")
    _need_tools()
    prepare()
    names = options.scenarios.split(",")
    for name in names:
        if name not in SCENARIOS:
            give_up(f"There is no scenario {name}.", f"choose among {', '.join(SCENARIOS)}")
    with (
        tempfile.TemporaryDirectory(prefix="inspector-bench-") as folder,
        _site(Path(folder), options) as ports,
    ):
        figures: dict[str, list[Figure]] = {name: [] for name in names}
        for turn in range(options.repeat):
            for name in names:  # in turn, so that what disturbs the machine disturbs all alike
                figures[name].append(
                    _measure(Path(folder) / f"{name}-{turn}", SCENARIOS[name], ports, options)
                )
                say(f"  {name} {turn + 1}: {_said(figures[name][-1])}")
    _print(figures)
    return 0


def _options(arguments: list[str]) -> tuple[argparse.Namespace, list[str]]:
    parser = argparse.ArgumentParser(
        prog="scripts/bench", description="Measures Inspector with nginx, wrk and curl."
    )
    parser.add_argument(
        "--scenarios", default=",".join(USUAL), help=f"which, with commas between, of {', '.join(SCENARIOS)}"
    )
    parser.add_argument("--seconds", type=int, default=5, help="how long each run is")
    parser.add_argument("--repeat", type=int, default=3, help="how often each is run, in turn")
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument(
        "--pin", action="store_true", help=f"Inspector on core {PROXY_CORE}, all else on core {LOAD_CORE}"
    )
    parser.add_argument(
        "--kit", type=Path, metavar="DIR", help="drive DIR/bench.py instead; other arguments are its own"
    )
    return parser.parse_known_args(arguments)


def _drive_kit(kit: Path, arguments: list[str]) -> int:
    """Run a measuring kit with this checkout as the proxy to measure."""
    bench = kit.resolve() / "bench.py"
    if not bench.is_file():
        give_up(f"There is no {bench}.", "give the folder that has bench.py in it")
    prepare()
    os.environ["CHECKOUT"] = str(ROOT)
    chosen = (
        []
        if "--proxy" in arguments
        else ["--proxy", str(bench.parent / "examples" / "ours.json"), "--proxy", "direct"]
    )
    out = (
        []
        if "--out" in arguments
        else ["--out", str(ROOT / "bench-results" / time.strftime("%Y%m%d-%H%M%S"))]
    )
    (ROOT / "bench-results").mkdir(exist_ok=True)
    become([sys.executable, str(bench), *chosen, *out, *arguments])


def _need_tools() -> None:
    if not Path("/proc/self/stat").exists():
        give_up(
            "CPU time is read from /proc, which this system does not have.",
            "run it on Linux, or in a virtual machine",
        )
    missing = [package for name, package in TOOLS.items() if not _find(name)]
    if missing:
        give_up(
            f"Missing: {', '.join(missing)}.", f"on Debian or Ubuntu: sudo apt install {' '.join(missing)}"
        )


def _find(name: str) -> str | None:
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")


def _pinned(core: str, options: argparse.Namespace) -> list[str]:
    return ["taskset", "-c", core] if options.pin else []


# --- the site --------------------------------------------------------------------------------------------


class Ports(NamedTuple):
    """Where nginx answers."""

    plain: int
    tls: int


@contextlib.contextmanager
def _site(work: Path, options: argparse.Namespace) -> Iterator[Ports]:
    """nginx with one small file, on two free ports, while the block runs."""
    (work / "www").mkdir()
    (work / "www" / "1k").write_bytes(b"0123456789abcdef" * 64)
    work.chmod(0o755)
    _make_certificate(work)
    ports = Ports(_free_port(), _free_port())
    (work / "nginx.conf").write_text(NGINX.format(work=work, plain=ports.plain, tls=ports.tls))
    (work / "wrk.lua").write_text(WRK.format(plain=ports.plain))
    command = [
        *_pinned(LOAD_CORE, options),
        _find("nginx") or "nginx",
        "-c",
        str(work / "nginx.conf"),
        "-e",
        str(work / "error.log"),
    ]
    nginx = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(ports.plain)
        yield ports
    finally:
        nginx.terminate()
        nginx.wait(LONG)


def _make_certificate(work: Path) -> None:
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
         "-keyout", str(work / "site.key"), "-out", str(work / "site.pem")],
        check=True, capture_output=True,
    )  # fmt: skip


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def _wait_for(port: int) -> None:
    until = time.monotonic() + LONG
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if time.monotonic() > until:
                give_up(f"Nothing listens on port {port} after {LONG:g} s.")
            time.sleep(0.01)


# --- Inspector -------------------------------------------------------------------------------------------


def _measure(home: Path, scenario: Scenario, ports: Ports, options: argparse.Namespace) -> Figure:
    with _inspector(home, scenario, home.parent / "site.pem", options) as (process, port):
        children = json.loads((home / "run" / "inspector.json").read_bytes())["children"]
        if scenario.apart and options.pin:
            _move(children["web"])
        load = _curl if scenario.tls else _wrk
        load(home, ports, port, options, warm_up=True)
        with Reader(home) if scenario.read else contextlib.nullcontext() as reader:
            keepers = (children["engine"], children["recorder"])
            before, kept, began = _cpu(process.pid), sum(map(_cpu, keepers)), time.monotonic()
            count = load(home, ports, port, options, warm_up=False)
            took = time.monotonic() - began
        _settle(process.pid)
        cpu, engine = _cpu(process.pid) - before, sum(map(_cpu, keepers)) - kept
        return Figure(count / took, cpu / count * 1000, _memory(process.pid), engine / count * 1000, reader.stories if reader else 0)  # fmt: skip


def _move(process: int) -> None:
    """All threads of a process to the load's core; again, if one of them ended meanwhile."""
    command = ["taskset", "-a", "-p", "-c", LOAD_CORE, str(process)]
    for _ in range(5):
        if subprocess.run(command, check=False, capture_output=True).returncode == 0:
            return
    give_up(f"The process {process} could not be moved to core {LOAD_CORE}.")


@contextlib.contextmanager
def _inspector(
    home: Path, scenario: Scenario, authority: Path, options: argparse.Namespace
) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    command = [
        *_pinned(PROXY_CORE, options), tool("inspector"), "run", "--home", str(home), "--listen", "127.0.0.1:0", "--web", "127.0.0.1:0",
        "--no-browser", "--upstream-proxy", "none", "--upstream-ca", str(authority), *scenario.options,
    ]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        yield process, _port(home, process)
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=LONG)


def _port(home: Path, process: subprocess.Popen[bytes]) -> int:
    """The proxy's port, once all is ready."""
    notice = home / "run" / "inspector.json"
    until = time.monotonic() + LONG
    while not notice.exists():
        if time.monotonic() > until or process.poll() is not None:
            give_up("Inspector did not start.")
        time.sleep(0.02)
    return int(json.loads(notice.read_bytes())["listen"][0].rpartition(":")[2])


def _wrk(home: Path, ports: Ports, port: int, options: argparse.Namespace, *, warm_up: bool) -> int:
    """Exchanges that wrk made."""
    seconds = 1 if warm_up else options.seconds
    done = subprocess.run(
        [*_pinned(LOAD_CORE, options), "wrk", "-t1", f"-c{options.connections}", f"-d{seconds}s",
         "-s", str(home.parent / "wrk.lua"), f"http://127.0.0.1:{port}"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    if "Non-2xx" in done.stdout or "Socket errors" in done.stdout:
        say(done.stdout)
    return int(re.search(r"(\d+) requests in", done.stdout)[1])  # type: ignore[index]  # wrk always says it


def _curl(home: Path, ports: Ports, port: int, options: argparse.Namespace, *, warm_up: bool) -> int:
    """Exchanges that a few curls made, each over connections that it keeps."""
    count = 200 if warm_up else TLS_REQUESTS
    done = subprocess.run(
        [*_pinned(LOAD_CORE, options), "curl", "--silent", "--show-error", "--fail", "--proxy", f"http://127.0.0.1:{port}",
         "--cacert", str(home / "certs" / "ca.pem"), "--parallel", "--parallel-max", str(options.connections),
         "--output", "/dev/null", f"https://127.0.0.1:{ports.tls}/1k?[1-{count}]"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        give_up(
            f"curl failed: {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else done.returncode}"
        )
    return count


# --- what it cost ----------------------------------------------------------------------------------------


def _tree(pid: int) -> list[int]:
    """The process and all below it."""
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        below = [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except OSError:
        return []
    return [pid, *(one for child in below for one in _tree(child))]


def _cpu(pid: int) -> float:
    """CPU seconds of the tree, user and system, ended children included."""
    total = 0
    for one in _tree(pid):
        with contextlib.suppress(OSError):
            columns = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
            total += sum(map(int, columns[11:15]))
    return total / TICK


def _memory(pid: int) -> float:
    total = 0
    for one in _tree(pid):
        with contextlib.suppress(OSError):
            total += int(Path(f"/proc/{one}/statm").read_text().split()[1])
    return total * os.sysconf("SC_PAGE_SIZE") / (1 << 20)


def _settle(pid: int) -> None:
    """Wait until the recorder has caught up: what it does afterwards belongs to the exchanges, too."""
    last = -1.0
    until = time.monotonic() + LONG
    while (now := _cpu(pid)) - last > 0.02 and time.monotonic() < until:
        last = now
        time.sleep(0.3)


def _said(figure: Figure) -> str:
    read = f", {figure.stories} stories read" if figure.stories else ""
    return f"{figure.rate:,.0f} req/s, {figure.cpu:.3f} CPU s per 1,000 (engine and recorder {figure.engine:.3f}), {figure.memory:.0f} MiB{read}"


def _print(figures: dict[str, list[Figure]]) -> None:
    print(
        "| scenario | req/s | CPU s / 1,000 | of it engine and recorder | MiB | stories read |\n|---|---|---|---|---|---|"
    )
    for name, runs in figures.items():
        rate, cpu, memory, engine, stories = (statistics.median(column) for column in zip(*runs, strict=True))
        print(
            f"| {name}: {SCENARIOS[name].words} | {rate:,.0f} | {cpu:.3f} | {engine:.3f} | {memory:.0f} | {stories:,.0f} |"
        )
