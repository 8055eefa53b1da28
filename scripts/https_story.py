"""What scripts/demo-https tells: one log-in over HTTPS through a proxy, step by step, each with what really happened."""

from __future__ import annotations

import io
import ssl
import stat
import sys
import tempfile
from itertools import zip_longest
from pathlib import Path
from typing import Any

from https_stage import (
    HOST,
    SECRET,
    TOWN,
    Heard,
    Listener,
    NotAsItShouldBe,
    certify,
    flask_site,
    inspector,
    log_in,
    wait_for,
)

from inspector.exchange.model import Connection, Exchange
from inspector.pki.authority import Authority
from inspector.pki.describe import CertificateFacts, describe
from inspector.store.captures import Captures
from inspector.wire.tls import HANDSHAKE_TYPES

WIDTH = 56
_HANDSHAKE, _APPLICATION_DATA = 22, 23
_IN_THE_OPEN = (1, 2)  # ClientHello and ServerHello; in TLS 1.3 the rest is encrypted
_DURING_IT = (1, 2, 8, 11, 15, 20)  # what comes later (tickets) is left out
_ROWS = 16


def main() -> int:
    """Tell it; 0 if all of it was so."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # Windows' old code pages have no arrows
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        with tempfile.TemporaryDirectory(prefix="inspector-demo-", ignore_cleanup_errors=True) as folder:
            tell(Path(folder))
    except NotAsItShouldBe as problem:
        say(f"\nThat is not how it should be. {problem}")
        return 1
    return 0


def tell(folder: Path) -> None:
    say("HTTPS from end to end, on this computer alone: no network is needed, and nothing of it stays.")

    title(1, "Two authorities are made. An authority is a key, and a certificate that says whose key it is.")
    authority = Authority.load_or_create(folder / "home" / "certs")
    files = certify(folder)
    key = authority.folder / "ca-key.pem"
    say(f"   {TOWN:<46}plays one of those that every browser knows")
    say(f"   {authority.name:<46}Inspector's own; only the program below is told of it")
    say(
        f"   {'':<46}its key is a file that you alone can read: {stat.filemode(key.stat().st_mode)} {key.name}"
    )

    title(2, f"The {TOWN} signs a certificate for a site, and a Flask app is served with it.")
    with flask_site(files) as own_port:
        site = Listener(own_port)
        facts = describe(ssl.PEM_cert_to_DER_cert(files.chain.read_text()))
        say(
            f"   for {listed(facts.names)}, {facts.key}, {days(facts)}; signed by {facts.issuer} ({facts.signature})"
        )
        say(f"   https://{HOST}:{site.port}/")

        title(3, "Inspector is started between a program and that site.")
        with inspector(folder / "home", files.authority) as told:
            door = Listener(int(told["listen"][0].rpartition(":")[2]))
            say(f"   program  →  Inspector, {told['listen'][0]}  →  site")
            say(f"   The program trusts the root of Inspector, and Inspector trusts the {TOWN}.")
            log_in_and_tell(folder, door, site, authority)
    say("\nAll of it was so. To see it happen with your own sites:  python3 scripts/run")


def log_in_and_tell(folder: Path, door: Listener, site: Listener, authority: Authority) -> None:
    title(4, "The program logs in.")
    answer = log_in(door.port, site.port, authority.path)
    heard = door.heard[-1], site.heard[-1]
    status = answer.head.decode("latin-1").splitlines()[0]
    say(f"   POST /log-in, with the password “{SECRET}”   →   {status}, “{answer.body.decode().strip()}”")
    if answer.body != b"Hello, ada.\n":
        raise NotAsItShouldBe("The site did not let ada in.")
    captures = Captures(folder / "home")
    try:
        exchange, *legs = recorded(captures)
    finally:
        captures.close()
    handshakes(legs)
    chains(legs, authority)
    bytes_on_the_wire(exchange, heard)
    without_trust(door, site)


def recorded(captures: Captures) -> tuple[Any, ...]:
    """The exchange as Inspector kept it, and its two connections: the program's and the site's."""

    def look() -> tuple[Exchange, Connection, Connection] | None:
        for row in captures.page().rows:
            kept = captures.exchange(row.id)
            if kept is None or kept.state != "done" or kept.client_leg is None or kept.server_leg is None:
                continue
            legs = [captures.connection(leg.connection) for leg in (kept.client_leg, kept.server_leg)]
            if all(leg is not None and leg.tls is not None for leg in legs):
                return kept, *legs  # type: ignore[return-value]  # none of them is None
        return None

    found: tuple[Any, ...] = wait_for(look, "The exchange on Inspector's list")
    return found


# --- handshakes, chains, bytes ----------------------------------------------------------------------------


def handshakes(legs: list[Connection]) -> None:
    title(
        5,
        "So there were two TLS connections, each with a handshake of its own (→ whoever connected, ← whoever answered).",
    )
    spoken: dict[tuple[str, int], list[int]] = {}
    for number, leg in enumerate(legs):
        for message in leg.tls.handshake if leg.tls else ():
            if message.content == _HANDSHAKE and message.type in _DURING_IT:
                sizes = spoken.setdefault((message.sent_by, message.type), [0, 0])
                sizes[number] += message.size
    say(f"   {'':<24}{'program ↔ Inspector':>21}{'Inspector ↔ site':>21}")
    for (sender, kind), sizes in spoken.items():
        name, sentence = HANDSHAKE_TYPES[kind]
        secret = "in the open" if kind in _IN_THE_OPEN else "encrypted"
        say(
            f"   {'→' if sender == 'client' else '←'} {name:<22}{sizes[0]:>15} bytes{sizes[1]:>15} bytes   {secret}"
        )
        say(f"       {sentence}")
    agreed = (f"{leg.tls.version.replace('v', ' ')}, {leg.tls.cipher}" for leg in legs if leg.tls)
    say(f"   Agreed:  {'  and  '.join(agreed)}")


def chains(legs: list[Connection], authority: Authority) -> None:
    title(6, f"And there were two certificates for {HOST}, each with a chain of its own.")
    shown = [describe(leg.tls.chain[0]) for leg in legs if leg.tls is not None]
    roots = [authority.name, TOWN]
    beside(
        chain(
            shown[0],
            roots[0],
            "The program was shown a stand-in:",
            "trusted: the program was given its certificate",
        ),
        chain(
            shown[1],
            roots[1],
            "Inspector was shown the site's own:",
            "trusted: Inspector was started with --upstream-ca",
        ),
    )
    if [facts.issuer for facts in shown] != roots:
        raise NotAsItShouldBe("The certificates were signed by others than they should be.")
    say("   Name, dates and signatures fit in both, so both handshakes went on.")


def chain(facts: CertificateFacts, root: str, title: str, trust: str) -> list[str]:
    return [
        title,
        f"  {listed(facts.names)}",
        f"    {facts.key}; {days(facts)}",
        f"    SHA-256 {facts.fingerprint[:23]}…",
        "  ↑ signed by",
        f"  {root}",
        f"    {trust}",
    ]


def bytes_on_the_wire(exchange: Exchange, heard: tuple[Heard, Heard]) -> None:
    assert exchange.client_leg is not None
    assert exchange.server_leg is not None
    plain = (
        exchange.server_leg.request.head + exchange.client_leg.request.body.inline
    )  # the body went through as it came
    record = next(
        (
            each
            for each in records(bytes(heard[1].out))
            if each[0] == _APPLICATION_DATA and len(each) > len(plain)
        ),
        b"",
    )
    if not record or SECRET.replace(" ", "+").encode() not in plain:
        raise NotAsItShouldBe("The request was not found in what was heard on the line.")
    title(
        7,
        f"What somebody on the line between Inspector and the site heard of the log-in, and what it is ({len(record)} bytes).",
    )
    shown = record[: 16 * _ROWS]
    hexes = [shown[at : at + 16].hex(" ") for at in range(0, len(shown), 16)]
    more = [f"… {len(record) - len(shown)} more of the kind"] if len(record) > len(shown) else []
    beside(
        ["on the line", *hexes, *more],
        ["what the program wrote", *(line.decode("latin-1") for line in plain.split(b"\r\n"))],
    )
    size = int.from_bytes(record[3:5], "big")
    say(
        f"   17 03 03 means “TLS, data”, and {record[3:5].hex(' ')} that {size} bytes follow: their number is no secret, what they say is."
    )
    everything = b"".join(bytes(part) for each in heard for part in (each.out, each.back))
    word = SECRET.split()[1].encode()
    if word in everything:
        raise NotAsItShouldBe("The password stood in the open on the line.")
    name = sum(each.out.count(HOST.encode()) for each in heard)
    say(
        f"   Of the {len(everything):,} bytes of both connections, none is the password. The name {HOST} is there {name} times, in the open."
    )


def without_trust(door: Listener, site: Listener) -> None:
    title(8, "The same program, not told of Inspector's authority.")
    before = len(site.heard)
    try:
        log_in(door.port, site.port, None)
    except ssl.SSLCertVerificationError as refused:
        sent = bytes(door.heard[-1].out)
        say(f"   It ended the handshake ({refused.verify_message}): at the chain's end is a root")
        say(
            f"   that it was never told to trust. It sent {len(sent)} bytes, and no request: this is what keeps out"
        )
        say("   everybody in between whom you did not let in.")
    else:
        raise NotAsItShouldBe("It went on all the same.")
    if len(site.heard) > before + 1:
        raise NotAsItShouldBe("The site was asked again.")


def records(stream: bytes) -> list[bytes]:
    """The TLS records of one direction, each with its header."""
    found, at = [], 0
    while at + 5 <= len(stream):
        end = at + 5 + int.from_bytes(stream[at + 3 : at + 5], "big")
        found.append(stream[at:end])
        at = end
    return found


# --- words on the terminal --------------------------------------------------------------------------------


def say(text: str) -> None:
    print(text, flush=True)


def title(number: int, text: str) -> None:
    say(f"\n{number}  {text}")


def beside(left: list[str], right: list[str]) -> None:
    for one, other in zip_longest(left, right, fillvalue=""):
        say(f"   {one:<{WIDTH}}{other}".rstrip())


def listed(names: tuple[str, ...]) -> str:
    return ", ".join(names)


def days(facts: CertificateFacts) -> str:
    assert facts.not_before is not None
    assert facts.not_after is not None
    return f"{facts.not_before:%Y-%m-%d} to {facts.not_after:%Y-%m-%d}"


if __name__ == "__main__":
    sys.exit(main())
