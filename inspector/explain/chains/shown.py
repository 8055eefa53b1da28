"""A chain that somebody shows: out of a file, or pasted."""

from __future__ import annotations

from collections.abc import Sequence

from inspector.exchange.model import Tls
from inspector.explain.chains.findings import findings_of
from inspector.explain.chains.links import SITE_ROLES, gap_of, links_of, moment_of
from inspector.explain.chains.model import MOST, Came, Chain, TrustStore
from inspector.explain.chains.site import site_end
from inspector.pki import checks
from inspector.pki.paths import Case


def shown_chain(ders: Sequence[bytes], host: str, store: TrustStore, now: float) -> Chain:
    """Certificates that somebody wants to see, judged now. `host` may be empty: then nobody asks for whom it is."""
    case = Case(tuple(ders[:MOST]), host, moment_of(now), store.roots)
    found = checks.run(case)
    sent: tuple[Came, str] = ("sent", "Given here.")
    from_store = f"Not given: found in {store.where(case.path()[-1])}."
    links, spare = links_of(case, found, now, SITE_ROLES, sent, ("store", from_store))
    if links[0].facts.is_authority and not host:
        found = ()  # a root or an intermediate alone is no site's certificate
    failed = [each for each in found if each.good is False]
    verdict = "Nothing is wrong with it."
    if failed:
        verdict = (
            f"{len(failed)} of {len(found)} checks failed."
            if len(failed) > 1
            else f"One of {len(found)} checks failed."
        )
    elif not found:
        verdict = "An authority's certificate: it is made to sign others."
    notes = (f"There are {len(ders)} certificates; the first {MOST} are read.",) if len(ders) > MOST else ()
    return Chain(
        "shown", "These certificates", host, now, "bad" if failed else "good" if found else "open", verdict, links, spare,
        findings_of(found, case, now), site_end(found, links, store, Tls()) if found else None, notes=notes, gap=gap_of(links, found) if found else "",
    )  # fmt: skip
