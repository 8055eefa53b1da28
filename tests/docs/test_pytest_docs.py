"""docs/pytest.md names all that a test can use, and every option and setting."""

from __future__ import annotations

import re

import pytest

from inspector.testing import Asked, Half, Inspector, Mock, Seen
from inspector.testing.seen import Seen as SeenClass


@pytest.fixture(scope="module")
def text(checkout):
    return (checkout / "docs" / "pytest.md").read_text(encoding="utf-8")


def public(kind):
    return sorted(name for name in vars(kind) if not name.startswith("_"))


@pytest.mark.parametrize("name", public(Inspector))
def test_what_the_fixture_can_do_is_named(text, name):
    assert re.search(rf"inspector\.{name}\b", text)


@pytest.mark.parametrize("name", sorted({*public(Half), *public(Seen), *public(Mock), *public(Asked)}))
def test_what_an_exchange_and_a_mock_say_is_named(text, name):
    assert re.search(rf"`(inspector\.)?{name}(\([^`]*\))?`", text)


def test_every_option_and_setting_is_named(text, checkout):
    source = (checkout / "inspector/testing/plugin.py").read_text(encoding="utf-8")
    named = set(re.findall(r'"(--inspector-[\w-]+)"|addini\(\s*"(\w+)"', source))
    assert len(named) == 6
    for option, setting in named:
        assert f"`{option or setting}" in text


def test_the_public_names_are_those_of_their_modules():
    assert Seen is SeenClass
