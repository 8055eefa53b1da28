"""An address taken apart: scheme, host, port, path and query, each in a sentence of its own."""

from __future__ import annotations

from urllib.parse import unquote

from inspector.explain.case import DEFAULT_PORTS, Case
from inspector.explain.parts import Part
from inspector.explain.prose import Prose, say, shown
from inspector.explain.values.sites import public_suffix, registrable
from inspector.wire.hosts import address_of

MOST_PAIRS = 40

_SCHEMES = {
    "http": "the way to ask: HTTP, in plain text. Anyone on the way can read and change it",
    "https": "the way to ask: HTTP inside an encrypted connection ([[TLS]])",
    "ws": "the way to ask: a [[WebSocket]], in plain text",
    "wss": "the way to ask: a [[WebSocket]] inside an encrypted connection ([[TLS]])",
}


def address_parts(case: Case) -> tuple[Part, ...]:
    """The pieces of the exchange's address in order; none for what has no address."""
    exchange = case.exchange
    if not case.host:
        return ()
    found = []
    if exchange.scheme in _SCHEMES:
        found.append(Part(f"{exchange.scheme}://", say(f"The [[scheme]], {_SCHEMES[exchange.scheme]}.")))
    found.append(Part(shown(case.host), _host(case)))
    if exchange.port:
        found.append(_port(case))
    if exchange.method != "CONNECT":
        path = case.path
        found.append(Part(shown(path), _path(path)))
        if "?" in exchange.path:
            found.append(
                Part("?" + shown(case.query), say("The [[query]]: what is asked, as names and values."))
            )
            found.extend(_pairs(case.query))
    return tuple(found)


def _host(case: Case) -> Prose:
    host = case.host
    if address_of(host) is not None:
        kind = "IPv6" if ":" in host else "IPv4"
        return say(f"The [[host]], by its {kind} [[IP address|address]]: no name has to be looked up.")
    if case.is_local:
        return say("The [[host]]: this computer itself. The name never leaves it.")
    whose = registrable(host)
    sentence = say("The [[host]]: the name of the computer, or computers, to ask.")
    if whose and whose != host:
        sentence += say(
            "Somebody registered `{whose}`; what stands before it is theirs to choose.", whose=whose
        )
    elif whose:
        sentence += say("It is registered under `{suffix}`.", suffix=public_suffix(host))
    if "xn--" in host:
        sentence += _international(host)
    return sentence


def _international(host: str) -> Prose:
    try:
        name = host.encode("ascii").decode("idna")
    except UnicodeError:
        return say("A label that begins with `xn--` stands for letters beyond ASCII; this one can't be read.")
    return say(
        "Labels that begin with `xn--` stand for letters beyond ASCII: a browser may show it as `{name}`.",
        name=name,
    )


def _port(case: Case) -> Part:
    port, scheme = case.exchange.port, case.exchange.scheme
    if DEFAULT_PORTS.get(scheme) == port:
        return Part(
            f":{port}",
            say(
                f"The [[port]], which program on that computer: {port} is the usual one for {scheme}, so it isn't written."
            ),
        )
    return Part(
        f":{port}",
        say("The [[port]], which program on that computer: written out, since it isn't the usual one."),
    )


def _path(path: str) -> Prose:
    if path == "/":
        return say("The [[path]]: what on that host is asked for. A lone slash is the start page.")
    if path == "*":
        return say("Not a path: the request is about the server as a whole.")
    sentence = say(
        "The [[path]]: what on that host is asked for. To the server it is just text; it need not be a file."
    )
    plain = unquote(path)
    if plain != path:
        sentence += say("Per cent signs stand for other bytes: it reads `{plain}`.", plain=plain)
    return sentence


def _pairs(query: str) -> list[Part]:
    found = []
    for pair in query.split("&")[:MOST_PAIRS]:
        if not pair:
            continue
        name, equals, value = pair.partition("=")
        read = unquote(name.replace("+", " ")), unquote(value.replace("+", " "))
        if not equals:
            found.append(Part(shown(pair), say("The name `{name}` without a value.", name=read[0])))
        elif read[1]:
            found.append(Part(shown(pair), say("`{name}` is `{value}`.", name=read[0], value=read[1])))
        else:
            found.append(Part(shown(pair), say("`{name}` is empty.", name=read[0])))
    return found
