from __future__ import annotations

import os
import ssl
import tempfile
from pathlib import Path

import pytest

from inspector.pki import handover
from inspector.pki.contexts import server_context


@pytest.fixture
def pem(forge):
    made = forge("example.com", names=["example.com"])
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    return made.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + made.pem


@pytest.fixture
def loaded(monkeypatch):
    """What OpenSSL was given: path, mode of the file, mode of its folder."""
    seen = []
    genuine = ssl.SSLContext.load_cert_chain

    def spy(context, path, *more):
        seen.append((Path(path), os.stat(path).st_mode & 0o777, Path(path).parent.stat().st_mode & 0o777))
        return genuine(context, path, *more)

    monkeypatch.setattr(ssl.SSLContext, "load_cert_chain", spy)
    return seen


@pytest.mark.skipif(not hasattr(os, "memfd_create"), reason="Linux")
def test_on_linux_the_key_is_in_memory_only(pem, loaded):
    handover.give(server_context(), pem)
    assert str(loaded[0][0]).startswith("/proc/self/fd/")


def test_elsewhere_it_is_in_a_private_folder_and_gone_afterwards(pem, loaded, monkeypatch, tmp_path):
    monkeypatch.delattr(os, "memfd_create", raising=False)
    monkeypatch.setattr(handover, "_place", lambda: str(tmp_path))
    handover.give(server_context(), pem)
    ((path, mode, folder_mode),) = loaded
    assert path.is_relative_to(tmp_path)
    assert os.name != "posix" or (mode, folder_mode) == (0o600, 0o700)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("memory", [True, False])
def test_it_is_gone_also_when_openssl_refuses(pem, monkeypatch, tmp_path, memory):
    if not memory:
        monkeypatch.delattr(os, "memfd_create", raising=False)
    monkeypatch.setattr(handover, "_place", lambda: str(tmp_path))
    before = set(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else set()
    with pytest.raises(ssl.SSLError):
        handover.give(server_context(), pem[: len(pem) // 2])
    assert list(tmp_path.iterdir()) == []
    assert not before or len(os.listdir("/proc/self/fd")) == len(before)


def test_a_sandbox_without_memory_files_gets_the_folder(pem, loaded, monkeypatch, tmp_path):
    def refuse(*_):
        raise PermissionError("seccomp")

    monkeypatch.setattr(os, "memfd_create", refuse, raising=False)
    monkeypatch.setattr(handover, "_place", lambda: str(tmp_path))
    handover.give(server_context(), pem)
    assert loaded[0][0].is_relative_to(tmp_path)


def test_a_file_system_in_memory_is_preferred(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert handover._place() == str(tmp_path)
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    monkeypatch.setattr(handover, "_IN_MEMORY", ())
    assert handover._place() is None  # then tempfile's own choice
    assert tempfile.gettempdir()
