"""docs/filter.md has every field with its names, its example and its moment, every mark, and only filters that are right."""

from __future__ import annotations

import re

import pytest

from inspector.filter.fields import FIELDS, FLAGS
from inspector.filter.parsing import parse


@pytest.fixture(scope="module")
def text(checkout):
    return (checkout / "docs" / "filter.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_every_field_has_its_row(text, field):
    names = ", ".join(f"`{name}`" for name in (field.name, *field.also))
    when = "see below" if field.name == "is" else field.moment.words
    assert f"| {names} | {field.help} | `{field.example}` | {when} |" in text


@pytest.mark.parametrize("name", FLAGS)
def test_every_mark_has_its_row(text, name):
    assert f"| `is:{name}` | {FLAGS[name].yes} | {FLAGS[name].moment.words} |" in text


def test_the_rows_are_no_more_than_the_fields(text):
    table = text.partition("## Fields")[2]
    assert len(re.findall(r"^\| `", table, re.MULTILINE)) == len(FIELDS) + len(FLAGS)


def test_every_way_of_writing_is_right(text):
    table = text.partition("## How it is written")[2].partition("## Fields")[0]
    for cell in re.findall(r"^\| (`.*?`) \|", table, re.MULTILINE):
        for example in re.findall(r"`([^`]+)`", cell):
            parse(example)
