"""Java's stores: a copy of a real one with the real keytool; the commands; and where installations are looked for."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from inspector.pki.trust_stores import acts
from inspector.pki.trust_stores.java import JavaStore, java_stores
from inspector.pki.trust_stores.machine import Done

LISTING = """Keystore type: JKS

Alias name: some root
Creation date: Nov 22, 2026
Entry type: trustedCertEntry

{stranger}

*******************************************

Alias name: debian:inspector-1234.pem
Entry type: trustedCertEntry

{anchor}

Alias name: own key
Entry type: PrivateKeyEntry
{older}
"""


@pytest.fixture
def real_store(real, tmp_path):
    """A copy of this computer's own file of roots, cut to what is quick."""
    if shutil.which("keytool") is None:
        pytest.skip("there is no keytool (Debian: apt install default-jre-headless)")
    file = tmp_path / "cacerts"
    roots = next(
        (
            path
            for path in map(Path, ("/etc/ssl/certs/java/cacerts", "/etc/default/cacerts"))
            if path.is_file()
        ),
        None,
    )
    if roots is None:
        pytest.skip("there is no file of roots to copy")
    shutil.copy(roots, file)
    file.chmod(0o644)
    return JavaStore(real, file, [Path("/usr")])


def test_there_and_back_again_with_the_real_keytool(real_store, real, anchor):
    assert real_store.look(anchor).state == "absent"
    done = acts.trust(real_store, anchor, None, real)
    assert done.proof.holds, done
    assert f"inspector-{anchor.short}" in done.proof.sentence
    gone = acts.untrust(real_store, anchor, lambda held: held.current, real)
    assert gone.proof.holds
    assert real_store.look(anchor).state == "absent"


@pytest.fixture
def store(computer, tmp_path):
    return JavaStore(computer(programs=("keytool",)), tmp_path / "cacerts", [tmp_path / "jdk-21"])


def command(*words, file):
    return ("/bin/keytool", *words, "-keystore", str(file), "-storepass", "changeit")


def test_the_commands(store, anchor, older, tmp_path):
    file = tmp_path / "cacerts"
    [step] = store.to_trust(anchor)
    assert step.command == command(
        "-importcert", "-noprompt", "-trustcacerts", "-alias", f"inspector-{anchor.short}", "-file", str(anchor.path), file=file
    )  # fmt: skip
    assert not step.as_root
    store._machine.root_user = False
    assert store.to_trust(anchor)[0].typed.startswith("sudo /bin/keytool")


def test_what_is_found_by_fingerprint_under_whatever_alias(store, anchor, older, stranger, tmp_path):
    listing = LISTING.format(
        stranger=stranger.pem.decode(), anchor=anchor.path.read_text(), older=older.path.read_text()
    )
    store._machine.answers["/bin/keytool"] = Done(0, "", listing)
    found = store.look(anchor)
    assert found.state == "trusted"
    assert [each.where for each in found.held] == ["debian:inspector-1234.pem"]
    [step] = store.to_untrust(found.held)
    assert step.command == command(
        "-delete", "-alias", "debian:inspector-1234.pem", file=tmp_path / "cacerts"
    )


def test_another_password_is_said(store, anchor):
    said = "keytool error: java.io.IOException: Keystore was tampered with, or password was incorrect"
    store._machine.answers["/bin/keytool"] = Done(1, said)
    found = store.look(anchor)
    assert found.state == "unknown"
    assert "password was incorrect" in found.note
    assert "changeit" in found.cure


def test_without_keytool_the_package_is_named(computer, tmp_path, anchor):
    machine = computer()
    machine.make("/etc/os-release", b"ID=debian\n")
    found = JavaStore(machine, tmp_path / "cacerts", [tmp_path]).look(anchor)
    assert (found.state, found.cure) == ("unknown", "sudo apt install default-jre-headless")


def test_installations_that_share_a_file_are_one_store(computer):
    machine = computer()
    shared = machine.make("/etc/ssl/certs/java/cacerts")
    for name in ("java-17", "temurin-25"):
        link = machine.path(f"/usr/lib/jvm/{name}/lib/security/cacerts")
        link.parent.mkdir(parents=True)
        link.symlink_to(shared)
    machine.make("~/.sdkman/candidates/java/21/lib/security/cacerts")
    stores = list(java_stores(machine))
    assert [store.id for store in stores] == ["java", "java:2"]
    assert stores[0].place == str(shared.resolve())
    assert stores[0].serves.endswith("java-17, temurin-25")


def test_java_home_comes_first(computer, tmp_path):
    (tmp_path / "jdk" / "lib" / "security").mkdir(parents=True)
    (tmp_path / "jdk" / "lib" / "security" / "cacerts").touch()
    machine = computer(environment={"JAVA_HOME": str(tmp_path / "jdk")})
    machine.make("/usr/lib/jvm/java-17/lib/security/cacerts")
    assert next(store.place for store in java_stores(machine)) == str(
        tmp_path / "jdk" / "lib" / "security" / "cacerts"
    )
