"""`inspector ca`: the certificate authority that this home made."""

from __future__ import annotations

import json
from pathlib import Path

import click

from inspector.app import home
from inspector.app.command import command as own_command
from inspector.app.errors import InspectorError
from inspector.cli.options import home_option

CERTIFICATE = "ca.pem"


@click.group("ca")
def command() -> None:
    """The certificate authority: where it is, and its fingerprint."""


@command.command("path")
@home_option
def path(home_folder: Path | None) -> None:
    """Print the path of the CA certificate."""
    click.echo(_certificate(home_folder))


@command.command("status")
@home_option
@click.option("--json", "as_json", is_flag=True, help="Print it for programs.")
def status(home_folder: Path | None, as_json: bool) -> None:
    """Print its name, fingerprint and last day."""
    from cryptography import x509
    from cryptography.hazmat.primitives.hashes import SHA256

    file = _certificate(home_folder)
    try:
        certificate = x509.load_pem_x509_certificate(file.read_bytes())
    except (OSError, ValueError) as error:
        raise InspectorError(
            f"{file} cannot be read as a certificate.", "Bring it back from a copy, or move it away."
        ) from error
    facts = {
        "path": str(file),
        "subject": certificate.subject.rfc4514_string(),
        "sha256": certificate.fingerprint(SHA256()).hex(":").upper(),
        "not_after": certificate.not_valid_after_utc.isoformat(),
    }
    if as_json:
        click.echo(json.dumps(facts, indent=2))
        return
    click.echo(f"{facts['subject']}\n")
    click.echo(f"  Certificate   {facts['path']}")
    click.echo(f"  SHA-256       {facts['sha256']}")
    click.echo(f"  Valid until   {certificate.not_valid_after_utc:%d %B %Y}")


def _certificate(home_folder: Path | None) -> Path:
    root = home.choose(home_folder)
    file = home.locate(root).certs / CERTIFICATE
    if not file.is_file():
        raise InspectorError(
            f"There is no authority yet in {file.parent}.",
            f"It is made at the first start: {own_command('run', root=root)}.",
        )
    return file
