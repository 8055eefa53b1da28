"""cURL commands as people paste them, read as curl would."""

from __future__ import annotations

import pytest

from inspector.compose.curl import parse
from inspector.compose.errors import CurlMistake


def said(command, shell="auto"):
    draft = parse(command, shell).draft
    return draft.method, draft.url, {row.name: row.value for row in draft.fields}


CHROME_BASH = r"""curl 'https://shop.test/api/cart?id=1' \
  -X 'PUT' \
  -H 'accept: application/json' \
  -H 'content-type: application/json' \
  -b 'session=abc; seen=1' \
  --data-raw $'{"name":"O\'Brien","note":"a\nb\u00e9"}' \
  --compressed --insecure"""
CHROME_CMD = (
    'curl ^"https://shop.test/api?a=1^&b=2^" ^\n'
    '  -H ^"accept: text/html^" ^\n'
    '  -b ^"c=1^%^20x^" ^\n'
    '  --data-raw ^"^{^\\^"a^\\^":^\\^"b c^\\^"^}^"'
)


def test_a_command_as_chrome_copies_it_for_bash():
    found = parse(CHROME_BASH).draft
    assert (found.method, found.url, found.verify) == ("PUT", "https://shop.test/api/cart?id=1", False)
    assert found.text == '{"name":"O\'Brien","note":"a\nbé"}'
    assert found.said("cookie") == "session=abc; seen=1"
    assert found.said("content-type") == "application/json"
    assert "gzip" in (found.said("accept-encoding") or "")


def test_a_command_as_chrome_copies_it_for_the_windows_prompt():
    found = parse(CHROME_CMD).draft
    assert (found.method, found.url) == ("POST", "https://shop.test/api?a=1&b=2")
    assert found.text == '{"a":"b c"}'
    assert found.said("cookie") == "c=1%20x"


@pytest.mark.parametrize(
    ("command", "method", "url", "body"),
    [
        ("curl example.com", "GET", "http://example.com", ""),
        ("curl -I https://a.test/", "HEAD", "https://a.test/", ""),
        ("curl -XDELETE https://a.test/1", "DELETE", "https://a.test/1", ""),
        ("curl https://a.test -d a=1 -d b=2", "POST", "https://a.test", "a=1&b=2"),
        ("curl -G https://a.test/?x=1 -d a=1 --data-urlencode 'q=ä b'", "GET", "https://a.test/?x=1&a=1&q=%C3%A4+b", ""),
        ("curl --url https://a.test --data-raw @literal", "POST", "https://a.test", "@literal"),
        ("curl -sSLk -o out.html https://a.test", "GET", "https://a.test", ""),
        ('curl "https://a.test/\\"q\\"" ', "GET", 'https://a.test/"q"', ""),
        ("curl --json '{\"a\":1}' https://a.test", "POST", "https://a.test", '{"a":1}'),
        ("curl https://a.test # a comment", "GET", "https://a.test", ""),
    ],
)  # fmt: skip
def test_method_address_and_body_are_curls(command, method, url, body):
    found = parse(command).draft
    assert (found.method, found.url, found.text) == (method, url, body)


def test_options_become_fields_and_switches():
    method, _, fields = said(
        "curl -u ada:pw -A Me -e https://from.test -r 0-9 -H 'X-Empty;' -H 'Accept:' --oauth2-bearer t0k https://a.test"
    )
    assert method == "GET"
    assert fields["User-Agent"] == "Me"
    assert fields["Referer"] == "https://from.test"
    assert fields["Range"] == "bytes=0-9"
    assert fields["X-Empty"] == ""
    assert fields["Authorization"] == "Bearer t0k"
    assert "Accept" not in fields
    draft = parse("curl -L -k -0 -m 7 https://a.test").draft
    assert (draft.follow, draft.verify, draft.version, draft.timeout) == (True, False, "1.0", 7)


def test_a_form_with_parts():
    found = parse("curl -F name=Ada -F 'note=x;type=text/plain' https://a.test").draft
    assert found.body == "multipart"
    assert [(row.name, row.value, row.media) for row in found.form] == [
        ("name", "Ada", ""),
        ("note", "x", "text/plain"),
    ]


@pytest.mark.parametrize(
    ("command", "wrong", "word"),
    [
        ("curl 'https://a.test", "'", "not closed"),
        ('curl https://a.test -H "X: $TOKEN"', "$TOKEN", "Only the shell"),
        ("curl https://a.test -H `date`", "`", "Only the shell"),
        ("curl https://a.test | jq .", "|", "ends at |"),
        ("curl https://a.test --frobnicate", "--frobnicate", "not known"),
        ("curl https://a.test -d @secret.txt", "@secret.txt", "no files"),
        ("curl https://a.test -b cookies.txt", "cookies.txt", "no files"),
        ("curl https://a.test -H", "-H", "missing"),
        ("curl https://a.test https://b.test", "https://b.test", "second address"),
        ("curl -X POST", "", "no address"),
        ("wget https://a.test", "wget", "begins with curl"),
        ("curl -H nonsense https://a.test", "nonsense", "no colon"),
        ("curl -u ada https://a.test", "ada", "password"),
        ("", "", "no command"),
    ],
)
def test_a_mistake_says_what_and_where(command, wrong, word):
    with pytest.raises(CurlMistake) as caught:
        parse(command)
    assert word in caught.value.sentence
    assert command[caught.value.start : caught.value.end] == wrong


def test_what_is_left_out_is_told():
    notes = parse("curl -x http://proxy:1 --http2 --cacert ca.pem https://a.test").notes
    assert len(notes) == 3
    assert all("left out" in note for note in notes)
