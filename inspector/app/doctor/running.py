"""Does Inspector run on this home, and do all of its processes?"""

from __future__ import annotations

from collections.abc import Iterator

from inspector.app.doctor.case import Case
from inspector.explain.findings import Finding

STALE = 5.0
TITLE = "Inspector is running"


def check(case: Case) -> Iterator[Finding]:
    running = case.running
    if running is None:
        yield Finding(
            "running", "inspector", TITLE, "bad", f"Inspector does not run on the home {case.place.root}, so nothing can be captured.",
            f"Start it: {case.command('run')}. If it runs with another home, name that: --home DIR.",
        )  # fmt: skip
        return
    silent = [
        board
        for board in case.boards
        if board.pid in running.children.values() and case.clock() - board.heartbeat > STALE
    ]
    again = {role: times for role, times in running.restarts.items() if times}
    evidence = (f"process {running.pid}, proxy {', '.join(running.listen)}, dashboard {running.dashboard}",)
    if silent:
        who = ", ".join(board.role for board in silent)
        sentence = f"It runs, but a part of it has said nothing for {case.clock() - min(b.heartbeat for b in silent):.0f} seconds: {who}."
        yield Finding(
            "running",
            "inspector",
            TITLE,
            "bad",
            sentence,
            "Stop it with Ctrl-C and start it again.",
            evidence,
        )
    elif again:
        who = ", ".join(f"{role} {times} times" for role, times in again.items())
        sentence = f"It runs; of its processes some had to be started again: {who}."
        yield Finding(
            "running",
            "inspector",
            TITLE,
            "caution",
            sentence,
            f"The reason stands in {case.place.run / 'inspector.log'}.",
            evidence,
        )
    else:
        yield Finding(
            "running", "inspector", TITLE, "good", "All of its processes are at work.", evidence=evidence
        )
