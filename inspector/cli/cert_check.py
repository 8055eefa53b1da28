"""`inspector cert check`: everything that a browser looks at when it meets a server, going on after the first fault."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from inspector.cli import certificates
from inspector.cli.targets import target
from inspector.pki import checks, trust, visit
from inspector.pki.checks import Check
from inspector.pki.contexts import client_context
from inspector.pki.paths import Case
from inspector.pki.verdict import why_not
from inspector.pki.visit import Handshake, Target

NEW, OLD = ("TLS 1.3", "TLS 1.2"), ("TLS 1.1", "TLS 1.0")


@click.command("check")
@click.argument("what", metavar="HOST[:PORT]")
@click.option("--connect", metavar="HOST:PORT", help="Ask there, for that name: for a server whose name leads nowhere yet.")  # fmt: skip
@click.option("--ca", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="FILE", help="Believe the authority in this PEM file too.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print it for programs.")
def command(what: str, connect: str | None, ca: Path | None, as_json: bool) -> None:
    """Try everything that a browser checks on a server's certificate, and say why and what to do. Exit code 1 if something is wrong."""
    asked = target(what, connect)
    found = tuple(examine(asked, ca))
    if as_json:
        click.echo(json.dumps([asdict(each) for each in found], indent=2))
    else:
        click.echo(f"{asked}, as {asked.name}\n")
        click.echo(certificates.checks(found))
        click.echo(f"\n{_summary(found)}")
    raise SystemExit(1 if any(each.good is False for each in found) else 0)


def examine(asked: Target, ca: Path | None) -> list[Check]:
    """All checks on a server. Where it cannot be reached there is only one."""
    seen = visit.look(asked)
    if not seen.reached:
        return [Check("reached", "It can be reached", False, seen.failure)]
    reached = Check("reached", "It can be reached", True, f"Its address is {seen.reached}.")
    if not seen.chain:
        return [reached, Check("tls", "It speaks TLS", False, seen.failure)]
    roots = trust.roots(ca)
    case = Case(seen.chain, asked.name, datetime.now(UTC), roots)
    return [reached, _speaks(seen), *checks.run(case), _verdict(asked, ca), *_versions(visit.versions(asked))]


def _speaks(seen: Handshake) -> Check:
    title = "It speaks TLS"
    if not seen.version:
        return Check("tls", title, False, seen.failure)
    alpn = f", {seen.alpn}" if seen.alpn else ""
    wants = " It asks for a certificate of yours." if seen.wants_certificate else ""
    return Check("tls", title, True, f"{seen.version}, {seen.cipher}{alpn}.{wants}")


def _verdict(asked: Target, ca: Path | None) -> Check:
    """What a real client says: it stops at the first fault, and is right where the checks above are not."""
    title, store = "A client believes it", trust.trust_store(*filter(None, [ca]))
    seen = visit.handshake(asked, client_context(*filter(None, [ca])))
    if not seen.verify_code and not seen.verify_message and not seen.failure:
        return Check("verdict", title, True, f"OpenSSL does, with {store}.")
    if seen.failure:
        return Check("verdict", title, False, seen.failure)
    why = why_not(seen.verify_code, seen.verify_message, seen.chain, asked.name, time.time())
    names = " or ".join(name for name in (why.chromium, why.firefox) if name)
    return Check("verdict", title, False, f"{why.sentence} Browsers call it {names}.")


def _versions(spoken: dict[str, str]) -> list[Check]:
    offered = [name for name in NEW if spoken[name] == "offered"]
    new = Check(
        "versions", "It speaks a version that is safe", bool(offered),
        f"It offers {' and '.join(offered) or 'none of ' + ' and '.join(NEW)}.",
        "" if offered else "Switch TLS 1.2 and 1.3 on.",
    )  # fmt: skip
    old = [name for name in OLD if spoken[name] == "offered"]
    if old:
        sentence = f"It still offers {' and '.join(old)} (RFC 8996 retired them in 2021)."
        return [new, Check("old-versions", "It speaks none that is not", False, sentence, "Switch them off.")]
    untried = all(spoken[name] == "untried" for name in OLD)
    sentence = "OpenSSL here cannot try the old ones." if untried else "It refuses TLS 1.1 and 1.0."
    return [new, Check("old-versions", "It speaks none that is not", None if untried else True, sentence)]


def _summary(found: tuple[Check, ...]) -> str:
    wrong = [each for each in found if each.good is False]
    if not wrong:
        return click.style("Nothing is wrong with it.", fg="green", bold=True)
    return click.style(f"{len(wrong)} of {len(found)} checks failed.", fg="red", bold=True)
