"""Plans, their carrying out, and what is proved when a step fails."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from inspector.pki.trust_stores import acts
from inspector.pki.trust_stores.linux import FAMILIES, LinuxStore
from inspector.pki.trust_stores.machine import Done, Machine
from inspector.pki.trust_stores.model import Step, certificates_in, ours_among

DEBIAN = FAMILIES[-1]


class Debian:
    """A computer whose update-ca-certificates does what the real one does, to the folders below."""

    def __init__(self, machine):
        self.machine = machine
        self.folder = machine.make(f"{DEBIAN.anchors}/")
        self.bundle = machine.make(DEBIAN.bundles[0])
        note = machine.run
        machine.run = lambda *command: self.run(note, *command)

    def run(self, note, *command):
        answer = note(*command)
        if answer.code == 0:
            self.obey(command)
        return answer

    def obey(self, command):
        match command[0].rpartition("/")[2]:
            case "install":
                self.folder.joinpath(command[-1].rpartition("/")[2]).write_bytes(
                    Path(command[-2]).read_bytes()
                )
            case "rm":
                self.folder.joinpath(command[-1].rpartition("/")[2]).unlink()
            case "update-ca-certificates":
                self.bundle.write_bytes(b"".join(path.read_bytes() for path in self.folder.glob("*.crt")))


@pytest.fixture
def machine(computer):
    made = computer(programs=("install", "rm", "update-ca-certificates"))
    Debian(made)
    return made


@pytest.fixture
def store(machine):
    return LinuxStore(machine, DEBIAN)


def current(held):
    return held.current


def test_there_and_back_again(store, machine, anchor, sample):
    assert acts.trust(store, anchor, sample, machine).proof.holds
    assert acts.plan_trust((store,), anchor)[0].steps == ()
    outcome = acts.untrust(store, anchor, current, machine, sample)
    assert outcome.proof.holds
    assert "No certificate with that fingerprint is left" in outcome.proof.sentence
    assert acts.plan_untrust((store,), anchor, current)[0].steps == ()


def test_what_is_announced_is_what_is_run(store, machine, anchor):
    announced = [machine.shown(step.command) for step in acts.plan_trust((store,), anchor)[0].steps]
    acts.trust(store, anchor, None, machine)
    assert machine.ran == announced


def test_a_step_that_fails_ends_it_and_the_proof_says_how_it_stands(store, machine, anchor, sample):
    machine.answers["/bin/update-ca-certificates"] = Done(1, "disk full")
    outcome = acts.trust(store, anchor, sample, machine)
    assert not outcome.proof.holds
    assert outcome.failed.command[0].endswith("update-ca-certificates")
    assert outcome.said == "disk full"


def test_untrust_that_did_not_work_is_not_called_done(store, machine, anchor, sample):
    acts.trust(store, anchor, sample, machine)
    machine.answers["/bin/update-ca-certificates"] = Done(1, "no")
    outcome = acts.untrust(store, anchor, current, machine, sample)
    assert not outcome.proof.holds
    assert anchor.name in outcome.proof.sentence


def test_a_store_that_believes_what_it_does_not_list_is_not_called_clean(
    store, machine, anchor, sample, monkeypatch
):
    """As when the listing overlooks it: the sample is judged all the same."""
    acts.trust(store, anchor, sample, machine)
    empty = store.look(anchor).__class__("absent")
    monkeypatch.setattr(LinuxStore, "look", lambda *_: empty)
    outcome = acts.untrust(store, anchor, current, machine, sample)
    assert not outcome.proof.holds
    assert "still believes" in outcome.proof.sentence


def test_a_command_as_one_would_type_it():
    step = Step("", ("certutil", "-n", "Inspector CA, desk"), as_root=True)
    assert shlex.split(step.typed) == ["sudo", "certutil", "-n", "Inspector CA, desk"]


def test_certificates_in_any_text(anchor, stranger):
    text = b"# comment\n" + anchor.path.read_bytes().replace(b"\n", b"\r\n") + b"junk" + stranger.pem
    text += b"-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n"
    assert list(certificates_in(text))[:2] == [anchor.der, stranger.der]


def test_the_name_alone_makes_nobody_the_current_one(anchor, forge):
    impostor = forge(anchor.name, ca=True)
    assert ours_among([(impostor.der, "")], anchor) == ()  # it lacks our organisation
    garbage = b"Inspector" + b"\0" * 40
    assert ours_among([(garbage, "")], anchor) == ()


def test_a_command_that_is_not_there_is_an_exit_code(tmp_path):
    done = Machine(home=tmp_path).run("/no/such/program")
    assert done.code != 0
    assert done.said


def test_whether_one_may_write(tmp_path):
    machine = Machine(home=tmp_path)
    assert machine.may_write(tmp_path / "not" / "there" / "yet")
    assert machine.find("sh").endswith("/sh")
    assert machine.find("no-such-program") == ""
