"""One site, tried through the proxy as a program would: is it found, does it answer, does it speak TLS, is its chain believed, what would a browser fetch.

The engine does the dialling, and what it put on record is told here: so this is what a browser gets, upstream proxy, practice sites and all. Where nothing is
captured (capturing is paused), only the answer itself can be told.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from inspector.app.doctor.case import Case
from inspector.app.doctor.issuers import Fetched, fetch_issuers
from inspector.app.doctor.through import OURS, Answer, fetch, login
from inspector.exchange import ids
from inspector.exchange.faults import look_up, say
from inspector.exchange.model import Connection, Exchange
from inspector.explain.chains import Chain, TrustStore, site_chain
from inspector.explain.findings import Finding, State
from inspector.explain.words import took
from inspector.pki import paths
from inspector.store.captures import ArchiveGone, Captures
from inspector.web.roots import Roots
from inspector.web.settings import WebSettings

GROUP = "sites"
WITHIN = 3.0  # for the recorder to have taken it in
STEP = 0.05
_LINK = re.compile(rb"/exchange/([0-9a-f]{32})")
_BEFORE_TLS = (
    "dns-unknown", "dns-failed", "connect-refused", "connect-timeout", "connect-unreachable", "connect-failed", "upstream-proxy", "lab-not-ready",
)  # fmt: skip
_TLS = (
    "tls-untrusted",
    "tls-version",
    "tls-client-certificate-wanted",
    "tls-client-certificate-refused",
    "tls-server-alert",
    "tls-server-failed",
)


def examine_site(case: Case, url: str) -> Iterator[Finding]:
    """Every finding about the site of `url`, in the order in which things happen."""
    running = case.running
    if running is None or case.anchor is None or running.reverse:
        why = (
            "Inspector does not run"
            if running is None
            else "it stands in front of one site (--reverse)"
            if running.reverse
            else "there is no authority"
        )
        yield Finding(
            "proxy",
            GROUP,
            "Tried through the proxy",
            "bad",
            f"The site cannot be tried: {why}.",
            f"Start it: {case.command('run')}.",
        )
        return
    began = case.clock()
    answer = fetch(running, url, ca=case.anchor.path, login=login(running, case.environment))
    host = urlsplit(url).hostname or ""
    exchange = _recorded(case, answer, host, began)
    if answer.failure and exchange is None:
        yield Finding(
            "proxy",
            GROUP,
            "Tried through the proxy",
            "bad",
            f"{answer.failure} {answer.refused}".strip(),
            f"First look at everything: {case.command('doctor')}.",
        )
        return
    if exchange is None:
        yield from _not_kept(answer)
        return
    connection = _server_connection(case, exchange)
    yield from _reached(exchange, connection)
    yield from _secured(case, exchange, connection)
    yield from _answered(exchange)


def _recorded(case: Case, answer: Answer, host: str, began: float) -> Exchange | None:
    """The exchange that this was, once it is on record."""
    captures = case.captures
    if captures is None or not case.settings.get("capturing", True):
        return None
    named = _LINK.search(answer.body) if answer.status >= 400 else None
    wanted = ids.parse(named[1].decode()) if named else None
    limit = time.monotonic() + WITHIN
    while time.monotonic() < limit:
        found = wanted or _newest(captures, host, began)
        with suppress(ArchiveGone):
            exchange = captures.exchange(found) if found is not None else None
            if exchange is not None and exchange.state != "open":
                return exchange
        time.sleep(STEP)
    return None


def _newest(captures: Captures, host: str, began: float) -> bytes | None:
    rows = reversed(captures.page(limit=50).rows)
    ours = (
        row
        for row in rows
        if row.agent == OURS and row.host == host.lower() and row.started >= began - 1 and row.kind != "tls"
    )
    return next((row.id for row in ours), None)


def _server_connection(case: Case, exchange: Exchange) -> Connection | None:
    leg = exchange.server_leg
    if leg is None or not leg.connection or case.captures is None:
        return None
    with suppress(ArchiveGone):
        return case.captures.connection(leg.connection)
    return None


# --- step by step ---------------------------------------------------------------------------------------------


def _reached(exchange: Exchange, connection: Connection | None) -> Iterator[Finding]:
    title = f"{exchange.host} is reached"
    fault = exchange.error
    attempts = exchange.server_leg.attempts if exchange.server_leg is not None else ()
    tried = tuple(f"tried {each.address} port {each.port}: {each.error}" for each in attempts)
    if fault is not None and fault.code in (
        *_BEFORE_TLS,
        "refused-self",
        "refused-target",
        "refused-limit",
        "lab-not-ready",
    ):
        yield Finding(fault.code, GROUP, title, "bad", _sentence(exchange), look_up(fault.code).cure, tried)
        return
    where = (
        f"{connection.peer}, port {connection.peer_port}"
        if connection is not None and connection.peer
        else ""
    )
    via = f", by way of {connection.via}" if connection is not None and connection.via else ""
    line = exchange.timeline
    spent = (
        f" in {took(line.connect_end - line.connect_start)}"
        if line.connect_end is not None and line.connect_start is not None
        else ""
    )
    local = any(decision.code == "local-site" for decision in exchange.decisions)
    here = " It is a practice site: nothing left this computer." if local else ""
    yield Finding(
        "reached",
        GROUP,
        title,
        "good",
        f"At {where}{via}{spent}.{here}" if where else f"It was reached.{here}",
        evidence=tried,
    )


def _secured(case: Case, exchange: Exchange, connection: Connection | None) -> Iterator[Finding]:
    fault = exchange.error
    if fault is not None and (fault.code in _BEFORE_TLS or fault.code.startswith("refused-")):
        return
    if exchange.scheme not in ("https", "wss"):
        yield Finding(
            "tls",
            GROUP,
            "It is encrypted",
            "open",
            "The address is http://: what passes can be read by anyone on the way.",
        )
        return
    tls = connection.tls if connection is not None else None
    if fault is not None and fault.code in _TLS and fault.code != "tls-untrusted":
        evidence = (
            (f"the alert {tls.alert}, sent by {'the site' if tls.alert_by == 'server' else 'Inspector'}",)
            if tls is not None and tls.alert
            else ()
        )
        yield Finding(
            fault.code,
            GROUP,
            "It speaks TLS with Inspector",
            "bad",
            _sentence(exchange),
            look_up(fault.code).cure,
            evidence,
        )
    elif tls is not None and tls.version:
        resumed = ", a session from before" if tls.resumed else ""
        asked = " It asks for a certificate of the visitor's." if tls.asked_for_certificate else ""
        sentence = f"{tls.version.replace('TLSv', 'TLS ')}, {tls.cipher}{f', {tls.alpn}' if tls.alpn else ''}{resumed}.{asked}"
        yield Finding("tls", GROUP, "It speaks TLS with Inspector", "good", sentence)
    if connection is None or tls is None:
        if fault is not None and fault.code == "tls-untrusted":
            yield Finding(
                fault.code,
                GROUP,
                "Its certificate is believed",
                "bad",
                _sentence(exchange),
                look_up(fault.code).cure,
            )
        return
    store = _roots(case).store_for(exchange)
    chain = site_chain(connection, store, case.clock())
    if chain is None or (not tls.chain and chain.refusal is None):
        return
    yield _believed(chain)
    yield from _checks(chain)
    yield from _completed(case, connection, store)


def _believed(chain: Chain) -> Finding:
    title = "Its certificate is believed"
    refusal = chain.refusal
    if refusal is None:
        state: State = "good" if chain.mark == "good" else "open"
        return Finding(
            "certificate",
            GROUP,
            title,
            state,
            chain.verdict,
            evidence=(chain.end.sentence,) if chain.end else (),
        )
    blamed = chain.blamed
    cure = " ".join(filter(None, (
        f"If the site is yours: {blamed.owner}" if blamed is not None and blamed.owner else "",
        f"If you only visit it: {blamed.visitor}" if blamed is not None and blamed.visitor else "",
    ))) or refusal.cure  # fmt: skip
    names = ", ".join(name for name in (refusal.chromium, refusal.firefox) if name)
    evidence = (
        *((f"the certificate to blame: {refusal.certificate}",) if refusal.certificate else ()),
        *((f"browsers call it {names}",) if names else ()),
    )
    return Finding(f"certificate-{refusal.code}", GROUP, title, "bad", refusal.sentence, cure, evidence)


def _checks(chain: Chain) -> Iterator[Finding]:
    """Every further check that failed, and in one line those that did not: verifiers stop at the first."""
    blamed = chain.blamed if chain.refusal is not None else None
    broken = chain.refusal is not None and chain.refusal.code == "missing-intermediate"
    for each in chain.failed:
        if each is not blamed and not (
            broken and each.check.id == "trust"
        ):  # no wonder: the way up is broken
            yield Finding(
                f"check-{each.check.id}",
                GROUP,
                each.check.title,
                "bad",
                each.check.sentence,
                each.check.cure or each.owner,
            )
    passed = [each.check.title for each in chain.findings if each.mark == "good"]
    left = [f"{each.check.title}: {each.check.sentence}" for each in chain.findings if each.mark == "open"]
    if chain.findings:
        sentence = f"{chain.passed} of {len(chain.findings)} checks on its certificates passed."
        yield Finding(
            "checks",
            GROUP,
            "All checks on its certificates",
            "open" if chain.failed else "good",
            sentence,
            evidence=(*(f"✓ {each}" for each in passed), *(f"? {each}" for each in left)),
        )


def _completed(case: Case, connection: Connection, store: TrustStore) -> Iterator[Finding]:
    """What a browser does with an incomplete chain: it fetches the missing certificate from where the others say it is (AIA)."""
    tls, running, anchor = connection.tls, case.running, case.anchor
    if tls is None or not tls.chain or store.roots is None or running is None or anchor is None:
        return
    host = tls.sni or connection.host
    now = datetime.fromtimestamp(case.clock(), UTC)
    sent = paths.Case(tls.chain, host, now, store.roots)
    if sent.root_above(sent.path()[-1]) is not None or sent.path()[-1] in store.roots:
        return
    fetched = fetch_issuers(sent, running, login=login(running, case.environment))
    if not fetched:
        return
    evidence = tuple(_told(each) for each in fetched)
    got = tuple(each.der for each in fetched if each.der)
    whole = paths.Case((*tls.chain, *got), host, now, store.roots)
    title = "What a browser would fetch"
    if got and whole.root_above(whole.path()[-1]) is not None:
        sentence = (
            "A certificate is missing in what the site sends. Browsers that fetch it from the address in the others (Chrome, Safari, Edge) find a trusted root "
            "above it and show nothing; Firefox, curl, Python, Java and Inspector don't fetch."
        )
        cure = "If the site is yours: serve the whole chain, leaf first (often called fullchain.pem)."
        yield Finding("incomplete", GROUP, title, "open", sentence, cure, evidence)
    elif got:
        sentence = "With the certificates that can be fetched, the chain still leads to no trusted root."
        yield Finding("incomplete", GROUP, title, "open", sentence, evidence=evidence)
    else:
        yield Finding(
            "incomplete",
            GROUP,
            title,
            "open",
            "What the certificates name could not be fetched.",
            evidence=evidence,
        )


def _told(fetched: Fetched) -> str:
    return f"fetched {fetched.url}: {fetched.subject}" if fetched.der else f"{fetched.url}: {fetched.why_not}"


def _answered(exchange: Exchange) -> Iterator[Finding]:
    fault = exchange.error
    title = "It answers"
    left = next((each.detail for each in exchange.decisions if each.code == "left-encrypted"), "")
    if left:
        sentence = f"It was left encrypted: {left} So the site's own certificate comes to the program, and what it answers cannot be seen."
        yield Finding(
            "left-encrypted",
            GROUP,
            title,
            "open",
            sentence,
            "To have it decrypted: on the dashboard, Set-up, What is decrypted.",
        )
        return
    if fault is not None:
        if fault.code not in (*_BEFORE_TLS, *_TLS) and not fault.code.startswith("refused-"):
            yield Finding(fault.code, GROUP, title, "bad", _sentence(exchange), look_up(fault.code).cure)
        return
    state: State = "good" if 200 <= exchange.status < 400 else "caution" if exchange.status < 500 else "bad"
    sentence = f"{exchange.status} {exchange.reason}".strip() + (
        f" after {took(exchange.duration)}." if exchange.duration is not None else "."
    )
    yield Finding(
        "answer",
        GROUP,
        title,
        state,
        sentence,
        "" if state == "good" else "That is the site's own answer, not Inspector's.",
    )


def _not_kept(answer: Answer) -> Iterator[Finding]:
    """Capturing is paused, or the record did not come in time."""
    first = next((line for line in answer.body.decode("utf-8", "replace").splitlines() if line.strip()), "")
    own = first.startswith("Inspector: ")
    state: State = "bad" if own or answer.status >= 500 else "good"
    sentence = first.removeprefix("Inspector: ") if own else f"The answer came: status {answer.status}."
    yield Finding(
        "answer",
        GROUP,
        "It answers",
        state,
        sentence,
        "" if state == "good" else "Switch capturing on to have each step looked at.",
    )


def _sentence(exchange: Exchange) -> str:
    fault = exchange.error
    if fault is None:
        return ""
    return say(fault.code, host=exchange.host, port=exchange.port, detail=fault.detail or "no more is known")


def _roots(case: Case) -> Roots:
    running = case.running
    return Roots(
        WebSettings(
            run=str(case.place.run), ca_path=str(case.place.certs / "ca.pem"), upstream_ca=running.upstream_ca if running is not None else (),
            lab_root=str(Path(case.place.data, "lab", "lab-root.pem")),
        )
    )  # fmt: skip
