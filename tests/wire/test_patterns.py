"""Lists of hosts: what each entry takes in, how it is spelled, what is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.wire.patterns import Hosts, parse_list, parse_pattern


@pytest.mark.parametrize(
    ("pattern", "inside", "outside"),
    [
        ("example.com", "example.com www.example.com a.b.example.com", "example.org badexample.com com example.com.evil"),
        (".example.com", "example.com www.example.com", "badexample.com"),
        ("*.example.com", "www.example.com a.b.example.com", "example.com badexample.com"),
        ("EXAMPLE.com.", "example.com www.example.com", "example.org"),
        ("localhost", "localhost a.localhost", "127.0.0.1"),
        ("bücher.example", "xn--bcher-kva.example www.xn--bcher-kva.example", "example"),
        ("192.168.0.7", "192.168.0.7 ::ffff:192.168.0.7", "192.168.0.8 7 example.com"),
        ("10.0.0.0/8", "10.0.0.0 10.255.255.255", "11.0.0.0 ten.example ::1"),
        ("10.1.2.3/8", "10.9.9.9", "11.0.0.0"),
        ("[::1]", "::1", "::2 127.0.0.1"),
        ("fd00::/8", "fd00::1 fdff::1", "fc00::1 10.0.0.1"),
        ("[fd00::]/8", "fd00::1", "fc00::1"),
        ("*", "example.com 10.0.0.1 ::1 localhost", ""),
    ],
)  # fmt: skip
def test_what_an_entry_takes_in(pattern, inside, outside):
    hosts = Hosts([parse_pattern(pattern)])
    for host in inside.split():
        assert hosts.find(host) == parse_pattern(pattern).text, host
    for host in outside.split():
        assert hosts.find(host) == "", host


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("Example.COM", "example.com"), (" .a.test ", "a.test"), ("*.A.test", "*.a.test"), ("0x7f.1", "127.0.0.1"),
        ("10.1.2.3/8", "10.0.0.0/8"), ("[::1]", "::1"), ("*", "*"), ("10.0.0.1/32", "10.0.0.1"),
    ],
)  # fmt: skip
def test_an_entry_has_one_spelling(text, spelled):
    assert parse_pattern(text).text == spelled
    assert parse_pattern(spelled).text == spelled


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("https://example.com/", "host alone"), ("example.com:443", "ports make no difference"),
        ("www.*.com", "star"), ("*", ""), ("10.0.0.0/40", "neither"), ("example.com/path", "neither"),
        ("a b", "not a host name"), ("", "not a host name"), ("*.", "not a host name"), ("-" * 64, "not a host name"),
    ],
)  # fmt: skip
def test_what_is_no_entry_is_said_in_a_sentence(text, says):
    if not says:
        parse_pattern(text)
        return
    with pytest.raises(ValueError, match=says):
        parse_pattern(text)


def test_a_list_has_commas_between_and_forgives_too_many():
    assert [each.text for each in parse_list(" a.test, ,*.b.test,")] == ["a.test", "*.b.test"]
    assert parse_list("") == ()


def test_an_empty_list_has_nothing_in_it():
    assert not Hosts()
    assert Hosts(parse_list("a.test"))
    assert Hosts().find("a.test") == ""


@given(st.text(max_size=80), st.text(max_size=80))
def test_whatever_is_written_is_understood_or_refused(text, host):
    try:
        patterns = parse_list(text)
    except ValueError:
        return
    Hosts(patterns).find(host)
