"""Is there room for captures?"""

from __future__ import annotations

import shutil
from collections.abc import Iterator

from inspector.app.doctor.case import Case
from inspector.explain.findings import Finding

MIB = 1 << 20
LITTLE, TOO_LITTLE = 2048 * MIB, 200 * MIB
TITLE = "There is room on the disk"


def check(case: Case) -> Iterator[Finding]:
    folder = next(place for place in (case.place.data, *case.place.data.parents) if place.exists())
    free = shutil.disk_usage(folder).free
    note = (case.place.note,) if case.place.note else ()
    used = case.captures.totals().bytes_on_disk if case.captures is not None else 0
    sentence = f"{_size(free)} free where captures lie ({case.place.data}); they take {_size(used)}."
    cure = "Make room, forget captures (on the dashboard: Set-up), or keep fewer: --retention-size."
    if free < TOO_LITTLE:
        yield Finding("disk", "computer", TITLE, "bad", f"Nearly none: {sentence}", cure, note)
    elif free < LITTLE:
        yield Finding("disk", "computer", TITLE, "caution", sentence, cure, note)
    else:
        yield Finding("disk", "computer", TITLE, "good", sentence, evidence=note)


def _size(count: int) -> str:
    return f"{count / (1 << 30):.1f} GB" if count >= 1 << 30 else f"{count / MIB:.0f} MB"
