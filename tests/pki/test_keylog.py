"""A file for session keys: its owner's alone, refused where it isn't, and right."""

from __future__ import annotations

import os
import ssl

import pytest

from inspector.pki.authority import Authority
from inspector.pki.contexts import client_context
from inspector.pki.errors import KeyLogRefused
from inspector.pki.keylog import KeyLog, check
from inspector.pki.leaves import Leaves

unix = pytest.mark.skipif(os.name != "posix", reason="modes and links")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "keys.log"


def handshake(server, client, name="site.test"):
    """A connection between two contexts, in memory; the random number of its ClientHello, as the file has it."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ours = server.wrap_bio(to_server, to_client, server_side=True)
    theirs = client.wrap_bio(to_client, to_server, server_hostname=name)
    with pytest.raises(ssl.SSLWantReadError):
        theirs.do_handshake()
    hello = to_server.read()
    to_server.write(hello)
    waiting = [ours, theirs]
    while waiting:
        side = waiting.pop(0)
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            waiting.append(side)
    return hello[11:43].hex()  # after the record's header, the message's, and the version


def randoms(path):
    return {line.split()[1] for line in path.read_text().splitlines() if line and not line.startswith("#")}


@unix
def test_it_is_made_for_its_owner_alone_even_under_a_loose_umask(path):
    before = os.umask(0)
    try:
        check(path)
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o600


def test_what_is_in_it_stays(path):
    path.write_text("# of yesterday\n")
    path.chmod(0o600)
    check(path)
    assert path.read_text() == "# of yesterday\n"


@unix
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_one_that_others_can_open_is_refused_and_stays_as_it_is(path, mode):
    path.touch()
    path.chmod(mode)
    with pytest.raises(KeyLogRefused, match=rf"mode {mode:04o}.*chmod 600"):
        check(path)
    assert path.stat().st_mode & 0o777 == mode


@unix
def test_a_link_is_refused_wherever_it_leads(path, tmp_path):
    target = tmp_path / "target"
    path.symlink_to(target)
    with pytest.raises(KeyLogRefused, match="is a link"):
        check(path)
    assert not target.exists()


@unix
def test_a_folder_in_which_everybody_may_replace_files_is_refused(tmp_path):
    folder = tmp_path / "open"
    folder.mkdir()
    folder.chmod(0o777)
    with pytest.raises(KeyLogRefused, match="Everybody may replace"):
        check(folder / "keys.log")
    folder.chmod(0o1777)
    check(folder / "keys.log")


@unix
def test_what_is_no_file_and_where_there_is_no_folder_is_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe", 0o600)
    for place, why in {
        "pipe": "pipe cannot be written",
        ".": "cannot be written",
        "nowhere/keys.log": "Make that folder first",
    }.items():
        with pytest.raises(KeyLogRefused, match=why):
            check(tmp_path / place)


@unix
def test_somebody_elses_is_refused(path, monkeypatch):
    check(path)
    monkeypatch.setattr(os, "geteuid", lambda: path.stat().st_uid + 1)
    with pytest.raises(KeyLogRefused, match="belongs to somebody else"):
        check(path)


def test_both_sides_write_the_keys_of_each_connection(path, tmp_path):
    authority = Authority.load_or_create(tmp_path / "certs")
    keylog = KeyLog(path)
    leaf = Leaves(authority, keylog=keylog).make("site.test").context
    own = ssl.create_default_context(cafile=str(authority.path))
    first = handshake(leaf, own)
    assert randoms(path) == {first}
    other = client_context(authority.path, keylog=keylog)
    second = handshake(Leaves(authority).make("site.test").context, other)
    assert randoms(path) == {first, second}
    keylog.close()
    third = handshake(leaf, own)
    assert third in randoms(path)


def test_without_it_nothing_is_written(path, tmp_path):
    authority = Authority.load_or_create(tmp_path / "certs")
    handshake(
        Leaves(authority).make("site.test").context, ssl.create_default_context(cafile=str(authority.path))
    )
    assert not path.exists()


@unix
def test_the_file_that_was_looked_at_is_written_to_even_if_its_name_leads_elsewhere_by_now(path, tmp_path):
    if not os.path.exists("/proc/self/fd"):
        pytest.skip("no /proc")
    authority = Authority.load_or_create(tmp_path / "certs")
    keylog = KeyLog(path)
    moved, stolen = tmp_path / "moved", tmp_path / "stolen"
    path.rename(moved)
    path.symlink_to(stolen)
    handshake(
        Leaves(authority, keylog=keylog).make("site.test").context,
        ssl.create_default_context(cafile=str(authority.path)),
    )
    keylog.close()
    assert not stolen.exists()
    assert randoms(moved)
