"""`inspector ca trust` and `untrust` for real on Debian: real commands, real folders, real curl and Java.

It happens in a mount namespace of its own, in which /etc, /var and /usr/local are copies on write: to all programs in it they are the
system's, and when it ends, however it ends, this computer is as it was. That needs root on Linux; elsewhere these tests are skipped.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import ssl
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from inspector.pki.authority import Authority
from inspector.pki.constraints import Scope
from inspector.pki.leaves import Leaves

HOST = "probe.inspector.test"
BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")
PROFILES = (".mozilla/firefox/a.default", "snap/firefox/common/.mozilla/firefox/b.default", ".var/app/org.mozilla.firefox/.mozilla/firefox/c.default")  # fmt: skip
SETUP = """
set -e
mount --make-rprivate /
mount -t tmpfs private "$1"
for folder in etc var usr/local; do
    name=$(echo $folder | tr / _)
    mkdir -p "$1/$name/upper" "$1/$name/work"
    mount -t overlay private -o "lowerdir=/$folder,upperdir=$1/$name/upper,workdir=$1/$name/work" /$folder
done
echo ready
exec cat
"""
JAVA = """
import java.net.Socket;
import javax.net.ssl.*;
public class Visit {
    public static void main(String[] words) throws Exception {
        int port = Integer.parseInt(words[0]);
        SSLSocketFactory factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
        SSLSocket socket = (SSLSocket) factory.createSocket(new Socket("127.0.0.1", port), "HOST", port, true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        System.out.println("believed");
    }
}
""".replace("HOST", HOST)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("trust"),
    pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="it needs root on Linux"),
    pytest.mark.skipif(not shutil.which("update-ca-certificates", path="/usr/sbin"), reason="no update-ca-certificates: this is no Debian"),
    pytest.mark.skipif(not shutil.which("unshare"), reason="there is no unshare"),
    pytest.mark.skipif(not shutil.which("curl"), reason="there is no curl"),
]  # fmt: skip


class Computer:
    """This computer in a world of its own, with a user's folder that has Firefox in three packages."""

    def __init__(self, holder: subprocess.Popen[str], folder: Path) -> None:
        self._holder = holder
        self.home = folder / "user"
        self.inspector_home = folder / "home"
        for profile in PROFILES:
            (self.home / profile).mkdir(parents=True)
            ini = self.home / profile / ".." / "profiles.ini"
            ini.write_text(f"[Profile0]\nIsRelative=1\nPath={Path(profile).name}\n")
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(self.home), "LC_ALL": "C.UTF-8"}

    def run(self, *command: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["nsenter", "-t", str(self._holder.pid), "-m", *map(str, command)],
            env=self.environment, capture_output=True, text=True, check=False, cwd="/",
        )  # fmt: skip

    def inspector(self, *words: str) -> subprocess.CompletedProcess[str]:
        return self.run(sys.executable, "-m", "inspector", *words, "--home", self.inspector_home)

    def curl(self, port: int) -> int:
        """curl's exit code: 0 it is believed, 60 it isn't."""
        url = f"https://{HOST}:{port}/"
        return self.run("curl", "-sS", "--resolve", f"{HOST}:{port}:127.0.0.1", url).returncode

    def states(self) -> dict[str, str]:
        told = json.loads(self.inspector("ca", "status", "--json").stdout)
        return {store["id"]: store["state"] for store in told["stores"]}


@pytest.fixture(scope="module")
def computer(tmp_path_factory):
    folder = tmp_path_factory.mktemp("private")
    world = folder / "world"
    world.mkdir()
    holder = subprocess.Popen(
        ["unshare", "-m", "sh", "-c", SETUP, "sh", str(world)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )  # fmt: skip
    try:
        if holder.stdout.readline() != "ready\n":
            pytest.skip(f"no mounts of one's own here: {holder.stderr.read().strip()}")
        yield Computer(holder, folder)
    finally:
        holder.communicate()


@pytest.fixture(scope="module")
def site(computer):
    """A TLS server with a leaf of the authority; its port."""
    authority = Authority.create(computer.inspector_home / "certs", Scope.parse("example.com"))
    context = Leaves(authority).make(HOST).context
    listener = socket.create_server(("127.0.0.1", 0), backlog=16)
    threading.Thread(target=serve, args=(listener, context), daemon=True).start()
    yield listener.getsockname()[1]
    listener.close()


def serve(listener: socket.socket, context: ssl.SSLContext) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection:
            try:
                with context.wrap_socket(connection, server_side=True) as secure:
                    secure.recv(65536)
                    secure.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
            except OSError:
                continue


def java(computer: Computer, port: int) -> str:
    """What a Java program says of the site; '' where there is no compiler."""
    if not shutil.which("javac"):
        return ""
    source = computer.home / "Visit.java"
    source.write_text(JAVA)
    done = computer.run("java", "-XX:TieredStopAtLevel=1", source, port)
    return done.stdout.strip() or ("refused" if "PKIX path building failed" in done.stderr else done.stderr)


@pytest.fixture(scope="module")
def real_bundle():
    return BUNDLE.read_bytes()


def test_there_and_back_again(computer, site, real_bundle):
    assert computer.curl(site) == 60

    trusted = computer.inspector("ca", "trust", "--yes")
    assert trusted.returncode == 0, trusted.stdout + trusted.stderr
    assert "update-ca-certificates" in trusted.stdout
    assert computer.curl(site) == 0
    assert java(computer, site) in {"believed", ""}
    states = computer.states()
    assert {"system", "firefox:a.default", "firefox:b.default", "firefox:c.default"} <= set(states)
    assert set(states.values()) == {"trusted"}

    again = computer.inspector("ca", "trust", "--yes")
    assert again.returncode == 0
    assert "Nothing to do." in again.stdout

    gone = computer.inspector("ca", "untrust", "--yes")
    assert gone.returncode == 0, gone.stdout + gone.stderr
    assert gone.stdout.count("✓") == len(states)
    assert computer.curl(site) == 60
    assert java(computer, site) in {"refused", ""}
    assert set(computer.states().values()) == {"absent"}
    left = computer.run("sh", "-c", "ls /usr/local/share/ca-certificates /etc/ssl/certs | grep -i inspector")
    assert left.stdout == ""
    assert computer.run("cat", BUNDLE).stdout.encode() == real_bundle


def test_renewing_offers_to_take_the_old_one_out(computer, site):
    assert computer.inspector("ca", "trust", "--yes", "--store", "firefox").returncode == 0
    renewed = computer.inspector("ca", "renew", "--yes")
    assert renewed.returncode == 0, renewed.stdout + renewed.stderr
    assert "It vouches for test, example.com and for nothing else." in renewed.stdout
    assert "is still in: Firefox's profile a.default, Firefox (snap)'s profile b.default" in renewed.stdout
    told = json.loads(computer.inspector("ca", "status", "--json").stdout)
    assert [store["others"] for store in told["stores"]] == [[]] * len(told["stores"])
    [aside] = (computer.inspector_home / "certs").glob("old-*")
    assert aside.stat().st_mode & 0o777 == 0o700


def test_this_computer_is_as_it_was(real_bundle):
    assert BUNDLE.read_bytes() == real_bundle
    assert not list(Path("/usr/local/share/ca-certificates").glob("inspector-*"))
