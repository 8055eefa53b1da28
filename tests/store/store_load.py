"""Run as a process by test_kills: an engine under load, or a recorder, until somebody kills it.

python store_load.py engine HOME      prints `<id> <monotonic time>` for each exchange once it was flushed
python store_load.py recorder HOME
"""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path

from store_samples import IDS, sample

from inspector.exchange.model import encode
from inspector.store.archive import ArchiveWriter
from inspector.store.recorder import Recorder


def engine(home: Path) -> None:
    writer = ArchiveWriter(home / "captures", engine=IDS.next(), segment_size=200_000)
    change = 0
    while True:
        put = []
        for _ in range(20):
            change += 1
            exchange = sample(change)
            if change % 5 == 0:
                writer.put(b"X", encode(sample(change, id=exchange.id, state="open", duration=None)))
                change += 1
                exchange = sample(change, id=exchange.id)
            writer.put(b"X", encode(exchange), final=True)
            put.append(exchange.id.hex())
        writer.flush()
        now = time.monotonic()
        sys.stdout.write("".join(f"{id} {now}\n" for id in put))
        sys.stdout.flush()
        time.sleep(0.01)


if __name__ == "__main__":
    role, home = sys.argv[1], Path(sys.argv[2])
    if role == "engine":
        engine(home)
    else:
        Recorder(home).run(threading.Event())
