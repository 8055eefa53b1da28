"""Has anything come through, from whom, and when last?"""

from __future__ import annotations

from collections.abc import Iterator

from inspector.app.doctor.case import Case
from inspector.app.doctor.through import OURS
from inspector.explain.findings import Finding
from inspector.explain.words import lasting

TITLE = "Something comes through"


def check(case: Case) -> Iterator[Finding]:
    if case.running is None:
        return
    rows = [row for row in case.rows if row.agent != OURS]
    if not rows:
        sentence = "Nothing has come through the proxy yet: no program uses it."
        cure = f"Open a captured window ({case.command('browse')}), or a terminal whose programs are captured ({case.command('env')})."
        yield Finding("traffic", "way", TITLE, "caution", sentence, cure)
        return
    ago = max(0.0, case.clock() - rows[0].started)
    agents = list(dict.fromkeys(row.agent or "a program without a name" for row in rows))
    sentence = f"The last exchange was {lasting(ago) if ago >= 1 else 'a moment'} ago, from {rows[0].agent or 'a program that does not say its name'}."
    evidence = (f"of late: {', '.join(agents[:6])}{' and others' if len(agents) > 6 else ''}",)
    yield Finding("traffic", "way", TITLE, "good", sentence, evidence=evidence)
