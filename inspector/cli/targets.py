"""What `cert show` and `cert check` are asked about: a file, or a server."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import click

from inspector.pki.visit import Target

HTTPS = 443


def target(text: str, connect: str | None = None) -> Target:
    """`example.com`, `example.com:8443`, `[::1]:8443` or an address with https://; `connect` is where to ask instead."""
    host, port = _split(text)
    if connect is None:
        return Target(host, host, port)
    there = _split(connect)
    return Target(host, *there)


def address(text: str) -> str:
    """The address of a page, for a site that may be named by its host alone; UsageError for what is none."""
    whole = text if "://" in text else f"https://{text}"
    try:
        parts = urlsplit(whole)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.scheme not in ("http", "https") or not whole.isprintable() or " " in whole:
        raise click.UsageError(f"{text!r} is no address of a site: write https://example.com/.")
    return parts._replace(path=parts.path or "/", fragment="").geturl()


def _split(text: str) -> tuple[str, int]:
    try:
        parts = urlsplit(text if "://" in text else f"//{text}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host:
        raise click.UsageError(f"{text!r} is no server: write example.com, example.com:8443 or [::1]:8443.")
    return host, port if port is not None else HTTPS


def file_named(text: str) -> Path | None:
    """The file of that name, if there is one, or if it can be nothing else."""
    path = Path(text).expanduser()
    looks_like_a_file = text.startswith((".", "/", "~")) or path.suffix.lower() in {
        ".pem", ".crt", ".cer", ".der", ".p12", ".pfx", ".p7b", ".csr", ".key",
    }  # fmt: skip
    return path if path.is_file() or ("://" not in text and looks_like_a_file) else None
