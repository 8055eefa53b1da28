"""All checks, in the order in which they are made."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator

from inspector.app.doctor import (
    authority,
    browsers,
    captures,
    clock,
    dashboard,
    decrypts,
    disk,
    doh,
    ech,
    incomplete,
    interceptors,
    key,
    left,
    localhost,
    names,
    ports,
    proxy,
    quic,
    refused,
    running,
    stores,
    system_proxy,
    traffic,
    upstream,
    variables,
    version,
)
from inspector.app.doctor.case import Case
from inspector.explain.findings import Finding
from inspector.pki.errors import PkiError
from inspector.store.database import StoreProblem

Check = Callable[[Case], Iterable[Finding]]
log = logging.getLogger(__name__)

CHECKS: dict[str, Check] = {
    "running": running.check,
    "version": version.check,
    "ports": ports.check,
    "proxy": proxy.check,
    "decrypts": decrypts.check,
    "dashboard": dashboard.check,
    "captures": captures.check,
    "traffic": traffic.check,
    "refused": refused.check,
    "authority": authority.check,
    "key": key.check,
    "stores": stores.check,
    "variables": variables.check,
    "system-proxy": system_proxy.check,
    "localhost": localhost.check,
    "browsers": browsers.check,
    "left": left.check,
    "quic": quic.check,
    "doh": doh.check,
    "ech": ech.check,
    "upstream": upstream.check,
    "interceptors": interceptors.check,
    "incomplete": incomplete.check,
    "names": names.check,
    "clock": clock.check,
    "disk": disk.check,
}


def examine(case: Case, checks: Iterable[str] = CHECKS) -> Iterator[Finding]:
    """All findings, check by check. A check that breaks says so and keeps none of the others from theirs."""
    for id in checks:
        try:
            yield from CHECKS[id](case)
        except (OSError, ValueError, StoreProblem, PkiError) as error:
            log.debug("%s: %r", id, error)
            yield Finding(id, "computer", f"The check “{id}”", "open", f"It could not be made: {error}.")
