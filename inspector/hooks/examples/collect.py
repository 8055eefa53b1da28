"""Count the requests to each host, and keep e-mail addresses that forms send, in collected.json beside this file."""

import json
import re
from collections import Counter
from pathlib import Path
from threading import Lock

from inspector.hooks import Request, when

FILE = Path(__file__).with_name("collected.json")
ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
hosts: Counter[str] = Counter()
addresses: set[str] = set()
lock = Lock()  # hooks of different exchanges run at the same time


@when(body=False, at="request")
def count(request: Request) -> None:
    with lock:
        hosts[request.host] += 1
        save()


@when("method:POST")
def request(request: Request) -> None:
    found = {value for value in request.form.values() if ADDRESS.fullmatch(value)}
    if found:
        with lock:
            addresses.update(found)
            save()


def save() -> None:
    FILE.write_text(json.dumps({"hosts": hosts, "addresses": sorted(addresses)}, indent=2))
