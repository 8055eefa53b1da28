"""NSS databases: with the real certutil, since only that knows whether one believes; and without it, what can still be read."""

from __future__ import annotations

import pytest

from inspector.pki.trust_stores import acts
from inspector.pki.trust_stores.nss import NssStore


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "profile"


@pytest.fixture
def database(folder, certutil):
    folder.mkdir()
    certutil(folder, "-N", "--empty-password")
    return folder


def store_of(machine, folder, **more):
    return NssStore(
        machine,
        "firefox:x",
        "Firefox's profile x",
        "Firefox",
        folder,
        "sudo apt install libnss3-tools",
        **more,
    )


@pytest.fixture
def store(real, folder):
    return store_of(real, folder)


pytestmark = pytest.mark.clients


def test_there_and_back_again_from_a_profile_that_has_none(store, real, folder, anchor, certutil):
    assert store.look(anchor).state == "absent"
    done = acts.trust(store, anchor, None, real)
    assert done.proof.holds, done
    assert "NSS accepts it" in done.proof.sentence
    assert store.look(anchor).state == "trusted"
    assert f"{anchor.name} " in certutil(folder, "-L")
    assert folder.stat().st_mode & 0o777 == 0o700
    gone = acts.untrust(store, anchor, lambda held: held.current, real)
    assert gone.proof.holds
    assert "Inspector" not in certutil(folder, "-L")


def test_it_is_for_sites_and_for_nothing_else(store, real, folder, anchor, certutil):
    acts.trust(store, anchor, None, real)
    row = next(line for line in certutil(folder, "-L").splitlines() if "Inspector" in line)
    assert row.split()[-1] == "C,,"


def test_one_that_is_there_without_being_believed_is_set_to_be(store, real, database, anchor, certutil):
    certutil(database, "-A", "-n", "imported by hand", "-t", ",,", "-i", anchor.path)
    found = store.look(anchor)
    assert (found.state, found.held[0].where) == ("present", "imported by hand")
    assert not store.prove(anchor, None).holds
    [step] = store.to_trust(anchor)
    assert step.command[-4:] == ("-n", "imported by hand", "-t", "C,,")
    assert acts.trust(store, anchor, None, real).proof.holds


def test_it_is_found_and_taken_out_by_its_fingerprint_whatever_it_is_called(
    store, real, database, anchor, certutil
):
    certutil(database, "-A", "-n", "mine", "-t", "CT,C,C", "-i", anchor.path)
    assert store.look(anchor).state == "trusted"
    assert acts.untrust(store, anchor, lambda held: held.current, real).proof.holds
    assert "mine" not in certutil(database, "-L")


def test_older_ones_and_others_stay(  # noqa: PLR0917 (fixtures)
    store, real, database, anchor, older, stranger, tmp_path, certutil
):
    (tmp_path / "stranger.pem").write_bytes(stranger.pem)
    for name, path in (
        ("Some Root", tmp_path / "stranger.pem"),
        (older.name, older.path),
        (anchor.name, anchor.path),
    ):
        certutil(database, "-A", "-n", name, "-t", "C,,", "-i", path)
    assert [each.sha256 for each in store.look(anchor).others] == [older.sha256]
    acts.untrust(store, anchor, lambda held: held.current, real)
    listing = certutil(database, "-L")
    assert older.name in listing
    assert "Some Root" in listing
    assert anchor.name not in listing
    acts.untrust(store, anchor, lambda _: True, real)
    assert certutil(database, "-L").count("C,,") == 1


def test_a_database_that_is_none_is_said(store, folder, anchor):
    folder.mkdir()
    (folder / "cert9.db").write_bytes(b"not a database, but long enough to be looked at as one" * 30)
    assert store.look(anchor).state == "unknown"


def test_without_the_tool_it_is_still_read(computer, database, anchor, certutil):
    machine = computer()
    store = store_of(machine, database)
    found = store.look(anchor)
    assert (found.state, found.cure) == ("absent", "sudo apt install libnss3-tools")
    certutil(database, "-A", "-n", "mine", "-t", "C,,", "-i", anchor.path)
    assert store.look(anchor).state == "unknown"
    assert store.look(anchor).held[0].current


@pytest.mark.parametrize("system", ["win32", "darwin"])
def test_where_firefox_believes_the_system_that_is_said(computer, folder, anchor, system):
    store = store_of(computer(system=system, programs=("certutil",) if system == "win32" else ()), folder)
    assert "Firefox believes what the system believes" in store.look(anchor).note


def test_the_commands(computer, folder, anchor):
    machine = computer(programs=("certutil",))
    typed = machine.typed(store_of(machine, folder).to_trust(anchor))
    assert typed == [
        f"mkdir -p -m 0700 {folder}",
        f"/bin/certutil -d sql:{folder} -N --empty-password",
        f"/bin/certutil -d sql:{folder} -A -n {anchor.name} -t C,, -i {anchor.path}",
    ]
