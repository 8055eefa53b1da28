"""Does HTTPS through the proxy work for a program that believes the authority?"""

from __future__ import annotations

import secrets
from collections.abc import Iterator

from inspector.app.doctor.case import Case
from inspector.app.doctor.through import fetch, login
from inspector.exchange.own_names import PROBE
from inspector.explain.findings import Finding

TITLE = "HTTPS is opened"


def check(case: Case) -> Iterator[Finding]:
    running, anchor = case.running, case.anchor
    if running is None or running.reverse or anchor is None:
        return
    answer = fetch(
        running,
        f"https://{secrets.token_hex(6)}.{PROBE}/probe",
        ca=anchor.path,
        login=login(running, case.environment),
    )
    if answer.status == 200:
        sentence = (
            "A program that believes the authority gets HTTPS pages through the proxy, and they can be shown."
        )
        yield Finding("decrypts", "way", TITLE, "good", sentence)
    elif answer.refused:
        sentence = f"The stand-in certificate does not fit the authority in {anchor.path}: {answer.refused}."
        cure = "The authority was changed while Inspector runs: start it again. If this computer's clock was changed, set it right first."
        yield Finding("decrypts", "way", TITLE, "bad", sentence, cure)
    elif answer.failure and "407" not in answer.failure:
        yield Finding(
            "decrypts",
            "way",
            TITLE,
            "bad",
            answer.failure,
            f"The log says more: {case.place.run / 'inspector.log'}.",
        )
