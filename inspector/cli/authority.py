"""What the commands about certificates share: the home's authority, and the trust stores of this computer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from inspector.app import home, notice
from inspector.app.command import command as own_command
from inspector.app.errors import InspectorError
from inspector.app.home import Home
from inspector.app.platform import here
from inspector.pki import vault
from inspector.pki.authority import Authority
from inspector.pki.errors import PkiError
from inspector.pki.leaves import Leaves
from inspector.pki.trust_stores import stores
from inspector.pki.trust_stores.machine import Machine
from inspector.pki.trust_stores.model import Anchor, Sample, Store

PROBE = "probe.inspector.test"  # inside every practice authority's scope


class Place:
    """The home that a command is about, and its authority."""

    def __init__(self, home_folder: Path | None) -> None:
        self.root = home.choose(home_folder)
        self.home: Home = home.locate(self.root)

    @property
    def certs(self) -> Path:
        return self.home.certs

    def anchor(self) -> Anchor:
        """The authority's certificate; InspectorError, which says how one is made, if there is none."""
        if not vault.exists(self.certs):
            raise InspectorError(
                f"There is no authority yet in {self.certs}.",
                f"It is made at the first start: {self.command('run')}. Or make one now: {self.command('ca', 'new', '--full')}.",
            )
        return Anchor(vault.read_certificate(self.certs), self.certs / vault.CERTIFICATE)

    def anchor_if_any(self) -> Anchor | None:
        """The same; None if there is none, or none that can be read."""
        try:
            return self.anchor()
        except (InspectorError, PkiError):
            return None

    def sample(self) -> Sample | None:
        """A server with a leaf, for stores to judge; None where the authority can sign none any more."""
        try:
            authority = Authority.load_or_create(self.certs)
            return Sample(Leaves(authority).make(PROBE).context, PROBE)
        except PkiError:
            return None

    def must_not_run(self) -> None:
        """The engine holds the authority's key while it runs."""
        if notice.read(self.home.run, here()) is not None:
            raise InspectorError(
                f"Inspector is running on {self.root} with this authority.", "Stop it first (Ctrl-C), then try again."
            )  # fmt: skip

    def command(self, *words: str) -> str:
        """How one calls Inspector for this home."""
        return own_command(*words, root=self.root)


def machine() -> Machine:
    """This computer."""
    return Machine()


def chosen_stores(names: Sequence[str], anchor: Anchor | None, computer: Machine) -> tuple[Store, ...]:
    """The stores that were named with --store; all of them where none was."""
    every = stores.find(computer, anchor)
    for name in names:
        if not any(_is_meant(store, name) for store in every):
            known = ", ".join(dict.fromkeys(store.id for store in every)) or "none"
            raise click.UsageError(f"--store {name}: there is no such trust store here. There are: {known}.")
    return tuple(store for store in every if not names or any(_is_meant(store, name) for name in names))


def _is_meant(store: Store, name: str) -> bool:
    return store.id == name or store.id.partition(":")[0] == name
