"""Who sees what: over http everything, over https the outside of it; and never more than was on the wire."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.exchange.model import Body, Connection, Exchange, Leg, Message, Timeline, Tls
from inspector.explain.case import Case
from inspector.explain.onlookers import Onlookers, Wire, who_sees_what

FORM = b"user=ada&password=hunter2"
REQUEST = Message(
    b"POST /login HTTP/1.1\r\nHost: shop.test\r\nCookie: sid=abc\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Content-Length: 25\r\n\r\n",
    Body(25, 25, FORM),
)
RESPONSE = Message(
    b"HTTP/1.1 302 Found\r\nLocation: /account\r\nSet-Cookie: sid=def\r\nContent-Length: 0\r\n\r\n"
)
PROXIED = Message(
    REQUEST.head.replace(b"/login", b"http://shop.test/login").replace(
        b"\r\nCookie", b"\r\nProxy-Connection: keep-alive\r\nCookie"
    )
)
LINE = Timeline(
    request_end=0.001, dns_start=0.002, dns_end=0.01, connect_start=0.01, connect_end=0.03, tls_start=0.03, tls_end=0.06,
    send_start=0.06, send_end=0.061, response_start=0.09, response_end=0.1,
)  # fmt: skip
TLS = Tls(
    "TLSv1.3",
    "TLS_AES_128_GCM_SHA256",
    "http/1.1",
    "shop.test",
    offered_alpn=("http/1.1",),
    offered_versions=("TLSv1.3", "TLSv1.2"),
)


def exchange(scheme: str = "https", *, turn: int = 1, **other) -> Exchange:
    whole = Exchange(
        b"x" * 16, 1, "done", "http", "browser", 1000.0, 0.1, "POST", scheme, "shop.test", 443, "/login", "1.1", 302, "Found", "", "page",
        25, 0, "127.0.0.1", "Mozilla/5.0", "decrypted" if scheme == "https" else "none", "TLSv1.3" if scheme == "https" else "",
        "203.0.113.7", False, "", 0,
        Leg(b"c", PROXIED, RESPONSE), Leg(b"s", REQUEST, RESPONSE, turn=turn), LINE,
    )  # fmt: skip
    return msgspec.structs.replace(whole, **other)


def connection(tls: Tls | None = TLS, **other) -> Connection:
    return msgspec.structs.replace(
        Connection(b"s", "server", 1000.01, "203.0.113.7", 443, "192.168.1.5", 50000, "shop.test", tls=tls),
        **other,
    )


def record(type: int, size: int) -> bytes:
    return bytes([type, 3, 3]) + size.to_bytes(2, "big") + b"\xaa" * size


WIRE = Wire((
    ("client", 0.021, record(22, 300)), ("server", 0.04, record(22, 90) + record(20, 1) + record(23, 2000)),
    ("client", 0.049, record(20, 1) + record(23, 53)), ("client", 0.0505, record(23, 180)),
    ("server", 0.06, record(23, 250)), ("server", 0.085, record(23, 120)),
))  # fmt: skip


def told(scheme: str = "https", wire: Wire | None = WIRE, **other) -> Onlookers:
    tls = TLS if scheme == "https" else None
    return who_sees_what(
        Case(exchange(scheme, **other), None, connection(tls)), wire if scheme == "https" else None
    )


def words(sight) -> str:
    return " ".join([str(sight.plain), *(f"{each.label}={each.text}" for each in sight.glimpses)])


def network(onlookers: Onlookers) -> str:
    return " ".join(words(moment.network) for moment in onlookers.moments)


def test_over_http_the_network_reads_the_password():
    onlookers = told("http")
    assert [moment.id for moment in onlookers.moments] == ["name", "connection", "request", "response"]
    request = onlookers.moments[2]
    assert {each.text for each in request.network.glimpses if each.secret} == {"sid=abc", "hunter2"}
    assert request.network.glimpses == request.site.glimpses == request.inspector.glimpses
    assert "2 pieces of it should be nobody's" in str(request.network.plain)
    assert not onlookers.protected


def test_over_https_it_reads_the_name_and_sees_the_rest_as_noise():
    onlookers = told()
    assert [moment.id for moment in onlookers.moments] == [
        "name",
        "connection",
        "hello",
        "answer",
        "request",
        "response",
    ]
    seen = network(onlookers)
    assert "shop.test" in seen
    assert "203.0.113.7:443" in seen
    assert not any(secret in seen for secret in ("hunter2", "sid=", "/login", "/account"))
    assert "hunter2" in words(onlookers.moments[4].site)
    assert [moment.network.noise for moment in onlookers.moments[2:]] == [(0,), (1, 2, 3, 4, 5), (6,), (7, 8)]
    assert [onlookers.records[at].size for at in (6, 7, 8)] == [180, 250, 120]
    assert onlookers.protected


def test_what_was_said_to_the_proxy_is_never_in_the_networks_column():
    for scheme in ("http", "https"):
        assert "Proxy" not in network(told(scheme))
        assert "CONNECT" not in network(told(scheme))


@pytest.mark.parametrize(("version", "seen"), [("TLSv1.2", True), ("TLSv1.3", False)])
def test_the_certificate_is_seen_under_tls_1_2_only(version, seen, leaf):
    tls = msgspec.structs.replace(TLS, version=version, chain=(leaf,))
    onlookers = who_sees_what(Case(exchange(), None, connection(tls)), None)
    answer = onlookers.moments[3]
    assert ("certificate" in [each.key for each in answer.network.glimpses]) is seen
    assert "certificate" in [each.key for each in answer.inspector.glimpses]


@pytest.fixture
def leaf(tmp_path) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    from inspector.pki.authority import Authority
    from inspector.pki.certificates import new_key

    made = Authority.load_or_create(tmp_path / "certs").issue(["shop.test"], new_key().public_key())
    return made.public_bytes(Encoding.DER)


def test_on_a_connection_used_again_only_its_own_records_count():
    wire = Wire(
        (
            *WIRE.chunks,
            ("client", 5.0, record(23, 77)),
            ("server", 5.1, record(23, 99)),
            ("client", 9.0, record(23, 11)),
        )
    )
    line = Timeline(send_start=0.0005, send_end=0.001, response_start=0.1, response_end=0.1)
    again = exchange(turn=2, started=1005.01, timeline=line)
    onlookers = who_sees_what(Case(again, None, connection()), wire)
    assert [moment.id for moment in onlookers.moments] == ["request", "response"]
    assert [record.size for record in onlookers.records] == [77, 99]
    assert "there already" in str(onlookers.notes[0])


def test_beyond_what_was_kept_it_says_so():
    onlookers = told(wire=Wire(WIRE.chunks[:4], full=True))
    assert "missing here" in str(onlookers.notes[0])
    assert "was not kept" in words(told(wire=None).moments[4].network)


def test_what_was_left_encrypted_inspector_sees_as_noise_too():
    sealed = exchange(
        kind="tunnel", protection="sealed", server_leg=Leg(b"s", Message(b"")), client_leg=Leg(b"c", PROXIED)
    )
    onlookers = who_sees_what(Case(sealed, None, connection(None)), WIRE)
    assert "the same" in str(onlookers.summary)
    assert [moment.id for moment in onlookers.moments] == ["name", "connection", "hello"]
    assert onlookers.moments[-1].inspector.noise == onlookers.moments[-1].network.noise != ()


def test_a_practice_site_never_left_this_computer():
    onlookers = who_sees_what(Case(exchange("http"), None, connection(None, peer="127.0.0.1")), None)
    assert onlookers.on_this_computer
    assert onlookers.heading.startswith("Nothing left this computer")


def test_without_a_connection_there_was_nothing_to_see():
    own = exchange("http", kind="page", server_leg=None, remote="", timeline=Timeline())
    onlookers = who_sees_what(Case(own))
    assert onlookers.moments == ()
    assert "Nothing of this exchange was on the network" in str(onlookers.summary)


PIECES = {
    "server_leg": [
        None,
        Leg(b"s", Message(b"")),
        Leg(b"s", REQUEST),
        Leg(b"s", Message(b"\x00\xff\r\n:\r\n\r\n"), Message(b"x")),
    ],
    "client_leg": [None, Leg(b"c", PROXIED)],
    "timeline": [Timeline(), LINE],
    "protection": ["none", "decrypted", "sealed"],
    "scheme": ["http", "https", "wss", ""],
    "duration": [None, 0.0],
    "remote": ["", "::1", "nonsense"],
}


@given(st.fixed_dictionaries({name: st.sampled_from(some) for name, some in PIECES.items()}), st.booleans(), st.booleans(), st.lists(st.binary(max_size=80), max_size=3))  # fmt: skip
def test_whatever_is_missing_it_says_no_more_than_is_there(pieces, connected, secured, chunks):
    wire = Wire(tuple(("server", float(at), each) for at, each in enumerate(chunks)))
    case = Case(exchange(**pieces), None, connection(TLS if secured else None) if connected else None)
    onlookers = who_sees_what(case, wire)
    if case.secure:
        assert "hunter2" not in network(onlookers)
    for moment in onlookers.moments:
        assert all(number < len(onlookers.records) for number in moment.network.noise)
