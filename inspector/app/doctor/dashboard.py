"""Does the dashboard answer?"""

from __future__ import annotations

import http.client
from collections.abc import Iterator

from inspector.app.addresses import parse_address
from inspector.app.doctor.case import Case
from inspector.explain.findings import Finding

PATIENCE = 5.0
TITLE = "The dashboard answers"


def check(case: Case) -> Iterator[Finding]:
    running = case.running
    if running is None or not running.web:
        return
    address = parse_address(running.web[0]).reachable
    connection = http.client.HTTPConnection(address.host, address.port, timeout=PATIENCE)
    try:
        connection.request(
            "HEAD", "/static/favicon.svg", headers={"Host": f"{running.web_name}:{address.port}"}
        )
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        sentence = f"It does not answer at {address}: {error}."
        yield Finding(
            "dashboard", "inspector", TITLE, "bad", sentence, "Stop Inspector with Ctrl-C and start it again."
        )
        return
    finally:
        connection.close()
    if status >= 400:
        sentence = (
            f"It answers at {address}, but not under its own name {running.web_name} (status {status})."
        )
        yield Finding(
            "dashboard", "inspector", TITLE, "caution", sentence, f"Open it by {case.command('open')}."
        )
        return
    sentence = f"It answers at {running.dashboard}; {case.command('open')} opens it."
    yield Finding("dashboard", "inspector", TITLE, "good", sentence)
