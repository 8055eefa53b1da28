"""Somebody who reads stories while a benchmark runs: the newest exchange's, five times a second, over the dashboard's own pages."""

from __future__ import annotations

import http.cookiejar
import json
import subprocess
import threading
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Self

from environment import tool

EVERY = 0.2  # seconds


class Reader:
    """Reads while the block runs; `stories` counts."""

    def __init__(self, home: Path) -> None:
        self.stories = 0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._read, name="reader")
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), jar)
        said = subprocess.run(
            [tool("inspector"), "open", "--no-browser", "--home", str(home)], capture_output=True, text=True, check=True
        ).stdout  # fmt: skip
        link = next(word for word in said.split() if "ticket=" in word).replace(
            "inspector.localhost", "127.0.0.1"
        )
        self._base = link.partition("/sign-in")[0]
        self._get(link)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self._thread.join()

    def _read(self) -> None:
        while not self._done.wait(EVERY):
            try:
                newest = json.loads(self._get(f"{self._base}/api/v1/exchanges?limit=1"))["rows"][-1]["id"]
                page = self._get(f"{self._base}/exchange/{newest}?tab=story")
            except (urllib.error.URLError, LookupError, TimeoutError):
                continue
            self.stories += b'class="story"' in page

    def _get(self, address: str) -> bytes:
        with self._opener.open(address, timeout=10) as answer:
            return bytes(answer.read())
