"""The system's store on Linux: exact commands for every family (a computer that only notes them), judged by a real handshake."""

from __future__ import annotations

import pytest

from inspector.pki.trust_stores.linux import FAMILIES, LinuxStore, family_of, installs

TOOLS = ("install", "rm", "update-ca-certificates", "update-ca-trust")
COMMANDS = {
    "Debian": (
        "/bin/install -m 0644 CA /usr/local/share/ca-certificates/inspector-MARK.crt",
        "/bin/update-ca-certificates",
        "/bin/rm -f /usr/local/share/ca-certificates/inspector-MARK.crt",
        "/bin/update-ca-certificates --fresh",
    ),
    "Red Hat": (
        "/bin/install -m 0644 CA /etc/pki/ca-trust/source/anchors/inspector-MARK.crt",
        "/bin/update-ca-trust extract",
        "/bin/rm -f /etc/pki/ca-trust/source/anchors/inspector-MARK.crt",
        "/bin/update-ca-trust extract",
    ),
    "Arch": (
        "/bin/install -m 0644 CA /etc/ca-certificates/trust-source/anchors/inspector-MARK.crt",
        "/bin/update-ca-trust",
        "/bin/rm -f /etc/ca-certificates/trust-source/anchors/inspector-MARK.crt",
        "/bin/update-ca-trust",
    ),
    "openSUSE": (
        "/bin/install -m 0644 CA /etc/pki/trust/anchors/inspector-MARK.crt",
        "/bin/update-ca-certificates",
        "/bin/rm -f /etc/pki/trust/anchors/inspector-MARK.crt",
        "/bin/update-ca-certificates --fresh",
    ),
}


@pytest.fixture(params=FAMILIES, ids=lambda family: family.title)
def family(request):
    return request.param


@pytest.fixture
def linux(computer, family):
    """A store of that family, and its computer."""
    machine = computer(programs=TOOLS)
    machine.make(f"{family.anchors}/")
    return LinuxStore(machine, family_of(machine)), machine


def file_of(machine, family, anchor):
    return machine.make(f"{family.anchors}/inspector-{anchor.short}.crt", anchor.path.read_bytes())


def bundle(machine, family, *pems):
    return machine.make(family.bundles[0], b"".join(pems))


def expected(family, anchor, part):
    words = COMMANDS[family.title][part]
    return [each.replace("CA", str(anchor.path)).replace("MARK", anchor.short) for each in words]


def test_the_commands_that_add_it(linux, family, anchor):
    store, machine = linux
    assert machine.typed(store.to_trust(anchor)) == expected(family, anchor, slice(0, 2))


def test_the_commands_that_take_it_out(linux, family, anchor):
    store, machine = linux
    file_of(machine, family, anchor)
    bundle(machine, family, anchor.path.read_bytes())
    held = store.look(anchor).held
    assert machine.typed(store.to_untrust(held)) == expected(family, anchor, slice(2, 4))
    assert store.to_untrust(()) == ()


def test_who_is_not_root_gets_the_same_with_sudo(linux, family, anchor):
    store, machine = linux
    machine.root_user = False
    typed = machine.typed(store.to_trust(anchor))
    assert typed == [f"sudo {each}" for each in expected(family, anchor, slice(0, 2))]
    assert all(step.as_root for step in store.to_trust(anchor))


def test_what_is_found(linux, family, anchor, older, stranger):
    store, machine = linux
    bundle(machine, family, stranger.pem)
    assert store.look(anchor).state == "absent"
    file_of(machine, family, anchor)
    assert store.look(anchor).state == "present"
    bundle(machine, family, stranger.pem, anchor.path.read_bytes(), older.path.read_bytes())
    found = store.look(anchor)
    assert found.state == "trusted"
    assert [(each.sha256, each.where) for each in found.others] == [(older.sha256, "")]
    assert store.place == str(machine.path(family.bundles[0]))


def test_a_missing_tool_is_named_with_its_package(computer, family, anchor):
    machine = computer()
    machine.make(f"{family.anchors}/")
    found = LinuxStore(machine, family).look(anchor)
    assert found.state == "unknown"
    assert found.cure == f"{family.install} {family.package}"


# --- what is alike in all families -----------------------------------------------------------------------

DEBIAN = FAMILIES[-1]


@pytest.fixture
def debian(computer):
    machine = computer(programs=TOOLS)
    machine.make(f"{DEBIAN.anchors}/")
    return LinuxStore(machine, DEBIAN), machine


def test_one_that_came_another_way_is_for_a_person_to_take_out(debian, anchor, stranger):
    store, machine = debian
    bundle(machine, DEBIAN, anchor.path.read_bytes())
    machine.make(f"{DEBIAN.anchors}/company.crt", stranger.pem + anchor.path.read_bytes())
    steps = store.to_untrust(store.look(anchor).held)
    assert not any("company.crt" in step.typed for step in steps)
    assert next(step for step in steps if not step.command).sentence.startswith(anchor.name)


def test_the_same_certificate_under_another_name_is_found_by_its_fingerprint(debian, anchor):
    store, machine = debian
    bundle(machine, DEBIAN, anchor.path.read_bytes())
    machine.make(f"{DEBIAN.anchors}/mine.crt", anchor.path.read_bytes())
    assert machine.typed(store.to_untrust(store.look(anchor).held))[0].endswith("/mine.crt")


def test_the_proof_is_a_handshake(debian, anchor, sample, stranger):
    store, machine = debian
    bundle(machine, DEBIAN, stranger.pem)
    refused = store.prove(anchor, sample)
    assert not refused.holds
    assert "refuses a certificate of this authority" in refused.sentence
    bundle(machine, DEBIAN, stranger.pem, anchor.path.read_bytes())
    assert store.prove(anchor, sample).holds
    assert store.prove(anchor, None).holds


def test_an_unreadable_bundle_is_said(debian, anchor, sample):
    store, _ = debian
    assert store.look(anchor).state == "unknown"
    assert "cannot be read" in store.prove(anchor, sample).sentence


def test_variables_that_lead_elsewhere_are_named(computer, anchor):
    machine = computer(programs=TOOLS, environment={"SSL_CERT_FILE": "/some/file"})
    bundle(machine, DEBIAN, anchor.path.read_bytes())
    assert "SSL_CERT_FILE is set" in LinuxStore(machine, DEBIAN).look(anchor).note


@pytest.mark.parametrize(
    ("release", "title", "command"),
    [
        ('ID=fedora\nID_LIKE="rhel centos"\n', "Red Hat", "sudo dnf install nss-tools"),
        ("ID=ubuntu\nID_LIKE=debian\n", "Debian", "sudo apt install libnss3-tools"),
        ("ID=alpine\n", "Debian", "sudo apk add libnss3-tools"),
        ("ID=manjaro\nID_LIKE=arch\n", "Arch", "sudo pacman -S nss"),
        (
            'ID="opensuse-leap"\nID_LIKE="suse opensuse"\n',
            "openSUSE",
            "sudo zypper install mozilla-nss-tools",
        ),
    ],
)
def test_the_family_by_what_it_says_of_itself(computer, release, title, command):
    machine = computer()
    machine.make("/etc/os-release", release.encode())
    assert family_of(machine).title == title
    assert installs(machine, "nss_tools") == command


def test_an_unknown_linux_has_no_store_that_is_known(computer):
    machine = computer()
    assert family_of(machine) is None
    assert installs(machine, "nss_tools") == ""
