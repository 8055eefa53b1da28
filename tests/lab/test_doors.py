"""The lab's doors: each case to a client that looks closely, and visitors who mean no good."""

from __future__ import annotations

import re
import socket
import ssl
import struct
import time

import pytest
from lab_running import PATIENCE, Lab, Reply, everything

from inspector.lab.badtls.cases import BY_LABEL, CASES, DOMAIN
from inspector.pki.verdict import why_not
from inspector.pki.watch import HandshakeWatch

GOOD = BY_LABEL["good"].host
WARNED = pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1 is deprecated:DeprecationWarning")
REQUEST = b"GET / HTTP/1.1\r\nHost: %b\r\n\r\n"


def still_there(lab: Lab) -> None:
    assert lab.get().status == 200
    assert lab.get(GOOD, tls=True).status == 200


# --- the table -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", [case for case in CASES if case.reason], ids=lambda case: case.label)
def test_a_client_that_looks_closely_sees_what_is_wrong(lab, case):
    context = lab.trusting()
    watch = HandshakeWatch()
    watch.put_on(context)
    chain = ssl.PEM_cert_to_DER_cert  # what was served, as it was kept
    with pytest.raises(ssl.SSLCertVerificationError) as refused:
        lab.enter(case.host, context)
    served = [
        chain(pem)
        for pem in re.findall(
            r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n",
            lab.kept.sites[case.label].decode(),
            re.DOTALL,
        )
    ]
    verdict = why_not(refused.value.verify_code, refused.value.verify_message, served, case.host, time.time())
    assert verdict.code == case.reason


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_the_good_one_has_nothing_against_it(lab, version):
    with lab.enter(GOOD, lab.trusting(version=version)) as connection:
        connection.sendall(REQUEST.replace(b"%b", GOOD.encode()))
        assert b"Everything is right with this site" in read_reply(connection).body


@pytest.mark.parametrize(
    ("version", "alert"),
    [(ssl.TLSVersion.TLSv1_2, "HANDSHAKE_FAILURE"), (ssl.TLSVersion.TLSv1_3, "CERTIFICATE_REQUIRED")],
)
def test_without_a_certificate_nobody_gets_in(lab, version, alert):
    host = BY_LABEL["client-certificate"].host

    def visit():
        with lab.enter(host, lab.trusting(version=version)) as connection:
            connection.sendall(REQUEST.replace(b"%b", host.encode()))
            connection.recv(1)

    with pytest.raises(ssl.SSLError, match=alert):
        visit()


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_with_the_one_that_the_lab_hands_out_one_is_known(lab, tmp_path, version):
    (tmp_path / "me.pem").write_bytes(lab.get(DOMAIN, "/client-certificate.pem").body)
    context = lab.trusting(version=version)
    context.load_cert_chain(tmp_path / "me.pem")
    host = BY_LABEL["client-certificate"].host
    with lab.enter(host, context) as connection:
        connection.sendall(REQUEST.replace(b"%b", host.encode()))
        said = read_reply(connection).text
    assert "This site let you in" in said
    assert "Visitor of the bad-TLS lab" in said


def test_a_certificate_of_somebody_else_is_refused(lab, tmp_path):
    (tmp_path / "me.pem").write_bytes(lab.kept.sites["self-signed"])
    context = lab.trusting(version=ssl.TLSVersion.TLSv1_2)
    context.load_cert_chain(tmp_path / "me.pem")
    with pytest.raises(ssl.SSLError, match=r"(?i)alert"):
        lab.enter(BY_LABEL["client-certificate"].host, context)


def test_what_speaks_tls_1_2_is_refused_by_the_one_that_speaks_1_0(lab):
    with pytest.raises(ssl.SSLError, match="PROTOCOL_VERSION"):
        lab.enter(BY_LABEL["tls-v1-0"].host)


@WARNED
def test_what_still_speaks_tls_1_0_gets_in(lab):
    context = lab.trusting_anybody()
    context.minimum_version = ssl.TLSVersion.TLSv1
    with lab.enter(BY_LABEL["tls-v1-0"].host, context) as connection:
        assert connection.version() == "TLSv1"
        connection.sendall(REQUEST.replace(b"%b", BY_LABEL["tls-v1-0"].host.encode()))
        assert "TLS 1.0" in read_reply(connection).text


@pytest.mark.parametrize("name", [f"nonsense.{DOMAIN}", "example.com", f"a.good.{DOMAIN}", "inspector.test"])
def test_for_a_name_that_is_not_here_there_is_an_alert(lab, name):
    with pytest.raises(ssl.SSLError, match="UNRECOGNIZED_NAME"):
        lab.enter(name)


@pytest.mark.parametrize("name", [DOMAIN, GOOD.upper(), GOOD])
def test_the_domain_itself_and_other_spellings_get_the_good_one(lab, name):
    with lab.enter(name) as connection:
        assert connection.version() == "TLSv1.3"


def test_a_hello_without_a_name_gets_the_good_one(lab):
    context = lab.trusting()
    context.check_hostname = False
    with context.wrap_socket(lab.knock()) as connection:
        assert ("DNS", GOOD) in connection.getpeercert()["subjectAltName"]


# --- what is asked for -----------------------------------------------------------------------------------


@pytest.mark.parametrize("tls", [False, True])
def test_head_is_get_without_the_page(lab, tls):
    page, head = lab.get(tls=tls), lab.get(method="HEAD", tls=tls)
    assert head.status == page.status == 200
    assert head.body == b""
    assert head.fields["content-length"] == str(len(page.body))


@pytest.mark.parametrize("method", ["POST", "PUT", "OPTIONS", "BREW"])
def test_other_methods_are_told_what_there_is(lab, method):
    reply = lab.get(method=method)
    assert (reply.status, reply.fields["allow"]) == (405, "GET, HEAD")


def test_a_request_with_a_body_is_refused_and_the_next_one_answered(lab):
    with lab.knock(secure=False) as connection:
        ask = REQUEST.replace(b"%b", DOMAIN.encode())
        connection.sendall(ask.replace(b"\r\n\r\n", b"\r\nContent-Length: 5\r\n\r\nhello"))
        connection.sendall(ask.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        got = everything(connection)
    assert got.startswith(b"HTTP/1.1 405 ")
    assert got.count(b"HTTP/1.1 200 ") == 1


def test_requests_can_follow_each_other_on_one_connection(lab):
    with lab.knock(secure=False) as connection:
        connection.sendall(REQUEST.replace(b"%b", DOMAIN.encode()) * 3)
        for _ in range(3):
            assert read_reply(connection).status == 200
        connection.sendall(REQUEST.replace(b"%b", DOMAIN.encode()))
        assert read_reply(connection).status == 200


def test_http_1_0_is_closed_unless_it_asks_to_be_kept(lab):
    with lab.knock(secure=False) as connection:
        connection.sendall(b"GET / HTTP/1.0\r\nHost: badtls.inspector.test\r\n\r\n")
        assert everything(connection).startswith(b"HTTP/1.1 200 OK\r\n")
    with lab.knock(secure=False) as connection:
        ask = b"GET / HTTP/1.0\r\nHost: badtls.inspector.test\r\nConnection: keep-alive\r\n\r\n"
        connection.sendall(ask)
        assert read_reply(connection).fields["connection"] == "keep-alive"
        connection.sendall(ask)
        assert read_reply(connection).status == 200


@pytest.mark.parametrize(
    "nonsense",
    [b"\0\1\2\3\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"GET  / HTTP/1.1\r\nHost: a\r\n\r\n", b"GET / HTTP/1.1\r\nHost : a\r\n\r\n",
     b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", b"GET / HTTP/1.1\nHost: a\n\n",
     b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"],
)  # fmt: skip
def test_what_is_no_http_is_answered_with_the_rule_that_it_breaks(lab, nonsense):
    with lab.knock(secure=False) as connection:
        connection.sendall(nonsense)
        connection.shutdown(socket.SHUT_WR)
        reply = Reply(everything(connection))
    assert reply.status == 400
    assert "RFC" in reply.text


def test_a_head_that_is_too_large_is_refused(lab):
    with lab.knock(secure=False) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"y" * 20_000 + b"\r\n\r\n")
        assert Reply(everything(connection)).status in {400, 431}
    with lab.knock(secure=False) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 120 + b"\r\n")
        assert Reply(everything(connection)).status in {400, 431}


def test_another_host_than_the_handshake_was_for_is_misdirected(lab):
    with lab.enter(GOOD) as connection:
        connection.sendall(REQUEST.replace(b"%b", BY_LABEL["expired"].host.encode()))
        assert read_reply(connection).status == 421


# --- visitors who mean no good ---------------------------------------------------------------------------


def test_http_at_the_door_for_https_is_told_so(lab):
    with lab.knock() as connection:
        connection.sendall(REQUEST)
        reply = Reply(everything(connection))
    assert reply.status == 400
    assert "TLS comes first" in reply.text
    assert int(reply.fields["content-length"]) == len(reply.body)


@pytest.mark.parametrize(
    "first",
    [b"", b"\x16", b"\x16\x03\x01\x00", b"\x16\x03\x01\xff\xff" + b"\0" * 70_000, b"\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00",
     b"\x16\x03\x01\x40\x00\x01\xff\xff\xff" + b"\0" * 20_000, b"\x15\x03\x01\x00\x02\x02\x28", b"\0" * 100_000],
)  # fmt: skip
def test_half_and_broken_hellos_hurt_nobody(lab, first):
    with lab.knock() as connection:
        try:
            connection.sendall(first)
            connection.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # it was closed before all of it was sent
        everything(connection)
    still_there(lab)


@pytest.mark.parametrize("secure", [False, True])
def test_one_that_resets_the_connection_hurts_nobody(lab, secure):
    for _ in range(20):
        connection = lab.knock(secure=secure)
        connection.sendall(b"\x16\x03\x01")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()
    still_there(lab)


def test_one_that_goes_in_the_middle_of_the_handshake_hurts_nobody(lab):
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = lab.trusting().wrap_bio(incoming, outgoing, server_hostname=GOOD)
    with pytest.raises(ssl.SSLWantReadError):
        client.do_handshake()
    with lab.knock() as connection:
        connection.sendall(outgoing.read())
        assert connection.recv(100)
    still_there(lab)


def test_a_visitor_who_says_nothing_is_sent_home(lab_with):
    lab = lab_with(handshake=0.2, idle=0.2, head=0.2)
    for secure in (False, True):
        with lab.knock(secure=secure) as connection:
            assert everything(connection) == b""
    with lab.enter(GOOD) as connection:
        assert connection.recv(1) == b""


@pytest.mark.parametrize("first", [b"G", b"GET / HTTP/1.1\r\nHost: "])
def test_a_visitor_who_dawdles_is_sent_home(lab_with, first):
    lab = lab_with(head=0.3)
    with lab.knock(secure=False) as connection:
        connection.sendall(first)
        assert everything(connection) == b""


def test_a_visitor_who_does_not_listen_is_sent_home(lab_with):
    lab = lab_with(write=0.2, linger=0.1, connections=1)
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        connection.connect(("127.0.0.1", lab.http))
        eleven_megabytes = (
            REQUEST.replace(b"%b", DOMAIN.encode()) * 900
        )  # of pages: more than any buffer holds
        connection.sendall(eleven_megabytes)
        assert lab.get().status == 0
        until = time.monotonic() + PATIENCE
        while lab.get().status != 200:
            assert time.monotonic() < until


def test_there_is_room_for_so_many_and_no_more(lab_with):
    lab = lab_with(connections=2)
    with lab.knock(secure=False) as first, lab.knock(secure=False), lab.knock(secure=False) as third:
        assert everything(third) == b""
        first.sendall(REQUEST.replace(b"%b", DOMAIN.encode()))
        assert read_reply(first).status == 200


def test_one_connection_asks_for_so_much_and_no_more(lab_with):
    lab = lab_with(requests=3)
    with lab.knock(secure=False) as connection:
        connection.sendall(REQUEST.replace(b"%b", DOMAIN.encode()) * 5)
        got = everything(connection)
    assert got.count(b"HTTP/1.1 200 OK") == 3
    assert got.count(b"Connection: close") == 1


def test_it_closes_at_once_whoever_is_in(lab_with):
    lab = lab_with()
    with lab.knock(secure=False) as first, lab.enter(GOOD):
        first.sendall(REQUEST.replace(b"%b", DOMAIN.encode()))
        assert read_reply(first).status == 200  # both have been let in
        began = time.monotonic()
        lab.close()
        assert time.monotonic() - began < 1
    lab.close = lambda: None


def read_reply(connection: socket.socket) -> Reply:
    """One response with its body, and not a byte more."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        byte = connection.recv(1)
        assert byte, head
        head += byte
    length = int(Reply(head).fields["content-length"])
    body = b""
    while len(body) < length:
        data = connection.recv(length - len(body))
        assert data
        body += data
    return Reply(head + body)
