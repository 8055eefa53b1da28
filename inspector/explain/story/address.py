"""What was wanted: the address, in pieces."""

from __future__ import annotations

from inspector.explain.case import Case
from inspector.explain.people import asker_in_full, capital
from inspector.explain.prose import Prose, say
from inspector.explain.references import mdn, rfc
from inspector.explain.story.frame import is_reverse
from inspector.explain.story.model import Step
from inspector.explain.urls import address_parts


def tell(case: Case) -> Step | None:
    exchange = case.exchange
    if not case.host and not exchange.path:
        return None
    return Step(
        "address", "What was wanted", "done", ("browser", "site"),
        _sentence(case),
        say("Everything after this follows from the address: the [[scheme]] says how to ask, the [[host]] whom, [[path]] and [[query]] what for."),
        parts=address_parts(case),
        references=(rfc(9110, "4.2"), mdn("Learn_web_development/Howto/Web_mechanics/What_is_a_URL", "What is a URL?")),
    )  # fmt: skip


def _sentence(case: Case) -> Prose:
    exchange = case.exchange
    who = capital(asker_in_full(exchange))
    if exchange.kind == "tls" or (exchange.kind == "tunnel" and exchange.method == "CONNECT"):
        return say(
            "{who} wanted to talk to `{host}`, [[port]] {port}.",
            who=who,
            host=case.host,
            port=str(exchange.port),
        )
    if exchange.kind == "page":
        return say("{who} asked Inspector itself for `{path}`.", who=who, path=exchange.path or "/")
    if is_reverse(case):
        return say(
            "{who} asked for `{path}`, and Inspector stands there for `{url}`.",
            who=who,
            path=exchange.path or "/",
            url=case.url,
        )
    how = {
        "POST": "had something to send to",
        "PUT": "had something to store at",
        "DELETE": "wanted to remove",
    }
    verb = how.get(exchange.method, "wanted")
    return say("{who} {verb} `{url}`.", who=who, verb=verb, url=case.url)
