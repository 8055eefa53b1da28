"""The trust stores of this computer."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.pki.trust_stores.browsers import nss_stores
from inspector.pki.trust_stores.chromium import chromium_profiles
from inspector.pki.trust_stores.java import java_stores
from inspector.pki.trust_stores.linux import LinuxStore, family_of
from inspector.pki.trust_stores.machine import Machine
from inspector.pki.trust_stores.macos import KEYCHAINS, KeychainStore
from inspector.pki.trust_stores.model import Anchor, Store
from inspector.pki.trust_stores.windows import WindowsStore


def find(machine: Machine, anchor: Anchor | None) -> tuple[Store, ...]:
    """Every store there is here; the system's first, since changing it may change others too (on Debian Java's)."""
    return (
        *_of_the_system(machine),
        *nss_stores(machine),
        *chromium_profiles(machine, anchor),
        *java_stores(machine),
    )


def _of_the_system(machine: Machine) -> Iterator[Store]:
    if machine.system == "win32":
        yield WindowsStore(machine)
    elif machine.system == "darwin":
        yield from (KeychainStore(machine, keychain) for keychain in KEYCHAINS)
    else:
        family = family_of(machine)
        if family is not None:
            yield LinuxStore(machine, family)
