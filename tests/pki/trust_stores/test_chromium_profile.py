"""What a person imported in the browser itself: found in every profile, and left to the browser to delete."""

from __future__ import annotations

import sqlite3

import pytest

from inspector.pki.trust_stores import acts
from inspector.pki.trust_stores.chromium import chromium_profiles

TABLE = "CREATE TABLE certificates(sha256hash_hex TEXT PRIMARY KEY, der_cert BLOB NOT NULL, trust_settings BLOB NOT NULL)"


def database(machine, place, *ders):
    path = machine.make(place)
    path.unlink()
    with sqlite3.connect(path) as connection:
        connection.execute(TABLE)
        connection.executemany(
            "INSERT INTO certificates VALUES (?, ?, x'')", [(der.hex(), der) for der in ders]
        )
    connection.close()
    return path


@pytest.mark.parametrize(
    ("system", "place"),
    [
        ("linux", "~/.config/chromium/Default/ServerCertificate"),
        ("linux", "~/.config/BraveSoftware/Brave-Browser/Profile 1/ServerCertificate"),
        ("linux", "~/snap/chromium/common/chromium/Default/ServerCertificate"),
        ("linux", "~/.var/app/com.google.Chrome/config/google-chrome/Default/ServerCertificate"),
        ("darwin", "~/Library/Application Support/Google/Chrome/Default/ServerCertificate"),
        ("win32", "~/AppData/Local/Google/Chrome/User Data/Default/ServerCertificate"),
    ],
)
def test_it_is_found_wherever_profiles_are(computer, anchor, stranger, system, place):
    machine = computer(system=system)
    path = database(machine, place, stranger.der, anchor.der)
    [profile] = chromium_profiles(machine, anchor)
    assert profile.place == str(path)
    assert profile.look(anchor).state == "present"
    assert not profile.chosen


def test_profiles_without_one_of_ours_are_not_worth_a_line(computer, anchor, stranger):
    machine = computer()
    database(machine, "~/.config/chromium/Default/ServerCertificate", stranger.der)
    assert list(chromium_profiles(machine, anchor)) == []


def test_only_a_person_can_take_it_out_and_nothing_else_is_claimed(computer, anchor, older):
    machine = computer()
    database(machine, "~/.config/chromium/Default/ServerCertificate", anchor.der, older.der)
    [profile] = chromium_profiles(machine, anchor)
    [plan] = acts.plan_untrust((profile,), anchor, lambda held: held.current)
    assert "chrome://certificate-manager" in plan.by_hand[0].sentence
    outcome = acts.untrust(profile, anchor, lambda held: held.current, machine)
    assert not outcome.proof.holds
    assert anchor.name in outcome.proof.sentence
    assert machine.ran == []
    assert not profile.to_trust(anchor)[0].command


def test_a_database_of_another_make_is_said(computer, anchor):
    machine = computer()
    machine.make("~/.config/chromium/Default/ServerCertificate", b"garbage" * 200)
    assert list(chromium_profiles(machine, anchor)) == []
