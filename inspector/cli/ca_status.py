"""`inspector ca status`: what authority there is, and what every trust store of this computer thinks of it."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import click

from inspector.cli.authority import Place, machine
from inspector.cli.options import home_option
from inspector.pki.constraints import Scope
from inspector.pki.trust_stores import stores
from inspector.pki.trust_stores.model import Anchor, Held, Look, Store

MARKS = {"trusted": ("✓", "green"), "present": ("!", "yellow"), "absent": ("·", "bright_black"), "unknown": ("?", "yellow")}  # fmt: skip
WORDS = {
    "trusted": "trusted",
    "present": "there, but not trusted",
    "absent": "not there",
    "unknown": "cannot be told",
}


@click.command("status")
@home_option
@click.option("--json", "as_json", is_flag=True, help="Print it for programs.")
def command(home_folder: Path | None, as_json: bool) -> None:
    """Say what authority there is, and which trust stores believe it."""
    place = Place(home_folder)
    anchor = place.anchor()
    found = [(store, store.look(anchor)) for store in stores.find(machine(), anchor)]
    if as_json:
        listed = [for_programs(store, look) for store, look in found]
        click.echo(json.dumps({**facts(anchor), "stores": listed}, indent=2))
        return
    click.echo(_authority(anchor))
    click.echo("Trust stores\n")
    for store, look in found:
        click.echo(said(store, look))
    click.echo(_next(place, found))


def facts(anchor: Anchor) -> dict[str, Any]:
    """The authority for programs."""
    certificate = anchor.certificate
    scope = Scope.of(certificate)
    return {
        "path": str(anchor.path),
        "name": anchor.name,
        "subject": certificate.subject.rfc4514_string(),
        "sha256": anchor.sha256,
        "not_before": certificate.not_valid_before_utc.isoformat(),
        "not_after": certificate.not_valid_after_utc.isoformat(),
        "scope": None
        if scope is None
        else {"domains": list(scope.domains), "networks": [str(each) for each in scope.networks]},
    }


def for_programs(store: Store, look: Look) -> dict[str, Any]:
    """A store for programs."""
    return {
        "id": store.id,
        "title": store.title,
        "serves": store.serves,
        "place": store.place,
        "state": look.state,
        "note": look.note,
        "cure": look.cure,
        "others": [_other(each) for each in look.others],
    }


def _other(held: Held) -> dict[str, str]:
    return {
        "name": held.name,
        "sha256": held.sha256,
        "not_after": held.until.isoformat(),
        "where": held.where,
    }


def _authority(anchor: Anchor) -> str:
    certificate = anchor.certificate
    days = int((certificate.not_valid_after_utc.timestamp() - time.time()) // 86400)
    left = f"{days} days left" if days >= 0 else click.style("expired", fg="red", bold=True)
    scope = Scope.of(certificate)
    kind = "vouches for any name" if scope is None else f"a practice authority, for {scope} and nothing else"
    return "\n".join([
        click.style(anchor.name, bold=True),
        "",
        f"  Certificate   {anchor.path}",
        f"  SHA-256       {anchor.sha256}",
        f"  Valid until   {certificate.not_valid_after_utc:%d %B %Y} ({left})",
        f"  Kind          {kind}",
        "",
    ])  # fmt: skip


def said(store: Store, look: Look) -> str:
    """A store for people: whether it is trusted there, where that is, what else is to be said."""
    mark, color = MARKS[look.state]
    lines = [
        f"  {click.style(mark, fg=color)} {store.title}: {WORDS[look.state]}    [{store.id}]",
        click.style(f"      {store.place}", dim=True),
    ]
    lines += [f"      {text}" for text in (look.note, look.cure) if text]
    lines += [
        f"      Another Inspector authority is in it: {each.name}, until {each.until:%d %B %Y}"
        for each in look.others
    ]
    return "\n".join(lines)


def _next(place: Place, found: list[tuple[Store, Look]]) -> str:
    lines = [""]
    if any(look.state in {"absent", "present"} and store.chosen for store, look in found):
        lines.append(
            f"{place.command('ca', 'trust')} makes these believe it, and says beforehand what it changes."
        )
    if any(look.others for _, look in found):
        lines.append(f"{place.command('ca', 'untrust', '--older')} takes the others out.")
    return "\n".join(lines).rstrip()
