from __future__ import annotations

import ipaddress

import pytest
from cryptography import x509

from inspector.pki.constraints import Scope, admits, permitted
from inspector.pki.errors import BadScope
from inspector.pki.names import general_name


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "test"),
        ("test", "test"),
        ("test,example.com,10.0.0.0/8", "test, example.com, 10.0.0.0/8"),
        (" Example.COM ; *.example.net,.example.org ", "test, example.com, example.net, example.org"),
        ("bücher.example", "test, xn--bcher-kva.example"),
        ("example.com,www.example.com", "test, example.com"),
        ("10.1.2.3/8", "test, 10.0.0.0/8"),
        ("192.0.2.7,::1,[fd00::]/8", "test, 192.0.2.7/32, ::1/128, fd00::/8"),
        ("localhost,127.0.0.1", "test, localhost, 127.0.0.1/32"),
        ("inspector.test", "test"),
    ],
)
def test_what_a_person_writes(text, said):
    assert str(Scope.parse(text)) == said


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("com", "every site whose name ends with .com"),
        ("0.0.0.0/0", "large part of the public Internet"),
        ("8.0.0.0/8", "at most /16"),
        ("::/0", "at most /32"),
        ("10.0.0.0/99", "no network of addresses"),
        ("exa mple.com", "not a host name"),
        ("https://example.com/", "no network"),
        ("1.2.3", "looks like an IP address"),
    ],
)
def test_what_will_not_do_is_told_with_the_cure(text, words):
    with pytest.raises(BadScope, match=words):
        Scope.parse(text)


SCOPE = Scope.parse("example.com,10.0.0.0/8")
LISTS = (
    (SCOPE, "test", True), (SCOPE, "inspector.test", True), (SCOPE, "a.b.elsewhere.test", True),
    (SCOPE, "example.com", True), (SCOPE, "www.example.com", True), (SCOPE, "*.example.com", True),
    (SCOPE, "badexample.com", False), (SCOPE, "example.com.evil.net", False), (SCOPE, "com", False),
    (SCOPE, "attest", False), (SCOPE, "localhost", False),
    (SCOPE, "10.200.0.1", True), (SCOPE, "11.0.0.1", False), (SCOPE, "::1", False), (SCOPE, "::ffff:10.0.0.1", False),
    (SCOPE, "me@example.com", False), (SCOPE, "spiffe://example.com/x", False),
    (Scope.parse(""), "10.0.0.1", False), (Scope.parse(""), "127.0.0.1", False),
    (Scope.parse("fd00::/8"), "fd12::1", True), (Scope.parse("fd00::/8"), "127.0.0.1", False),
)  # fmt: skip


@pytest.mark.parametrize(("scope", "name", "expected"), LISTS)
def test_what_lies_within(scope, name, expected):
    assert admits(scope.extension(), general_name(name)) is expected


def test_every_kind_of_name_is_spoken_of():
    """ "A constraint on one type leaves the others free": so none may be missing."""
    extension = Scope.parse("").extension()
    kinds = {type(each) for each in (*extension.permitted_subtrees, *extension.excluded_subtrees)}
    assert kinds == {
        x509.DNSName,
        x509.IPAddress,
        x509.RFC822Name,
        x509.UniformResourceIdentifier,
        x509.DirectoryName,
    }
    assert {str(each.value) for each in extension.excluded_subtrees} == {"0.0.0.0/0", "::/0"}


def test_a_family_of_addresses_of_which_none_is_listed_is_excluded():
    only_4 = Scope.parse("10.0.0.0/8").extension().excluded_subtrees
    assert [each.value for each in only_4] == [ipaddress.ip_network("::/0")]
    assert Scope.parse("10.0.0.0/8,::1").extension().excluded_subtrees is None


# --- constraints that others wrote -----------------------------------------------------------------------


def subtrees(permit=(), exclude=()):
    return x509.NameConstraints(list(permit) or None, list(exclude) or None)


@pytest.mark.parametrize(
    ("constraints", "name", "expected"),
    [
        (subtrees([x509.DNSName("a.example")]), x509.IPAddress(ipaddress.ip_address("192.0.2.1")), True),
        (subtrees(exclude=[x509.DNSName("")]), x509.DNSName("a.example"), False),
        (subtrees(exclude=[x509.DNSName("bad.example")]), x509.DNSName("x.bad.example"), False),
        (subtrees(exclude=[x509.DNSName("bad.example")]), x509.DNSName("good.example"), True),
        (
            subtrees([x509.DNSName("example")], [x509.DNSName("bad.example")]),
            x509.DNSName("bad.example"),
            False,
        ),
        (subtrees([x509.DNSName(".example")]), x509.DNSName("a.example"), True),
        (subtrees([x509.RFC822Name("example.com")]), x509.RFC822Name("me@example.com"), True),
        (subtrees([x509.RFC822Name("example.com")]), x509.RFC822Name("me@mail.example.com"), False),
        (subtrees([x509.RFC822Name(".example.com")]), x509.RFC822Name("me@mail.example.com"), True),
        (subtrees([x509.RFC822Name("me@example.com")]), x509.RFC822Name("me@example.com"), True),
        (subtrees([x509.RFC822Name("me@example.com")]), x509.RFC822Name("you@example.com"), False),
        (
            subtrees([x509.UniformResourceIdentifier("example.com")]),
            x509.UniformResourceIdentifier("https://u@example.com:8443/x"),
            True,
        ),
    ],
)
def test_constraints_of_every_kind(constraints, name, expected):
    assert admits(constraints, name) is expected


def test_an_authority_without_constraints_may_vouch_for_anything(authority):
    assert permitted("example.com", [authority.certificate])
    assert Scope.of(authority.certificate) is None
