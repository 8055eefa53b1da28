"""The system's store on Linux: a folder for one's own authorities, and a command that makes the file anew which programs read.

curl, wget, git, Python's ssl, Ruby, Go, PHP and most others go by it; browsers and Java have stores of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

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
from inspector.pki.trust_stores.probe import judged_by_file


@dataclass(frozen=True, slots=True)
class Family:
    """How a family of distributions keeps its roots. `bundle` is the first of these files that is there."""

    title: str
    names: tuple[str, ...]
    anchors: str
    renew: tuple[str, ...]
    renew_after_removal: tuple[str, ...]
    bundles: tuple[str, ...]
    install: str
    package: str = "ca-certificates"
    nss_tools: str = "nss-tools"
    java: str = "java-latest-openjdk-headless"


FAMILIES = (
    Family(
        "Red Hat", ("rhel", "fedora", "centos"), "/etc/pki/ca-trust/source/anchors",
        ("update-ca-trust", "extract"), ("update-ca-trust", "extract"),
        ("/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "/etc/pki/tls/certs/ca-bundle.crt"), "sudo dnf install",
    ),
    Family(
        "Arch", ("arch", "archarm", "manjaro"), "/etc/ca-certificates/trust-source/anchors",
        ("update-ca-trust",), ("update-ca-trust",),
        ("/etc/ca-certificates/extracted/tls-ca-bundle.pem", "/etc/ssl/certs/ca-certificates.crt"), "sudo pacman -S",
        package="ca-certificates-utils", nss_tools="nss", java="jre-openjdk-headless",
    ),
    Family(
        "openSUSE", ("suse", "opensuse", "sles"), "/etc/pki/trust/anchors",
        ("update-ca-certificates",), ("update-ca-certificates", "--fresh"),
        ("/etc/ssl/ca-bundle.pem", "/var/lib/ca-certificates/ca-bundle.pem"), "sudo zypper install",
        nss_tools="mozilla-nss-tools", java="java-21-openjdk-headless",
    ),
    # Last, since others have this folder too. Without --fresh the link to a file that was taken out stays in /etc/ssl/certs.
    Family(
        "Debian", ("debian", "ubuntu", "gentoo", "alpine"), "/usr/local/share/ca-certificates",
        ("update-ca-certificates",), ("update-ca-certificates", "--fresh"),
        ("/etc/ssl/certs/ca-certificates.crt",), "sudo apt install", nss_tools="libnss3-tools", java="default-jre-headless",
    ),
)  # fmt: skip
_BY_ID = {"alpine": "sudo apk add", "gentoo": "sudo emerge"}


class LinuxStore:
    """The store of the system."""

    id = "system"
    serves = "curl, wget, git, Python, Ruby, PHP, Go and most other programs"
    chosen = True

    def __init__(self, machine: Machine, family: Family) -> None:
        self._machine = machine
        self._family = family
        self.title = f"the system's store ({family.title} family)"
        self._anchors = machine.path(family.anchors)

    @cached_property
    def bundle(self) -> Path:
        """The file that programs read."""
        places = [self._machine.path(place) for place in self._family.bundles]
        return next((place for place in places if place.is_file()), places[0])

    @property
    def place(self) -> str:
        return str(self.bundle)

    def look(self, anchor: Anchor | None) -> Look:
        if not self._machine.find(self._family.renew[0]):
            return Look(
                "unknown",
                note=f"There is no {self._family.renew[0]} here.",
                cure=f"{self._family.install} {self._family.package}",
            )
        try:
            believed = ours_among(((der, "") for der in certificates_in(self.bundle.read_bytes())), anchor)
        except OSError as error:
            return Look("unknown", note=f"{self.bundle} cannot be read: {error.strerror}.")
        files = ours_among(self._files(), anchor)
        named = {
            each.sha256: each for each in (*believed, *files)
        }  # those with a file win: it can be taken away
        held = tuple(named.values())
        if any(each.current for each in believed):
            return Look("trusted", held, note=self._elsewhere())
        if any(each.current for each in files):
            return Look(
                "present", held, note="The file is there, but the store has not been made anew since."
            )
        return Look("absent", held)

    def _files(self) -> Iterator[tuple[bytes, str]]:
        for path in self._machine.glob(self._anchors, "**/*.crt", "**/*.pem", "**/*.cer"):
            try:
                ders = list(certificates_in(path.read_bytes()))
            except OSError:
                continue
            # A file with others in it is somebody's own bundle: not ours to delete.
            yield from ((der, str(path) if len(ders) == 1 else "") for der in ders)

    def _elsewhere(self) -> str:
        """Variables that make OpenSSL's programs look past the store, which explains many an odd failure."""
        named = [
            name for name in ("SSL_CERT_FILE", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE") if self._machine.environment.get(name)
        ]  # fmt: skip
        if not named:
            return ""
        return f"In this shell {', '.join(named)} {'is' if len(named) == 1 else 'are'} set: programs that obey look there instead."

    def to_trust(self, anchor: Anchor) -> tuple[Step, ...]:
        target = self._anchors / f"inspector-{anchor.short}.crt"
        return (
            self._step(
                f"Copies the certificate to {target}.", "install", "-m", "0644", str(anchor.path), str(target)
            ),
            self._renew(self._family.renew),
        )

    def to_untrust(self, held: Sequence[Held]) -> tuple[Step, ...]:
        removed = [
            self._step(f"Deletes {each.where}.", "rm", "-f", each.where) for each in held if each.where
        ]
        strays = [each for each in held if not each.where]
        by_hand = [
            Step(
                f"{each.name} stands in {self.bundle}, and in no file of its own in {self._anchors}: "
                "whoever put it there another way has to take it out that way."
            )
            for each in strays
        ]
        return (*removed, self._renew(self._family.renew_after_removal), *by_hand) if held else ()

    def _renew(self, command: tuple[str, ...]) -> Step:
        return self._step(f"Makes {self.bundle} anew, which programs read.", *command)

    def _step(self, sentence: str, program: str, *arguments: str) -> Step:
        found = self._machine.find(program) or program
        return Step(sentence, (found, *arguments), as_root=not self._machine.may_write(self._anchors))

    def prove(self, anchor: Anchor, sample: Sample | None) -> Proof:
        if sample is not None:
            return judged_by_file(self.bundle, sample)
        holds = any(der == anchor.der for der in certificates_in(_read(self.bundle)))
        return Proof(holds, f"{self.bundle} {'holds' if holds else 'does not hold'} the certificate.")


def family_of(machine: Machine) -> Family | None:
    """The family of this Linux: by its folder, else by what it says of itself."""
    for family in FAMILIES:
        if machine.path(family.anchors).is_dir():
            return family
    names = _os_release(machine)
    return next((family for family in FAMILIES if names & set(family.names)), None)


def installs(machine: Machine, package: str) -> str:
    """The command that installs a package of this Linux: `nss_tools` or `java` by their field, others by name."""
    family = family_of(machine)
    if family is None:
        return ""
    own = next((_BY_ID[name] for name in _os_release(machine) if name in _BY_ID), family.install)
    return f"{own} {getattr(family, package, package)}"


def _os_release(machine: Machine) -> set[str]:
    rows = _read(machine.path("/etc/os-release")).decode("utf-8", "replace").splitlines()
    values = (row.partition("=")[2].strip("\"'") for row in rows if row.startswith(("ID=", "ID_LIKE=")))
    return {word for value in values for word in value.split()}


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
