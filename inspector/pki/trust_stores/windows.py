"""Windows: the store *Root* of the current user. No administrator is needed; Windows itself asks once more, in a window.

Edge, Chrome, Firefox (since version 120), curl of Windows, PowerShell and .NET go by it.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from inspector.pki.trust_stores.machine import Machine
from inspector.pki.trust_stores.model import Anchor, Held, Look, Proof, Sample, Step, ours_among
from inspector.pki.trust_stores.probe import judged_by_system

# Not the first certutil on PATH: NSS has one of the same name.
CERTUTIL = r"\System32\certutil.exe"
_WHERE = r"Cert:\CurrentUser\Root"
_ASKS = "Windows shows the fingerprint in a window and asks once more."


def roots() -> Iterable[bytes]:
    """Every certificate (DER) in the store Root, as this user sees it."""
    enumerate_certificates: Any = getattr(ssl, "enum_certificates", lambda _: ())  # only Windows has it
    return [der for der, encoding, _ in enumerate_certificates("ROOT") if encoding == "x509_asn"]


class WindowsStore:
    """The store Root."""

    id = "system"
    title = "the certificate store of Windows (Root, of this user)"
    serves = "Edge, Chrome, Firefox, curl of Windows, PowerShell, .NET"
    place = _WHERE
    chosen = True

    def __init__(
        self,
        machine: Machine,
        listed: Callable[[], Iterable[bytes]] = roots,
        judge: Callable[[Sample], Proof] = judged_by_system,
    ) -> None:
        self._machine = machine
        self._listed = listed
        self._judge = judge

    @property
    def _certutil(self) -> str:
        return self._machine.environment.get("SystemRoot", r"C:\Windows") + CERTUTIL

    def look(self, anchor: Anchor | None) -> Look:
        try:
            held = ours_among(((der, _WHERE) for der in self._listed()), anchor)
        except OSError as error:
            return Look("unknown", note=f"The store cannot be read: {error.strerror}.")
        return Look("trusted" if any(each.current for each in held) else "absent", held)

    def to_trust(self, anchor: Anchor) -> tuple[Step, ...]:
        return (
            Step(
                f"Adds the certificate to {_WHERE}. {_ASKS}",
                (self._certutil, "-user", "-addstore", "Root", str(anchor.path)),
            ),
        )

    def to_untrust(self, held: Sequence[Held]) -> tuple[Step, ...]:
        return tuple(
            Step(
                f"Deletes {each.name} from {_WHERE}. {_ASKS}",
                (self._certutil, "-user", "-delstore", "Root", each.sha1),
            )
            for each in held
        )

    def prove(self, anchor: Anchor, sample: Sample | None) -> Proof:
        if sample is not None:
            return self._judge(sample)
        there = any(each.current for each in self.look(anchor).held)
        return Proof(there, f"{_WHERE} {'holds' if there else 'does not hold'} the certificate.")
