"""The table speaks of what is there: reasons, faults, recipes."""

from __future__ import annotations

import pytest

from inspector.exchange.faults import FAULTS
from inspector.lab.badtls.cases import BY_LABEL, CASES, DOMAIN, UNTRUSTED
from inspector.pki.reasons import REASONS

EVERY = pytest.mark.parametrize("case", CASES, ids=lambda case: case.label)


def test_every_label_is_there_once():
    assert len(BY_LABEL) == len(CASES) == 15


@EVERY
def test_its_reason_and_its_fault_are_known(case):
    assert case.reason in REASONS or not case.reason
    assert case.fault in FAULTS or case.is_good
    assert bool(case.reason) == (case.fault == UNTRUSTED)


@EVERY
def test_it_lies_below_the_labs_domain(case):
    assert case.host.endswith(f".{DOMAIN}")
    assert case.host.count(".") == DOMAIN.count(".") + 1
    assert case.url == f"https://{case.host}/"


@EVERY
def test_it_says_itself_in_sentences(case):
    assert case.title
    for words in (case.wrong, case.cure):
        assert words.endswith(".")
    assert not case.note or case.note.endswith(".")


def test_where_no_browser_stops_the_table_says_why():
    for case in CASES:
        assert case.is_good or case.note or (case.chromium and case.firefox), case.label
