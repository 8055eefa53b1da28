from __future__ import annotations

import base64
import hashlib
import logging
import os
import subprocess
import sys
import threading
import time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from inspector.pki import files
from inspector.pki import vault as module
from inspector.pki.authority import Authority
from inspector.pki.certificates import new_key
from inspector.pki.errors import (
    AuthorityError,
    AuthorityExpired,
    AuthorityMismatch,
    AuthorityUnreadable,
    AuthorityUnwritable,
    BadName,
)

DAY = 86400
posix = pytest.mark.skipif(os.name != "posix", reason="file modes")


def mode(path):
    return path.stat().st_mode & 0o777


def private(key, encryption=None):
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption or NoEncryption())


def no_links(*_):
    raise PermissionError("no links on this file system")


def test_the_second_start_finds_what_the_first_made(tmp_path):
    first = Authority.load_or_create(tmp_path / "home" / "certs")
    second = Authority.load_or_create(tmp_path / "home" / "certs")
    assert first.der == second.der
    assert first.path.read_bytes() == first.pem
    assert sorted(path.name for path in first.folder.iterdir()) == ["ca-key.pem", "ca.pem"]
    assert first.warning == ""


def test_what_is_shown_of_it(authority):
    assert authority.fingerprint == ":".join(f"{byte:02X}" for byte in hashlib.sha256(authority.der).digest())
    spki = subprocess.run(
        ["openssl", "x509", "-in", authority.path, "-noout", "-pubkey"], capture_output=True, check=True
    ).stdout
    der = base64.b64decode(b"".join(spki.splitlines()[1:-1]))
    assert authority.spki_sha256_base64 == base64.b64encode(hashlib.sha256(der).digest()).decode()
    assert authority.name.startswith("Inspector CA, ")


def test_it_lasts_about_two_years_from_yesterday(tmp_path):
    now = time.time()
    made = Authority.load_or_create(tmp_path, clock=lambda: now).certificate
    assert made.not_valid_before_utc.timestamp() == int(now) - DAY
    assert made.not_valid_after_utc.timestamp() == int(now) + 729 * DAY


@posix
def test_the_key_is_private_even_under_an_open_umask(tmp_path):
    before = os.umask(0)
    try:
        Authority.load_or_create(tmp_path / "new" / "certs")
    finally:
        os.umask(before)
    assert mode(tmp_path / "new" / "certs") == 0o700
    assert mode(tmp_path / "new" / "certs" / "ca-key.pem") == 0o600
    assert mode(tmp_path / "new" / "certs" / "ca.pem") == 0o644


@posix
def test_the_key_is_private_from_its_first_moment(tmp_path, monkeypatch):
    """Every file that comes into being has its mode before it has content."""
    seen = []
    genuine = os.open

    def spy(path, flags, mode=0o777, **more):
        descriptor = genuine(path, flags, mode, **more)
        if flags & os.O_CREAT:
            seen.append(
                (os.fspath(path), flags & os.O_EXCL, os.fstat(descriptor).st_mode & 0o077, mode & 0o077)
            )
        return descriptor

    monkeypatch.setattr(os, "open", spy)
    before = os.umask(0)
    try:
        Authority.load_or_create(tmp_path / "certs")
    finally:
        os.umask(before)
    keys = [each for each in seen if "ca-key" in each[0]]
    assert keys
    assert all(exclusive and not open_now and not asked for _, exclusive, open_now, asked in keys)


@posix
def test_an_open_folder_is_shut(tmp_path):
    folder = tmp_path / "certs"
    folder.mkdir()
    folder.chmod(0o755)
    Authority.load_or_create(folder)
    assert mode(folder) == 0o700


@posix
def test_a_key_that_others_could_read_is_made_private_and_that_is_said(authority):
    key = authority.folder / "ca-key.pem"
    key.chmod(0o644)
    again = Authority.load_or_create(authority.folder)
    assert mode(key) == 0o600
    assert "start again" in again.warning
    assert Authority.load_or_create(authority.folder).warning == ""


@posix
def test_a_file_system_without_modes_is_warned_of(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "tighten", lambda _: False)
    monkeypatch.setattr(files, "is_open_to_others", lambda _: True)
    assert "--home" in Authority.load_or_create(tmp_path / "certs").warning


@posix
def test_a_folder_that_others_can_write_is_warned_of(authority, monkeypatch):
    monkeypatch.setattr(files, "private_folder", lambda _: None)  # somebody else's, so that it stays as it is
    authority.folder.chmod(0o777)
    assert str(authority.folder) in Authority.load_or_create(authority.folder).warning


def test_on_windows_the_user_profile_protects_the_key(tmp_path, monkeypatch):
    monkeypatch.setattr(module.Path, "home", lambda: tmp_path)
    inside = Authority.load_or_create(tmp_path / "certs").folder / "ca-key.pem"
    outside = Authority.load_or_create(tmp_path.parent / f"{tmp_path.name}-outside").folder / "ca-key.pem"
    monkeypatch.setattr(module.os, "name", "nt")
    warnings = [module._guard(path) for path in (inside, outside)]
    monkeypatch.undo()
    assert warnings[0] == ""
    assert "--home" in warnings[1]


def test_without_links_it_works_too(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "link", no_links)
    first = Authority.load_or_create(tmp_path / "certs")
    assert Authority.load_or_create(tmp_path / "certs").der == first.der
    assert sorted(path.name for path in first.folder.iterdir()) == ["ca-key.pem", "ca.pem"]


@pytest.mark.parametrize("links", [True, False])
def test_many_threads_at_once_agree(tmp_path, monkeypatch, links):
    if not links:
        monkeypatch.setattr(os, "link", no_links)
    gate = threading.Barrier(16)
    found = []

    def start():
        gate.wait()
        found.append(Authority.load_or_create(tmp_path / "certs").der)

    threads = [threading.Thread(target=start) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 16
    assert len(set(found)) == 1


def test_many_processes_at_once_agree(tmp_path):
    program = (
        "import sys, pathlib; from inspector.pki.authority import Authority; sys.stdin.read(1);"
        "print(Authority.load_or_create(pathlib.Path(sys.argv[1])).fingerprint)"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", program, tmp_path / "certs"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for each in started:
        each.stdin.write("g")
        each.stdin.flush()
    said = {each.communicate(timeout=60)[0].strip() for each in started}
    assert len(said) == 1
    assert said == {Authority.load_or_create(tmp_path / "certs").fingerprint}


def test_a_start_that_was_cut_off_after_the_key_goes_on(authority):
    authority.path.unlink()
    again = Authority.load_or_create(authority.folder)
    assert again.certificate.public_key() == authority.certificate.public_key()


def test_what_a_dead_process_left_is_swept_up(tmp_path):
    folder = tmp_path / "certs"
    folder.mkdir()
    old, fresh = folder / ".ca-key.pem.0123", folder / ".ca-key.pem.4567"
    for draft in (old, fresh):
        draft.write_bytes(b"half")
    os.utime(old, (1, 1))
    Authority.load_or_create(folder)
    assert not old.exists()
    assert fresh.exists()


def test_a_certificate_without_its_key_is_refused(authority):
    (authority.folder / "ca-key.pem").unlink()
    with pytest.raises(AuthorityUnreadable, match=r"ca-key.pem is missing.*move"):
        Authority.load_or_create(authority.folder)


@pytest.mark.parametrize("name", ["ca.pem", "ca-key.pem"])
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00" * 300,
        b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        b"-----BEGIN PRIVATE KEY-----\nMC4C\n-----END PRIVATE KEY-----\n",
    ],
)
def test_a_damaged_file_is_refused_with_the_cure(authority, name, content):
    damaged = authority.folder / name
    damaged.write_bytes(content)
    os.utime(damaged, (1, 1))  # long ago: nobody is still writing it
    with pytest.raises(AuthorityUnreadable, match=rf"{name}.*move"):
        Authority.load_or_create(authority.folder)
    assert damaged.read_bytes() == content


def test_every_cut_of_the_certificate_is_refused(authority):
    pem = authority.pem
    for cut in range(0, len(pem) - 30, 40):
        authority.path.write_bytes(pem[:cut])
        os.utime(authority.path, (1, 1))
        with pytest.raises(AuthorityError):
            Authority.load_or_create(authority.folder)


def test_a_half_written_file_is_waited_for(authority):
    pem = authority.pem
    authority.path.write_bytes(pem[:100])
    writer = threading.Timer(0.05, lambda: authority.path.write_bytes(pem))
    writer.start()
    assert Authority.load_or_create(authority.folder).der == authority.der
    writer.join()


def test_a_key_and_a_certificate_that_dont_belong_together_are_refused(authority):
    (authority.folder / "ca-key.pem").write_bytes(private(new_key()))
    with pytest.raises(AuthorityMismatch, match="do not belong together"):
        Authority.load_or_create(authority.folder)


@pytest.mark.parametrize(
    "key",
    [private(ed25519.Ed25519PrivateKey.generate()), private(new_key(), BestAvailableEncryption(b"secret"))],
    ids=["ed25519", "encrypted"],
)
def test_a_key_of_another_kind_is_refused(authority, key):
    (authority.folder / "ca-key.pem").write_bytes(key)
    with pytest.raises(AuthorityUnreadable, match=r"ca-key\.pem"):
        Authority.load_or_create(authority.folder)


def test_a_leaf_is_no_authority(authority, forge):
    leaf = forge("example.com", names=["example.com"])
    authority.path.write_bytes(leaf.pem)
    (authority.folder / "ca-key.pem").write_bytes(private(leaf.key))
    with pytest.raises(AuthorityUnreadable, match="not the self-signed certificate of an authority"):
        Authority.load_or_create(authority.folder)


def test_somebodys_own_rsa_authority_is_used(tmp_path, forge):
    theirs = forge("Our school", ca=True, key=rsa.generate_private_key(65537, 2048))
    (tmp_path / "ca.pem").write_bytes(theirs.pem)
    (tmp_path / "ca-key.pem").write_bytes(private(theirs.key))
    loaded = Authority.load_or_create(tmp_path)
    assert loaded.name == "Our school"
    leaf = loaded.issue(["example.com"], new_key().public_key())
    leaf.verify_directly_issued_by(theirs.certificate)


def test_an_expired_authority_is_refused_with_the_cure(authority):
    with pytest.raises(AuthorityExpired, match=r"move ca\.pem and ca-key\.pem"):
        Authority.load_or_create(authority.folder, clock=lambda: time.time() + 731 * DAY)


def test_a_clock_far_behind_is_named(authority):
    with pytest.raises(AuthorityExpired, match="Set the clock right"):
        Authority.load_or_create(authority.folder, clock=lambda: time.time() - 3 * DAY)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_said(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(AuthorityUnwritable, match="--home"):
        Authority.load_or_create(tmp_path / "certs")


def test_a_file_where_the_folder_should_be_is_said(tmp_path):
    (tmp_path / "certs").write_text("")
    with pytest.raises(AuthorityUnwritable, match="--home"):
        Authority.load_or_create(tmp_path / "certs")


def test_the_key_is_never_shown(authority, caplog, capsys):
    pem = (authority.folder / "ca-key.pem").read_bytes()
    number = load_pem_private_key(pem, None).private_numbers().private_value
    secrets = [f"{number:x}", str(number), *pem.decode().splitlines()[1:-1]]
    caplog.set_level(logging.DEBUG)
    shown = [repr(authority), str(authority), f"{authority!r:>200}"]
    (authority.folder / "ca-key.pem").write_bytes(pem.replace(b"A", b"*", 1))
    with pytest.raises(AuthorityUnreadable) as refused:
        Authority.load_or_create(authority.folder)
    shown += [
        str(refused.value),
        repr(refused.value),
        repr(refused.value.__cause__),
        caplog.text,
        *capsys.readouterr(),
    ]
    assert not any(secret in text for secret in secrets for text in shown)


# --- issuing ---------------------------------------------------------------------------------------------


@pytest.fixture
def public_key():
    return new_key().public_key()


def test_a_leaf_lasts_at_most_45_days_and_began_yesterday(tmp_path, public_key):
    now = time.time()
    leaf = Authority.load_or_create(tmp_path, clock=lambda: now).issue(["example.com"], public_key)
    assert leaf.not_valid_before_utc.timestamp() == int(now) - DAY
    assert leaf.not_valid_after_utc.timestamp() == int(now) + 44 * DAY


def test_a_leaf_never_outlives_its_authority(tmp_path, public_key):
    now = [time.time()]
    made = Authority.load_or_create(tmp_path, clock=lambda: now[0])
    assert made.issue(["a.test"], public_key).not_valid_before_utc == made.certificate.not_valid_before_utc
    now[0] += 720 * DAY
    assert made.issue(["a.test"], public_key).not_valid_after_utc == made.certificate.not_valid_after_utc
    now[0] += 20 * DAY
    with pytest.raises(AuthorityExpired):
        made.issue(["a.test"], public_key)
    now[0] -= 800 * DAY
    with pytest.raises(AuthorityExpired, match="clock"):
        made.issue(["a.test"], public_key)


def test_names_are_put_into_their_one_spelling(authority, public_key):
    leaf = authority.issue(["BÜCHER.example", "xn--bcher-kva.example", "[::1]"], public_key)
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["xn--bcher-kva.example"]
    assert [str(each) for each in names.get_values_for_type(x509.IPAddress)] == ["::1"]


@pytest.mark.parametrize(
    "names", [[], ["bad name"], ["a" * 255], [f"h{number}.test" for number in range(101)]]
)
def test_names_that_wont_do_are_refused(authority, public_key, names):
    with pytest.raises(BadName):
        authority.issue(names, public_key)


def test_the_files_have_the_names_that_the_docs_say():
    assert (module.CERTIFICATE, module.KEY) == ("ca.pem", "ca-key.pem")
