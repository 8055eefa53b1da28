"""macOS: a certificate lies in a keychain, and trust in it is a setting apart, for one person or for the whole Mac.

Safari, Chrome, curl and Firefox (which reads the keychain since version 120) go by it. macOS asks for the password itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from inspector.pki.trust_stores.machine import Machine
from inspector.pki.trust_stores.model import (
    Anchor,
    Held,
    Look,
    Proof,
    Sample,
    Step,
    certificates_in,
    ours_among,
)
from inspector.pki.trust_stores.probe import judged_by_system

SECURITY = "/usr/bin/security"
_ASKS = "macOS asks for your password."


class Keychain(NamedTuple):
    """One of the two places. `domain` are the words that choose the trust settings of the whole Mac."""

    id: str
    title: str
    serves: str
    file: str
    domain: tuple[str, ...]
    as_root: bool
    chosen: bool


KEYCHAINS = (
    Keychain(
        "login", "the login keychain", "Safari, Chrome, Firefox, curl and other programs of yours",
        "~/Library/Keychains/login.keychain-db", (), as_root=False, chosen=True,
    ),
    Keychain(
        "system", "the System keychain", "the programs of everybody on this Mac",
        "/Library/Keychains/System.keychain", ("-d",), as_root=True, chosen=False,
    ),
)  # fmt: skip


class KeychainStore:
    """A keychain with its trust settings."""

    def __init__(
        self, machine: Machine, keychain: Keychain, judge: Callable[[Sample], Proof] = judged_by_system
    ) -> None:
        self._machine = machine
        self._keychain = keychain
        self._judge = judge
        self.id, self.title, self.serves = keychain.id, keychain.title, keychain.serves
        self.chosen = keychain.chosen

    @property
    def place(self) -> str:
        return self._keychain.file.replace("~", str(self._machine.home))

    def look(self, anchor: Anchor | None) -> Look:
        listed = self._machine.run(SECURITY, "find-certificate", "-a", "-p", self.place)
        if listed.code != 0:
            return Look("unknown", note=f"The keychain cannot be read: {listed.said or 'security failed'}.")
        held = ours_among(((der, self.place) for der in certificates_in(listed.out.encode())), anchor)
        if anchor is None or not any(each.current for each in held):
            return Look("absent", held)
        # -l: it is an authority that is judged; -L: from what is on this Mac alone.
        judged = self._machine.run(SECURITY, "verify-cert", "-q", "-l", "-L", "-c", str(anchor.path))
        if judged.code == 0:
            return Look("trusted", held)
        return Look("present", held, note="It is in the keychain, and not set to be trusted.")

    def to_trust(self, anchor: Anchor) -> tuple[Step, ...]:
        return (
            self._step(
                f"Adds the certificate to {self.place} and sets it to be trusted. {_ASKS}",
                "add-trusted-cert", *self._keychain.domain, "-r", "trustRoot", "-k", self.place, str(anchor.path),
            ),
        )  # fmt: skip

    def to_untrust(self, held: Sequence[Held]) -> tuple[Step, ...]:
        # Trust settings outlive the certificate: a site that sends its root along would be believed again. -t takes this person's
        # along; those of the whole Mac only go with the certificate at hand.
        steps = []
        for each in held:
            if self._keychain.domain and each.file is not None:
                sentence = f"Takes the trust settings of the whole Mac for {each.name} away. {_ASKS}"
                steps.append(
                    self._step(sentence, "remove-trusted-cert", *self._keychain.domain, str(each.file))
                )
            sentence = f"Deletes {each.name} from {self.place}, with its trust settings. {_ASKS}"
            steps.append(self._step(sentence, "delete-certificate", "-Z", each.sha1, "-t", self.place))
        return tuple(steps)

    def _step(self, sentence: str, *arguments: str) -> Step:
        needs_root = self._keychain.as_root and not self._machine.may_write(self._machine.path(self.place))
        return Step(sentence, (SECURITY, *arguments), as_root=needs_root)

    def prove(self, anchor: Anchor, sample: Sample | None) -> Proof:
        if sample is not None:
            return self._judge(sample)
        found = self.look(anchor)
        return Proof(found.state == "trusted", found.note or "`security verify-cert` accepts the authority.")
