"""macOS, on a computer that only notes what it is asked. Not run on a Mac."""

from __future__ import annotations

import pytest

from inspector.pki.trust_stores.machine import Done
from inspector.pki.trust_stores.macos import KEYCHAINS, KeychainStore
from inspector.pki.trust_stores.model import Proof

FIND = "/usr/bin/security find-certificate"
VERIFY = "/usr/bin/security verify-cert"
FILES = {"login": "~/Library/Keychains/login.keychain-db", "system": "/Library/Keychains/System.keychain"}


@pytest.fixture
def mac(computer):
    return computer(system="darwin")


@pytest.fixture
def stores(mac):
    judged = []

    def judge(sample):
        judged.append(sample)
        return Proof(True, "The system accepts it.")

    made = {keychain.id: KeychainStore(mac, keychain, judge) for keychain in KEYCHAINS}
    made["judged"] = judged
    return made


def holding(mac, *anchors, code=0):
    mac.answers[FIND] = Done(0, "", "".join(each.path.read_text() for each in anchors))
    mac.answers[VERIFY] = Done(code, "")


def test_the_command_that_adds_it_to_the_login_keychain(mac, stores, anchor):
    assert mac.typed(stores["login"].to_trust(anchor)) == [
        f"/usr/bin/security add-trusted-cert -r trustRoot -k {FILES['login']} {anchor.path}"
    ]


def test_for_the_whole_mac_it_takes_root_and_is_not_chosen_by_itself(mac, stores, anchor):
    mac.root_user = False
    assert mac.typed(stores["system"].to_trust(anchor)) == [
        f"sudo /usr/bin/security add-trusted-cert -d -r trustRoot -k {FILES['system']} {anchor.path}"
    ]
    assert (stores["login"].chosen, stores["system"].chosen) == (True, False)


def test_the_commands_that_take_it_out(mac, stores, anchor, older):
    holding(mac, anchor, older)
    held = stores["login"].look(anchor).held
    assert mac.typed(stores["login"].to_untrust(held)) == [
        f"/usr/bin/security delete-certificate -Z {each.sha1} -t {FILES['login']}" for each in held
    ]
    # the settings of the whole Mac go first, by the certificate at hand
    assert mac.typed(stores["system"].to_untrust(held[:1])) == [
        f"/usr/bin/security remove-trusted-cert -d {anchor.path}",
        f"/usr/bin/security delete-certificate -Z {held[0].sha1} -t {FILES['system']}",
    ]


def test_what_is_found(mac, stores, anchor, older):
    login = stores["login"]
    holding(mac, older)
    found = login.look(anchor)
    assert (found.state, [each.sha256 for each in found.others]) == ("absent", [older.sha256])
    holding(mac, anchor)
    assert login.look(anchor).state == "trusted"
    assert mac.ran[-2:] == [
        f"/usr/bin/security find-certificate -a -p {FILES['login']}",
        f"/usr/bin/security verify-cert -q -l -L -c {anchor.path}",
    ]
    holding(mac, anchor, code=1)
    assert login.look(anchor).state == "present"
    mac.answers[FIND] = Done(44, "The specified keychain could not be found.")
    assert login.look(anchor).state == "unknown"


def test_the_system_is_asked_for_the_proof(mac, stores, anchor, sample):
    assert stores["login"].prove(anchor, sample).holds
    assert stores["judged"] == [sample]
    holding(mac, anchor)
    assert stores["login"].prove(anchor, None).holds
