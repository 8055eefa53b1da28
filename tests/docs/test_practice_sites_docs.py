"""docs/practice-sites.md names every site, every account, every setting and every address of a neighbour."""

from __future__ import annotations

import pytest

from inspector.lab.sites.identity.people import FIRST
from inspector.lab.sites.practice import SITES
from inspector.lab.sites.shop.model import seed
from inspector.lab.sites.shop.stores.opening import MONGO, REDIS, SQL
from inspector.lab.sites.take_home import PARCELS

ACCOUNTS = [(each["email"], each["password"]) for each in seed()["customers"]] + [
    (each[1], each[4]) for each in FIRST
]
WORDS = [site.host for site in SITES] + [SQL, MONGO, REDIS] + [f"{name.upper()}_URL" for name in PARCELS]


@pytest.fixture(scope="module")
def text(checkout):
    return (checkout / "docs" / "practice-sites.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("word", WORDS)
def test_it_is_named(text, word):
    assert f"`{word}`" in text


@pytest.mark.parametrize(("name", "password"), ACCOUNTS)
def test_every_account_is_there_with_its_password(text, name, password):
    assert any(f"`{name}`" in line and f"`{password}`" in line for line in text.splitlines())
