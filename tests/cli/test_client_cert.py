"""`--client-cert HOST=FILE[,KEYFILE]` on the command line."""

from __future__ import annotations

import io

import click
import pytest

from inspector.app.errors import CannotStart
from inspector.cli import client_cert as module
from inspector.cli.client_cert import client_cert
from inspector.pki import handmade
from inspector.pki.authority import Authority


@pytest.fixture
def made(tmp_path):
    return handmade.make(Authority.load_or_create(tmp_path / "certs"), ["me.test"], client=True)


@pytest.fixture
def pem(made, tmp_path):
    path = tmp_path / "me.pem"
    path.write_bytes(made.key_pem + made.served)
    return path


@pytest.fixture
def locked(made, tmp_path):
    path = tmp_path / "me.p12"
    path.write_bytes(made.p12("secret"))
    return path


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    """Nobody sits at the terminal, and no password is set."""
    monkeypatch.delenv("INSPECTOR_P12_PASSWORD", raising=False)
    monkeypatch.setattr(module.sys, "stdin", io.StringIO())


def test_the_host_and_the_file(pem):
    found = client_cert(f"*.Example.com,10.0.0.1={pem}")
    assert found.hosts == "*.example.com,10.0.0.1"
    assert found.name == f"me.test, from {pem}"
    assert "PRIVATE KEY" in found.pem


def test_the_key_may_be_in_a_file_of_its_own(made, tmp_path):
    (tmp_path / "cert.pem").write_bytes(made.served)
    (tmp_path / "key.pem").write_bytes(made.key_pem)
    assert "PRIVATE KEY" in client_cert(f"a.test={tmp_path}/cert.pem,{tmp_path}/key.pem").pem


def test_a_file_may_have_a_comma_in_its_name(pem, tmp_path):
    odd = tmp_path / "me, myself.pem"
    pem.rename(odd)
    assert client_cert(f"a.test={odd}").name == f"me.test, from {odd}"


def test_the_password_comes_from_the_environment(locked, monkeypatch):
    monkeypatch.setenv("INSPECTOR_P12_PASSWORD", "secret")
    assert "ENCRYPTED" not in client_cert(f"a.test={locked}").pem


def test_or_from_the_person_at_the_terminal(locked, monkeypatch):
    monkeypatch.setattr(module.sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr(
        module.click, "prompt", lambda question, **_: "secret" if str(locked) in question else ""
    )
    assert client_cert(f"a.test={locked}").hosts == "a.test"


def test_where_nobody_is_to_be_asked_the_cure_is_said(locked):
    with pytest.raises(CannotStart, match="has a password") as refused:
        client_cert(f"a.test={locked}")
    assert "INSPECTOR_P12_PASSWORD" in refused.value.cure


@pytest.mark.parametrize("text", ["", "a.test", "a.test=", "=me.pem", " = "])
def test_without_host_or_file_the_form_is_shown(text):
    with pytest.raises(click.UsageError, match=r"--client-cert intranet\.example=me\.p12"):
        client_cert(text)


def test_a_host_that_is_none(pem):
    with pytest.raises(click.UsageError, match="ports make no difference"):
        client_cert(f"a.test:443={pem}")


def test_a_file_that_is_not_there():
    with pytest.raises(CannotStart, match="cannot be read"):
        client_cert("a.test=/no/such/file")
