"""Every reason why a certificate is refused has what is behind it, for both people."""

from __future__ import annotations

import pytest

from inspector.explain.remedies import REMEDIES
from inspector.pki.reasons import REASONS


def test_every_reason_has_its_remedy():
    assert set(REMEDIES) == set(REASONS)


@pytest.mark.parametrize("code", REMEDIES)
def test_a_remedy_is_sentences_for_two_people(code):
    for text in REMEDIES[code]:
        assert text[0].isupper()
        assert text.endswith(".")
        assert "  " not in text
        assert text.count("`") % 2 == 0
        assert "forged certificate" not in text
