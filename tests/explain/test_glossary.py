"""The glossary has every term that a sentence links to, and every link in it leads somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import inspector.explain
from inspector.explain.glossary import ALSO, TERMS, in_order, look_up
from inspector.explain.prose import term_id

FOLDER = Path(inspector.explain.__file__).parent
LINK = re.compile(r"\[\[([^\[\]|{}]+)(?:\|[^\]]+)?\]\]")


def linked() -> list[tuple[str, str]]:
    found = []
    for file in sorted(FOLDER.rglob("*.py")):
        if file.name == "prose.py":
            continue
        for match in LINK.finditer(file.read_text(encoding="utf-8")):
            found.append((str(file.relative_to(FOLDER)), term_id(match[1])))
    return found


def test_every_term_that_a_sentence_links_to_exists():
    missing = {(file, term) for file, term in linked() if look_up(term) is None}
    assert not missing


def test_there_are_enough_terms_and_none_twice():
    assert len(TERMS) >= 80
    assert len(in_order()) == len(TERMS)


@pytest.mark.parametrize("term", TERMS.values(), ids=list(TERMS))
def test_a_term_is_defined_in_a_sentence_or_two(term):
    text = str(term.definition)
    assert 20 < len(text) < 220
    assert text.endswith(".")
    assert 1 <= len(re.findall(r"[.!?](?: |$)", text)) <= 3
    assert all(look_up(each) is not None and each != term.id for each in term.see), term.see


def test_other_words_lead_to_terms():
    assert all(id in TERMS for id in ALSO.values())
