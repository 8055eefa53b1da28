"""Real HTTP clients as functions: `fetch(url, proxy, ca, upload)` gives the body that came, byte for byte.

`proxy` is `http://host:port` or empty for a direct transfer; `ca` is the file of the only authority that is
trusted; `upload` is sent with POST if it isn't None. None of them sees the user's own configuration.
"""

from __future__ import annotations

import asyncio
import io
import os
import ssl
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import aiohttp
import httpx
import requests

Fetch = Callable[[str, str, Path, bytes | None], bytes]
NODE_SCRIPT = Path(__file__).with_name("fetch.mjs")
TIMEOUT = 60


class Refused(Exception):  # noqa: N818 (it is what the client did)
    """The client did not trust what it was shown."""


class Programs:
    """The clients that are programs, run in an empty home folder. `paths` maps names to programs."""

    def __init__(self, paths: dict[str, str], home: Path) -> None:
        self._paths = paths
        self.home = home
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": str(home), "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C.UTF-8",
            "GIT_TERMINAL_PROMPT": "0", "PIP_CONFIG_FILE": os.devnull,
        }  # fmt: skip

    def run(self, *command: str, given: bytes | None = None, **environment: str) -> bytes:
        """Run one of the programs, or one by its path; what it prints. Fails with what it says when it fails."""
        name, *arguments = command
        program = name if os.path.isabs(name) else self._paths[name]
        done = subprocess.run(
            [program, *arguments], input=given, capture_output=True, timeout=TIMEOUT, check=False, cwd=self.home,
            env=self.environment | environment,
        )  # fmt: skip
        if done.returncode:
            said = done.stderr.decode(errors="replace")
            if "certificate" in said.lower():
                raise Refused(said)
            raise AssertionError(f"{name} ended with {done.returncode}: {said}")
        return done.stdout

    def curl(self, url: str, proxy: str, ca: Path, upload: bytes | None = None, *options: str) -> bytes:
        sending = ["--data-binary", "@-"] if upload is not None else []
        return self.run(
            "curl", "-q", "--silent", "--show-error", "--cacert", str(ca), "--proxy", proxy, *sending, *options, url,
            given=upload,
        )  # fmt: skip

    def wget(self, url: str, proxy: str, ca: Path, upload: bytes | None = None) -> bytes:
        using = ["-e", f"http_proxy={proxy}", "-e", f"https_proxy={proxy}"] if proxy else ["--no-proxy"]
        sending = []
        if upload is not None:
            (self.home / "upload").write_bytes(upload)
            sending = ["--post-file", "upload"]
        return self.run(
            "wget", "--no-config", "--no-verbose", "--tries=1", "--no-hsts", f"--ca-certificate={ca}", *using, *sending,
            "--output-document=-", url,
        )  # fmt: skip

    def node(self, url: str, proxy: str, ca: Path, upload: bytes | None = None) -> bytes:
        """Node's own fetch. From 24 on (and 22.21) it can be told of a proxy; before, fetch.mjs gives it a way through one."""
        environment = {"NODE_EXTRA_CA_CERTS": str(ca)}
        if proxy:
            environment |= {"NODE_USE_ENV_PROXY": "1", "HTTP_PROXY": proxy, "HTTPS_PROXY": proxy}
        method = "GET" if upload is None else "POST"
        return self.run("node", str(NODE_SCRIPT), method, url, given=upload or b"", **environment)


def fetch_by_requests(url: str, proxy: str, ca: Path, upload: bytes | None = None) -> bytes:
    with requests.Session() as session:
        session.trust_env = False
        if proxy:
            session.proxies = {"http": proxy, "https": proxy}
        method = "GET" if upload is None else "POST"
        try:
            answer = session.request(method, url, data=upload, verify=str(ca), timeout=TIMEOUT)
        except requests.exceptions.SSLError as error:
            raise Refused(str(error)) from error
        answer.raise_for_status()
        return answer.content


def fetch_by_httpx(url: str, proxy: str, ca: Path, upload: bytes | None = None) -> bytes:
    context = ssl.create_default_context(cafile=ca)
    with httpx.Client(proxy=proxy or None, verify=context, trust_env=False, timeout=TIMEOUT) as client:
        try:
            answer = client.request("GET" if upload is None else "POST", url, content=upload)
        except httpx.ConnectError as error:
            raise Refused(str(error)) from error
        answer.raise_for_status()
        return answer.content


def fetch_by_aiohttp(url: str, proxy: str, ca: Path, upload: bytes | None = None) -> bytes:
    async def fetch() -> bytes:
        context = ssl.create_default_context(cafile=ca)
        limit = aiohttp.ClientTimeout(TIMEOUT)
        method = "GET" if upload is None else "POST"
        async with (
            aiohttp.ClientSession(timeout=limit, raise_for_status=True) as session,
            session.request(
                method,
                url,
                data=io.BytesIO(upload) if upload is not None else None,
                proxy=proxy or None,
                ssl=context,
            ) as answer,
        ):
            return await answer.read()

    try:
        with ThreadPoolExecutor(1) as thread:  # Playwright may have a loop running in this one
            return thread.submit(asyncio.run, fetch()).result()
    except aiohttp.ClientConnectorCertificateError as error:
        raise Refused(str(error)) from error


def all_clients(programs: Programs) -> dict[str, Fetch]:
    """Every client by its name."""
    return {
        "curl": programs.curl, "wget": programs.wget, "node": programs.node,
        "requests": fetch_by_requests, "httpx": fetch_by_httpx, "aiohttp": fetch_by_aiohttp,
    }  # fmt: skip
