"""Windows, on a computer that only notes what it is asked. Not run on Windows."""

from __future__ import annotations

import pytest

from inspector.pki.trust_stores.model import Proof
from inspector.pki.trust_stores.windows import WindowsStore, roots

CERTUTIL = r"C:\Windows\System32\certutil.exe"


@pytest.fixture
def listed():
    return []


@pytest.fixture
def store(computer, listed):
    machine = computer(system="win32", environment={"SystemRoot": r"C:\Windows"})
    return WindowsStore(machine, lambda: listed, lambda _: Proof(bool(listed), "judged"))


def test_the_command_that_adds_it(store, anchor):
    [step] = store.to_trust(anchor)
    assert step.command == (CERTUTIL, "-user", "-addstore", "Root", str(anchor.path))
    assert not step.as_root


def test_the_command_that_takes_it_out_goes_by_the_thumbprint(store, listed, anchor, older):
    listed += [anchor.der, older.der]
    held = store.look(anchor).held
    assert [step.command for step in store.to_untrust(held)] == [
        (CERTUTIL, "-user", "-delstore", "Root", each.sha1) for each in held
    ]
    assert all(len(each.sha1) == 40 for each in held)


def test_what_is_found(store, listed, anchor, older, stranger):
    listed += [stranger.der, older.der]
    found = store.look(anchor)
    assert (found.state, [each.name for each in found.others]) == ("absent", [older.name])
    listed.append(anchor.der)
    assert store.look(anchor).state == "trusted"


def test_windows_is_asked_for_the_proof(store, listed, anchor, sample):
    assert not store.prove(anchor, sample).holds
    assert not store.prove(anchor, None).holds
    listed.append(anchor.der)
    assert store.prove(anchor, sample).holds
    assert store.prove(anchor, None).holds


def test_elsewhere_there_is_nothing_to_list():
    assert list(roots()) == []
