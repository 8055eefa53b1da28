"""What all three play: `` (well-behaved), `crash`, `cannot`, `deaf`, `noisy`,
`dumb` (takes no connection until it has been restarted)."""

import os
import signal
import sys
import threading
from pathlib import Path

from inspector.app.child import Child


def play(role: str) -> None:
    part = os.environ.get(f"FAKE_{role.upper()}", "")
    if part == "crash":
        sys.exit("no use")
    child = Child(role)
    if part == "cannot":
        raise child.cannot("The cat sits on it.", "Feed the cat.")
    if part == "noisy":
        print("printed, not reported")
        child.say("Something matters.", "Do this.")
    stop = threading.Event()
    child.on_stop(stop.set)
    for use in ("listen", "web", "lab-http", "lab-https") if part != "dumb" or child.restarts else ():
        for sock in child.sockets(use):
            threading.Thread(target=greet, args=(sock, f"{role} {os.getpid()}\n"), daemon=True).start()
    child.ready()
    if part == "deaf":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        threading.Event().wait()
    stop.wait()
    Path(child.settings.home, f"{role}.ended").write_text(
        str(len(list(Path(child.settings.home).glob("*.ended"))))
    )


def greet(sock, words: str) -> None:
    sock.setblocking(True)
    while True:
        connection, _ = sock.accept()
        with connection:
            connection.sendall(words.encode())
