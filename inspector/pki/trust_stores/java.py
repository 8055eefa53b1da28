"""Java: each installation has a file of roots, `lib/security/cacerts`, and often several share one. Only keytool knows its format.

On Debian the system's store fills it too, but takes nothing out again when an authority is removed there: then it stays believed by Java.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from inspector.pki.trust_stores.linux import installs
from inspector.pki.trust_stores.machine import Done, Machine
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

PASSWORD = "changeit"  # noqa: S105 (Java's own default, the same everywhere)
_CACERTS = ("lib/security/cacerts", "jre/lib/security/cacerts")
_INSTALLATIONS = {
    "linux": (
        "/usr/lib/jvm/*", "/usr/lib64/jvm/*", "/usr/java/*", "/opt/java/*", "/opt/jdk*", "~/.sdkman/candidates/java/*", "~/.jdks/*",
        "~/.asdf/installs/java/*", "~/.local/share/mise/installs/java/*",
    ),
    "darwin": (
        "/Library/Java/JavaVirtualMachines/*/Contents/Home", "~/Library/Java/JavaVirtualMachines/*/Contents/Home",
        "/opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home", "~/.sdkman/candidates/java/*", "~/.jdks/*",
    ),
    "win32": (
        "/Program Files/Java/*", "/Program Files/Eclipse Adoptium/*", "/Program Files/Microsoft/jdk-*", "/Program Files/Zulu/*",
        "/Program Files/Amazon Corretto/*", "~/.jdks/*",
    ),
}  # fmt: skip
_ENTRY = re.compile(
    r"^Alias name: (?P<alias>.*?)\s*$(?P<rest>.*?)(?=^Alias name: |\Z)", re.MULTILINE | re.DOTALL
)


class JavaStore:
    """One file of roots, and the installations that use it."""

    chosen = True

    def __init__(self, machine: Machine, file: Path, homes: Sequence[Path], number: int = 1) -> None:
        self._machine = machine
        self._file = file
        self._homes = tuple(homes)
        self.id = "java" if number == 1 else f"java:{number}"
        self.title = "Java's store"
        self.serves = "programs in Java, Kotlin and Scala on " + ", ".join(home.name for home in homes)

    @property
    def place(self) -> str:
        return str(self._file)

    @property
    def _keytool(self) -> str:
        names = ("keytool", "keytool.exe")
        own = (home / "bin" / name for home in self._homes for name in names)
        return next((str(path) for path in own if path.is_file()), "") or self._machine.find(*names)

    def look(self, anchor: Anchor | None) -> Look:
        if not self._keytool:
            cure = installs(self._machine, "java") if self._machine.system == "linux" else "Install a JDK."
            return Look("unknown", note="There is no keytool here, which reads it.", cure=cure)
        listed = self._list()
        if listed.code != 0:
            why = listed.said.removeprefix("keytool error: ")
            cure = f'If the password is not "{PASSWORD}", run {self._keytool} with yours.'
            return Look("unknown", note=f"keytool cannot read it: {why}.", cure=cure)
        held = ours_among(_entries(listed.out), anchor)
        return Look("trusted" if any(each.current for each in held) else "absent", held)

    def _list(self) -> Done:
        """Every entry. In English, since its words are read, and as quickly as a JVM starts: a second otherwise."""
        program, *words = self._command("-list", "-rfc")
        quick = ("-J-Duser.language=en", "-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC")
        return self._machine.run(program, *quick, *words)

    def _command(self, *arguments: str) -> tuple[str, ...]:
        program = self._keytool or "keytool"
        return (program, *arguments, "-keystore", str(self._file), "-storepass", PASSWORD)

    def to_trust(self, anchor: Anchor) -> tuple[Step, ...]:
        alias = f"inspector-{anchor.short}"
        command = self._command(
            "-importcert", "-noprompt", "-trustcacerts", "-alias", alias, "-file", str(anchor.path)
        )
        return (self._step(f"Adds the certificate to {self._file} as {alias}.", command),)

    def to_untrust(self, held: Sequence[Held]) -> tuple[Step, ...]:
        return tuple(
            self._step(
                f"Deletes {each.name} ({each.where}) from {self._file}.",
                self._command("-delete", "-alias", each.where),
            )
            for each in held
        )

    def _step(self, sentence: str, command: tuple[str, ...]) -> Step:
        as_root = self._machine.system != "win32" and not self._machine.may_write(self._file)
        return Step(sentence, command, as_root=as_root)

    def prove(self, anchor: Anchor, sample: Sample | None) -> Proof:
        found = next((each for each in self.look(anchor).held if each.current), None)
        if found is None:
            return Proof(False, f"{self._file} does not hold the certificate.")
        return Proof(True, f"keytool lists it as trusted, by its fingerprint, under the alias {found.where}.")


def _entries(listing: str) -> Iterator[tuple[bytes, str]]:
    """The trusted certificates (not somebody's own ones with a key) in what `keytool -list -rfc` prints, with their aliases."""
    for entry in _ENTRY.finditer(listing):
        if "trustedCertEntry" in entry["rest"]:
            yield from ((der, entry["alias"]) for der in certificates_in(entry["rest"].encode()))


def java_stores(machine: Machine) -> Iterator[JavaStore]:
    """The files of roots of every Java here, each once."""
    files: dict[Path, list[Path]] = {}
    for home in _homes(machine):
        file = next((home / name for name in _CACERTS if (home / name).is_file()), None)
        if file is not None:
            files.setdefault(file.resolve(), []).append(home)
    for number, (file, homes) in enumerate(files.items(), 1):
        yield JavaStore(machine, file, homes, number)


def _homes(machine: Machine) -> list[Path]:
    given = machine.environment.get("JAVA_HOME", "")
    found = [Path(given)] if given and Path(given).is_dir() else []
    kind = machine.system if machine.system in _INSTALLATIONS else "linux"
    for pattern in _INSTALLATIONS[kind]:
        base, rest = (machine.home, pattern[2:]) if pattern.startswith("~") else (machine.root, pattern[1:])
        found += [path for path in machine.glob(base, rest) if path.is_dir()]
    return list({path.resolve(): path for path in found}.values())
