"""Two messages' heads compared: start line, parameters of the address, fields, cookies; and what is known of both connections."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import NamedTuple
from urllib.parse import parse_qsl

from inspector.exchange.model import Connection, Exchange, Message
from inspector.explain.comparing.pairs import PairRow, compare_in_order, compare_pairs, differing
from inspector.explain.values.cookies import parse_cookie
from inspector.web.words import tls_version, visible

Pairs = list[tuple[str, str]]
ALWAYS = frozenset({"date", "age"})  # differ from one answer to the next, and say nothing


class Section(NamedTuple):
    """A table of names with their values in both. `code` names it in the API."""

    code: str
    title: str
    rows: tuple[PairRow, ...]

    @property
    def differing(self) -> tuple[PairRow, ...]:
        """What is not the same."""
        return differing(self.rows)

    @property
    def same(self) -> int:
        """How many rows are the same."""
        return len(self.rows) - len(self.differing)


def start_pairs(exchange: Exchange, message: Message | None, half: str) -> Pairs:
    """The start line in its parts, and the address it is about."""
    if message is None:
        return []
    first, second, third = (*visible(message.start_line).split(" ", 2), "", "", "")[:3]
    if half == "response":
        return [("Version", first), ("Status", second), ("Phrase", third)]
    path = _path(second.partition("?")[0])
    return [
        ("Method", first),
        ("Scheme", exchange.scheme),
        ("Host", f"{exchange.host}:{exchange.port}" if exchange.port else exchange.host),
        ("Path", path),
        ("Version", third),
    ]


def _path(target: str) -> str:
    """The path alone, also where a browser told a proxy the whole address."""
    scheme, mark, rest = target.partition("://")
    return "/" + rest.partition("/")[2] if mark and scheme.lower() in ("http", "https") else target


def parameters(message: Message | None) -> Pairs:
    """What follows the question mark, decoded."""
    if message is None:
        return []
    target = (*visible(message.start_line).split(" ", 2), "", "")[1]
    try:
        return parse_qsl(target.partition("?")[2], keep_blank_values=True, max_num_fields=1_000)
    except ValueError:
        return [("(all)", target.partition("?")[2])]


def fields(message: Message | None) -> Pairs:
    """The fields in order; cookies are left to a table of their own."""
    return [(visible(f.name), visible(f.value)) for f in message.fields] if message else []


def cookies_sent(message: Message | None) -> Pairs:
    """The cookies of a request."""
    return [
        (name, text)
        for field, value in fields(message)
        if field.lower() == "cookie"
        for name, text, _ in parse_cookie(value)
    ]


def cookies_set(message: Message | None) -> Pairs:
    """The cookies that a response sets, with their attributes."""
    found = []
    for field, value in fields(message):
        if field.lower() == "set-cookie":
            name, _, rest = value.partition("=")
            found.append((name.strip(), rest))
    return found


def tls_pairs(line: Connection | None) -> Pairs:
    """What is known of a connection."""
    if line is None:
        return []
    found = [("Address", f"{line.peer}:{line.peer_port}")] if line.side == "server" else []
    if line.via:
        found.append(("Through the proxy", line.via))
    tls = line.tls
    if tls is None:
        return [*found, ("TLS", "none: http")]
    found += [("TLS", tls_version(tls.version) or "no agreement"), ("Cipher suite", tls.cipher), ("Protocol agreed on", tls.alpn)]  # fmt: skip
    found += [("Name asked for", tls.sni), ("Taken up again", "yes" if tls.resumed else "no")]
    if line.side == "server":
        believed = {True: "yes", False: f"no: {tls.why_not}", None: "not looked at"}[tls.verified]
        found.append(("Certificate believed", believed))
    leaf = sha256(tls.chain[0]).hexdigest() if tls.chain else ""
    found += [("Certificates", str(len(tls.chain))), ("Fingerprint of the first", leaf)]
    return [(name, value) for name, value in found if value]


def head_sections(
    a: Exchange, b: Exchange, messages: tuple[Message | None, Message | None], half: str, *, exact: bool
) -> list[Section]:
    """Start line, parameters, fields and cookies of a request or a response, as far as there are any."""
    one, other = messages
    starts = compare_pairs(start_pairs(a, one, half), start_pairs(b, other, half))
    found = [Section("start", "Start line" if half == "response" else "Method and address", starts)]
    if half == "request":
        found.append(Section("parameters", "Parameters", compare_pairs(parameters(one), parameters(other))))
    taken = "cookie" if half == "request" else "set-cookie"
    cookies = cookies_sent if half == "request" else cookies_set
    if exact:
        rows = compare_in_order(fields(one), fields(other))
    else:
        rows = compare_pairs(_without(fields(one), taken), _without(fields(other), taken), fold=True)
    found.append(Section("fields", "Fields", rows))
    said = "Cookies sent" if half == "request" else "Cookies set"
    found.append(Section("cookies", said, compare_pairs(cookies(one), cookies(other))))
    return [section for section in found if section.rows]


def _without(pairs: Iterable[tuple[str, str]], name: str) -> Pairs:
    return [pair for pair in pairs if pair[0].lower() != name]
