"""The dashboard's process: a Flask app behind a production WSGI server, on the sockets of --web."""

from __future__ import annotations

import threading

from inspector.app.child import Child


def main() -> None:
    child = Child("web")
    stop = threading.Event()
    child.on_stop(stop.set)
    child.ready()
    stop.wait()


if __name__ == "__main__":
    main()
