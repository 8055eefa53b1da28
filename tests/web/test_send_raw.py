"""The raw form: what is typed leaves as it is, and what comes is shown as it came."""

from __future__ import annotations

import base64

import pytest
from sending import app, engine, page
from web_fakes import made, number

__all__ = ["app", "engine", "page"]  # fixtures
ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"


def typed(**changes):
    return {"do": "send", "scheme": "http", "host": "a.test", "port": "8000", "text": "GET / HTTP/1.1\nX : 1\n\n", "line_end": "crlf", "verify": "on", "patience": "5"} | changes  # fmt: skip


def test_bytes_leave_through_a_marked_tunnel_as_they_were_typed(page, engine):
    engine.answer = lambda _: ESTABLISHED + b"HTTP/1.1 400 No\r\nX: <script>\xff\n"
    shown = page.post("/send/raw", data=typed()).text
    assert engine.seen == [
        b"CONNECT a.test:8000 HTTP/1.1\r\nHost: a.test:8000\r\nInspector-Sent: tok composer - raw\r\n\r\n",
        b"GET / HTTP/1.1\r\nX : 1\r\n\r\n",
    ]
    assert "X: &lt;script&gt;⟨ff⟩" in shown
    assert "The site closed the connection." in shown
    assert "White space stands between" in shown
    assert f"/exchange/{number(500).hex()}" in shown


def test_over_tls_and_without_verifying(page, engine):
    engine.answer = lambda _: ESTABLISHED
    data = typed(scheme="https", port="", host="[::1]")
    del data["verify"]
    page.post("/send/raw", data=data)
    assert engine.seen[0].startswith(b"CONNECT [::1]:443 ")
    assert b"composer - raw-tls unverified\r\n" in engine.seen[0]


def test_several_answers_are_counted(page, engine):
    engine.answer = lambda _: ESTABLISHED + b"HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 404 No\r\n\r\n"
    assert "2 answers came" in page.post("/send/raw", data=typed()).text


def test_where_there_is_no_connection_that_is_said(page, engine):
    engine.answer = lambda _: b"HTTP/1.1 502 Bad Gateway\r\n\r\n"
    assert "There was no connection to the site." in page.post("/send/raw", data=typed()).text


def test_by_program_bytes_go_both_ways_in_base64(page, engine):
    engine.answer = lambda _: ESTABLISHED + b"HTTP/1.1 200 OK\r\n\r\n\xff"
    sent = base64.b64encode(b"GET / HTTP/1.1\nodd\xff\n\n").decode()
    told = page.post("/api/v1/send/raw", json={"host": "a.test", "port": 8000, "base64": sent}).json
    assert engine.seen[1] == b"GET / HTTP/1.1\nodd\xff\n\n"
    assert base64.b64decode(told["base64"]) == b"HTTP/1.1 200 OK\r\n\r\n\xff"
    assert told["exchange"] == number(500).hex()
    assert told["why"] == "The site closed the connection."
    assert page.post("/api/v1/send/raw", json={"host": "a b", "base64": sent}).status_code == 422
    assert page.post("/api/v1/send/raw", json={"host": "a.test", "base64": "no base64"}).status_code == 400


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"host": ""}, "host and the port"),
        ({"host": "a b"}, "not valid"),
        ({"port": "x"}, "not valid"),
        ({"port": "0"}, "host and the port"),
        ({"patience": "soon"}, "not valid"),
        ({"text": ""}, "no bytes"),
        ({"text": "\\q"}, "stands for nothing"),
        ({"host": "a.test\r\nX: 1"}, "not valid"),
    ],
)
def test_what_cannot_be_sent_says_why(page, engine, changes, sentence):
    answer = page.post("/send/raw", data=typed(**changes))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert not engine.seen


def test_looking_sends_nothing(page, engine):
    shown = page.post("/send/raw", data=typed(do="look", line_end="lf")).text
    assert "What would be sent" in shown
    assert "LF" in shown
    assert not engine.seen


def test_it_needs_the_dashboards_own_form(page, engine):
    assert page.post("/send/raw", token=False, data=typed()).status_code == 403
    assert page.post("/send/raw", headers={"Origin": "https://evil.test"}, data=typed()).status_code == 403
    assert not engine.seen


def test_a_captured_request_is_taken_over_as_bytes(page):
    page.captures.add(made(1))
    shown = page.get(f"/send/raw?of={number(1).hex()}").text
    assert "GET /cart?item=17 HTTP/1.1" in shown
    assert 'value="shop.inspector.test"' in shown


@pytest.mark.parametrize("sample", ["0", "5", "99", "-1", "x"])
def test_samples_are_there(page, sample):
    assert page.get(f"/send/raw?sample={sample}").status_code == 200
