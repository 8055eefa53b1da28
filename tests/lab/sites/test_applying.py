"""Applying for a certificate one step at a time: each step is an exchange of its own, a failure says why and where to go on, and a renewal needs no second account."""

from __future__ import annotations

import stat

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from inspector.lab.applying import keeping
from inspector.lab.applying.applicant import Applicant
from inspector.lab.applying.keeping import shown
from inspector.lab.applying.steps import IDS
from inspector.lab.mine.answering import Answering
from inspector.lab.mine.loading import Loading
from inspector.lab.mine.place import Place
from inspector.lab.sites.practice import AUTHORITY, MINE


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path / "mine")


@pytest.fixture
def site(practice, place, tmp_path):
    """The learner's site, whatever its code does."""
    practice.mine = Answering(tmp_path, place.challenges, Loading(tmp_path), broken="no code")
    yield
    practice.mine = None


@pytest.fixture
def applicant(practice, place):
    return Applicant(place, practice.proxy, practice.authority)


def test_nine_steps_lead_to_a_certificate_that_the_site_shows(applicant, site, place, practice):
    asked = {}
    for number, id in enumerate(IDS, 1):
        before = len(practice.engine.records.exchanges)
        applicant.step()
        assert (shown(place.root).done, shown(place.root).failed) == (number, "")
        asked[id] = [(each.method, each.host) for each in practice.engine.records.exchanges[before:]]
    assert asked["directory"] == [("GET", AUTHORITY)]
    assert asked["account"] == [("HEAD", AUTHORITY), ("POST", AUTHORITY)]
    assert (
        asked["order"]
        == asked["authorization"]
        == asked["request"]
        == asked["certificate"]
        == [("POST", AUTHORITY)]
    )
    assert asked["answer"] == asked["install"] == []
    assert ("GET", MINE) in asked["challenge"]
    pem = place.certificate.read_bytes()
    leaf, _ = x509.load_pem_x509_certificates(pem)
    assert load_pem_private_key(pem, None).public_key() == leaf.public_key()
    assert stat.S_IMODE(place.certificate.stat().st_mode) == 0o600
    assert not place.challenges.exists()
    applicant.step()
    assert shown(place.root).done == len(IDS)


def test_a_renewal_begins_at_the_order_with_the_same_account(applicant, site, place):
    for _ in IDS:
        applicant.step()
    first, account = place.certificate.read_bytes(), keeping.read(place.root).account
    applicant.renew()
    assert IDS[shown(place.root).done] == "order"
    for _ in IDS[shown(place.root).done :]:
        applicant.step()
    assert place.certificate.read_bytes() != first
    assert (keeping.read(place.root).account, shown(place.root).renewals) == (account, 1)


def test_a_stopped_site_is_said_and_a_new_order_helps(applicant, place, practice, tmp_path):
    for _ in IDS[: IDS.index("challenge") + 1]:
        applicant.step()
    state = shown(place.root)
    assert "was answered with status" in state.failed
    assert IDS[state.done] == "order"


def test_an_authority_that_forgot_the_account_is_asked_for_another(applicant, site, place, practice):
    for _ in range(2):
        applicant.step()
    practice.house.reset(AUTHORITY)
    applicant.step()
    state = shown(place.root)
    assert ("no such account" in state.failed, IDS[state.done]) == (True, "account")
    for _ in IDS[state.done :]:
        applicant.step()
    assert (shown(place.root).done, shown(place.root).failed) == (len(IDS), "")


def test_an_authority_that_is_not_there_is_said(place, practice):
    applicant = Applicant(place, "http://127.0.0.1:9", practice.authority)
    applicant.step()
    assert "could not be asked" in shown(place.root).failed
    assert shown(place.root).done == 0


def test_all_of_it_can_be_forgotten(applicant, site, place):
    for _ in IDS:
        applicant.step()
    applicant.begin_anew()
    assert (shown(place.root).done, place.certificate.exists()) == (0, False)
