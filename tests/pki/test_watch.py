from __future__ import annotations

import gc
import ssl
import weakref

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.pki.chains import chain_of, chain_seen
from inspector.pki.contexts import client_context
from inspector.pki.leaves import Leaves
from inspector.pki.watch import ALERT, HANDSHAKE, HandshakeWatch, Seen, sender
from inspector.wire.tls import certificates

VERSIONS = [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]
versions = pytest.mark.parametrize("version", VERSIONS, ids=lambda version: version.name)

HELLO, SERVER_HELLO, TICKET, CERTIFICATE, FINISHED = 1, 2, 4, 11, 20


@pytest.fixture
def watch():
    return HandshakeWatch()


@pytest.fixture
def leaves(authority, watch):
    return Leaves(authority, watch=watch)


@pytest.fixture
def client(authority, watch):
    context = client_context(authority.path)
    watch.put_on(context)
    return context


def types(seen):
    return [(sender(each, server_side=False), each.type) for each in seen]


@versions
def test_the_messages_of_a_handshake_in_order(client, leaves, watch, talk, version):
    client.maximum_version = version
    pair = talk(client, leaves.make("example.com").context)
    seen = watch.take_off(pair.client)
    said = types(seen)
    assert said[:2] == [("client", HELLO), ("server", SERVER_HELLO)]
    assert ("server", CERTIFICATE) in said
    assert {("client", FINISHED), ("server", FINISHED)} <= set(said)
    assert all(each.content == HANDSHAKE and each.size >= 4 for each in seen)
    assert [each.at for each in seen] == sorted(each.at for each in seen)
    assert seen[0].size == next(each.size for each in watch.take_off(pair.server))


@versions
def test_both_ends_see_the_same_messages(client, leaves, watch, talk, version):
    client.maximum_version = version
    pair = talk(client, leaves.make("example.com").context)
    ours = [(each.type, each.size) for each in watch.take_off(pair.client)]
    theirs = [(each.type, each.size) for each in watch.take_off(pair.server)]
    assert set(ours) <= set(theirs)
    assert {type for type, _ in set(theirs) - set(ours)} <= {TICKET}


@versions
def test_after_it_was_taken_off_nothing_more_is_seen(client, leaves, watch, talk, version):
    client.maximum_version = version
    pair = talk(client, leaves.make("example.com").context)
    assert watch.take_off(pair.client)
    assert watch.take_off(pair.server)
    assert pair.ask() == b"ping"  # TLS 1.3: two tickets arrive
    assert watch.take_off(pair.client) == ()
    assert watch.take_off(pair.server) == ()
    assert "_inspector_seen" not in vars(pair.client)


def test_left_on_it_sees_the_tickets(client, leaves, watch, talk):
    pair = talk(client, leaves.make("example.com").context)
    pair.ask()
    assert [each.type for each in watch.take_off(pair.client)].count(TICKET) == 2


def test_taking_it_off_one_leaves_it_on_the_others(client, leaves, watch, talk, half_open):
    context = leaves.make("example.com").context
    waiting = half_open(client, context)
    done = talk(client, context)
    watch.take_off(done.client)
    watch.take_off(done.server)
    waiting.handshake()
    assert types(watch.take_off(waiting.client))[-1] == ("client", FINISHED)
    assert watch.take_off(waiting.server)
    assert watch.take_off(talk(client, context).client)


def test_connections_that_share_a_context_are_kept_apart(client, leaves, watch, half_open):
    context = leaves.make("example.com").context
    pairs = [half_open(client, context) for _ in range(5)]
    for pair in pairs:
        with pytest.raises(ssl.SSLWantReadError):
            pair.client.do_handshake()
    for pair in pairs:
        pair.handshake()
    for pair in pairs:
        said = types(watch.take_off(pair.client))
        assert said.count(("client", HELLO)) == 1
        assert said.count(("client", FINISHED)) == 1


def test_what_was_seen_dies_with_the_connection(client, leaves, talk):
    pair = talk(client, leaves.make("example.com").context)
    gone = weakref.ref(pair.client)
    del pair
    gc.collect()
    assert gone() is None


@versions
def test_the_chain_is_seen_also_where_it_was_refused(authority, leaves, watch, half_open, version):
    suspicious = client_context()
    suspicious.maximum_version = version
    watch.put_on(suspicious)
    identity = leaves.make("example.com")
    pair = half_open(suspicious, identity.context)
    with pytest.raises(ssl.SSLCertVerificationError):
        pair.handshake()
    seen = watch.take_off(pair.client)
    assert chain_seen(seen) == identity.chain
    alerts = [(sender(each, server_side=False), each.type) for each in seen if each.content == ALERT]
    assert alerts == [("client", 48)]  # unknown_ca


def test_a_clients_alert_is_seen_by_the_server(leaves, watch, half_open):
    pair = half_open(client_context(), leaves.make("example.com").context)
    with pytest.raises(ssl.SSLCertVerificationError):
        pair.handshake()
    with pytest.raises(ssl.SSLError, match="UNKNOWN_CA"):
        pair.server.do_handshake()
    alerts = [each for each in watch.take_off(pair.server) if each.content == ALERT]
    assert [(sender(each, server_side=True), each.type) for each in alerts] == [("client", 48)]


@versions
def test_a_whole_chain_is_seen(forge, watch, talk, tmp_path, version):
    root = forge("Root", ca=True)
    intermediate = forge("Intermediate", by=root, ca=True)
    leaf = forge("leaf", by=intermediate, names=["example.com"])
    (tmp_path / "ca.pem").write_bytes(root.pem)
    client = client_context(tmp_path / "ca.pem")
    client.maximum_version = version
    watch.put_on(client)
    pair = talk(client, leaf.context(intermediate))
    assert chain_seen(watch.take_off(pair.client)) == (leaf.der, intermediate.der) == chain_of(pair.client)


def test_without_the_hook_nothing_is_seen_and_all_works(authority, talk, monkeypatch):
    from inspector.pki import watch as module

    monkeypatch.setattr(module, "_HOOK", None)
    watch = HandshakeWatch()
    client = client_context(authority.path)
    watch.put_on(client)
    pair = talk(client, Leaves(authority, watch=watch).make("example.com").context)
    assert watch.take_off(pair.client) == ()
    assert pair.ask() == b"ping"


def test_a_peer_that_sends_messages_without_end_is_not_kept_without_end(authority, watch, talk):
    client = client_context(authority.path)
    watch.put_on(client)
    pair = talk(client, Leaves(authority).make("example.com").context)
    for _ in range(1000):
        watch._saw(pair.client, "read", 0x0304, HANDSHAKE, TICKET, b"\x04\0\0\0")
    assert len(watch.take_off(pair.client)) == 64


@given(st.binary(max_size=200), st.booleans())
def test_any_certificate_message_is_read_without_error(body, tls13):
    for der in certificates(b"\x0b" + len(body).to_bytes(3, "big") + body, tls13):
        assert der in body


@given(
    st.lists(st.binary(min_size=1, max_size=50), min_size=1, max_size=5),
    st.binary(max_size=10),
    st.binary(max_size=3),
)
def test_certificate_messages_are_read_back(chain, extensions, context):
    def sized(data, width):
        return len(data).to_bytes(width, "big") + data

    old = sized(b"".join(sized(der, 3) for der in chain), 3)
    new = sized(context, 1) + sized(b"".join(sized(der, 3) + sized(extensions, 2) for der in chain), 3)
    assert certificates(b"\x0b" + sized(old, 3), False) == tuple(chain)
    assert certificates(b"\x0b" + sized(new, 3), True) == tuple(chain)


def test_no_certificate_message_no_chain():
    assert chain_seen(()) == ()
    assert (
        chain_seen((Seen(True, HANDSHAKE, CERTIFICATE, 10, 0.0, 0x0304, b"\x0b\0\0\x06\0\0\0\x02ab"),)) == ()
    )
