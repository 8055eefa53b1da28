"""Does the proxy answer, and is it this one?"""

from __future__ import annotations

import secrets
from collections.abc import Iterator

from inspector.app.doctor.case import Case
from inspector.app.doctor.through import fetch, login
from inspector.exchange.own_names import PROBE
from inspector.explain.findings import Finding

TITLE = "The proxy answers"


def check(case: Case) -> Iterator[Finding]:
    running = case.running
    if running is None:
        return
    if running.reverse:
        sentence = f"It stands in front of {running.reverse} (--reverse): whoever opens http://{running.proxy}/ gets that site, and nothing else is captured."
        yield Finding("proxy", "way", TITLE, "open", sentence)
        return
    word = login(running, case.environment)
    answer = fetch(running, f"http://{secrets.token_hex(6)}.{PROBE}/probe", login=word)
    told = answer.json()
    where = str(running.proxy)
    if answer.failure:
        cure = "Stop Inspector with Ctrl-C and start it again. If it stays, a firewall on this computer may shut the port."
        yield Finding("proxy", "way", TITLE, "bad", answer.failure, cure)
    elif answer.status == 407:
        sentence = f"{where} answers, and asks for the log-in of --proxy-auth."
        yield Finding(
            "proxy",
            "way",
            TITLE,
            "open",
            sentence,
            "Set INSPECTOR_PROXY_AUTH to USER:PASSWORD in this terminal to have it checked.",
        )
    elif not isinstance(told, dict) or told.get("inspector") is not True:
        sentence = f"Something answers at {where}, and it is not Inspector (status {answer.status})."
        yield Finding(
            "proxy",
            "way",
            TITLE,
            "bad",
            sentence,
            f"Look who holds the port: {case.platform.who_listens(running.proxy.port) or 'unknown'}.",
        )
    elif case.anchor is not None and told.get("authority") != case.anchor.sha256:
        sentence = (
            f"At {where} answers an Inspector with another authority than the one in {case.place.certs}."
        )
        yield Finding(
            "proxy",
            "way",
            TITLE,
            "bad",
            sentence,
            "It runs on another home, or the authority was renewed since it started: start it again.",
        )
    else:
        yield Finding("proxy", "way", TITLE, "good", f"A request through {where} came to this Inspector.")
