"""The presenter's view: no page, list or file holds a secret while it is on; one click gives one of them back."""

from __future__ import annotations

import gzip
import json
import re

import pytest
from web_fakes import connection, made, message, number

from inspector.exchange.model import Body, Leg, Piece
from inspector.secrets import marks_in
from inspector.web.veil import Veil

ID = number(1).hex()
SECRETS = (
    "battery",
    "staple",
    "tok-1234567890",
    "ses-4f1e77c9",
    "new-aa77bb88",
    "key-ff00ff00",
    "YWRhOmxvdmVsYWNl",
    "csrf-99887766",
)
FORM = b"user=ada&password=battery+staple&csrf=csrf-99887766"


def with_secrets(**changes):
    request = message(
        "POST /log-in?token=tok-1234567890&q=bread HTTP/1.1", "Host: shop.inspector.test", "Authorization: Basic YWRhOmxvdmVsYWNl",
        "Cookie: session=ses-4f1e77c9", "X-Api-Key: key-ff00ff00", "Content-Type: application/x-www-form-urlencoded",
        "Referer: https://shop.inspector.test/?code=tok-1234567890", f"Content-Length: {len(FORM)}", body=FORM,
    )  # fmt: skip
    response = message(
        "HTTP/1.1 303 See Other", "Location: /?token=tok-1234567890", "Set-Cookie: session=new-aa77bb88; HttpOnly; Path=/",
        "Content-Type: text/html", body=b'<input name="csrf_token" value="csrf-99887766"><p>Hello, ses-4f1e77c9</p>',
    )  # fmt: skip
    return made(
        1, method="POST", path="/log-in?token=tok-1234567890&q=bread", status=303, reason="See Other",
        client_leg=Leg(number(901), request, response), server_leg=Leg(number(902), request, response), **changes,
    )  # fmt: skip


@pytest.fixture
def present(desk, browser):
    """Switches the view on; then gets pages as text."""
    desk.captures.__init__(with_secrets())
    desk.captures.connections[number(901)] = connection(901, "client")
    switch(desk, browser, "on")
    return lambda address: browser.get(address).get_data(as_text=True)


def switch(desk, browser, how):
    return browser.post(
        "/preferences", data={"presenter": how, "next": "/traffic", "csrf_token": desk.token(browser)}
    )


PLACES = [
    "/traffic", *(f"/exchange/{ID}?tab={tab}" for tab in ("story", "messages", "sees", "connection", "timing", "checks")),
    *(f"/exchange/{ID}?tab=messages&request={view}&response={view}" for view in ("raw", "hex")), f"/exchange/{ID}?tab=messages&side=site",
    f"/exchange/{ID}?tab=messages&side=changes", "/api/v1/exchanges", f"/api/v1/exchanges/{ID}", "/api/v1/changes?cursor=0",
    f"/api/v1/exchanges/{ID}/body/browser/request", f"/api/v1/exchanges/{ID}/body/site/response",
]  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_no_secret_is_on_it(present, place):
    told = present(place)
    assert [secret for secret in SECRETS if secret in told] == []


def test_without_it_they_are_shown(desk, browser):
    desk.captures.__init__(with_secrets())
    told = browser.get(f"/exchange/{ID}?tab=messages").get_data(as_text=True)
    assert "battery staple" in told
    assert "ses-4f1e77c9" in told


def test_it_is_switched_off_again(desk, browser, present):
    assert "data-presenter" in present("/traffic")
    switch(desk, browser, "off")
    told = present("/traffic")
    assert "data-presenter" not in told.partition(">")[2].partition(">")[0]
    assert "tok-1234567890" in told


def test_credentials_are_explained_as_hidden_and_not_as_broken(present):
    told = present(f"/exchange/{ID}?tab=story")
    assert "hidden while you present" in told


def test_what_is_no_secret_stays(present):
    told = present(f"/exchange/{ID}?tab=messages")
    assert "HttpOnly; Path=/" in told
    assert "ada" in told
    assert "q=bread" in told


def test_a_mark_is_asked_for_by_itself(desk, browser, present):
    mark = next(
        each
        for each in marks_in(present(f"/exchange/{ID}?tab=messages"))
        if len(each) == len("battery+staple")
    )
    found = {}
    for each in set(marks_in(present(f"/exchange/{ID}?tab=messages"))):
        answer = browser.get(f"/exchange/{ID}/secrets/{each}")
        assert answer.headers["Cache-Control"] == "no-store"
        found[each] = answer.get_json()
    assert found[mark]["seconds"] == 10
    assert {"ses-4f1e77c9", "new-aa77bb88", "YWRhOmxvdmVsYWNl"} <= {each["value"] for each in found.values()}


@pytest.mark.parametrize(
    "address",
    [
        f"/exchange/{ID}/secrets/****0000",
        f"/exchange/{number(77).hex()}/secrets/****0000",
        "/exchange/x/secrets/y",
    ],
)
def test_nothing_else_can_be_asked_for(browser, address):
    assert browser.get(address).status_code == 404


def test_a_stranger_gets_nothing(desk):
    assert desk.visitor().get(f"/exchange/{ID}/secrets/****0000").status_code == 401


def test_a_packed_body_is_packed_again_without_its_secret(desk, browser):
    page = b'{"token": "tok-1234567890"}' * 3
    packed = gzip.compress(page)
    response = message(
        "HTTP/1.1 200 OK", "Content-Type: application/json", "Content-Encoding: gzip", body=packed
    )
    plain = made(1)
    desk.captures.__init__(made(1, client_leg=Leg(number(901), plain.client_leg.request, response)))
    switch(desk, browser, "on")
    told = browser.get(f"/exchange/{ID}?tab=messages").get_data(as_text=True)
    assert "tok-1234567890" not in told
    assert "*0" in re.sub(r"[0-9a-f]{4}", "0", told)


def test_the_live_feed_is_veiled():
    row = json.dumps(
        {"rows": [{"path": "/a?token=tok-1234567890&q=1", "host": "a"}]}, separators=(",", ":")
    ).encode()
    told = Veil(None, b"key").rows(b"event: rows\ndata: " + row + b"\n\n")
    assert b"tok-1234567890" not in told
    assert b"&q=1" in told


class Archive:
    """Captures with one body in two pieces, a secret across them."""

    def __init__(self):
        body = Body(27, 27, b"", (Piece(1, 0, 14), Piece(1, 14, 13)))
        self.made = made(
            1,
            client_leg=Leg(
                number(1), message("POST / HTTP/1.1", "Content-Type: application/json", body=body)
            ),
        )

    def exchange(self, id):
        return self.made

    def body(self, id, body):
        yield b'{"token": "tok'
        yield b'-1234567890"}'


def test_a_secret_across_two_pieces_is_hidden(desk):
    veil = Veil(Archive(), b"key")
    with desk.app.test_request_context():
        from flask import session

        session["presenter"] = True
        told = b"".join(veil.body(number(1), veil.exchange(number(1)).client_leg.request.body))
    assert b"tok" not in told.replace(b'"token"', b"")
    assert len(told) == 27


@pytest.mark.parametrize("tab", ["story", "messages"])
def test_hidden_credentials_are_not_called_broken(present, tab):
    told = present(f"/exchange/{ID}?tab={tab}")
    assert "hidden while you present" in told
    assert "base64" not in told
