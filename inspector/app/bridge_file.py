"""HOME/run/bridge.json: what an app of the same user needs to tell its half of an exchange (see `bridge.whereabouts`, which reads it).

The supervisor writes it before its children start, for its owner's eyes only, and takes the address out when it stops. Token and key stay: what was put into another
program's settings (`OTEL_EXPORTER_OTLP_HEADERS`) goes on working after a restart. The engine takes only the key, the dashboard both.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import msgspec

from inspector.app.addresses import Address, parse_address

FILE = "bridge.json"


class BridgeFile(msgspec.Struct, frozen=True, kw_only=True):
    """`host` and `port` are where the dashboard listens (port 0: nowhere, now), `token` opens it for reports, `key` (hex) signs the field."""

    host: str = ""
    port: int = 0
    token: str = ""
    key: str = ""


def announce(run: Path, web: tuple[str, ...]) -> None:
    """Say where the dashboard is. A full disk must stop nothing: then apps don't find it."""
    known = read(run)
    where = _reachable(web)
    _write(
        run,
        BridgeFile(
            host=where.host,
            port=where.port,
            token=known.token or secrets.token_urlsafe(24),
            key=known.key or secrets.token_hex(32),
        ),
    )


def withdraw(run: Path) -> None:
    """Say that it is nowhere any more."""
    known = read(run)
    if known.key:
        _write(run, msgspec.structs.replace(known, host="", port=0))


def read(run: Path) -> BridgeFile:
    """What the file says; nothing if there is none, or it can't be read."""
    try:
        return msgspec.json.decode((run / FILE).read_bytes(), type=BridgeFile)
    except (OSError, msgspec.MsgspecError):
        return BridgeFile()


def _reachable(web: tuple[str, ...]) -> Address:
    """Where programs of this computer reach the dashboard: on loopback if it listens there."""
    addresses = [parse_address(text) for text in web]
    return next((each for each in addresses if each.loopback), addresses[0]).reachable


def _write(run: Path, said: BridgeFile) -> None:
    scratch = run / f".{FILE}.{os.getpid()}"
    try:
        with open(os.open(scratch, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:  # noqa: PTH123
            file.write(msgspec.json.encode(said))
        scratch.replace(run / FILE)
    except OSError:
        scratch.unlink(missing_ok=True)
