"""TLS in the open: real hellos made by OpenSSL, cut anywhere, and broken in every way."""

import ssl
import struct

import pytest
from cryptography import x509
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.wire import tls
from inspector.wire.rules import RULES, Problem
from inspector.wire.tls import ClientHello, ClientHelloReader


def openssl_hello(
    name: str | None, alpn: list[str] | None = None, newest: ssl.TLSVersion | None = None
) -> bytes:
    context = ssl.create_default_context()
    context.check_hostname = False
    if alpn:
        context.set_alpn_protocols(alpn)
    if newest:
        context.maximum_version = newest
    outgoing = ssl.MemoryBIO()
    client = context.wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname=name)
    with pytest.raises(ssl.SSLWantReadError):
        client.do_handshake()
    return outgoing.read()


def extension(number: int, data: bytes) -> bytes:
    return struct.pack(">HH", number, len(data)) + data


def sized(width: int, data: bytes) -> bytes:
    return len(data).to_bytes(width, "big") + data


def hello_message(*extensions: bytes, ciphers: tuple[int, ...] = (0x1301,), legacy: int = 0x0303) -> bytes:
    suites = b"".join(struct.pack(">H", number) for number in ciphers)
    body = struct.pack(">H", legacy) + bytes(32) + sized(1, b"") + sized(2, suites) + sized(1, b"\0")
    if extensions:
        body += sized(2, b"".join(extensions))
    return b"\1" + sized(3, body)


def records(message: bytes, size: int = 16_384) -> bytes:
    pieces = [message[at : at + size] for at in range(0, len(message), size)]
    return b"".join(b"\x16\x03\x01" + sized(2, piece) for piece in pieces)


def read(data: bytes) -> ClientHello:
    hello = tls.client_hello(data)
    assert isinstance(hello, ClientHello), hello
    return hello


def test_openssl_is_understood() -> None:
    hello = read(openssl_hello("shop.example.com", ["h2", "http/1.1"]))
    assert hello.sni == "shop.example.com"
    assert hello.alpn == ("h2", "http/1.1")
    assert hello.versions[:2] == ("TLS 1.3", "TLS 1.2")
    assert 0x1301 in hello.ciphers
    assert 0x1D in hello.groups
    assert set(hello.key_shares) <= set(hello.groups)
    assert not hello.ticket
    assert not hello.psk


def test_tls_1_2_says_its_version_in_the_old_place() -> None:
    hello = read(openssl_hello(None, newest=ssl.TLSVersion.TLSv1_2))
    assert hello.sni == ""
    assert hello.versions == ("TLS 1.2",)
    assert hello.key_shares == ()


def test_cut_into_records_and_segments_it_is_the_same() -> None:
    whole = openssl_hello("a.test", ["http/1.1"])
    message = whole[5:]
    expected = read(whole)
    for size in (1, 2, 3, 5, 50, 200):
        data = records(message, size)
        assert read(data) == expected
        reader = ClientHelloReader()
        results = [reader.feed(data[at : at + 7]) for at in range(0, len(data), 7)]
        assert results[-1] == expected
        assert results[:-1] == [None] * (len(results) - 1)
        assert bytes(reader.buffer) == data


def test_what_follows_the_hello_is_left_alone() -> None:
    whole = openssl_hello("a.test")
    reader = ClientHelloReader()
    assert isinstance(reader.feed(whole + b"\x14\x03\x03\x00\x01\x01"), ClientHello)


def test_grease_is_left_out() -> None:
    message = hello_message(
        extension(0x0A0A, b""),
        extension(43, sized(1, b"\x2a\x2a\x03\x04\x7f\x1c")),
        extension(10, sized(2, b"\xfa\xfa\x00\x1d")),
        extension(51, sized(2, b"\xba\xba" + sized(2, b"\0") + b"\x11\xec" + sized(2, b"k"))),
        extension(16, sized(2, sized(1, b"\x0a\x0a") + sized(1, b"h2"))),
        ciphers=(0x1A1A, 0x1301),
    )
    hello = read(records(message))
    assert hello.ciphers == (0x1301,)
    assert hello.versions == ("TLS 1.3", "0x7F1C")
    assert hello.groups == (0x1D,)
    assert hello.key_shares == (0x11EC,)
    assert hello.alpn == ("h2",)
    assert hello.extensions == (43, 10, 51, 16)
    assert [number for number in range(65_536) if tls.is_grease(number)] == [
        x * 0x1010 + 0x0A0A for x in range(16)
    ]


def test_a_ticket_or_a_key_to_resume_from_is_seen() -> None:
    assert not read(records(hello_message(extension(35, b"")))).ticket
    assert read(records(hello_message(extension(35, b"ticket")))).ticket
    hello = read(records(hello_message(extension(41, b"binder"))))
    assert (hello.ticket, hello.psk) == (True, True)


@pytest.mark.parametrize(("name", "expected"), [
    (sized(2, b"\0" + sized(2, b"a.test")), "a.test"),
    (sized(2, b"\1" + sized(2, b"x") + b"\0" + sized(2, b"A.test")), "A.test"),
    (sized(2, b"\0" + sized(2, b"a\0.test")), ""),
    (sized(2, b"\0" + sized(2, b"")), ""),
    (sized(2, b"\0" + sized(2, b"../../x")), ""),
    (sized(2, b"\0" + sized(2, "ä.test".encode())), ""),
    (sized(2, b""), ""),
    (b"", ""),
])  # fmt: skip
def test_only_a_host_name_is_taken_for_one(name: bytes, expected: str) -> None:
    assert read(records(hello_message(extension(0, name)))).sni == expected


def test_a_hello_of_old_needs_no_extensions() -> None:
    hello = read(records(hello_message(legacy=0x0301)))
    assert hello.versions == ("TLS 1.0",)
    assert hello.extensions == ()


@pytest.mark.parametrize(("data", "code"), [
    (b"GET / HTTP/1.1\r\n", "tls-not-tls"),
    (b"\x80", "tls-not-tls"),
    (b"\x15\x03\x01\x00\x02\x02\x28", "tls-not-tls"),
    (b"\x16\x02", "tls-not-tls"),
    (b"\x16\x03\x01\x00\x00", "tls-malformed"),
    (b"\x16\x03\x01\x40\x01", "tls-malformed"),
    (b"\x16\x03\x01\x00\x10\x02", "tls-malformed"),
    (records(b"\1" + b"\x01\x00\x01"), "tls-too-large"),
    (records(b"\1" + sized(3, b"\3\3")), "tls-malformed"),
    (records(hello_message(extension(0, b"\xff"))), "tls-malformed"),
    (records(hello_message(extension(0, b""), extension(0, b""))), "tls-malformed"),
    (records(hello_message(b"\x00")), "tls-malformed"),
    (records(hello_message(extension(43, b"\x03\x03\x04"))), "tls-malformed"),
    (records(hello_message(extension(16, sized(2, b"\x05h2")))), "tls-malformed"),
    (records(b"\1" + sized(3, bytes(60_000)), 1), "tls-too-large"),
])  # fmt: skip
def test_what_is_no_hello_is_said_to_be_none(data: bytes, code: str) -> None:
    result = tls.client_hello(data)
    assert isinstance(result, Problem), result
    assert result.code == code
    assert code in RULES


def test_a_glance_is_enough_to_guess() -> None:
    hello = openssl_hello("a.test")
    assert all(tls.is_client_hello(hello[:size]) for size in range(1, 20))
    assert not tls.is_client_hello(b"")
    assert not tls.is_client_hello(b"GET")
    assert not tls.is_client_hello(b"\x16\x16")
    assert not tls.is_client_hello(b"\x16\x03\x01\x00\x05\x02")


def handshake(
    context: ssl.SSLContext, server: ssl.SSLContext
) -> tuple[list[tuple[str, int, int, bytes]], str]:
    """Both sides in memory; the server's handshake messages, as OpenSSL's own callback shows them."""
    seen: list[tuple[str, int, int, bytes]] = []

    def note(_: object, direction: str, version: int, content: int, kind: int, data: bytes) -> None:
        if content == 22 and direction == "read":
            seen.append((direction, version, int(kind), bytes(data)))

    context._msg_callback = note  # type: ignore[attr-defined]
    a, b = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = context.wrap_bio(a, b, server_hostname="a.test")
    other = server.wrap_bio(b, a, server_side=True)
    for _ in range(4):
        for side in (client, other):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    version = client.version()
    assert version
    return seen, version


@pytest.fixture(scope="module")
def own_certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, bytes]:
    import datetime as dt

    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a.test")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now).not_valid_after(now + dt.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    path = tmp_path_factory.mktemp("pem") / "both.pem"
    path.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return str(path), certificate.public_bytes(serialization.Encoding.DER)


@pytest.mark.parametrize("newest", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_the_servers_choice_and_certificates_are_read(
    own_certificate: tuple[str, bytes], newest: ssl.TLSVersion
) -> None:
    path, der = own_certificate
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(path)
    server.set_alpn_protocols(["http/1.1"])
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname = False
    client.verify_mode = ssl.CERT_NONE
    client.maximum_version = newest
    client.set_alpn_protocols(["http/1.1"])
    seen, version = handshake(client, server)
    messages = {kind: data for _, _, kind, data in seen}
    chosen = tls.server_hello(messages[2])
    assert chosen is not None
    assert chosen.version.replace(" ", "v") == version
    assert chosen.cipher in tls.CIPHERS
    assert not chosen.retry
    tls13 = newest is ssl.TLSVersion.TLSv1_3
    assert bool(chosen.group) == tls13
    assert tls.certificates(messages[11], tls13) == (der,)
    assert tls.certificates(messages[2], tls13) == ()


def test_openssl_knows_the_suites_by_the_same_numbers() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.set_ciphers("ALL:@SECLEVEL=0")
    parts = ("AES", "CHACHA20", "CCM", "GCM", "SHA384", "ECDSA", "3DES")
    for suite in context.get_ciphers():
        ours = tls.CIPHERS.get(suite["id"] & 0xFFFF)
        if ours:
            theirs = suite["name"].replace("DES-CBC3", "3DES")
            assert [part in ours for part in parts] == [part in theirs for part in parts], (ours, theirs)
            assert ("256_" in ours or "CHACHA20" in ours) == (
                "256-" in theirs or "256_" in theirs or "CHACHA20" in theirs
            )


def test_a_table_gives_a_sentence_for_every_number() -> None:
    for table in (tls.ALERTS, tls.HANDSHAKE_TYPES):
        for number, row in table.items():
            assert 0 <= number < 256
            assert row.name.replace("_", "").isalnum()
            assert row.sentence.endswith((".", "."))
            assert row.sentence[0].isupper()
    assert tls.name_of(tls.GROUPS, 0x1D) == "x25519"
    assert tls.name_of(tls.GROUPS, 0xFE0D) == "0xFE0D"


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300), st.booleans())
def test_any_bytes_give_an_answer(data: bytes, tls13: bool) -> None:
    tls.client_hello(data)
    tls.client_hello(records(b"\1" + sized(3, data)) if data else data)
    tls.is_client_hello(data)
    tls.server_hello(b"\2" + sized(3, data))
    tls.certificates(b"\x0b" + sized(3, data), tls13)


HELLO = openssl_hello("shop.example.com", ["h2", "http/1.1"])


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(HELLO) - 1), st.integers(0, 255))
def test_a_damaged_hello_gives_an_answer(at: int, byte: int) -> None:
    damaged = bytearray(HELLO)
    damaged[at] = byte
    result = tls.client_hello(bytes(damaged))
    assert result is None or isinstance(result, (ClientHello, Problem))
