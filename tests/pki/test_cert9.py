"""A store that was written without NSS is one for NSS. (That a real Firefox takes it: tests/e2e/test_browse.py.)"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess

import pytest

from inspector.pki import cert9
from inspector.pki.authority import Authority


@pytest.fixture
def authority(tmp_path):
    return Authority.load_or_create(tmp_path / "certs")


@pytest.fixture
def store(authority, tmp_path):
    folder = tmp_path / "profile"
    folder.mkdir()
    cert9.write(folder, authority.pem)
    return folder


@pytest.mark.skipif(os.name != "posix", reason="modes")
def test_it_is_its_owners_alone(store):
    assert (store / cert9.FILE).stat().st_mode & 0o777 == 0o600


def test_it_replaces_nothing(store, authority):
    with pytest.raises(FileExistsError):
        cert9.write(store, authority.pem)


def test_it_holds_the_certificate_and_no_key(store, authority):
    with sqlite3.connect(store / cert9.FILE) as database:
        rows = database.execute("SELECT a11 FROM nssPublic ORDER BY id").fetchall()
        tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    database.close()
    assert rows == [(authority.der,), (None,)]
    assert tables == [("nssPublic",)]


@pytest.mark.clients
def test_nss_reads_it_trusts_the_authority_for_sites_alone_and_can_add_to_it(store, authority, tmp_path):
    certutil = shutil.which("certutil")
    if certutil is None:
        pytest.skip("certutil is not installed")

    def told(*arguments):
        done = subprocess.run(
            [certutil, *arguments, "-d", f"sql:{store}"],
            capture_output=True,
            text=True,
            check=True,
            timeout=30,
        )
        return done.stdout

    other = Authority.load_or_create(tmp_path / "other")
    told(
        "-A", "-n", "other", "-t", ",,", "-i", str(other.path)
    )  # as Firefox does, it opens the store for writing
    lines = [
        line.rsplit(maxsplit=1) for line in told("-L").splitlines() if line.startswith(("Inspector", "other"))
    ]
    listing = dict(lines)
    assert listing["Inspector"] == "C,,"
    assert authority.pem.decode().split() == told("-L", "-n", "Inspector", "-a").split()
    assert "certificate is valid" in told("-V", "-n", "Inspector", "-u", "L")
