"""A practice authority: what it issues, and that openssl, NSS and a real Chromium hold it to its word."""

from __future__ import annotations

import os
import shutil
import ssl
import subprocess

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID

from inspector.pki import certificates, founding, vault
from inspector.pki.authority import Authority, moment
from inspector.pki.certificates import is_ours, new_key
from inspector.pki.chains import chain_of
from inspector.pki.constraints import Scope
from inspector.pki.contexts import client_context
from inspector.pki.errors import AuthorityError, AuthorityMismatch, AuthorityUnreadable, NotPermitted
from inspector.pki.leaves import Leaves

FILES = ["ca-intermediate.pem", "ca-key.pem", "ca.pem"]


@pytest.fixture
def practice(tmp_path):
    return Authority.create(tmp_path / "certs", Scope.parse("example.com,10.0.0.0/8"))


@pytest.fixture
def public_key():
    return new_key().public_key()


def extension(certificate, kind):
    return certificate.extensions.get_extension_for_class(kind)


def pem(*certificates):
    return b"".join(each.public_bytes(Encoding.PEM) for each in certificates)


def forged(practice, *names, by=None):
    """A leaf that the authority would never sign by itself: as if its key had been stolen."""
    signer = by or practice.above[0]
    return certificates.leaf(
        names,
        new_key().public_key(),
        signed_by=signer,
        key=practice._key,
        starts=signer.not_valid_before_utc,
        ends=signer.not_valid_after_utc,
    )


def test_a_root_that_signs_one_intermediate_and_both_are_constrained(practice):
    above, root = practice.above
    assert practice.served == (above,)
    above.verify_directly_issued_by(root)
    assert extension(root, x509.BasicConstraints).value.path_length == 1
    assert extension(above, x509.BasicConstraints).value.path_length == 0
    for each in practice.above:
        found = extension(each, x509.NameConstraints)
        assert found.critical
        assert found.value == practice.scope.extension()
    uses = set(extension(above, x509.ExtendedKeyUsage).value)
    assert uses == {ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH}
    assert practice.name.startswith("Inspector practice CA, ")
    assert is_ours(root)
    assert not is_ours(above)


def test_the_key_that_is_kept_is_the_intermediates_and_the_roots_is_nowhere(practice, monkeypatch, tmp_path):
    assert sorted(path.name for path in practice.folder.iterdir()) == FILES
    kept = load_pem_private_key((practice.folder / "ca-key.pem").read_bytes(), None)
    assert kept.public_key() == practice.above[0].public_key()
    assert kept.public_key() != practice.certificate.public_key()
    made = []
    monkeypatch.setattr(founding, "new_key", lambda: made.append(new_key()) or made[-1])
    folder = Authority.create(tmp_path / "other", Scope.parse("")).folder
    root_key, _ = made
    secret = f"{root_key.private_numbers().private_value:x}".encode()
    for path in folder.iterdir():
        assert load_pem_private_key(founding._pem(root_key), None)
        assert founding._pem(root_key).splitlines()[1] not in path.read_bytes()
        assert secret not in path.read_bytes()


@pytest.mark.skipif(os.name != "posix", reason="file modes")
def test_its_key_is_private_even_under_an_open_umask(tmp_path):
    before = os.umask(0)
    try:
        made = Authority.create(tmp_path / "certs", Scope.parse(""))
    finally:
        os.umask(before)
    assert made.folder.stat().st_mode & 0o777 == 0o700
    assert (made.folder / "ca-key.pem").stat().st_mode & 0o777 == 0o600


def test_the_second_start_finds_what_the_first_made(practice):
    again = Authority.load_or_create(practice.folder)
    assert again.above == practice.above
    assert again.scope == practice.scope
    assert str(again.scope) == "test, example.com, 10.0.0.0/8"


@pytest.mark.parametrize("name", ["inspector.test", "identity.test", "www.example.com", "10.1.2.3"])
def test_names_inside_are_vouched_for(practice, public_key, name):
    assert practice.permits(name)
    practice.issue([name], public_key).verify_directly_issued_by(practice.above[0])


@pytest.mark.parametrize("name", ["example.org", "192.0.2.1", "::1", "localhost", "testing"])
def test_leaves_outside_are_never_minted(practice, public_key, name):
    assert not practice.permits(name)
    with pytest.raises(NotPermitted, match=r"test, example\.com, 10\.0\.0\.0/8"):
        practice.issue(["ok.test", name], public_key)
    with pytest.raises(NotPermitted):
        Leaves(practice).make(name)


def test_what_is_no_name_is_not_permitted_either(practice):
    assert not practice.permits("a b")


def test_leaf_and_intermediate_are_served_and_the_root_is_shown(practice, talk):
    identity = Leaves(practice).make("shop.inspector.test")
    end = talk(client_context(practice.path), identity.context, "shop.inspector.test").client
    assert chain_of(end) == identity.chain[:2]
    assert identity.chain[2] == practice.der


def test_a_full_authority_has_no_scope(authority):
    assert authority.scope is None
    assert authority.permits("anything.example")
    assert authority.served == authority.above == (authority.certificate,)


# --- what was cut off, or mixed up -----------------------------------------------------------------------


@pytest.mark.parametrize("missing", FILES)
def test_nothing_that_lacks_a_part_becomes_a_full_authority(practice, missing):
    (practice.folder / missing).unlink()
    with pytest.raises(AuthorityError):
        Authority.load_or_create(practice.folder)
    assert not (practice.folder / missing).exists()


def test_every_moment_of_making_it_is_refused_or_whole(tmp_path, monkeypatch):
    """Cut off after 0, 1, 2 files: never an authority that may vouch for everything."""
    genuine = founding.files.publish
    for files in range(3):
        folder, left = tmp_path / str(files), [files]

        def publish(path, content, mode, left=left):
            if not left[0]:
                raise KeyboardInterrupt
            left[0] -= 1
            return genuine(path, content, mode)

        monkeypatch.setattr(founding.files, "publish", publish)
        with pytest.raises(KeyboardInterrupt):
            Authority.create(folder, Scope.parse(""))
        monkeypatch.setattr(founding.files, "publish", genuine)
        if files:
            with pytest.raises(AuthorityUnreadable):
                Authority.load_or_create(folder)


def test_an_intermediate_of_another_root_is_refused(practice, tmp_path):
    other = Authority.create(tmp_path / "other", Scope.parse(""))
    (practice.folder / "ca.pem").write_bytes(other.pem)
    with pytest.raises(AuthorityMismatch):
        Authority.load_or_create(practice.folder)


def test_there_is_no_second_authority_in_a_folder(practice):
    with pytest.raises(AuthorityError, match="already"):
        Authority.create(practice.folder, None)


def test_put_aside_whole_private_and_by_date(practice):
    now = moment(1_790_000_000)
    first = vault.put_aside(practice.folder, now)
    assert first == practice.folder / "old-2026-09-21"
    assert sorted(path.name for path in first.iterdir()) == FILES
    assert vault.put_aside(practice.folder, now) is None
    Authority.create(practice.folder, None)
    second = vault.put_aside(practice.folder, now)
    assert second.name == "old-2026-09-21-2"
    if os.name == "posix":
        assert {first.stat().st_mode & 0o777, second.stat().st_mode & 0o777} == {0o700}
        assert (first / "ca-key.pem").stat().st_mode & 0o777 == 0o600


# --- held to its word by others --------------------------------------------------------------------------


def verify(practice, leaf, tmp_path, *, untrusted=True):
    (tmp_path / "leaf.pem").write_bytes(pem(leaf))
    (tmp_path / "above.pem").write_bytes(pem(*practice.served))
    options = ["-untrusted", tmp_path / "above.pem"] if untrusted else []
    return subprocess.run(
        ["openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", practice.path, *options, tmp_path / "leaf.pem"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("name", ["inspector.test", "www.example.com", "10.1.2.3", "a" * 60 + ".example.com"])
def test_openssl_accepts_what_lies_inside(practice, public_key, tmp_path, name):
    done = verify(practice, practice.issue([name], public_key), tmp_path)
    assert done.returncode == 0, done.stderr


OUTSIDE = ["example.org", "192.0.2.1", "::1", "localhost", "me@example.com", "spiffe://example.com/x"]


@pytest.mark.parametrize("name", OUTSIDE)
def test_openssl_refuses_what_lies_outside_even_with_a_stolen_key(practice, tmp_path, name):
    done = verify(practice, forged(practice, name), tmp_path)
    assert done.returncode != 0
    assert "subtree violation" in done.stderr


def test_a_name_inside_does_not_excuse_one_outside(practice, tmp_path):
    done = verify(practice, forged(practice, "ok.test", "bank.example"), tmp_path)
    assert "permitted subtree violation" in done.stderr


def test_the_intermediate_is_held_even_where_the_root_is_overlooked(practice, tmp_path):
    """RFC 5280 lets a verifier take the root's name and key alone: trust the intermediate, and look again."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    (tmp_path / "above.pem").write_bytes(pem(*practice.served))
    done = subprocess.run(
        ["openssl", "verify", "-partial_chain", "-CAfile", tmp_path / "above.pem", "/dev/stdin"],
        input=pem(forged(practice, "bank.example")), capture_output=True, check=False,
    )  # fmt: skip
    assert b"permitted subtree violation" in done.stderr


def test_nobody_below_may_be_one_more_authority(practice, tmp_path):
    inner = new_key()
    third = certificates._authority(
        practice.above[0].subject,
        practice.above[0].subject,
        inner.public_key(),
        certificates.Term(practice.above[0].not_valid_before_utc, practice.above[0].not_valid_after_utc),
        0,
        None,
        practice._key,
        practice.above[0],
    )
    done = verify(practice, third, tmp_path)
    assert done.returncode != 0


def nss(practice, tmp_path):
    database = tmp_path / "nssdb"
    database.mkdir()
    for arguments in (["-N", "--empty-password"], ["-A", "-n", "practice", "-t", "C,,", "-i", practice.path]):
        subprocess.run(["certutil", "-d", f"sql:{database}", *arguments], check=True, capture_output=True)
    return database


def vfychain(practice, database, leaf, tmp_path):
    """NSS's own judgement of a chain for a TLS server."""
    paths = []
    for number, each in enumerate((leaf, *practice.served)):
        paths.append(tmp_path / f"chain-{number}.pem")
        paths[-1].write_bytes(pem(each))
    done = subprocess.run(
        ["vfychain", "-d", f"sql:{database}", "-u", "1", "-a", *map(str, paths)], capture_output=True, text=True, check=False
    )  # fmt: skip
    return done.stdout + done.stderr


@pytest.mark.clients
@pytest.mark.skipif(
    not shutil.which("vfychain"), reason="there is no vfychain (Debian: apt install libnss3-tools)"
)
def test_nss_holds_it_to_its_word(practice, public_key, tmp_path):
    database = nss(practice, tmp_path)
    for name in ("inspector.test", "10.1.2.3"):
        said = vfychain(practice, database, practice.issue([name], public_key), tmp_path)
        assert "Chain is good!" in said
    for name in OUTSIDE:
        said = vfychain(practice, database, forged(practice, name), tmp_path)
        assert "not permitted to issue a certificate with this name" in said, name


@pytest.mark.skipif(not shutil.which("keytool"), reason="there is no keytool")
def test_java_can_read_it(practice, tmp_path):
    for each in practice.above:
        (tmp_path / "one.pem").write_bytes(pem(each))
        done = subprocess.run(
            ["keytool", "-printcert", "-file", tmp_path / "one.pem"],
            capture_output=True,
            text=True,
            check=False,
        )
        assert "NameConstraints" in done.stdout
