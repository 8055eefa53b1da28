"""`inspector ca …`: what is said before, asked, done and proved. The computer is made up; for real it happens in test_trust_for_real."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from inspector.cli import authority as shared
from inspector.cli.main import main
from inspector.pki.authority import Authority
from inspector.pki.constraints import Scope
from inspector.pki.trust_stores.machine import Done, Machine

ANCHORS = "/usr/local/share/ca-certificates"
BUNDLE = "/etc/ssl/certs/ca-certificates.crt"


class Debian(Machine):
    """A computer below a folder; its three programs do there what the real ones do."""

    def __init__(self, folder: Path) -> None:
        super().__init__(home=folder / "user", root=folder / "root", environment={}, system="linux")
        self.root_user = True
        self.broken = False
        for place in (ANCHORS, "/etc/ssl/certs"):
            self.path(place).mkdir(parents=True)
        self.path(BUNDLE).touch()
        self.home.mkdir()

    def find(self, *names):
        known = ("install", "rm", "update-ca-certificates")
        return next((f"/bin/{name}" for name in names if name in known), "")

    def may_write(self, path):
        return self.root_user

    def run(self, *command):
        if self.broken:
            return Done(1, "no room on the disk")
        match command[0]:
            case "/bin/install":
                Path(command[-1]).write_bytes(Path(command[-2]).read_bytes())
            case "/bin/rm":
                Path(command[-1]).unlink()
            case "/bin/update-ca-certificates":
                files = sorted(self.path(ANCHORS).glob("*.crt"))
                self.path(BUNDLE).write_bytes(b"".join(path.read_bytes() for path in files))
        return Done(0, "")


@pytest.fixture
def debian(tmp_path, monkeypatch):
    made = Debian(tmp_path)
    monkeypatch.setattr(shared, "Machine", lambda: made)
    return made


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


@pytest.fixture
def ca(home, debian):
    """Run `inspector ca …` on the home; what it answered, with `input` typed."""

    def run(*words, input=None):
        return CliRunner().invoke(main, ["ca", *words, "--home", str(home)], input=input)

    return run


@pytest.fixture
def authority(home):
    return Authority.load_or_create(home / "certs")


def states(ca):
    return {store["id"]: store for store in json.loads(ca("status", "--json").output)["stores"]}


# --- trust and untrust -----------------------------------------------------------------------------------


def test_trust_says_what_it_will_change_asks_and_proves(ca, authority, debian):
    told = ca("trust", input="y\n")
    assert told.exit_code == 0, told.output
    before, after = told.output.split("Change it?")
    assert f"install -m 0644 {authority.path} {debian.path(ANCHORS)}/inspector-" in before
    assert str(authority.folder / "ca-key.pem") in before
    assert "accepts a certificate of this authority" in after
    assert states(ca)["system"]["state"] == "trusted"
    assert "Nothing to do." in ca("trust").output


def test_no_is_no(ca, authority, debian):
    assert ca("trust", input="n\n").exit_code == 1
    assert ca("trust", input="").exit_code == 1
    assert list(debian.path(ANCHORS).iterdir()) == []


def test_who_is_not_root_gets_the_commands_and_an_exit_code(ca, authority, debian):
    debian.root_user = False
    told = ca("trust", "--yes")
    assert told.exit_code == 1
    assert f"\n  sudo /bin/install -m 0644 {authority.path} " in told.output
    assert "\n  sudo /bin/update-ca-certificates\n" in told.output
    assert "Nothing was done there." in told.output
    assert list(debian.path(ANCHORS).iterdir()) == []
    debian.root_user = True
    ca("trust", "--yes")
    debian.root_user = False
    told = ca("untrust", "--yes")
    assert told.exit_code == 1
    assert "\n  sudo /bin/update-ca-certificates --fresh\n" in told.output
    assert states(ca)["system"]["state"] == "trusted"


def test_what_failed_is_said_with_its_command(ca, authority, debian):
    debian.broken = True
    told = ca("trust", "--yes")
    assert told.exit_code == 1
    assert "This failed: /bin/install" in told.output
    assert "no room on the disk" in told.output


def test_untrust_proves_that_nothing_is_left(ca, authority, debian):
    ca("trust", "--yes")
    told = ca("untrust", input="y\n")
    assert told.exit_code == 0, told.output
    assert "No certificate with that fingerprint is left in it." in told.output
    assert debian.path(BUNDLE).read_bytes() == b""
    again = ca("untrust")
    assert again.exit_code == 0
    assert "No certificate with that fingerprint is left in it." in again.output


def test_older_ones_are_listed_and_offered(ca, authority, debian, tmp_path):
    older = Authority.load_or_create(tmp_path / "older")
    debian.path(f"{ANCHORS}/older.crt").write_bytes(older.pem)
    ca("trust", "--yes")
    assert states(ca)["system"]["others"][0]["sha256"] == older.fingerprint
    assert older.name in ca("status").output
    kept = ca("untrust", "--yes")
    assert f"  {older.name}" in kept.output
    assert "They stay; --older takes them out too." in kept.output
    assert older.pem == debian.path(BUNDLE).read_bytes()
    assert ca("untrust", input="y\ny\n").exit_code == 0
    assert debian.path(BUNDLE).read_bytes() == b""


def test_older_ones_go_even_where_there_is_no_authority_any_more(ca, debian, tmp_path):
    older = Authority.load_or_create(tmp_path / "older")
    debian.path(f"{ANCHORS}/older.crt").write_bytes(older.pem)
    debian.path(BUNDLE).write_bytes(older.pem)
    assert ca("untrust", "--older", "--yes").exit_code == 0
    assert debian.path(BUNDLE).read_bytes() == b""


def test_a_store_that_is_not_here_is_said_with_those_that_are(ca, authority):
    told = ca("trust", "--store", "firefox")
    assert told.exit_code == 2
    assert "There are: system." in told.output


def test_a_practice_authority_is_announced_as_harmless(ca, debian):
    ca("new", "--only", "example.com")
    told = ca("trust", "--yes")
    assert (
        "This authority can vouch for test, example.com and for nothing else, whoever has its key."
        in told.output
    )
    assert "Whoever gets" not in told.output


# --- status, path, export --------------------------------------------------------------------------------


def test_status_for_people_and_for_programs(ca, authority, debian):
    said = ca("status").output
    for words in (
        authority.name,
        authority.fingerprint,
        "vouches for any name",
        "not there    [system]",
        "ca trust",
    ):
        assert words in said
    told = json.loads(ca("status", "--json").output)
    assert (told["sha256"], told["path"], told["scope"]) == (authority.fingerprint, str(authority.path), None)
    assert told["stores"][0]["state"] == "absent"


def test_status_of_a_practice_authority(ca, debian):
    ca("new", "--only", "example.com,10.0.0.0/8")
    assert "a practice authority, for test, example.com, 10.0.0.0/8 and nothing else" in ca("status").output
    scope = json.loads(ca("status", "--json").output)["scope"]
    assert scope == {"domains": ["test", "example.com"], "networks": ["10.0.0.0/8"]}


@pytest.mark.parametrize("command", ["status", "path", "export", "trust", "renew"])
def test_where_there_is_none_the_cure_is_said(ca, command):
    told = ca(command)
    assert told.exit_code == 1
    assert "There is no authority yet" in told.output
    assert "ca new --full" in told.output


def test_export_to_the_output_and_to_a_file(ca, authority, tmp_path):
    assert ca("export").stdout_bytes == authority.pem
    assert ca("export", "--format", "der").stdout_bytes == authority.der
    told = ca("export", "--format", "p12", "-o", str(tmp_path / "ca.p12"))
    assert "Its password is changeit." in told.output
    assert (tmp_path / "ca.p12").read_bytes()[:1] == b"\x30"
    assert ca("export", "--output", str(tmp_path / "no" / "such")).exit_code == 1


# --- new and renew ---------------------------------------------------------------------------------------


def test_the_kind_has_to_be_said(ca):
    for words in ((), ("--full", "--only", "test")):
        told = ca("new", *words)
        assert told.exit_code == 2
        assert "Say which kind" in told.output
    told = ca("new", "--only", "com")
    assert told.exit_code == 2
    assert "Name the domain itself" in told.output


def test_new_ones(ca, home):
    assert ca("new", "--only", "example.com").exit_code == 0
    made = Authority.load_or_create(home / "certs")
    assert str(made.scope) == "test, example.com"
    assert "is an authority already" in ca("new", "--full", "--if-missing").output
    assert Authority.load_or_create(home / "certs").fingerprint == made.fingerprint


def test_a_new_one_in_place_of_an_old_one_is_asked_for_and_the_old_is_put_aside(ca, authority, home, debian):
    ca("trust", "--yes")
    assert ca("new", "--only", "a.test", input="n\n").exit_code == 1
    assert Authority.load_or_create(home / "certs").fingerprint == authority.fingerprint
    told = ca("new", "--only", "a.test", input="y\nn\n")
    assert told.exit_code == 1  # the old one is still believed
    assert f"The old one, {authority.name}, is still in: the system's store" in told.output
    [aside] = (home / "certs").glob("old-*")
    assert (aside / "ca.pem").read_bytes() == authority.pem
    assert Authority.load_or_create(home / "certs").scope == Scope.parse("a.test")
    assert states(ca)["system"]["others"][0]["sha256"] == authority.fingerprint


def test_renewing_keeps_the_kind(ca, home, debian):
    ca("new", "--only", "example.com,10.0.0.0/8")
    before = Authority.load_or_create(home / "certs")
    assert ca("renew", "--yes").exit_code == 0
    after = Authority.load_or_create(home / "certs")
    assert after.scope == before.scope
    assert after.fingerprint != before.fingerprint


def test_one_that_has_expired_or_lost_its_key_is_renewed_too(ca, authority, home):
    (home / "certs" / "ca-key.pem").unlink()
    assert ca("renew", "--yes").exit_code == 0
    assert Authority.load_or_create(home / "certs").scope is None


def test_a_damaged_one_can_be_replaced(ca, authority, home):
    authority.path.write_text("damaged")
    assert ca("renew").exit_code == 1
    assert ca("new", "--full", "--yes").exit_code == 0
    assert Authority.load_or_create(home / "certs").scope is None


def test_not_while_inspector_runs_on_it(ca, authority, monkeypatch):
    monkeypatch.setattr(shared.notice, "read", lambda *_: object())
    told = ca("renew", "--yes")
    assert told.exit_code == 1
    assert "Stop it first" in told.output


# --- the key ---------------------------------------------------------------------------------------------


@pytest.mark.skipif(os.name != "posix", reason="file modes")
def test_a_run_warns_of_a_key_that_lay_open(start_inspector, authority, home):
    (authority.folder / "ca-key.pem").chmod(0o644)
    started = start_inspector(home=home).wait_until_ready()
    assert "could be read by other people" in started.said


def test_the_key_is_in_no_other_file_of_the_home(start_inspector, home):
    started = start_inspector(home=home).wait_until_ready()
    started.stop()
    key = home / "certs" / "ca-key.pem"
    secrets = key.read_bytes().splitlines()[1:-1]
    for path in home.rglob("*"):
        if path.is_file() and path != key:
            content = path.read_bytes()
            assert not [line for line in secrets if line in content], path


@pytest.mark.skipif(os.name != "posix", reason="file modes")
def test_every_key_is_private_under_an_open_umask(home):
    code = "import os, sys; os.umask(0); from inspector.cli.main import main; main(sys.argv[1:])"
    for words in (("new", "--full"), ("new", "--only", "test", "--yes"), ("renew", "--yes")):
        subprocess.run(
            [sys.executable, "-c", code, "ca", *words, "--home", str(home)], check=True, capture_output=True
        )
    keys = list(home.rglob("ca-key.pem"))
    assert len(keys) == 3
    for key in keys:
        assert key.stat().st_mode & 0o777 == 0o600
        assert key.parent.stat().st_mode & 0o777 == 0o700


def test_the_key_is_in_no_output(ca, authority, debian, tmp_path):
    pem = (authority.folder / "ca-key.pem").read_text()
    number = f"{load_pem_private_key(pem.encode(), None).private_numbers().private_value:x}"
    said = ""
    for words in (
        ["status"],
        ["status", "--json"],
        ["path"],
        ["export"],
        ["trust", "--yes"],
        ["untrust", "--yes"],
        ["renew", "--yes"],
    ):
        said += ca(*words).output
    assert number not in said.lower()
    assert not [line for line in pem.splitlines()[1:-1] if line in said]
    assert isinstance(authority.certificate, x509.Certificate)
