"""What the system trusts, and our authority besides, in the forms that other programs read."""

from __future__ import annotations

import shutil
import ssl
import subprocess

import pytest
from cryptography.hazmat.primitives.serialization import pkcs12

from inspector.pki import bundle
from inspector.pki.authority import Authority


@pytest.fixture
def authority(tmp_path):
    return Authority.load_or_create(tmp_path / "certs")


@pytest.fixture
def root(tmp_path):
    return Authority.load_or_create(tmp_path / "root").der


def test_a_pem_file_has_the_authority_first_and_openssl_reads_it(authority, root, tmp_path):
    file = tmp_path / "bundle.pem"
    bundle.write_pem(file, authority.pem, (root,))
    assert bundle.read_pem(file.read_text()) == (authority.der, root)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cafile=file)
    assert context.cert_store_stats()["x509_ca"] == 2


def test_what_is_right_is_not_written_again_and_what_is_old_is_replaced_whole(authority, root, tmp_path):
    file = tmp_path / "bundle.pem"
    bundle.write_pem(file, authority.pem, ())
    before = file.stat().st_mtime_ns, file.stat().st_ino
    bundle.write_pem(file, authority.pem, ())
    assert (file.stat().st_mtime_ns, file.stat().st_ino) == before
    bundle.write_pem(file, authority.pem, (root,))
    assert file.stat().st_ino != before[1]
    assert sorted(each.name for each in tmp_path.iterdir() if each.is_file()) == ["bundle.pem"]


def test_a_store_for_java_has_both_and_no_key(authority, root, tmp_path):
    file = tmp_path / "java.p12"
    bundle.write_java_store(file, authority.pem, (root, b"no certificate"))
    store = pkcs12.load_pkcs12(file.read_bytes(), bundle.JAVA_PASSWORD.encode())
    assert store.key is None
    assert len(store.additional_certs) == 2


@pytest.mark.clients
def test_java_itself_takes_each_entry_as_trusted(authority, root, tmp_path):
    keytool = shutil.which("keytool")
    if keytool is None:
        pytest.skip("keytool is not installed")
    file = tmp_path / "java.p12"
    bundle.write_java_store(file, authority.pem, (root,))
    told = subprocess.run(
        [keytool, "-list", "-keystore", file, "-storepass", bundle.JAVA_PASSWORD],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    ).stdout
    assert told.count("trustedCertEntry") == 2
    assert authority.fingerprint in told


def test_each_certificate_of_a_text_counts_once(authority):
    text = f"Comment\n{authority.pem.decode()}\n{authority.pem.decode()}"
    assert bundle.read_pem(text) == (authority.der,)
    assert bundle.read_pem("nothing") == ()


def test_where_the_system_tells_of_no_root_mozillas_are_taken(monkeypatch):
    monkeypatch.setattr(bundle.trust, "roots", lambda: None)
    monkeypatch.setattr(bundle.sys, "platform", "linux")
    assert len(bundle.system_roots()) > 50


def test_a_mac_is_asked_for_both_keychains(monkeypatch, authority):
    asked = []

    def run(command, **_):
        asked.append(command)
        return subprocess.CompletedProcess(command, 0, stdout=authority.pem.decode())

    monkeypatch.setattr(bundle.sys, "platform", "darwin")
    monkeypatch.setattr(bundle.subprocess, "run", run)
    assert bundle.system_roots() == (authority.der,)
    assert asked == [["/usr/bin/security", "find-certificate", "-a", "-p", *bundle.KEYCHAINS]]
