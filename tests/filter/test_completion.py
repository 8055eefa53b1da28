"""What is proposed at a caret."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.filter.completion import MOST, complete
from inspector.filter.errors import FilterMistake
from inspector.filter.fields import FIELDS
from inspector.filter.parsing import parse

SEEN = {
    "host": ["shop.test", "login.test"],
    "header.": ["X-Trace"],
    "response.header.": ["X-Trace"],
    "from": ["curl 8.5", "a (b)"],
}


def seen(field):
    return SEEN.get(field.name, ())


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("ho|", "host:"), ("status:200 ho|", "status:200 host:"), ("-ho|", "-host:"), ("(ho|", "(host:"), ("host:sh|", "host:shop.test"),
        ("host:=log|", "host:=login.test"), ("host:(a OR sh|", "host:(a OR shop.test"), ("is:fa|", "is:failed"), ("kind:p| host:a", "kind:page host:a"),
        ("header.set|", "header.set-cookie:"), ("response.header.x-tr|", "response.header.x-trace:"), ("header.x-t|", "header.x-trace:"),
        ("status:>40|", "status:>400"), ("from:cur|", 'from:"curl 8.5"'), ("a O|", "a OR"), ("tls.v|", "tls.version:"), ("meth|od:", "method:"),
    ],
)  # fmt: skip
def test_the_first_proposal(typed, completed):
    caret = typed.index("|")
    text = typed.replace("|", "")
    found = complete(text, caret, seen)
    assert text[: found.start] + found.offers[0].insert + text[found.end :] == completed


@pytest.mark.parametrize("typed", ['body:"out', "zzz", "status:404", "nosuch:x"])
def test_where_nothing_can_be_proposed(typed):
    assert complete(typed, len(typed), seen).offers == ()


def test_an_empty_box_proposes_fields_with_what_they_mean():
    offers = complete("", 0, seen).offers
    assert offers[0].insert == "host:"
    assert "site's name" in offers[0].means
    assert len(offers) == MOST


@pytest.mark.parametrize(
    "field", [field for field in FIELDS if not field.family], ids=lambda field: field.name
)
def test_every_proposed_value_can_be_read(field):
    typed = f"{field.name}:"
    for offer in complete(typed, len(typed), seen).offers:
        parse(typed + offer.insert)


@given(st.text(st.sampled_from('ab:*"()-. hostAO'), max_size=20), st.integers(0, 20))
def test_any_text_and_caret_will_do(text, caret):
    caret = min(caret, len(text))
    found = complete(text, caret, seen)
    assert 0 <= found.start <= found.end <= len(text)


def test_no_field_is_left_out_when_its_name_is_typed():
    for field in FIELDS:
        typed = field.name.rstrip(".")
        proposed = [offer.insert for offer in complete(typed[:-1], len(typed) - 1, seen).offers]
        assert any(each.startswith(field.name) for each in proposed), field.name


def test_mistakes_are_not_its_business():
    with pytest.raises(FilterMistake):
        parse("((a")
    assert complete("((ho", 4, seen).offers[0].insert == "host:"
