"""The cause of a failed handshake, from rows as real clients left them, and from made-up ones for clients that are not here."""

from __future__ import annotations

import datetime as dt

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from inspector.exchange.model import Connection, Exchange, Fault, HandshakeMessage, Leg, Message, Tls
from inspector.explain.programs import PROGRAMS, name_in, program_named
from inspector.explain.refusals import CAUSES, History, classify, concerns
from inspector.explain.refusals.judges import JUDGES
from inspector.explain.tls_stacks import STACKS, stack_of
from inspector.pki.authority import Authority
from inspector.pki.constraints import Scope

NOW = 1_795_000_000.0  # 17 November 2026
HOST = "shop.example"

OPENSSL = (0x1302, 0x1303, 0x1301, 0xC02C, 0xC030, 0x9F, 0xCCA9, 0xCCA8)
PYTHON = (0x1302, 0x1303, 0x1301, 0xC02C, 0xC030, 0xC02B, 0xC02F, 0xCCA9)
NODE = (0x1302, 0x1303, 0x1301, 0xC02F, 0xC02B, 0xC030, 0xC02C, 0x9E)
GNUTLS = (0x1302, 0x1303, 0x1301, 0x1304, 0xC02C, 0xCCA9, 0xC0AD, 0xC00A)
JAVA = (0x1302, 0x1301, 0x1303, 0xC02C, 0xC02B, 0xCCA9, 0xC030, 0xCCA8)
CHROMIUM = (0x1301, 0x1302, 0x1303, 0xC02B, 0xC02F, 0xC02C, 0xC030, 0xCCA9)
FIREFOX = (0x1301, 0x1303, 0x1302, 0xC02B, 0xC02F, 0xCCA9, 0xCCA8, 0xC02C)
FIREFOX_12 = (0xC02B, 0xC02F, 0xCCA9, 0xCCA8, 0xC02C, 0xC030, 0xC00A, 0xC013)
GO = (0xC02B, 0xC02F, 0xC02C, 0xC030, 0xCCA9, 0xCCA8, 0xC009, 0xC013, 0x1301, 0x1302, 0x1303)

USED = History(trusted=NOW - 60, trusted_host="other.example")
USED_TWICE = USED._replace(refused=2)
USED_HERE = USED._replace(trusted_here=NOW - 60)


def said(*rows):
    return tuple(HandshakeMessage(by, content, kind, 90, at) for by, content, kind, at in rows)


HELLO = ("client", 22, 1, 0.0001)
CERTIFICATE = (("server", 22, 2, 0.0004), ("server", 22, 11, 0.0005), ("server", 22, 20, 0.0006))
OVER = (("client", 22, 20, 0.002),)
CHOSEN = said(HELLO, *CERTIFICATE)
DONE = said(HELLO, *CERTIFICATE, *OVER)


def failed(fault="tls-client-alert", alert="", *, by="client", agent="", ciphers=OPENSSL, detail="", **more):
    """An exchange and its connection, as the engine leaves them."""
    versions = more.pop("versions", ("TLS 1.3", "TLS 1.2"))
    shown = more.pop("handshake", CHOSEN)
    if alert and by == "client":
        shown = (*shown, HandshakeMessage("client", 21, 40, 2, 0.03))
    tls = Tls(
        sni=more.pop("sni", HOST), alert=alert, alert_by=by if alert else "", offered_versions=versions,
        offered_ciphers=ciphers, handshake=shown, version=more.pop("version", ""), chain=more.pop("chain", ()),
        offered_alpn=more.pop("alpn", ()),
    )  # fmt: skip
    error = Fault(
        fault, more.pop("blame", "client"), "tls", more.pop("offset", None), detail or alert, "closed"
    )
    asked = b"CONNECT shop.example:443 HTTP/1.1\r\n" + (
        f"User-Agent: {more.pop('full', '')}\r\n\r\n".encode() if "full" in more else b"\r\n"
    )
    exchange = Exchange(
        bytes(16), 1, "failed", more.pop("kind", "tls"), "browser", NOW, 0.01, "CONNECT", "https", HOST, 443, "", "HTTP/1.1", 0,
        "", "", "tunnel", 0, 0, "127.0.0.1:50000", agent, "sealed", "", "", False, fault, 0,
        client_leg=Leg(bytes(16), more.pop("request", Message(asked))), error=error,
    )  # fmt: skip
    assert not more
    return exchange, Connection(
        bytes(16), "client", NOW, "127.0.0.1", 50000, "127.0.0.1", 8080, HOST, "", tls, asked
    )


# What was measured (docs/doctor.md has the table), then what is known from sources.
MEASURED = {
    "curl": (failed(alert="unknown_ca", agent="curl 7.88"), "untrusted", "sure"),
    "curl, TLS 1.2": (
        failed(alert="unknown_ca", agent="curl 7.88", versions=("TLS 1.2",)),
        "untrusted",
        "sure",
    ),
    "requests": (failed(alert="unknown_ca", ciphers=PYTHON), "untrusted", "sure"),
    "aiohttp": (failed("tls-client-closed", agent="Python 3.11", ciphers=PYTHON), "untrusted", "likely"),
    "node": (failed("tls-client-closed", ciphers=NODE), "untrusted", "likely"),
    "wget": (
        failed("tls-client-left", agent="wget 1.21", ciphers=GNUTLS, handshake=DONE, version="TLSv1.3"),
        "untrusted",
        "likely",
    ),
    "git": (
        failed("tls-client-left", agent="git 2.39", ciphers=GNUTLS, handshake=DONE, version="TLSv1.3"),
        "untrusted",
        "likely",
    ),
    "Java, HttpURLConnection": (
        failed(alert="certificate_unknown", agent="Java 17.0", ciphers=JAVA),
        "untrusted",
        "likely",
    ),
    "Java, HttpClient": (failed("tls-client-closed", ciphers=JAVA), "untrusted", "likely"),
    "Chromium": (
        failed(alert="certificate_unknown", agent="Chrome 156", ciphers=CHROMIUM),
        "untrusted",
        "likely",
    ),
    "Firefox": (failed(alert="unknown_ca", agent="Firefox 153", ciphers=FIREFOX), "untrusted", "sure"),
    "Firefox, second try": (
        failed(
            "tls-client-left", agent="Firefox 153", ciphers=FIREFOX_12, versions=("TLS 1.2",),
            handshake=DONE, version="TLSv1.2",
        ),
        "untrusted",
        "likely",
    ),
    "curl with a pin": (
        failed("tls-client-left", agent="curl 7.88", handshake=DONE, version="TLSv1.3"),
        "pinned",
        "perhaps",
    ),
    "curl, TLS 1.1": (
        failed(
            "tls-client-failed", "protocol_version", by="server", detail="unsupported protocol", versions=("TLS 1.1",),
            handshake=said(HELLO),
        ),
        "old-version",
        "sure",
    ),
    "curl, RSA only": (
        failed(
            "tls-client-failed", "handshake_failure", by="server", detail="no shared cipher", versions=("TLS 1.2",),
            handshake=said(HELLO), ciphers=(0x2F,),
        ),
        "no-common-cipher",
        "sure",
    ),
    "openssl, h2 only": (
        failed("tls-client-left", handshake=DONE, version="TLSv1.3", alpn=("h2",)),
        "alpn",
        "likely",
    ),
    "https:// proxy": (
        failed("not-http", kind="http", detail="first byte 0x16", request=Message(b"\x16\x03\x01\x02\x00")),
        "tls-at-the-door",
        "sure",
    ),
    "Go": (failed(alert="bad_certificate", agent="Go-http-client 1.1", ciphers=GO), "untrusted", "likely"),
}  # fmt: skip


@pytest.mark.parametrize("client", MEASURED)
def test_what_real_clients_do_has_its_cause(client):
    (exchange, connection), code, sure = MEASURED[client]
    assert concerns(exchange)
    cause = classify(exchange, connection)
    assert (cause.code, cause.sure) == (code, sure)
    assert cause.title
    assert "{" not in cause.sentence
    assert cause.cures
    assert cause.evidence[-1].what == "Before"
    assert cause.leave == ""


def leaf(starts, ends, issuer="Inspector CA"):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    by = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)])
    at = dt.datetime.fromtimestamp(NOW, dt.UTC)
    made = x509.CertificateBuilder(by, name, key.public_key(), 5, at + starts, at + ends)
    return made.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


DAY = dt.timedelta(days=1)
VALID = (leaf(-DAY, 40 * DAY),)

OTHERS = {
    "an app that pins": (failed("tls-client-closed"), USED_TWICE, "pinned", "likely"),
    "the first time it may be anything": (failed("tls-client-closed"), USED, "pinned", "perhaps"),
    "an app that pins, with an alert": (
        failed(alert="certificate_unknown", ciphers=CHROMIUM),
        USED_TWICE,
        "pinned",
        "likely",
    ),
    "a browser pins nothing": (
        failed(alert="certificate_unknown", agent="Chrome 156", ciphers=CHROMIUM),
        USED_TWICE,
        "untrusted",
        "likely",
    ),
    "a tab closed while it loaded": (
        failed("tls-client-closed", agent="Chrome 156", ciphers=CHROMIUM),
        USED,
        "closed",
        "likely",
    ),
    "a connection made in advance": (
        failed("tls-client-left", agent="Chrome 156", ciphers=CHROMIUM, handshake=DONE, version="TLSv1.3"),
        USED_HERE,
        "closed",
        "likely",
    ),
    "a probe": (failed("tls-client-closed", handshake=said(HELLO)), History(), "closed", "likely"),
    "it knew us, and now it doesn't": (
        failed(alert="unknown_ca", agent="curl 8.5"),
        USED_HERE,
        "untrusted",
        "sure",
    ),
    "a clock that is ahead": (
        failed(alert="certificate_expired", chain=VALID),
        History(),
        "clock",
        "sure",
    ),
    "a clock that is behind": (
        failed(alert="bad_certificate", ciphers=FIREFOX, chain=VALID),
        History(),
        "clock",
        "likely",
    ),
    "our own certificate is too old": (
        failed(alert="certificate_expired", chain=(leaf(-9 * DAY, -DAY),)),
        History(),
        "authority-expired",
        "sure",
    ),
    "nothing but h2, with an alert": (
        failed(alert="no_application_protocol", alpn=("h2",)),
        History(),
        "alpn",
        "sure",
    ),
    "no curve in common": (
        failed(
            "tls-client-failed",
            "handshake_failure",
            by="server",
            detail="no suitable key share",
            handshake=said(HELLO),
        ),
        History(),
        "no-common-cipher",
        "sure",
    ),
    "bytes that only begin like TLS": (
        failed("tls-malformed", detail="a length points outside", offset=9, handshake=()),
        History(),
        "not-tls",
        "sure",
    ),
    "it stopped in the middle": (
        failed("tls-client-failed", detail="no answer within 15 s"),
        History(),
        "too-slow",
        "sure",
    ),
    "our key is gone": (
        failed(
            "tls-client-failed",
            detail="the key of the authority cannot be read",
            blame="us",
            handshake=(),
        ),
        History(),
        "ours",
        "sure",
    ),
    "the site wants a certificate": (
        failed("tls-client-certificate-wanted", kind="http", blame="server"),
        History(),
        "client-certificate",
        "sure",
    ),
    "an alert that says nothing": (failed(alert="internal_error"), History(), "unknown", "sure"),
    "it changed its mind": (failed(alert="user_canceled"), History(), "closed", "likely"),
    "an app of Apple's": (
        failed("tls-client-closed", ciphers=(0x1301, 0x1302, 0x1303, 0xC02C, 0xC02B)),
        History(),
        "untrusted",
        "likely",
    ),
    "nobody knows what this is": (
        failed("tls-client-closed", ciphers=(0x1305, 0x1304)),
        History(),
        "untrusted",
        "perhaps",
    ),
}


@pytest.mark.parametrize("name", OTHERS)
def test_the_evidence_decides(name):
    (exchange, connection), history, code, sure = OTHERS[name]
    cause = classify(exchange, connection, history)
    assert (cause.code, cause.sure) == (code, sure)
    assert "{" not in cause.sentence + cause.title


def test_every_judge_but_one_is_asked_by_these_tables():
    reached = {code for *_, code, _ in (*MEASURED.values(), *OTHERS.values())}
    assert set(CAUSES) - reached == {"name-constraint"}  # below: it needs a practice authority
    assert len(JUDGES) == len({judge.__name__ for judge in JUDGES})


def test_a_name_that_a_practice_authority_may_not_vouch_for(tmp_path):
    practice = Authority.create(tmp_path, Scope.parse("school.example"))
    chain = (*VALID, *(each.public_bytes(Encoding.DER) for each in practice.above))
    exchange, connection = failed(alert="certificate_unknown", chain=chain, ciphers=CHROMIUM)
    cause = classify(exchange, connection)
    assert (cause.code, cause.sure) == ("name-constraint", "sure")
    assert "school.example" in cause.sentence
    inside = msgspec.structs.replace(exchange, host="shop.school.example")
    assert classify(inside, connection).code == "untrusted"


def test_a_connection_that_is_not_kept_still_has_its_fault():
    exchange, _ = failed(alert="unknown_ca")
    assert classify(exchange, None).code == "untrusted"
    exchange, _ = failed("tls-client-closed")
    assert classify(exchange, None).code == "closed"


def test_leaving_the_host_encrypted_is_offered_only_after_the_second_refusal():
    exchange, connection = failed(alert="unknown_ca", agent="curl 8.5")
    assert classify(exchange, connection, History(refused=1)).leave == ""
    twice = classify(exchange, connection, History(refused=2)).leave
    assert twice.startswith("curl 8.5 has refused shop.example twice in a row.")
    assert "7 times" in classify(exchange, connection, History(refused=7)).leave


@pytest.mark.parametrize("name", ["a tab closed while it loaded", "a clock that is ahead", "https:// proxy"])
def test_leaving_it_encrypted_is_not_offered_where_that_does_not_help(name):
    row = OTHERS.get(name) or MEASURED[name]
    exchange, connection = row[0]
    assert classify(exchange, connection, USED._replace(refused=5)).leave == ""


def test_the_evidence_says_what_was_sent_when_and_by_whom():
    exchange, connection = failed(alert="unknown_ca", agent="curl 7.88", sni="")
    told = {each.what: each.says for each in classify(exchange, connection).evidence}
    assert told["The alert"].startswith("It sent unknown_ca (48). The certificate leads to an authority")
    assert (
        told["When"]
        == "It had seen the stand-in, and ended 30 ms after it, before its own last message (Finished)."
    )
    assert told["The program"].startswith(
        "It calls itself curl 7.88; its list of cipher suites is that of OpenSSL"
    )
    assert told["It offered"].startswith("TLS 1.3, TLS 1.2, 8 cipher suites")
    assert told["The name"].startswith("It named no host")
    assert told["Before"].startswith("It has never used a connection that Inspector opened")


def test_the_cure_is_for_the_program_that_failed():
    for agent, ciphers, title in (
        ("curl 7.88", OPENSSL, "curl"),
        ("Firefox 153", FIREFOX, "Firefox"),
        ("okhttp 4.12", CHROMIUM, "an Android app"),
    ):
        exchange, connection = failed(alert="unknown_ca", agent=agent, ciphers=ciphers)
        assert [cure.whom for cure in classify(exchange, connection).cures] == [title]


def test_a_program_without_a_name_gets_the_cures_of_those_it_may_be():
    exchange, connection = failed(alert="unknown_ca", ciphers=PYTHON)
    assert {"Python requests", "whichever it is"} <= {
        cure.whom for cure in classify(exchange, connection).cures
    }
    exchange, connection = failed(alert="unknown_ca", ciphers=())
    assert [cure.whom for cure in classify(exchange, connection).cures] == [
        "a program that does not say its name"
    ]


def test_hostile_names_and_broken_chains_do_no_harm():
    exchange, connection = failed(alert="unknown_ca", agent="x" * 9999, chain=(b"\x30\x03nonsense", b""))
    cause = classify(exchange, connection)
    assert len(cause.sentence) < 400
    odd = msgspec.structs.replace(exchange, host="", started=0.0)
    assert classify(odd, connection).code == "untrusted"


# --- libraries and programs ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("suites", "id"),
    [
        (OPENSSL, "openssl"), (PYTHON, "python"), (NODE, "node"), (GNUTLS, "gnutls"), (JAVA, "java"), (CHROMIUM, "boringssl"),
        (FIREFOX, "nss"), (FIREFOX_12, "nss"), (GO, "go"), ((0xFF, *OPENSSL), "openssl"),
    ],
)  # fmt: skip
def test_a_library_is_known_by_its_suites(suites, id):
    assert stack_of(suites).id == id


@pytest.mark.parametrize("suites", [(), (0x2F,), (0x1305,), (0x9999,) * 50])
def test_an_unknown_list_is_nobody_s(suites):
    assert stack_of(suites) is None


def test_no_library_hides_behind_another():
    for stack in STACKS:
        if stack.id != "go":
            assert stack_of((*stack.begins, 0xC013)).id == stack.id


@pytest.mark.parametrize(
    ("agent", "id"),
    [
        ("curl/8.5.0", "curl"), ("curl 7.88", "curl"), ("Wget/1.21.3", "wget"), ("git/2.39.5", "git"), ("Java/17.0.15", "java"),
        ("Java-http-client/17", "java"), ("python-requests/2.34", "requests"), ("requests 2.34", "requests"),
        ("Python/3.11 aiohttp/3.14", "python"), ("Go-http-client/1.1", "go"), ("okhttp/4.12.0", "android"),
        ("Dalvik/2.1.0 (Linux; U; Android 14; Pixel 8 Build/UP1A)", "android"),
        ("MyApp/1 CFNetwork/1496.0.7 Darwin/23.5.0", "safari"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0", "firefox"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36", "chromium"),
        ("Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15", "safari"),
        ("node", "node"), ("PostmanRuntime/7.43", "postman"), ("nobody-knows/1", ""), ("", ""),
    ],
)  # fmt: skip
def test_a_program_is_known_by_its_name(agent, id):
    found = program_named(agent)
    assert (found.id if found else "") == id


def test_the_name_is_read_from_the_head_of_its_connect():
    assert name_in(b"CONNECT a:443 HTTP/1.1\r\nHost: a\r\nUser-Agent: pip/23.0\r\n\r\n") == "pip/23.0"
    assert name_in(b"CONNECT a:443 HTTP/1.1\r\n\r\n") == ""
    assert name_in(b"") == ""


def test_every_program_has_a_way_to_trust():
    assert len({each.id for each in PROGRAMS}) == len(PROGRAMS)
    for program in PROGRAMS:
        assert program.trust
        for step in program.trust:
            assert step.count("`") % 2 == 0, step
            assert {part.split("}")[0] for part in step.split("{")[1:]} <= {"ca"}, step
