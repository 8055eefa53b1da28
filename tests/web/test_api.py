"""/api/v1, as programs use it."""

from __future__ import annotations

import base64
import sqlite3

import pytest
import sqlalchemy as sa
from web_fakes import connection, made, message, number, with_response

from inspector.exchange.model import Fault, Tls
from inspector.store.database import StoreProblem

ID = number(1).hex()


def post(desk, client, path, body):
    return client.post(path, json=body, headers={"X-CSRF-Token": desk.token(client)})


def test_the_list_pages_by_key(desk, browser):
    for n in range(3, 11):
        desk.captures.add(made(n))
    newest = browser.get("/api/v1/exchanges?limit=4").get_json()
    assert [row["change"] for row in newest["rows"]] == [7, 8, 9, 10]
    assert newest["has_older"]
    assert not newest["has_newer"]
    assert newest["cursor"] == "10"
    older = browser.get(f"/api/v1/exchanges?limit=4&before={newest['rows'][0]['id']}").get_json()
    assert [row["change"] for row in older["rows"]] == [3, 4, 5, 6]
    assert older["has_newer"]
    after = browser.get(f"/api/v1/exchanges?limit=2&after={older['rows'][-1]['id']}").get_json()
    assert [row["change"] for row in after["rows"]] == [7, 8]


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=-5", "limit=99999999", "limit=x", "before=zz", "after=%00"]
)
def test_odd_questions_are_told_what_is_wrong_with_them(browser, query):
    answer = browser.get(f"/api/v1/exchanges?{query}")
    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"
    assert f"$.{query.partition('=')[0]}" in answer.get_json()["detail"]


def test_a_row_says_what_the_contract_names(browser):
    row = browser.get("/api/v1/exchanges").get_json()["rows"][0]
    assert row["id"] == ID
    assert row["phrase"] == "OK"
    assert row["kind_words"] == "Page"
    assert row["brief"] == row["said"] == ""


def test_a_failed_row_has_its_words(desk, browser):
    desk.captures.add(made(3, state="failed", fault="dns-unknown", host="nowhere.example", status=502))
    row = browser.get("/api/v1/exchanges").get_json()["rows"][-1]
    assert row["brief"] == "name unknown"
    assert "nowhere.example" in row["said"]


def test_changes_are_polled_with_a_cursor(desk, browser):
    start = browser.get("/api/v1/changes").get_json()
    assert start["rows"] == []
    desk.captures.add(made(3))
    found = browser.get(f"/api/v1/changes?cursor={start['cursor']}").get_json()
    assert [row["change"] for row in found["rows"]] == [3]
    assert found["lamp"]["state"] == "capturing"


def test_one_exchange_whole(browser):
    found = browser.get(f"/api/v1/exchanges/{ID}").get_json()
    assert found["id"] == ID
    assert found["client_leg"]["request"]["start_line"] == "GET /cart?item=17 HTTP/1.1"
    assert ["Host", "shop.inspector.test"] in found["server_leg"]["request"]["fields"]
    assert found["decisions"][0]["sentence"]
    assert found["fault"] is None


def test_a_fault_comes_with_its_sentences(desk, browser):
    fault = Fault("connect-refused", "network", "connect", did="answered 502")
    desk.captures.add(made(1, error=fault, fault="connect-refused", state="failed"))
    found = browser.get(f"/api/v1/exchanges/{ID}").get_json()["fault"]
    assert found["sentence"].startswith("shop.inspector.test refused")
    assert found["cure"]


@pytest.mark.parametrize("id", ["0" * 32, "zz", "1", "0" * 31 + "g"])
@pytest.mark.parametrize("kind", ["exchanges", "connections"])
def test_what_is_not_there_is_404_in_words(browser, kind, id):
    answer = browser.get(f"/api/v1/{kind}/{id}")
    assert answer.status_code == 404
    assert answer.get_json()["detail"]


def test_a_body_is_only_ever_saved(desk, browser):
    evil = b"<script>alert(1)</script>"
    desk.captures.add(with_response(message("HTTP/1.1 200 OK", "Content-Type: text/html", body=evil)))
    answer = browser.get(f"/api/v1/exchanges/{ID}/body/browser/response")
    assert answer.data == evil
    assert answer.mimetype == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")


@pytest.mark.parametrize("path", ["body/browser/else", "body/else/request", "body/site/response?form=pretty"])
def test_parts_that_are_not_are_refused(browser, path):
    assert browser.get(f"/api/v1/exchanges/{ID}/{path}").status_code in (400, 404)


def test_a_connection_with_its_certificates(desk, browser):
    desk.captures.connections[number(902)] = connection(
        902, "server", Tls("TLSv1.3", chain=(b"not DER",), verified=True)
    )
    found = browser.get(f"/api/v1/connections/{number(902).hex()}").get_json()
    assert found["tls"]["version"] == "TLSv1.3"
    assert base64.b64decode(found["tls"]["chain"][0]["der"]) == b"not DER"


def test_the_status(browser):
    found = browser.get("/api/v1/status").get_json()
    assert found["lamp"]["words"] == "Capturing"
    assert found["totals"]["exchanges"] == 2


def test_capturing_is_switched(desk, browser):
    answer = post(desk, browser, "/api/v1/capturing", {"on": False})
    assert answer.get_json()["lamp"]["state"] == "paused"
    assert desk.settings.values["capturing"] is False


@pytest.mark.parametrize("body", [{}, {"on": "yes"}, [], {"on": 1}, None])
def test_nonsense_switches_nothing(desk, browser, body):
    assert post(desk, browser, "/api/v1/capturing", body).status_code in (400, 415)
    assert desk.settings.values["capturing"] is True


def test_everything_is_forgotten(desk, browser):
    assert post(desk, browser, "/api/v1/forget", {}).get_json()["totals"]["exchanges"] == 0


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (StoreProblem("It is locked."), 503),
        (ZeroDivisionError(), 500),
        (sa.exc.OperationalError("SELECT 1", None, sqlite3.OperationalError("database is locked")), 503),
        (sa.exc.OperationalError("SELECT 1", None, sqlite3.OperationalError("no such table")), 500),
    ],
    ids=["out of reach", "a mistake", "locked", "another mistake"],
)
def test_the_stores_troubles_are_told(desk, browser, error, status):
    desk.captures.fails = error
    answer = browser.get(f"/api/v1/exchanges/{ID}")
    assert answer.status_code == status
    assert answer.get_json()["detail"]
    assert browser.get(f"/exchange/{ID}").status_code == status


def test_unknown_addresses_of_the_api_answer_in_json(browser):
    answer = browser.get("/api/v1/nothing/here")
    assert answer.status_code == 404
    assert answer.get_json()["code"] == "not-found"


def test_a_record_that_is_gone_is_410(desk, browser):
    desk.captures.gone.add(number(1))
    answer = browser.get(f"/api/v1/exchanges/{ID}")
    assert answer.status_code == 410
    assert answer.get_json()["detail"] == "The record was removed to make room."
