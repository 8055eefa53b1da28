"""What stands over the tabs of every exchange: method, address in parts, status, sentence, chips, and its trouble."""

from __future__ import annotations

from dataclasses import dataclass

from inspector.exchange.decisions import DECISIONS
from inspector.exchange.model import Exchange
from inspector.web.present.sentence import sentence
from inspector.web.present.trouble import Trouble, trouble
from inspector.web.words import phrase


@dataclass(frozen=True, slots=True)
class Chip:
    """A few words with an icon; `look` is the class of its colours."""

    words: str
    icon: str
    look: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Overview:
    scheme: str
    host: str
    path: str
    query: str
    status: int
    phrase: str
    sentence: str
    chips: tuple[Chip, ...]
    trouble: Trouble | None


_PROTECTION = {
    "none": Chip(
        "readable by others",
        "lock-open",
        "chip-caution",
        "Plain http: anyone on the way can read and change it.",
    ),
    "decrypted": Chip(
        "encrypted, opened here",
        "lock",
        "chip-secure",
        "TLS on both sides; Inspector decrypted it in between.",
    ),
    "sealed": Chip(
        "left encrypted",
        "lock",
        "chip-secure",
        "Inspector passed the encrypted bytes without looking inside.",
    ),
}


_BY_HOOK = ("hooked", "hook-answered")
_BY_HAND = ("held-edited", "held-answered", "held-dropped")


def overview(exchange: Exchange) -> Overview:
    path, mark, query = exchange.path.partition("?")
    usual = {"http": 80, "https": 443, "ws": 80, "wss": 443}.get(exchange.scheme)
    says_port = exchange.port and (exchange.method == "CONNECT" or exchange.port != usual)
    return Overview(
        scheme="" if exchange.method == "CONNECT" else f"{exchange.scheme}://",
        host=f"{exchange.host}:{exchange.port}" if says_port else exchange.host,
        path=path,
        query=mark + query,
        status=exchange.status,
        phrase=phrase(exchange.status, exchange.reason),
        sentence=sentence(exchange),
        chips=tuple(_chips(exchange)),
        trouble=trouble(exchange),
    )


def _chips(exchange: Exchange) -> list[Chip]:
    chips = [] if exchange.kind == "tls" else [_PROTECTION[exchange.protection]]
    if exchange.state == "open":
        chips.append(Chip("still open", "info", ""))
    if exchange.fault:
        chips.append(Chip("TLS failed" if exchange.kind == "tls" else "failed", "x", "chip-error"))
    if exchange.origin == "import":
        chips.append(
            Chip("imported from a file", "file", "", "It did not pass here. See Messages, What changed.")
        )
    acts = [DECISIONS.get(decision.code) for decision in exchange.decisions]
    if exchange.kind == "page":
        chips.append(Chip("answered by Inspector", "info", "chip-inspector"))
    elif any(decision.code in _BY_HAND for decision in exchange.decisions):
        chips.append(
            Chip("changed by you", "info", "chip-inspector", "At a breakpoint. See Messages, What changed.")
        )
    elif exchange.changed or any(act is not None and not act.routine for act in acts):
        ruled = any(decision.code == "ruled" for decision in exchange.decisions)
        hooked = any(decision.code in _BY_HOOK for decision in exchange.decisions)
        who = "a hook" if hooked else "a rule" if ruled else "Inspector"
        chips.append(Chip(f"changed by {who}", "info", "chip-inspector", "See Messages, What changed."))
    return chips
