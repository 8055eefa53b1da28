"""Which proxy this computer is set to use: this one, another one, none."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.app.doctor.case import Case
from inspector.app.doctor.here import is_ours
from inspector.app.upstream import without_password
from inspector.explain.findings import Finding

TITLE = "The system's own proxy setting"


def check(case: Case) -> Iterator[Finding]:
    found = case.platform.system_proxy()
    if found is not None and found.found_in.startswith("$"):
        found = None  # a terminal's variables, which have a check of their own
    if found is None:
        sentence = (
            "None is set: only captured windows, and programs that are pointed at the proxy, come through Inspector. "
            "That is in order; setting it for the whole computer would capture everything."
        )
        yield Finding("system-proxy", "way", TITLE, "open", sentence)
        return
    evidence = (
        f"{without_password(found.url)}, found in {found.found_in}",
        *((f"not for: {', '.join(found.bypass)}",) if found.bypass else ()),
    )
    if is_ours(case, found.url):
        yield Finding(
            "system-proxy",
            "way",
            TITLE,
            "good",
            "It is Inspector: programs that go by it are captured.",
            evidence=evidence,
        )
        return
    used = (
        case.running is not None
        and case.running.upstream
        and case.running.upstream == without_password(found.url)
    )
    sentence = "It is another proxy. " + (
        "Inspector goes to the sites by it, as it found it at its start."
        if used
        else "Inspector does not go by it."
    )
    cure = (
        ""
        if used
        else "If sites cannot be reached without it, start Inspector again: it looks at its start. For none: --upstream-proxy none."
    )
    yield Finding("system-proxy", "way", TITLE, "good" if used else "caution", sentence, cure, evidence)
