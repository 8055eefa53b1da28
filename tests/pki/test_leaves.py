from __future__ import annotations

import os
import ssl
import sys
import threading
import time

import pytest
from cryptography import x509

from inspector.pki.authority import Authority
from inspector.pki.chains import chain_of
from inspector.pki.constraints import Scope
from inspector.pki.contexts import client_context
from inspector.pki.errors import AuthorityExpired, BadName
from inspector.pki.leaves import Leaves

DAY = 86400


class Clock:
    def __init__(self):
        self.now = time.time()

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def leaves(tmp_path, clock):
    return Leaves(Authority.load_or_create(tmp_path / "certs", clock=clock), limit=3, clock=clock)


@pytest.fixture
def minted(leaves, monkeypatch):
    """Which names were minted, in order."""
    seen = []
    genuine = Leaves._mint

    def spy(self, name):
        seen.append(name)
        return genuine(self, name)

    monkeypatch.setattr(Leaves, "_mint", spy)
    return seen


def test_nothing_is_ready_before_it_was_made(leaves):
    assert leaves.ready("example.com") is None
    made = leaves.make("example.com")
    assert leaves.ready("example.com") is made
    assert leaves.make("example.com") is made


def test_every_spelling_of_a_name_is_one_identity(leaves, minted):
    made = leaves.make("Bücher.Example.")
    assert leaves.ready("xn--bcher-kva.example") is made
    assert leaves.ready("BÜCHER.example") is made
    assert leaves.make("[0:0:0::1]") is leaves.make("::1")
    assert minted == ["xn--bcher-kva.example", "::1"]


def test_the_chain_to_show_ends_with_the_authority(leaves):
    identity = leaves.make("example.com")
    leaf, authority = (x509.load_der_x509_certificate(der) for der in identity.chain)
    leaf.verify_directly_issued_by(authority)


def test_below_alone_the_root_is_not_sent_and_whoever_has_it_believes_all_the_same(tmp_path, talk):
    authority = Authority.load_or_create(tmp_path / "certs")
    leaves = Leaves(authority, alone="alone.inspector.test")
    name = "x.alone.inspector.test"
    talk(client_context(authority.path), leaves.make(name).context, name)
    watching = client_context(verify=False)
    assert len(chain_of(talk(watching, leaves.make(name).context, name).client)) == 1
    assert (
        len(chain_of(talk(watching, leaves.make("x.inspector.test").context, "x.inspector.test").client)) == 2
    )


def test_below_alone_an_intermediate_is_still_sent(tmp_path, talk):
    practice = Authority.create(tmp_path / "certs", Scope.parse(""))
    leaves = Leaves(practice, alone="alone.inspector.test")
    name = "x.alone.inspector.test"
    assert len(chain_of(talk(client_context(practice.path), leaves.make(name).context, name).client)) == 2


def test_the_authority_is_served_behind_the_leaf(leaves, talk):
    identity = leaves.make("example.com")
    context = client_context(verify=False)
    end = talk(context, identity.context).client
    # Chromium finds the key that --ignore-certificate-errors-spki-list names only among what it was sent
    assert end.getpeercert(binary_form=True) == identity.chain[0]
    from inspector.pki.chains import chain_of

    assert chain_of(end) == identity.chain


@pytest.mark.parametrize(
    "name", ["example.com", "my_app.test", "127.0.0.1", "::1", "a" * 63 + ".example.com", "localhost"]
)
def test_a_client_that_trusts_the_authority_is_content(leaves, talk, name):
    end = talk(client_context(leaves._authority.path), leaves.make(name).context, name).client
    assert end.selected_alpn_protocol() == "http/1.1"


@pytest.mark.parametrize("name", ["", "x" * 255, "a b", "\x00", "*.example.com", "1.2.3"])
def test_a_name_that_wont_do(leaves, name):
    assert leaves.ready(name) is None
    with pytest.raises(BadName):
        leaves.make(name)
    assert leaves._making == {}


def test_the_longest_unused_goes_first(leaves):
    for name in ("a.test", "b.test", "c.test"):
        leaves.make(name)
    leaves.ready("a.test")
    leaves.make("d.test")
    assert len(leaves) == 3
    assert leaves.ready("b.test") is None
    assert leaves.ready("a.test")


def test_it_is_made_anew_well_before_it_expires(leaves, clock):
    first = leaves.make("example.com")
    clock.now += 32 * DAY
    assert leaves.ready("example.com") is first
    clock.now += 2 * DAY
    assert leaves.ready("example.com") is None
    again = leaves.make("example.com")
    assert again.chain[0] != first.chain[0]
    assert leaves.ready("example.com") is again
    assert len(leaves) == 1


def test_a_clock_set_back_makes_it_anew(leaves, clock):
    clock.now += 10 * DAY
    leaves.make("example.com")
    clock.now -= 5 * DAY
    assert leaves.ready("example.com") is None
    assert leaves.make("example.com").starts <= clock.now


def test_near_its_own_end_the_authority_still_makes_leaves_once(leaves, clock, minted):
    clock.now += 728.9 * DAY
    leaves.make("example.com")
    leaves.make("example.com")
    assert minted == ["example.com"]
    clock.now += DAY
    with pytest.raises(AuthorityExpired):
        leaves.make("example.com")


def test_a_hundred_threads_make_a_name_once(leaves, minted):
    gate = threading.Barrier(100)
    found = []

    def ask():
        gate.wait()
        found.append(leaves.make("example.com"))

    threads = [threading.Thread(target=ask) for _ in range(100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert minted == ["example.com"]
    assert len({id(each) for each in found}) == 1
    assert len(found) == 100


def test_a_failure_reaches_everyone_who_waits_and_is_not_kept(leaves, monkeypatch):
    genuine, began, go = Leaves._mint, threading.Event(), threading.Event()

    def fail(self, name):
        began.set()
        go.wait()
        raise OSError("disk full")

    monkeypatch.setattr(Leaves, "_mint", fail)
    failures = []

    def ask():
        try:
            leaves.make("example.com")
        except OSError as error:
            failures.append(str(error))

    first = threading.Thread(target=ask)
    first.start()
    began.wait()
    promise = leaves._making["example.com"]
    second = threading.Thread(target=ask)
    second.start()
    go.set()
    first.join()
    second.join()
    assert failures == ["disk full", "disk full"]
    assert promise.done()
    monkeypatch.setattr(Leaves, "_mint", genuine)
    assert leaves.make("example.com")


def test_different_names_are_made_side_by_side(leaves):
    threads = [threading.Thread(target=leaves.make, args=(f"h{number}.test",)) for number in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(leaves) == 3
    assert leaves._making == {}


def test_one_key_for_all_within_a_start_and_another_after_it(leaves):
    keys = {
        x509.load_der_x509_certificate(source.make(name).chain[0]).public_key().public_numbers().x
        for source in (leaves, Leaves(leaves._authority))
        for name in ("a.test", "b.test")
    }
    assert len(keys) == 2


def test_h2_can_join(leaves, talk):
    source = Leaves(leaves._authority, alpn=("h2", "http/1.1"))
    client = client_context(leaves._authority.path, alpn=("http/1.1", "h2"))
    assert talk(client, source.make("example.com").context).server.selected_alpn_protocol() == "h2"


@pytest.mark.skipif(not hasattr(os, "memfd_create"), reason="Linux")
def test_making_opens_no_file_for_writing(leaves):
    opened = []
    watching = True

    def hook(event, arguments):
        if watching and event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            opened.append(arguments[0])

    sys.addaudithook(hook)
    try:
        leaves.make("example.com")
    finally:
        watching = False
    assert opened == []


def test_a_leaf_of_another_authority_is_refused(leaves, talk, tmp_path):
    other = Authority.load_or_create(tmp_path / "other")
    with pytest.raises(ssl.SSLCertVerificationError):
        talk(client_context(other.path), leaves.make("example.com").context)
