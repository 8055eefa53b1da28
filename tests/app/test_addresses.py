import pytest

from inspector.app.addresses import Address, parse_address


@pytest.mark.parametrize(
    ("text", "address", "again"),
    [
        ("127.0.0.1:8080", Address("127.0.0.1", 8080), "127.0.0.1:8080"),
        ("8090", Address("127.0.0.1", 8090), "127.0.0.1:8090"),
        ("localhost:0", Address("localhost", 0), "localhost:0"),
        ("[::1]:8080", Address("::1", 8080), "[::1]:8080"),
        (" 0.0.0.0:80 ", Address("0.0.0.0", 80), "0.0.0.0:80"),
        ("[fe80::1%eth0]:1", Address("fe80::1%eth0", 1), "[fe80::1%eth0]:1"),
    ],
)
def test_an_address_is_read_and_written(text, address, again):
    assert parse_address(text) == address
    assert str(parse_address(text)) == again


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("::1:8080", "in brackets"),
        (":8080", "which address"),
        ("host:http", "a number from 0 to 65535"),
        ("host:65536", "a number from 0 to 65535"),
        ("host:-1", "a number"),
        ("host:٣", "a number"),
        ("", "a number"),
    ],
)
def test_what_is_no_address_is_told_how_to_write_one(text, why):
    with pytest.raises(ValueError, match=why):
        parse_address(text)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost", "LocalHost.", "a.localhost"])
def test_loopback_in_every_spelling(host):
    assert Address(host, 1).loopback


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "example.com", "notlocalhost"])
def test_what_others_can_reach_is_not_loopback(host):
    assert not Address(host, 1).loopback


def test_all_addresses_are_reached_by_loopback():
    assert Address("0.0.0.0", 80).reachable == Address("127.0.0.1", 80)
    assert Address("::", 80).reachable == Address("::1", 80)
    assert Address("10.0.0.1", 80).reachable == Address("10.0.0.1", 80)
