"""The recorder's process: it reads what the engine wrote and keeps the list."""

from __future__ import annotations

import threading

from inspector.app.child import Child


def main() -> None:
    child = Child("recorder")
    stop = threading.Event()
    child.on_stop(stop.set)
    child.ready()
    stop.wait()


if __name__ == "__main__":
    main()
