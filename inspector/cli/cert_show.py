"""`inspector cert show`: what is in a certificate, in words, leaf to root, and what the checks on it say."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from inspector.app.errors import InspectorError
from inspector.cli import certificates
from inspector.cli.targets import file_named, target
from inspector.pki import checks, reading, trust, visit
from inspector.pki.describe import describe
from inspector.pki.paths import Case


@click.command("show")
@click.argument("what", metavar="FILE|HOST[:PORT]")
@click.option("--connect", metavar="HOST:PORT", help="Ask there, for that name: for a server whose name leads nowhere yet.")  # fmt: skip
@click.option("--password", metavar="WORD", help="The password of a PKCS #12 file.")
@click.option("--json", "as_json", is_flag=True, help="Print it for programs.")
def command(what: str, connect: str | None, password: str | None, as_json: bool) -> None:
    """Say in words what is in a certificate: of a file, or of a server. Leaf to root, with every check."""
    path = file_named(what) if connect is None else None
    chain, host, head = _of_file(path, password) if path is not None else _of_server(what, connect)
    now = datetime.now(UTC)
    case = Case(chain, host, now, trust.roots())
    found = checks.run(case)
    facts = [describe(der) for der in reading.in_order(chain)]
    if as_json:
        listed: dict[str, Any] = {
            "chain": [asdict(each) for each in facts],
            "checks": [asdict(each) for each in found],
        }
        click.echo(json.dumps(listed, indent=2, default=str))
        return
    click.echo(f"{head}\n")
    click.echo(certificates.chain(facts, now))
    if not facts[0].is_authority:
        click.echo("\nChecks\n")
        click.echo(certificates.checks(found))


def _of_file(path: Path, password: str | None) -> tuple[tuple[bytes, ...], str, str]:
    try:
        found = reading.read(path.read_bytes(), password)
    except OSError as error:
        raise InspectorError(
            f"{path} cannot be read: {error.strerror}.",
            "Check its name. For a server write its name, as in example.com:443.",
        ) from error
    also = f", and {', '.join(found.also)} (not shown)" if found.also else ""
    count = "one certificate" if len(found.chain) == 1 else f"{len(found.chain)} certificates"
    return found.chain, "", f"{path}: {count} ({found.kind}){also}"


def _of_server(what: str, connect: str | None) -> tuple[tuple[bytes, ...], str, str]:
    asked = target(what, connect)
    seen = visit.look(asked)
    if not seen.chain:
        raise InspectorError(seen.failure or f"{asked} sent no certificate.")
    wants = " It asks for a certificate of yours." if seen.wants_certificate else ""
    spoken = f"{seen.version}, {seen.cipher}" if seen.version else seen.failure
    return seen.chain, asked.name, f"{asked} ({seen.reached}) answered as {asked.name}: {spoken}.{wants}"
