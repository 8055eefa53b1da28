"""Which trust stores of this computer believe the authority?"""

from __future__ import annotations

from collections.abc import Iterator

from inspector.app.doctor.case import Case
from inspector.explain.findings import Finding, State
from inspector.pki.trust_stores import stores
from inspector.pki.trust_stores.model import Anchor, Look, Store

STATES: dict[str, State] = {"trusted": "good", "present": "caution", "absent": "open", "unknown": "open"}
WORDS = {
    "trusted": "It believes the authority",
    "present": "The authority is in it, but is not believed",
    "absent": "It does not know the authority",
    "unknown": "It cannot be read here",
}


def check(case: Case) -> Iterator[Finding]:
    anchor = case.anchor
    found = [(store, store.look(anchor)) for store in stores.find(case.computer, anchor)]
    believing = [store for store, look in found if look.state == "trusted"]
    if anchor is not None and found and not believing:
        sentence = (
            "No trust store of this computer believes the authority. That is in order: captured windows and "
            f"{case.command('env')} do without. Your own browsers and programs will refuse its certificates."
        )
        yield Finding(
            "stores",
            "trust",
            "A trust store believes the authority",
            "open",
            sentence,
            f"To have them believe it: {case.command('ca', 'trust')}.",
        )
    for store, look in found:
        yield _finding(case, anchor, store, look)


def _finding(case: Case, anchor: Anchor | None, store: Store, look: Look) -> Finding:
    sentence = f"{WORDS[look.state]}{f': {look.note}' if look.note else '.'} Who goes by it: {store.serves}."
    cure, state = look.cure, STATES[look.state]
    if look.state in ("absent", "present") and anchor is not None and not cure:
        cure = f"{case.command('ca', 'trust', '--store', store.id)}."
    evidence = [store.place]
    if look.others:
        state = "caution" if state != "bad" else state
        evidence += [
            f"holds {each.name} ({each.sha256[:23]}…), an authority of Inspector's that is not this one"
            for each in look.others
        ]
        cure = f"{cure} To take all of them out: {case.command('ca', 'untrust', '--older')}.".strip()
    return Finding(
        f"store-{store.id}",
        "trust",
        store.title[:1].upper() + store.title[1:],
        state,
        sentence,
        cure,
        tuple(evidence),
    )
