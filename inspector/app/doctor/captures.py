"""Is what passes being kept?"""

from __future__ import annotations

from collections.abc import Iterator

from inspector.app.doctor.case import Case
from inspector.explain.findings import Finding

TITLE = "What passes is kept"


def check(case: Case) -> Iterator[Finding]:
    engines = [board for board in case.boards if board.role == "engine"]
    recorder = next((board for board in case.boards if board.role == "recorder"), None)
    lost = sum(board.lost for board in engines)
    failing = next((board.failing for board in engines if board.failing), "")
    if case.running is None:
        return
    if failing:
        sentence = f"Traffic passes, but cannot be kept: {failing}."
        yield Finding(
            "captures",
            "inspector",
            TITLE,
            "bad",
            sentence,
            f"Make room on the disk of {case.place.data}, or take another home with --home DIR.",
        )
    elif not case.settings.get("capturing", True):
        sentence = "Capturing is paused: traffic passes, and nothing is kept or shown."
        yield Finding(
            "captures",
            "inspector",
            TITLE,
            "bad",
            sentence,
            "Switch it on: the lamp at the top of the dashboard, “Go on capturing”.",
        )
    elif recorder is not None and recorder.failing:
        sentence = f"The list stands still: {recorder.failing}. Nothing is lost; it will be caught up with."
        yield Finding(
            "captures",
            "inspector",
            TITLE,
            "caution",
            sentence,
            f"The log says more: {case.place.run / 'inspector.log'}.",
        )
    elif lost:
        sentence = (
            f"{lost:,} exchanges could not be kept since the engine started: the disk was full, or too slow."
        )
        yield Finding(
            "captures",
            "inspector",
            TITLE,
            "caution",
            sentence,
            "What is captured now is kept. A faster disk for the home helps: --home DIR.",
        )
    else:
        total = sum(board.exchanges for board in engines)
        yield Finding(
            "captures",
            "inspector",
            TITLE,
            "good",
            f"{total:,} exchanges since the engine started, none lost.",
        )
