from __future__ import annotations

import ssl
import subprocess

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from inspector.pki import contexts, trust
from inspector.pki.chains import chain_of, verified_chain_of
from inspector.pki.contexts import client_context, server_context
from inspector.pki.errors import TrustStoreError
from inspector.pki.leaves import Leaves
from inspector.pki.sessions import SessionCache
from inspector.pki.watch import HandshakeWatch

VERSIONS = [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]
versions = pytest.mark.parametrize("version", VERSIONS, ids=lambda version: version.name)


@pytest.fixture
def identity(authority):
    return Leaves(authority).make("example.com")


@pytest.fixture
def client(authority):
    return client_context(authority.path)


@pytest.fixture
def truststore_platform(monkeypatch):
    """As on macOS and Windows, with truststore's way for Linux behind it: what its contexts are like is the same."""
    monkeypatch.setattr(contexts.sys, "platform", "darwin")


def pem(path, *certificates):
    path.write_bytes(b"".join(each.pem for each in certificates))
    return path


# --- towards browsers ------------------------------------------------------------------------------------


@versions
def test_both_versions_are_spoken(identity, client, talk, version):
    client.maximum_version = version
    end = talk(client, identity.context).client
    assert end.version() == version.name.replace("_", ".")
    assert end.compression() is None


def test_older_versions_are_refused():
    assert server_context().minimum_version == ssl.TLSVersion.TLSv1_2
    assert client_context().minimum_version == ssl.TLSVersion.TLSv1_2


def test_the_ciphers_towards_browsers_are_mozillas_intermediate_ones_for_ecdsa():
    names = {cipher["name"] for cipher in server_context().get_ciphers()}
    assert names == {
        "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256",
        "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305",
    }  # fmt: skip


def test_the_browser_chooses_the_cipher(identity, client, talk):
    client.maximum_version = ssl.TLSVersion.TLSv1_2
    client.set_ciphers("ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES128-GCM-SHA256")
    assert talk(client, identity.context).client.cipher()[0] == "ECDHE-ECDSA-CHACHA20-POLY1305"


def test_nothing_in_common_with_alpn_still_connects(identity, authority, talk):
    client = client_context(authority.path, alpn=("h3",))
    assert talk(client, identity.context).client.selected_alpn_protocol() is None


# --- resumption ------------------------------------------------------------------------------------------


@versions
def test_a_session_is_resumed_over_memory(identity, client, talk, version):
    client.maximum_version = version
    cache = SessionCache()
    first = talk(client, identity.context)
    assert first.ask() == b"ping"
    cache.put("example.com", 443, first.client, chain_of(first.client))
    for _ in range(3):  # a session may be used again
        remembered = cache.get("example.com", 443)
        again = talk(client, identity.context, session=remembered.session)
        assert again.client.session_reused
        assert again.server.session_reused
        assert again.ask() == b"ping"
        assert remembered.chain == identity.chain
        cache.put("example.com", 443, again.client)
        assert cache.get("example.com", 443) is remembered


@versions
@pytest.mark.parametrize("watched", ["client", "server", "both"])
def test_a_session_is_resumed_when_handshakes_are_watched(authority, client, talk, version, watched):
    watch = HandshakeWatch()
    identity = Leaves(authority, watch=watch if watched != "client" else None).make("example.com")
    if watched != "server":
        watch.put_on(client)
    client.maximum_version = version
    first = talk(client, identity.context)
    watch.take_off(first.client)
    watch.take_off(first.server)
    first.ask()
    again = talk(client, identity.context, session=first.client.session)
    assert again.client.session_reused


def test_a_ticket_comes_after_the_handshake_in_tls13(identity, client, talk, monkeypatch):
    identity.context.num_tickets = 0
    cache = SessionCache()
    pair = talk(client, identity.context)
    pair.ask()
    cache.put("example.com", 443, pair.client)
    assert cache.get("example.com", 443) is None


def test_a_session_is_dropped_when_its_time_is_over(identity, client, talk):
    now = [0.0]
    cache = SessionCache(clock=lambda: now[0])
    pair = talk(client, identity.context)
    pair.ask()
    cache.put("example.com", 443, pair.client)
    session = pair.client.session
    now[0] = session.time + session.timeout - 1.0
    assert cache.get("example.com", 443)
    now[0] += 2
    assert cache.get("example.com", 443) is None
    assert len(cache) == 0


def test_sessions_are_kept_apart_and_limited(identity, client, talk):
    cache = SessionCache(limit=2)
    pair = talk(client, identity.context)
    pair.ask()
    cache.put("a.test", 443, pair.client)
    cache.put("a.test", 8443, pair.client)
    assert cache.get("a.test", 443)
    cache.put("b.test", 443, pair.client)
    assert cache.get("a.test", 8443) is None
    assert cache.get("a.test", 443)
    cache.forget("a.test", 443)
    cache.forget("a.test", 443)
    assert cache.get("a.test", 443) is None


def test_a_refused_session_is_replaced_by_the_new_one(authority, client, talk):
    cache = SessionCache()
    pair = talk(client, Leaves(authority).make("example.com").context)
    pair.ask()
    cache.put("example.com", 443, pair.client)
    stale = cache.get("example.com", 443)
    # The server started anew, and no longer knows its tickets.
    pair = talk(client, Leaves(authority).make("example.com").context, session=stale.session)
    assert not pair.client.session_reused
    pair.ask()
    cache.put("example.com", 443, pair.client)
    assert cache.get("example.com", 443) is not stale


# --- towards sites ---------------------------------------------------------------------------------------


def test_a_name_is_verified(identity, client, talk):
    with pytest.raises(ssl.SSLCertVerificationError) as refused:
        talk(client, identity.context, "other.test")
    assert refused.value.verify_code == 62


def test_an_address_is_verified(authority, client, talk):
    identity = Leaves(authority).make("127.0.0.1")
    talk(client, identity.context, "127.0.0.1")
    with pytest.raises(ssl.SSLCertVerificationError) as refused:
        talk(client, identity.context, "127.0.0.2")
    assert refused.value.verify_code == 64


def test_a_common_name_is_not_looked_at(forge, talk, tmp_path):
    root = forge("Root", ca=True)
    leaf = forge("example.com", by=root)
    with pytest.raises(ssl.SSLCertVerificationError):
        talk(client_context(pem(tmp_path / "ca.pem", root)), leaf.context())


def test_the_systems_store_stays_beside_the_extra_file(authority):
    assert (
        client_context(authority.path).cert_store_stats()["x509_ca"]
        > client_context().cert_store_stats()["x509_ca"] - 1
    )
    assert authority.der in client_context(authority.path).get_ca_certs(binary_form=True)


def test_unverified_takes_anything(forge, talk):
    leaf = forge("whoever", days=1, since=-10)
    assert talk(client_context(verify=False), leaf.context(), "example.com").ask() == b"ping"


def test_unverified_takes_weak_keys_too(forge, talk):
    leaf = forge("old", key=rsa.generate_private_key(65537, 1024))
    assert talk(client_context(verify=False), leaf.context(), "example.com").ask() == b"ping"


@pytest.mark.parametrize("given", ["root", "intermediate", "leaf"])
def test_whatever_is_given_is_trusted_as_it_is(forge, talk, tmp_path, given):
    root = forge("Root", ca=True)
    intermediate = forge("Intermediate", by=root, ca=True)
    leaf = forge("leaf", by=intermediate, names=["example.com"])
    extra = {"root": root, "intermediate": intermediate, "leaf": leaf}[given]
    talk(client_context(pem(tmp_path / "extra.pem", extra)), leaf.context(intermediate))


def test_a_private_authority_without_key_identifiers_is_accepted_as_by_browsers(forge, talk, tmp_path):
    root = forge("Old company CA", ca=True, identifiers=False)
    leaf = forge("leaf", by=root, names=["example.com"], identifiers=False)
    talk(client_context(pem(tmp_path / "ca.pem", root)), leaf.context())


@pytest.mark.parametrize(
    "suite", ["ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-SHA", "AES128-GCM-SHA256", "AES256-SHA"]
)
def test_what_browsers_still_offer_is_offered(forge, talk, tmp_path, suite):
    root = forge("Root", ca=True)
    leaf = forge("leaf", by=root, names=["example.com"], key=rsa.generate_private_key(65537, 2048))
    server = leaf.context()
    server.maximum_version = ssl.TLSVersion.TLSv1_2
    server.set_ciphers(suite)
    assert talk(client_context(pem(tmp_path / "ca.pem", root)), server).client.cipher()[0] == suite


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read"),
        (b"", "no certificate"),
        (b"hello", "no certificate"),
        (b"\x30\x82\x01", "openssl x509"),
    ],
)
def test_an_extra_file_that_wont_do_is_said_with_the_cure(tmp_path, content, said):
    path = tmp_path / "extra.pem"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(TrustStoreError, match=said):
        client_context(path)


def test_openssl_s_client_is_content(authority, identity, tmp_path):
    """One real socket: a foreign client against our context."""
    import socket
    import threading

    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve():
            raw, _ = listener.accept()
            with identity.context.wrap_socket(raw, server_side=True) as end:
                end.sendall(b"hello\n")

        thread = threading.Thread(target=serve)
        thread.start()
        done = subprocess.run(
            ["openssl", "s_client", "-connect", f"127.0.0.1:{listener.getsockname()[1]}", "-servername", "example.com",
             "-verify_return_error", "-verify_hostname", "example.com", "-x509_strict", "-CAfile", authority.path,
             "-alpn", "http/1.1", "-ign_eof"],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30, check=False,
        )  # fmt: skip
        thread.join()
    assert "Verification: OK" in done.stdout
    assert "ALPN protocol: http/1.1" in done.stdout
    assert "hello" in done.stdout


# --- trust stores ----------------------------------------------------------------------------------------


def test_the_trust_store_has_a_name(tmp_path, monkeypatch):
    assert "/" in trust.trust_store()
    assert trust.trust_store(tmp_path / "extra.pem").endswith(f"and {tmp_path / 'extra.pem'}")
    for platform, word in (("darwin", "Keychain"), ("win32", "Windows")):
        monkeypatch.setattr(trust.sys, "platform", platform)
        assert word in trust.trust_store()


def test_ssl_cert_file_counts_unless_it_is_our_own(authority, forge, tmp_path, monkeypatch):
    company = forge("Company", ca=True)
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    monkeypatch.setenv("SSL_CERT_FILE", str(pem(tmp_path / "company.pem", company)))
    assert client_context(own_ca=authority.path).get_ca_certs(binary_form=True) == [company.der]
    assert str(tmp_path / "company.pem") in trust.trust_store(own_ca=authority.path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.path))
    monkeypatch.setattr(trust, "_ROOTS", (str(tmp_path / "company.pem"),))
    assert client_context(own_ca=authority.path).get_ca_certs(binary_form=True) == [company.der]
    assert str(tmp_path / "company.pem") in trust.trust_store(own_ca=authority.path)


def test_where_openssl_looks_in_vain_the_distributions_places_are_tried(forge, tmp_path, monkeypatch):
    company = forge("Company", ca=True)
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "absent.pem"))
    monkeypatch.setattr(trust, "_ROOTS", ("/nowhere.pem", str(pem(tmp_path / "roots.pem", company))))
    assert client_context().get_ca_certs(binary_form=True) == [company.der]
    monkeypatch.setattr(trust, "_ROOTS", ())
    assert client_context().get_ca_certs() == []
    assert "empty" in trust.trust_store()
    (tmp_path / "0a1b2c3d.0").write_bytes(company.pem)
    assert trust._roots_of_linux(None) == "default"


# --- truststore ------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("truststore_platform")
@versions
def test_truststore_verifies_over_memory_and_can_be_watched(authority, identity, talk, version):
    client = client_context(authority.path)
    assert type(client).__module__.startswith("truststore")
    client.maximum_version = version
    watch = HandshakeWatch()
    watch.put_on(client)
    pair = talk(client, identity.context)
    assert [each.type for each in watch.take_off(pair.client)][:2] == [1, 2]
    assert pair.ask() == b"ping"
    assert chain_of(pair.client) == identity.chain
    with pytest.raises(ssl.SSLCertVerificationError):
        talk(client, identity.context, "other.test")


@pytest.mark.usefixtures("truststore_platform")
def test_truststores_sessions_are_not_kept_since_a_resumed_connection_shows_no_chain_to_judge(
    authority, identity, talk
):
    pair = talk(client_context(authority.path), identity.context)
    pair.ask()
    cache = SessionCache()
    cache.put("example.com", 443, pair.client)
    assert len(cache) == 0


@versions
def test_a_resumed_connection_shows_no_chain(identity, client, talk, version):
    """What the session cache keeps the chain for; if this fails one day, it need not."""
    client.maximum_version = version
    pair = talk(client, identity.context)
    pair.ask()
    assert chain_of(pair.client) == identity.chain
    assert verified_chain_of(pair.client) == identity.chain
    again = talk(client, identity.context, session=pair.client.session)
    assert chain_of(again.client) == ()
