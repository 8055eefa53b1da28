"""A stand-in for the dashboard that takes what apps post, and visitors whose requests carry the field as Inspector's engine would put it there."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path
from typing import Any

from inspector.bridge.whereabouts import FILE, proof_of
from inspector.exchange.report import Report, decode_report

KEY = bytes(range(32))
TOKEN = "token-of-the-run-folder"


class Standin:
    """What was posted, by path; `home` is a home whose bridge.json leads here."""

    def __init__(self, home: Path, status: int = 204) -> None:
        self.home = home
        self.posted: list[tuple[str, dict[str, str], Any]] = []
        self.status = status
        self.came = threading.Condition()
        (home / "run").mkdir(parents=True)

    def write(self, port: int, **other: Any) -> None:
        said = {"host": "127.0.0.1", "port": port, "token": TOKEN, "key": KEY.hex()} | other
        place = self.home / "run" / FILE
        scratch = place.with_suffix(".new")
        scratch.write_text(json.dumps(said))
        scratch.chmod(0o600)
        os.replace(scratch, place)

    def reports(self, count: int = 1) -> list[Report]:
        """The reports, as soon as there are so many."""
        with self.came:
            assert self.came.wait_for(lambda: len(self.of("/api/v1/reports")) >= count, 20), self.posted
        return [decode_report(json.dumps(said["report"]).encode()) for said in self.of("/api/v1/reports")]

    def of(self, path: str) -> list[Any]:
        return [said for at, _, said in self.posted if at == path]


class Visit:
    """A browser behind Inspector: each request carries the field; `report` is what the app told of the newest."""

    def __init__(self, app: Any, dashboard: Standin) -> None:
        self.client = app.test_client()
        self.dashboard = dashboard
        self.count = 0

    def ask(self, method: str, path: str, field: str | None = None, **more: Any) -> Any:
        headers = more.pop("headers", {})
        self.count += 1
        id = self.count.to_bytes(16, "big").hex()
        headers["Inspector-Exchange"] = f"{id}.{proof_of(id, KEY)}" if field is None else field
        answer = self.client.open(path, method=method, headers=headers, **more)
        answer.get_data()
        answer.close()
        return answer

    def report(self) -> Report:
        return self.dashboard.reports(self.count)[-1]

    def get(self, path: str, **more: Any) -> Report:
        self.ask("GET", path, **more)
        return self.report()

    def post(self, path: str, **more: Any) -> Report:
        self.ask("POST", path, **more)
        return self.report()
