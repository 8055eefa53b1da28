"""Ways upwards: what a garbled certificate does to them (nothing)."""

from __future__ import annotations

import datetime as dt

import pytest

from inspector.pki.paths import Case, is_address

NOW = dt.datetime.now(dt.UTC)


@pytest.mark.parametrize(("host", "address"), [("::1", True), ("[::1]", True), ("10.0.0.1", True), ("a.test", False), ("", False)])  # fmt: skip
def test_addresses_are_told_from_names(host, address):
    assert is_address(host) is address


def test_garbage_leads_nowhere_and_raises_nothing(forge):
    root = forge("Root", ca=True)
    leaf = forge("www.example", by=root, names=["www.example"])
    for chain in ((b"x",), (leaf.der, b"x"), (b"x", leaf.der), (leaf.der, root.der[:-3])):
        case = Case(chain, "www.example", NOW, (root.der,))
        assert case.path()[0] in chain
    assert Case((leaf.der, b"x"), "www.example", NOW, (root.der,)).path() == (leaf.der, root.der)
