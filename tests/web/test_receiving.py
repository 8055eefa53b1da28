"""Where apps tell their half: programs of this computer with the token, and no web page, whatever it knows."""

from __future__ import annotations

import gzip
import json
import os
import time

import pytest
from web_fakes import FakeSettings

from inspector.bridge.whereabouts import proof_of
from inspector.exchange.ids import Ids
from inspector.exchange.report import decode_report
from inspector.store.reports import Reports
from inspector.web import app as web_app
from inspector.web.server_half import receiving
from inspector.web.server_half.receiving import Desk, blueprint

KEY, TOKEN = bytes(range(32)), "token-of-the-run-folder"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
REPORT = {"started": 1.0, "took": 0.25, "app": "shop", "route": {"rule": "/"}, "queries": [{"system": "sqlite", "statement": "SELECT 1"}]}  # fmt: skip


@pytest.fixture
def settings():
    return FakeSettings()


@pytest.fixture
def reports(tmp_path):
    opened = Reports(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def door(reports, settings, tmp_path):
    """A client at the door, which is built like the dashboard's but for its pages."""
    from flask import Flask

    from inspector.store.tokens import Tokens
    from inspector.web import errors, guard
    from inspector.web.api.bearers import Bearers
    from inspector.web.tickets import Keys

    app = Flask("door")
    app.secret_key = "x"
    app.config["MAX_CONTENT_LENGTH"] = web_app.LARGEST_REQUEST
    bearers = Bearers(Tokens(tmp_path), Keys.load_or_create(tmp_path))
    guard.install(app, guard.Hosts(["127.0.0.1:8081"], ["inspector.localhost"]), bearers)
    errors.install(app, unreadable=(), lost=())
    app.register_blueprint(blueprint(Desk(reports, settings, TOKEN, KEY)))
    return app.test_client()


def say(door, path, said, headers=BEARER, **more):
    usual = {"base_url": "http://127.0.0.1:8081", "content_type": "application/json"}
    data = json.dumps(said) if not isinstance(said, (bytes, str)) else said
    return door.post(path, data=data, headers=headers, **usual | more)


def posted(id=None, **changes):
    id = (id or Ids().next()).hex()
    return {"exchange": id, "proof": proof_of(id, KEY), "report": REPORT} | changes


def test_a_report_is_kept_with_its_exchange(door, reports):
    id = Ids().next()
    assert say(door, "/api/v1/reports", posted(id)).status_code == 204
    assert reports.of(id) == decode_report(json.dumps(REPORT).encode())


STRANGERS = {
    "no token": ({}, {}, 401),
    "another token": ({"Authorization": "Bearer wrong"}, {}, 401),
    "the token as a password": ({"Authorization": f"Basic {TOKEN}"}, {}, 401),
    "a page, with the token": (BEARER | {"Origin": "https://evil.test"}, {}, 403),
    "a page of the dashboard": (BEARER | {"Origin": "http://127.0.0.1:8081"}, {}, 403),
    "a browser": (BEARER | {"Sec-Fetch-Site": "none"}, {}, 403),
    "a page of another site": (BEARER | {"Sec-Fetch-Site": "cross-site"}, {}, 403),
    "another computer": (BEARER, {"environ_base": {"REMOTE_ADDR": "192.0.2.7"}}, 403),
    "a rebound name": (BEARER, {"base_url": "http://evil.test:8081"}, 421),
    "a form": (BEARER, {"content_type": "text/plain"}, 415),
}


@pytest.mark.parametrize("who", STRANGERS)
@pytest.mark.parametrize("path", ["/api/v1/reports", "/api/v1/apps", "/v1/traces"])
def test_strangers_are_turned_away(door, reports, settings, who, path):
    headers, more, status = STRANGERS[who]
    said = {"/api/v1/reports": posted(), "/api/v1/apps": {"places": ["localhost:5000"]}}.get(path, {})
    assert say(door, path, said, headers, **more).status_code == status
    assert settings.values == {"capturing": True}


def test_the_token_in_an_address_counts_for_traces(door):
    assert say(door, f"/otlp/{TOKEN}/v1/traces", {}, {}).status_code == 200
    assert say(door, "/otlp/wrong/v1/traces", {}, {}).status_code == 401


def test_without_a_token_nobody_is_let_in(door, settings, reports):
    desk = Desk(reports, settings, "", b"")
    with (
        door.application.test_request_context(environ_base={"REMOTE_ADDR": "127.0.0.1"}),
        pytest.raises(receiving.Refusal),
    ):
        desk.admit("")


NONSENSE = {
    "nothing": b"",
    "no JSON": b"{",
    "a list": b"[]",
    "no report": json.dumps(posted(report=None)).encode(),
    "a report without a beginning": json.dumps(posted(report={})).encode(),
    "text for a number": json.dumps(posted(report=REPORT | {"started": "now"})).encode(),
    "a query that is a number": json.dumps(posted(report=REPORT | {"queries": [7]})).encode(),
    "an unknown role": json.dumps(
        posted(report=REPORT | {"functions": [{"role": "boss", "name": "x"}]})
    ).encode(),
    "too deep": b"[" * 100_000,
    "not UTF-8": b'{"exchange": "\xff"}',
}


@pytest.mark.parametrize("what", NONSENSE)
def test_nonsense_is_refused(door, reports, what):
    assert say(door, "/api/v1/reports", NONSENSE[what]).status_code == 400


def test_a_browser_that_is_signed_in_is_turned_away(door):
    door.set_cookie("inspector-session-1", "x", domain="127.0.0.1")
    assert say(door, "/api/v1/reports", posted()).status_code == 403


def test_a_report_that_is_too_large_is_refused(door):
    assert say(door, "/api/v1/reports", b" " * (receiving.LARGEST + 1)).status_code == 413


FORGED = {
    "no proof": posted(proof=""),
    "another exchange's proof": posted(proof=proof_of("0" * 32, KEY)),
    "another key's proof": posted(b"\x01" * 16, proof=proof_of("01" * 16, bytes(32))),
    "no exchange": posted(exchange="../../etc", proof=proof_of("../../etc", KEY)),
}


@pytest.mark.parametrize("what", FORGED)
def test_a_report_about_an_exchange_that_was_not_ours_is_refused(door, what):
    assert say(door, "/api/v1/reports", FORGED[what]).status_code == 403


def test_a_report_that_comes_after_its_exchange_was_forgotten_is_dropped(door, reports, settings):
    id = Ids().next()
    settings.values["forget"] = int(time.time() * 1000) + 1000
    assert say(door, "/api/v1/reports", posted(id)).status_code == 204
    assert reports.of(id) is None


PLACES = {
    "127.0.0.1:5000": True,
    "localhost:5000": True,
    "[::1]:5000": True,
    "app.localhost:80": True,
    "shop.test:8000": True,
    "bank.example:443": False,
    "192.0.2.7:80": False,
    "localhost": False,
    "localhost:x": False,
    ":5000": False,
    "": False,
    "x" * 300 + ":80": False,
}


@pytest.mark.parametrize("place", PLACES)
def test_only_places_on_this_computer_can_ask(door, settings, monkeypatch, place):
    def resolve(name, port, **_):
        if name not in {"127.0.0.1", "::1", "192.0.2.7"}:
            raise OSError
        return [(None, None, None, "", (name, port))]

    monkeypatch.setattr(receiving._is_here, "__defaults__", (resolve,))
    assert say(door, "/api/v1/apps", {"app": "x", "places": [place]}).status_code == 204
    assert list(settings.values.get("apps", {})) == ([place] if PLACES[place] else [])


def test_who_asks_again_changes_nothing(door, settings, monkeypatch):
    say(door, "/api/v1/apps", {"places": ["localhost:5000"]})
    before = dict(settings.values["apps"])
    monkeypatch.setattr(settings, "set", pytest.fail)
    say(door, "/api/v1/apps", {"places": ["localhost:5000"]})
    assert settings.values["apps"] == before


def test_the_list_of_places_has_an_end(door, settings):
    for number in range(12):
        say(door, "/api/v1/apps", {"places": [f"localhost:{number * 64 + each + 1}" for each in range(64)]})
    assert len(settings.values["apps"]) == 500


TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


def trace(**span):
    usual = {"traceId": TRACE, "spanId": SPAN, "name": "GET /", "kind": 2, "startTimeUnixNano": "1000000000", "endTimeUnixNano": 1500000000}  # fmt: skip
    return {"resourceSpans": [{"scopeSpans": [{"spans": [usual | span]}]}]}


def test_spans_are_kept_by_their_trace(door, reports, settings):
    said = trace(
        attributes=[
            {"key": "server.port", "value": {"intValue": "5000"}},
            {"key": "http.route", "value": {"stringValue": "/<id>"}},
        ]
    )
    assert say(door, "/v1/traces", said).get_json() == {}
    report = reports.of(b"\x00" * 16, bytes.fromhex(TRACE))
    assert (report.route.rule, report.took) == ("/<id>", 0.5)
    assert "localhost:5000" in settings.values["traced"]  # from now on its traces begin with the exchange


def test_packed_spans_are_unpacked_within_bounds(door, reports):
    packed = gzip.compress(json.dumps(trace()).encode())
    assert say(door, "/v1/traces", packed, BEARER | {"Content-Encoding": "gzip"}).status_code == 200
    assert reports.of(b"\x00" * 16, bytes.fromhex(TRACE)) is not None
    bomb = gzip.compress(b" " * (receiving.LARGEST_UNPACKED + 10))
    assert say(door, "/v1/traces", bomb, BEARER | {"Content-Encoding": "gzip"}).status_code == 400
    assert say(door, "/v1/traces", b"\x1f\x8bxx", BEARER | {"Content-Encoding": "gzip"}).status_code == 400


@pytest.mark.parametrize("what", ["a" * 10, "\x80" * 50, "random"])
def test_what_is_no_message_is_refused(door, what):
    data = os.urandom(300) if what == "random" else what.encode("latin-1")
    answer = say(door, "/v1/traces", b"\x0f" + data, content_type="application/x-protobuf")
    assert answer.status_code == 400


def test_set_up_gives_what_opentelemetry_wants_and_hides_the_token_from_an_audience():
    from flask import Flask, session

    from inspector.web.settings import WebSettings
    from inspector.web.setup import traces_to

    app = Flask("set-up")
    app.secret_key = "x"
    settings = WebSettings(run="", addresses=("0.0.0.0:8081",), bridge_token=TOKEN)
    with app.test_request_context():
        assert "http://127.0.0.1:8081/v1/traces" in traces_to(settings)
        assert f"x-inspector-token={TOKEN}" in traces_to(settings)
        session["presenter"] = True
        assert TOKEN not in traces_to(settings)
