"""Which programs of late did not accept what Inspector showed them, and why."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from inspector.app.doctor.case import Case
from inspector.app.doctor.through import OURS
from inspector.exchange.own_names import is_probe
from inspector.explain.findings import Finding, State
from inspector.explain.own_requests import whose
from inspector.explain.programs import typed
from inspector.explain.refusals import SURE, Cause, classify, concerns
from inspector.store.captures import ArchiveGone, Captures, Row

AN_HOUR = 3600.0
MOST = 8
TITLE = "Programs accept what they are shown"


def check(case: Case) -> Iterator[Finding]:
    if case.captures is None or case.running is None:
        return
    since = case.clock() - AN_HOUR
    rows = [
        row
        for row in case.captures.refused(200)
        if row.started >= since and not is_probe(row.host) and row.agent != OURS
    ]
    found: dict[tuple[str, str], tuple[Cause, list[Row]]] = {}
    for row in rows:
        cause = _cause(case.captures, row) if len(found) < MOST else None
        if cause is not None:
            found.setdefault((row.agent, cause.code), (cause, []))[1].append(row)
    if not found:
        yield Finding("refused", "trust", TITLE, "good", "In the last hour no program refused a connection.")
        return
    for (agent, code), (cause, refused) in found.items():
        yield _finding(case, agent, code, cause, refused)


def _finding(case: Case, agent: str, code: str, cause: Cause, rows: list[Row]) -> Finding:
    hosts = list(dict.fromkeys(row.host or "the proxy itself" for row in rows))
    makers = {whose(host) for host in hosts}
    state: State = (
        "open" if "" not in makers or code == "closed" else "bad" if cause.sure != "perhaps" else "caution"
    )
    more = f" and {len(hosts) - 1} other {'host' if len(hosts) == 2 else 'hosts'}" if len(hosts) > 1 else ""
    steps = cause.cures[0].steps if cause.cures else ()
    ca = str(case.place.certs / "ca.pem")
    cure = " ".join(
        typed(step, lambda words: case.command(*words.split()).strip("`"), ca) for step in steps[:2]
    )
    evidence = (
        SURE[cause.sure],
        *(f"{each.what}: {each.says}" for each in cause.evidence[:3]),
        f"hosts: {', '.join(hosts[:6])}{' …' if len(hosts) > 6 else ''}",
    )
    title = f"{agent or 'A program without a name'}: {cause.title[:1].lower()}{cause.title[1:]}"
    own = f" {next(iter(makers))} asks this by itself; it is no page's." if "" not in makers else ""
    return Finding(
        f"refused-{code}",
        "trust",
        title,
        state,
        f"{cause.sentence}{more and f' So it did with{more[4:]}.'}{own}",
        cure,
        evidence,
    )


def _cause(captures: Captures, row: Row) -> Cause | None:
    with suppress(ArchiveGone):
        exchange = captures.exchange(row.id)
        if exchange is None or not concerns(exchange):
            return None
        leg = exchange.client_leg
        connection = captures.connection(leg.connection) if leg is not None and leg.connection else None
        return classify(exchange, connection, captures.history(row))
    return None
