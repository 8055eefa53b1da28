"""`--client-cert HOST=FILE[,KEYFILE]`: a certificate to show to a site, read and looked at before anything starts."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from inspector.app.errors import CannotStart
from inspector.engine.settings import ClientCert
from inspector.wire.patterns import parse_list

PASSWORD = "INSPECTOR_P12_PASSWORD"  # noqa: S105 (a variable's name)


def client_cert(text: str) -> ClientCert:
    """What one `--client-cert` says. UsageError or CannotStart, with the cure, if it can't be used."""
    from inspector.pki import client_certificates
    from inspector.pki.errors import ClientCertificateRefused

    hosts, equals, files = text.partition("=")
    if not (hosts.strip() and equals and files.strip()):
        raise click.UsageError(
            f"--client-cert {text}: write the site's name and the file, as in --client-cert intranet.example=me.p12."
        )
    try:
        named = parse_list(hosts)
    except ValueError as error:
        raise click.UsageError(f"--client-cert: {error}") from error
    path, key = _files(files)
    try:
        found = client_certificates.read(path, key, lambda: _password(key or path))
    except ClientCertificateRefused as refused:
        raise cannot_start(refused) from refused
    return ClientCert(
        ",".join(each.text for each in named), found.pem.decode("ascii"), f"{found.subject}, from {path}"
    )


def _files(text: str) -> tuple[Path, Path | None]:
    """File and key file: a comma parts them, unless there is a file with a comma in its name."""
    whole = Path(text).expanduser()
    first, comma, second = text.rpartition(",")
    if not comma or whole.exists():
        return whole.absolute(), None
    return Path(first.strip()).expanduser().absolute(), Path(second.strip()).expanduser().absolute()


def _password(path: Path) -> str | None:
    known = os.environ.get(PASSWORD)
    if known is not None or not sys.stdin.isatty():
        return known
    password: str = click.prompt(
        f"Password of {path}", hide_input=True, default="", show_default=False, err=True
    )
    return password


def cannot_start(error: Exception) -> CannotStart:
    """A message of two sentences, as what is the matter and what is the cure."""
    sentence, _, cure = str(error).partition(". ")
    return CannotStart(f"{sentence.rstrip('.')}.", cure)
