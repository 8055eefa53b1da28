from __future__ import annotations

import re

import pytest

from inspector.pki.reasons import DATES, NO_ISSUER, REASONS, VERIFIER_CODES
from inspector.pki.verdict import _FINDERS

BLANKS = {"{host}", "{who}", "{issuer}", "{detail}"}


@pytest.mark.parametrize("code", REASONS)
def test_every_reason_is_a_sentence_with_a_cure(code):
    reason = REASONS[code]
    for text in (reason.sentence, reason.cure):
        assert text[0].isupper() or text[0] == "{"
        assert text.rstrip().endswith((".", "?"))
        assert set(re.findall(r"\{.*?\}", text)) <= BLANKS
        assert "  " not in text
    assert reason.chromium or reason.firefox
    assert not reason.chromium or reason.chromium.startswith("ERR_")
    assert not reason.firefox or reason.firefox.split("_")[0] in {"SEC", "SSL", "MOZILLA"}
    assert reason.check


def test_every_number_leads_to_a_reason():
    assert set(VERIFIER_CODES.values()) <= set(REASONS) | {NO_ISSUER, DATES}


def test_every_way_to_find_the_culprit_belongs_to_a_reason():
    assert set(_FINDERS) <= set(REASONS)
