"""The pages that the proxy shows inside a person's own browser: what went wrong, and Inspector's own (`own_pages`).

A pure function of what the engine asks. No Flask here. A page about a fault has neither script nor anything that is loaded, since it appears
under any site's address. Programs that don't ask for HTML get the same words as plain text.
"""

from __future__ import annotations

from dataclasses import dataclass

from inspector.engine.pages import Page, PageAsk
from inspector.exchange.faults import Explanation, look_up, say
from inspector.exchange.statuses import phrase
from inspector.web import own_pages
from inspector.web.proxy_answers import answer, templates, wants_html
from inspector.web.untrusted import untrusted

__all__ = ["FaultWords", "prepare", "render", "wants_html"]

_BROKEN_AT = {"client": 0, "us": 1, "network": 2, "server": 3}


@dataclass(frozen=True, slots=True)
class FaultWords:
    """What a fault page says. `broken` counts along browser, Inspector, network, site."""

    status: int
    phrase: str
    sentence: str
    cure: str
    facts: tuple[tuple[str, str], ...]
    chain: tuple[tuple[str, bool], ...]
    broken: int
    host: str
    link: str


def render(ask: PageAsk, proxies: tuple[str, ...] = ()) -> Page:
    """The answer to what the engine asks for. `proxies` are the addresses that the proxy listens on."""
    if ask.kind == "fault":
        words = _fault_words(ask)
        return answer(ask, words.status, "fault", {"words": words})
    return own_pages.render(ask, proxies)


def prepare() -> None:
    """Do now what the first page would wait for, a tenth of a second or more: for a thread, once the engine listens."""
    for name in ("fault", "welcome", "not-found"):
        for kind in ("html", "txt"):
            templates().get_template(f"{name}.{kind}")


def _fault_words(ask: PageAsk) -> FaultWords:
    fault = ask.fault
    row = look_up(fault.code) if fault else Explanation("Something went wrong.", "", 502)
    status = row.status or 502
    sentence = row.sentence
    if fault:
        sentence = say(fault.code, host=ask.host, port=ask.port, detail=fault.detail or "no more is known")
    facts = [("Asked for", f"{ask.method} {ask.host}, port {ask.port}".lstrip())] if ask.host else []
    chain: tuple[tuple[str, bool], ...] = ()
    cure, tab = row.cure, ""
    if ask.verify_code or ask.verify_message:
        told = untrusted(ask)
        sentence, cure, chain, tab = told.sentence, told.cure, told.chain, "?tab=connection"
        facts += told.facts
    if row.rfc:
        facts.append(("The rule", f"{row.rfc}: “{row.quote}”" if row.quote else row.rfc))
    if fault and fault.offset is not None:
        facts.append(("The place", f"byte {fault.offset:,} of the {fault.stage.replace('-', ' ')}"))
    return FaultWords(
        status=status,
        phrase=phrase(status),
        sentence=sentence,
        cure=cure,
        facts=tuple(facts),
        chain=chain,
        broken=_BROKEN_AT[fault.who] if fault else 1,
        host=ask.host,
        link=f"{ask.dashboard_url.rstrip('/')}/exchange/{ask.exchange_id.hex()}{tab}"
        if ask.dashboard_url
        else "",
    )
