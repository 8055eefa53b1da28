"""Where the browsers' databases are looked for, in packages of every kind."""

from __future__ import annotations

import pytest

from inspector.pki.trust_stores.browsers import nss_stores
from inspector.pki.trust_stores.stores import find


def found(machine):
    return {store.id: machine.shown([store.place]) for store in nss_stores(machine)}


def test_nothing_is_found_where_there_is_no_browser(computer):
    assert found(computer()) == {}


def test_chromium_before_146_and_since(computer):
    machine = computer()
    machine.make("~/.local/share/pki/nssdb/cert9.db")
    assert found(machine) == {"chromium": "~/.local/share/pki/nssdb"}
    machine.make("~/.pki/nssdb/cert9.db")
    assert found(machine) == {"chromium": "~/.pki/nssdb", "chromium:spare": "~/.local/share/pki/nssdb"}
    chosen = {store.id: store.chosen for store in nss_stores(machine)}
    assert chosen == {"chromium": True, "chromium:spare": False}


def test_where_data_goes_elsewhere(computer, tmp_path):
    machine = computer(environment={"XDG_DATA_HOME": str(tmp_path / "elsewhere")})
    (tmp_path / "elsewhere" / "pki" / "nssdb").mkdir(parents=True)
    assert found(machine) == {"chromium": str(tmp_path / "elsewhere" / "pki" / "nssdb")}


def test_a_chromium_that_was_never_started_gets_the_one_that_every_version_reads(computer):
    assert found(computer(programs=("google-chrome",))) == {"chromium": "~/.pki/nssdb"}


def test_snaps_and_flatpaks(computer):
    machine = computer()
    machine.make("~/snap/chromium/current/.pki/nssdb/cert9.db")
    machine.make("~/.var/app/com.google.Chrome/.pki/nssdb/cert9.db")
    machine.make("~/.var/app/org.chromium.Chromium/data/pki/nssdb/cert9.db")
    assert found(machine) == {
        "chromium:chromium": "~/snap/chromium/current/.pki/nssdb",
        "chromium:com.google.Chrome": "~/.var/app/com.google.Chrome/.pki/nssdb",
        "chromium:org.chromium.Chromium": "~/.var/app/org.chromium.Chromium/data/pki/nssdb",
    }


def test_a_snap_that_was_never_started(computer):
    machine = computer()
    machine.make("~/snap/chromium/current/")
    assert found(machine) == {"chromium:chromium": "~/snap/chromium/current/.pki/nssdb"}


INI = b"""[Install4F96D1932A9F858E]
Default=abcd.default-release

[Profile1]
Name=default
IsRelative=1
Path=abcd.default-release

[Profile0]
Name=work
IsRelative=0
Path=%s

[General]
StartWithLastProfile=1
"""


@pytest.mark.parametrize(
    "folder",
    [
        "~/.mozilla/firefox",
        "~/.config/mozilla/firefox",
        "~/snap/firefox/common/.mozilla/firefox",
        "~/.var/app/org.mozilla.firefox/.mozilla/firefox",
        "~/.var/app/org.mozilla.firefox/config/mozilla/firefox",
        "~/.librewolf",
    ],
)
def test_profiles_of_firefox(computer, folder, tmp_path):
    machine = computer()
    (tmp_path / "work profile").mkdir()
    machine.make(f"{folder}/profiles.ini", INI % str(tmp_path / "work profile").encode())
    machine.make(f"{folder}/abcd.default-release/")
    machine.make(f"{folder}/unnamed/cert9.db")
    machine.make(f"{folder}/Crash Reports/")
    assert found(machine) == {
        "firefox:abcd.default-release": f"{folder}/abcd.default-release",
        "firefox:work profile": str(tmp_path / "work profile"),
        "firefox:unnamed": f"{folder}/unnamed",
    }


@pytest.mark.parametrize(
    ("system", "folder"),
    [
        ("darwin", "~/Library/Application Support/Firefox"),
        ("win32", "~/AppData/Roaming/Mozilla/Firefox"),
    ],
)
def test_profiles_on_other_systems(computer, system, folder):
    machine = computer(system=system)
    machine.make(f"{folder}/Profiles/abcd.default/cert9.db")
    assert found(machine) == {"firefox:abcd.default": f"{folder}/Profiles/abcd.default"}


def test_a_damaged_profiles_ini_is_passed_over(computer):
    machine = computer()
    machine.make("~/.mozilla/firefox/profiles.ini", b"\xff\xfe[[[\x00")
    machine.make("~/.mozilla/firefox/abcd/cert9.db")
    assert list(found(machine)) == ["firefox:abcd"]


@pytest.mark.parametrize(
    ("system", "ids"),
    [("linux", ["system"]), ("darwin", ["login", "system"]), ("win32", ["system"])],
)
def test_the_store_of_the_system_comes_first(computer, system, ids, anchor):
    machine = computer(system=system)
    machine.make("/usr/local/share/ca-certificates/")
    assert [store.id for store in find(machine, anchor)] == ids
