"""What counts as a secret, and what is left of it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.secrets import Hider, is_mark, is_secret_field, is_secret_name, marks_in


def hider():
    return Hider(b"a key")


def plain(data):
    """The data with the digits of its marks as stars: tables are easier to read so."""
    return re.sub(rb"(\*{2})[0-9a-f]{4}(?![0-9A-Za-z])", rb"\1****", data).decode()


@pytest.mark.parametrize("name", [
    "password", "Password", "user[password]", "new_passwd", "passwordConfirm", "passwort", "PIN", "pin_code", "csrf_token", "csrfmiddlewaretoken",
    "_xsrf", "access_token", "refreshToken", "id_token", "apiKey", "api-key", "API_KEY", "client_secret", "code", "key", "otp", "SAMLResponse", "session",
    "JSESSIONID", "PHPSESSID", "sid", "X-Amz-Signature", "auth", "verification_code",
])  # fmt: skip
def test_these_names_are_secrets(name):
    assert is_secret_name(name)


@pytest.mark.parametrize("name", [
    "", "q", "author", "keyboard", "monkey", "passage", "compass", "zip_code", "country_code", "sort_key", "page", "spinning", "user", "email", "sigma", "shipping",
])  # fmt: skip
def test_these_names_are_none(name):
    assert not is_secret_name(name)


@pytest.mark.parametrize(
    ("name", "secret"),
    [("Authorization", True), ("Cookie", True), ("Set-Cookie", True), ("X-Api-Key", True), ("X-CSRF-Token", True), ("X-Auth-Token", True),
     ("WWW-Authenticate", False), ("Sec-WebSocket-Key", False), ("Host", False), ("ETag", False), ("Accept", False)],
)  # fmt: skip
def test_header_fields(name, secret):
    assert is_secret_field(name) is secret


HEADS = {
    "a password in Basic": ("Authorization: Basic YWRhOmhlbGxv", "Authorization: Basic ************"),
    "a bearer token": ("authorization:Bearer abcdefghij", "authorization:Bearer **********"),
    "credentials without a scheme": ("Authorization: abcdefgh", "Authorization: ********"),
    "cookies, each by itself": ("Cookie: a=12345678; theme=dark; b=", "Cookie: a=********; theme=****; b="),
    "a cookie that is set keeps its attributes": ("Set-Cookie: id=12345678; Path=/; HttpOnly", "Set-Cookie: id=********; Path=/; HttpOnly"),
    "a cookie without a name": ("Set-Cookie: 12345678", "Set-Cookie: ********"),
    "a key in a field of its own": ("X-Api-Key: 12345678", "X-Api-Key: ********"),
    "a token in Referer": ("Referer: https://a.example/x?token=12345678&q=1", "Referer: https://a.example/x?token=********&q=1"),
    "a password in an address": ("Location: https://ada:lovelace@a.example/", "Location: https://ada:********@a.example/"),
    "a token after the hash": ("Location: /#access_token=12345678", "Location: /#access_token=********"),
    "a JSON web token anywhere": ("X-Thing: eyJhbGciOiJub25lIn0.eyJhIjoxfQ.", "X-Thing: " + "*" * 31),
    "what is none stays": ("Host: a.example", "Host: a.example"),
    "an empty value stays": ("Authorization:", "Authorization:"),
}  # fmt: skip


@pytest.mark.parametrize("kind", HEADS)
def test_a_field(kind):
    before, after = HEADS[kind]
    head = b"GET / HTTP/1.1\r\n%b\r\n\r\n"
    assert plain(hider().head(head % before.encode())) == (head % after.encode()).decode()


def test_a_secret_in_the_request_line():
    hidden = plain(hider().head(b"GET /a?code=12345678&page=2 HTTP/1.1\r\nHost: a\r\n\r\n"))
    assert hidden == "GET /a?code=********&page=2 HTTP/1.1\r\nHost: a\r\n\r\n"


def test_a_folded_secret_is_hidden_whole():
    hidden = hider().head(b"GET / HTTP/1.1\r\nAuthorization: Basic YWRh\r\n  OmhlbGxvaGVsbG8=\r\n\r\n")
    assert b"YWRh" not in hidden
    assert b"Omhl" not in hidden


BODIES = {
    "a form": ("application/x-www-form-urlencoded", "user=ada&password=correct+horse&q=1", "user=ada&password=*************&q=1"),
    "a form with brackets, encoded": ("application/x-www-form-urlencoded", "user%5Bpassword%5D=12345678", "user%5Bpassword%5D=********"),
    "JSON": ("application/json", '{"user": "ada", "password": "12345678", "pin": 123456}', '{"user": "ada", "password": "********", "pin": ******}'),
    "JSON with an escape in it": ("application/json", r'{"token": "12\"45678"}', '{"token": "*********"}'),
    "a field of a web page": ("text/html", '<input type=hidden name="csrf_token" value="12345678">', '<input type=hidden name="csrf_token" value="********">'),
    "a password in a web page": ("text/html", "<input value='12345678' type='password'>", "<input value='********' type='password'>"),
    "a token in a meta element": ("text/html", '<meta name="csrf-token" content="12345678">', '<meta name="csrf-token" content="********">'),
    "a link in a web page": ("text/html", '<a href="/?q=1&amp;token=12345678">', '<a href="/?q=1&amp;token=********">'),
    "parts": ("multipart/form-data", '--x\r\nContent-Disposition: form-data; name="password"\r\n\r\n12345678\r\n--x--', '--x\r\nContent-Disposition: form-data; name="password"\r\n\r\n********\r\n--x--'),
    "text without secrets": ("text/plain", "Flour, water, salt, time.", "Flour, water, salt, time."),
}  # fmt: skip


@pytest.mark.parametrize("kind", BODIES)
def test_a_body(kind):
    media, before, after = BODIES[kind]
    assert plain(hider().body(before.encode(), media)) == after


def test_a_picture_stays_as_it_is():
    data = b"\x89PNG\r\n\x1a\n?token=12345678"
    assert hider().body(data, "image/png") == data


def test_a_secret_of_the_head_is_found_in_the_body():
    made = hider()
    made.head(b"GET / HTTP/1.1\r\nCookie: session=4f1e77c9aa\r\n\r\n")
    assert b"4f1e77c9aa" not in made.body(b"<p>You are 4f1e77c9aa</p>", "text/html")


def test_the_same_secret_has_the_same_mark_and_another_has_another():
    made = hider()
    assert made.mark(b"12345678") == made.mark(b"12345678") != made.mark(b"12345679")
    assert made.mark(b"12345678") != Hider(b"other").mark(b"12345678")


def test_a_mark_leads_back_to_what_it_stands_for():
    made = hider()
    hidden = made.head(b"GET / HTTP/1.1\r\nCookie: a=correct horse\r\n\r\n").decode()
    (mark,) = marks_in(hidden)
    assert is_mark(hidden)
    assert made.values[mark] == b"correct horse"


@given(
    st.binary(max_size=300),
    st.sampled_from(
        ["", "text/html", "application/json", "application/x-www-form-urlencoded", "multipart/form-data"]
    ),
)
def test_nothing_changes_its_length(data, media):
    made = hider()
    assert len(made.head(data)) == len(data)
    assert len(made.body(data, media)) == len(data)
