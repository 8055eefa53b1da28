"""The same log-in, twice: which exchanges are log-ins, what the picture shows, and that no secret is in it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inspector.exchange.model import Body, Connection, Exchange, Leg, Message, Tls
from inspector.explain.case import Case
from inspector.explain.log_ins import sends_password
from inspector.explain.onlookers import Wire, who_sees_what
from inspector.web.present.log_in_picture import HIDDEN, LAYOUTS, Half, draw

FORM = b"user=ada&password=correct+horse&csrf_token=ab12cd34"
LINE = b"\x01" * 16


def posted(body=FORM, media="application/x-www-form-urlencoded", method="POST", scheme="http", fields=b""):
    head = b"%b /log-in?token=feedc0de99 HTTP/1.1\r\nHost: shop.example\r\nContent-Type: %b\r\n%bCookie: session=4f1e77c9\r\n\r\n" % (method.encode(), media.encode(), fields)  # fmt: skip
    request = Message(head, Body(len(body), len(body), body))
    response = Message(
        b"HTTP/1.1 303 See Other\r\nLocation: /\r\nSet-Cookie: session=aa77bb88cc; HttpOnly\r\n\r\n"
    )
    return Exchange(
        bytes(16), 1, "done", "http", "browser", 1_767_225_600.0, 0.05, method, scheme, "shop.example", 443 if scheme == "https" else 80,
        "/log-in", "HTTP/1.1", 303, "See Other", "", "page", len(body), 0, "127.0.0.1:5", "", "none", "", "192.0.2.7:80", False, "", 0,
        client_leg=Leg(LINE, request, response), server_leg=Leg(LINE, request, response),
    )  # fmt: skip


def half(scheme, chunks=(), **other):
    tls = Tls("TLSv1.3", sni="shop.example") if scheme == "https" else None
    server = Connection(
        LINE, "server", 1_767_225_600.0, "192.0.2.7", 443, "192.0.2.1", 5, "shop.example", tls=tls
    )
    case = Case(posted(scheme=scheme, **other), None, server, (), 1_767_225_700.0)
    return Half(case, who_sees_what(case, Wire(chunks) if chunks else None))


RECORDS = tuple(
    (
        "client" if n % 2 == 0 else "server",
        n / 1000,
        b"\x17\x03\x03" + size.to_bytes(2, "big") + b"\xa7" * size,
    )
    for n, size in enumerate((300, 90, 200, 1400))
)


@pytest.mark.parametrize(
    ("exchange", "is_one"),
    [
        (posted(), True),
        (posted(b'{"user": "ada", "passwd": "x"}', "application/json"), True),
        (posted(b'--x\r\nContent-Disposition: form-data; name="pwd"\r\n\r\nx\r\n--x--', "multipart/form-data; boundary=x"), True),
        (posted(b"q=bread"), False),
        (posted(b"password"), True),
        (posted(b"password=x", "text/plain"), False),
        (posted(method="GET"), False),
        (posted(b""), False),
    ],
)  # fmt: skip
def test_what_is_a_log_in(exchange, is_one):
    assert sends_password(exchange) is is_one


@pytest.mark.parametrize("layout", LAYOUTS.values())
def test_every_word_of_http_is_there_and_no_secret(layout):
    picture = draw(half("http"), half("https", RECORDS), layout)
    told = repr(picture)
    for secret in ("correct", "horse", "ab12cd34", "4f1e77c9", "aa77bb88cc", "feedc0de99"):
        assert secret not in told
    boxed = {word.name: word.text for word in picture.words if word.boxed}
    assert boxed["password = "] == boxed["csrf_token = "] == HIDDEN
    assert ("user = ", "ada") in [(word.name, word.text) for word in picture.words]
    assert boxed["Cookie: "] == f"session={HIDDEN}"


def test_https_is_lengths_and_times():
    picture = draw(half("http"), half("https", RECORDS), LAYOUTS["wide"])
    assert [bar.words.partition(",")[0] for bar in picture.bars] == [
        "305 bytes",
        "95 bytes",
        "205 bytes",
        "1",
    ]
    longest = max(picture.bars, key=lambda bar: bar.width)
    assert longest.words.startswith("1,405 bytes")
    assert {word.name for word in picture.facts} == {"Address: ", "Name (SNI): ", "Version: "}
    assert "POST" not in repr(picture.bars + picture.facts)


def test_many_records_are_folded_and_it_fits():
    many = tuple((sent, at + n / 10_000, data) for n in range(30) for sent, at, data in RECORDS)
    picture = draw(half("http", fields=b"X-Thing: 1\r\n" * 50), half("https", many), LAYOUTS["wide"])
    assert "more records" in picture.more[0][2]
    assert picture.more[0][1] < picture.height - 30
    assert max(word.y for word in picture.words) < picture.height - 40


def test_ciphertext_that_was_not_kept_is_said():
    assert "was not kept" in draw(half("http"), half("https"), LAYOUTS["wide"]).more[0][2]


def test_the_alternative_tells_both_halves():
    told = draw(half("http"), half("https", RECORDS), LAYOUTS["wide"]).alternative
    assert "every word could be read" in told
    assert "305 bytes" in told


def test_hostile_letters_are_made_visible():
    hostile = half("http", body="user=\u202e%1b&password=x".encode())
    assert "\u202e" not in repr(draw(hostile, half("https"), LAYOUTS["wide"]).words)
    assert replace(hostile).case.host == "shop.example"
