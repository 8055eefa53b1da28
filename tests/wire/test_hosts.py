"""Hosts: what names the same computer has to be found out as the same."""

from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.wire.hosts import Authority, address_of, join_authority, split_authority, to_ascii, unwrapped


@pytest.mark.parametrize(("authority", "host", "port"), [
    (b"a.test", "a.test", None),
    (b"A.test:80", "A.test", 80),
    (b"a.test:", "a.test", None),
    (b"a.test:00080", "a.test", 80),
    (b"a.test:0", "a.test", 0),
    (b"[::1]", "::1", None),
    (b"[::1]:65535", "::1", 65535),
    (b"1.2.3.4:1", "1.2.3.4", 1),
])  # fmt: skip
def test_an_authority_is_split(authority: bytes, host: str, port: int | None) -> None:
    assert split_authority(authority) == Authority(host, port)


@pytest.mark.parametrize("authority", [
    b"", b":80", b"a b", b"a:65536", b"a:999999999999999999999", b"a:-1", b"a:+1", b"a:8o", b"a:80:80", b"me@a", b"me:x@a:80", b"::1",
    b"[::1", b"::1]", b"[::1]80", b"[]", b"[1.2.3.4]", b"[::1%eth0]", b"[v1.x]", b"a/b", b"a\\b", b"a?b", b"a#b", b"a\x00",
    b"a\r\n", b"a\n", b"\xc3\xa4", b"a%2", b"<a>", b"a:\xd9\xa3",
])  # fmt: skip
def test_what_is_no_authority_is_none(authority: bytes) -> None:
    assert split_authority(authority) is None


def test_an_authority_is_joined() -> None:
    assert join_authority("a.test") == "a.test"
    assert join_authority("a.test", 80) == "a.test:80"
    assert join_authority("::1", 443) == "[::1]:443"
    assert join_authority("::1") == "[::1]"


@pytest.mark.parametrize("spelling", [
    "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7F.1", "0177.0.0.1", "017700000001", "0x7f.0x0.0x0.0x1",
    "127.0.0.01", "00000177.1", "127.0.0.1.", "[::ffff:127.0.0.1]", "::ffff:127.0.0.1", "::ffff:7f00:1",
    "0:0:0:0:0:FFFF:127.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "127\u30020\u30020\u30021",
    "127.0.0.0x1", "\uff11\uff12\uff17.1",
])  # fmt: skip
def test_every_spelling_of_this_computer_is_found_out(spelling: str) -> None:
    assert address_of(spelling) == IPv4Address("127.0.0.1")


@pytest.mark.parametrize(("spelling", "address"), [
    ("0", "0.0.0.0"), ("0.0.0.0", "0.0.0.0"), ("::", "::"), ("::1", "::1"), ("[::1]", "::1"), ("fe80::1%eth0", "fe80::1"),
    ("[fe80::1%25eth0]", "fe80::1"), ("0x", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"), ("4294967295", "255.255.255.255"),
    ("10.1", "10.0.0.1"), ("10.65535", "10.0.255.255"), ("2001:db8::1", "2001:db8::1"),
])  # fmt: skip
def test_an_address_is_canonical(spelling: str, address: str) -> None:
    assert address_of(spelling) == ip_address(address)


@pytest.mark.parametrize("name", [
    "", "a.test", "localhost", "127.0.0.1.example", "1.2.3.4.5", "4294967296", "256.1.1.1", "1.256.1", "08", "0x1g", "1..2", ".1",
    "-1", "+1", "1 ", "0b1", "1e3", "1_0", ":", "::g", "1:2", "99999999999999999999999999", "10.16777216",
])  # fmt: skip
def test_a_name_is_no_address(name: str) -> None:
    assert address_of(name) is None


def test_an_ipv4_address_is_taken_out_of_an_ipv6_one() -> None:
    assert unwrapped(IPv6Address("::ffff:10.0.0.1")) == IPv4Address("10.0.0.1")
    assert unwrapped(IPv6Address("2001:db8::1")) == IPv6Address("2001:db8::1")
    assert unwrapped(IPv6Address("::1")) == IPv6Address("::1")
    assert unwrapped(IPv4Address("10.0.0.1")) == IPv4Address("10.0.0.1")


@pytest.mark.parametrize(("name", "ascii_name"), [
    ("a.test", "a.test"), ("A.TEST.", "a.test"), ("münchen.test", "xn--mnchen-3ya.test"), ("MÜNCHEN.test", "xn--mnchen-3ya.test"),
    ("a_b.test", "a_b.test"), ("例え。テスト", "xn--r8jz45g.xn--zckzah"), ("xn--mnchen-3ya.test", "xn--mnchen-3ya.test"),
])  # fmt: skip
def test_a_name_is_written_as_dns_wants_it(name: str, ascii_name: str) -> None:
    assert to_ascii(name) == ascii_name


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "a..b",
        "a" * 64 + ".test",
        ".".join(["a" * 60] * 5),
        "ä..b",
        "a b",
        "a,b",
        "%41",
        "ü\u200e.test",
        "\ud800.test",
    ],
)
def test_what_cannot_be_a_name_says_so(name: str) -> None:
    with pytest.raises(ValueError, match="host name"):
        to_ascii(name)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from(["{}", "0x{:x}", "0{:o}"]))
def test_any_number_is_that_address(number: int, form: str) -> None:
    assert address_of(form.format(number)) == IPv4Address(number)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=30) | st.text("0123456789abcdefx.:[]%", max_size=20))
def test_any_text_gives_an_answer(text: str) -> None:
    address_of(text)
    split_authority(text.encode("utf-8", "surrogatepass"))
    with suppress(ValueError):
        assert to_ascii(text).isascii()
