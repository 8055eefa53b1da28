"""Which browsers a captured window can be, and what an administrator ordered for them."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.app import browsers
from inspector.app.browsers.policies import judge
from inspector.app.doctor.case import Case
from inspector.explain.findings import Finding

TITLE = "A captured window can be opened"


def check(case: Case) -> Iterator[Finding]:
    system = browsers.here()
    found = [(browser, judge(browser, system.orders(browser))) for browser in system.installed()]
    free = [browser.name for browser, verdict in found if not verdict.forbidden]
    if not found:
        sentence = "Neither Chrome, Chromium, Edge, Brave nor Firefox was found on this computer."
        cure = f"Install one of them, or say where it is: {case.command('browse', '--browser', 'PATH')}."
        yield Finding("browsers", "way", TITLE, "caution", sentence, cure)
    elif not free:
        sentence = " ".join(dict.fromkeys(verdict.forbidden for _, verdict in found))
        yield Finding(
            "browsers",
            "way",
            TITLE,
            "bad",
            sentence,
            "That is an administrator's setting. Ask whoever manages this computer, or use another browser.",
        )
    else:
        notes = tuple(
            dict.fromkeys(
                note for _, verdict in found for note in (verdict.forbidden, *verdict.notes) if note
            )
        )
        yield Finding(
            "browsers",
            "way",
            TITLE,
            "good",
            f"With {', '.join(free)}: {case.command('browse')}.",
            evidence=notes,
        )
