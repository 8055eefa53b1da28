"""The recorder's process: it reads what the engine wrote and keeps the list."""

from __future__ import annotations

import threading
from pathlib import Path

from inspector.app.child import Child
from inspector.app.settings import Retention
from inspector.store.keep import Keep
from inspector.store.recorder import Recorder

DAY = 86_400


def main() -> None:
    child = Child("recorder")
    stop = threading.Event()
    child.on_stop(stop.set)
    settings = child.settings
    recorder = Recorder(
        Path(settings.data), keep=_keep(settings.retention), board=settings.run / "recorder-1.status"
    )
    child.ready()
    recorder.run(stop)


def _keep(retention: Retention) -> Keep:
    return Keep(bytes=retention.size, count=retention.count, days=retention.age / DAY)


if __name__ == "__main__":
    main()
