"""Refused connections: what the page of one says, the list of all, and leaving a host encrypted with one click."""

from __future__ import annotations

import pytest
from web_fakes import EPOCH, made, number

from inspector.exchange.model import Connection, Fault, HandshakeMessage, Leg, Message, Tls
from inspector.explain.own_requests import whose
from inspector.explain.refusals import History

CONNECT = Message(b"CONNECT bank.test:443 HTTP/1.1\r\nUser-Agent: curl/8.5.0\r\n\r\n")
SUITES = (0x1302, 0x1303, 0x1301, 0xC02C, 0xC030, 0x9F, 0xCCA9, 0xCCA8)


def refused(n, host="bank.test", *, agent="curl 8.5", client="127.0.0.1:50000", fault="tls-client-alert"):
    return made(
        n, kind="tls", state="failed", fault=fault, protection="sealed", status=0, host=host, agent=agent, client=client,
        method="CONNECT", path="", server_leg=None, client_leg=Leg(number(900 + n), CONNECT),
        error=Fault(fault, "client", "tls", None, "unknown_ca", "closed"),
    )  # fmt: skip


def connection(n):
    shown = (HandshakeMessage("server", 22, 11, 900, 0.001), HandshakeMessage("client", 21, 48, 2, 0.03))
    tls = Tls(
        sni="bank.test", alert="unknown_ca", alert_by="client", handshake=shown, offered_versions=("TLS 1.3",), offered_ciphers=SUITES,
    )  # fmt: skip
    return Connection(
        number(900 + n),
        "client",
        EPOCH,
        "127.0.0.1",
        5,
        "127.0.0.1",
        8080,
        "bank.test",
        "",
        tls,
        CONNECT.head,
    )


@pytest.fixture
def captures(desk):
    desk.captures.__init__(
        made(1), *(refused(n) for n in (2, 3)), refused(4, "cdn.test", agent="", client="192.0.2.9:1")
    )
    for n in (2, 3, 4):
        desk.captures.connections[number(900 + n)] = connection(n)
    return desk.captures


def page(browser, path):
    answer = browser.get(path)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_the_page_of_a_refused_connection_says_why_and_what_to_do(browser, captures):
    shown = page(browser, f"/exchange/{number(2).hex()}")
    assert "It does not trust Inspector&#39;s authority" in shown
    assert "curl 8.5 did not believe the stand-in certificate for bank.test" in shown
    assert "<code>curl --cacert /home/learner/ca.pem …</code>" in shown
    assert "unknown_ca (48)" in shown
    assert "Leave bank.test encrypted" not in shown


def test_after_the_second_time_it_offers_to_leave_the_host_encrypted(browser, captures):
    captures.histories[number(3)] = History(refused=2)
    shown = page(browser, f"/exchange/{number(3).hex()}")
    assert "curl 8.5 has refused bank.test twice in a row." in shown
    assert "Leave bank.test encrypted</button>" in shown


def test_one_click_leaves_it_encrypted_and_another_undoes_it(browser, desk, captures):
    captures.histories[number(3)] = History(refused=2)
    here = f"/exchange/{number(3).hex()}"
    answer = browser.post(
        "/set-up/decrypted", data={"csrf_token": desk.token(browser), "host": "bank.test", "next": here}
    )
    assert (answer.status_code, answer.location) == (303, here)
    assert desk.settings.values["left_encrypted"] == ["bank.test"]
    assert "Decrypt bank.test again" in page(browser, here)
    browser.post("/set-up/decrypted", data={"csrf_token": desk.token(browser), "remove": "bank.test"})
    assert desk.settings.values["left_encrypted"] == []


def test_without_the_token_nothing_changes(browser, desk, captures):
    assert browser.post("/set-up/decrypted", data={"host": "bank.test"}).status_code == 403
    assert "left_encrypted" not in desk.settings.values


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Bank.Test", ["bank.test"]), ("*.bank.test", ["*.bank.test"]), ("a.test, b.test", ["a.test", "b.test"]),
        ("10.0.0.0/8", ["10.0.0.0/8"]), ("bücher.example", ["xn--bcher-kva.example"]),
    ],
)  # fmt: skip
def test_hosts_are_kept_in_their_one_spelling(browser, desk, typed, kept):
    browser.post("/set-up/decrypted", data={"csrf_token": desk.token(browser), "host": typed})
    assert desk.settings.values["left_encrypted"] == kept


@pytest.mark.parametrize(
    "typed", ["", " ", "https://bank.test/", "bank.test:443", "a*b.test", "no way", "x" * 9999]
)
def test_what_is_no_host_is_answered_with_the_reason(browser, desk, typed):
    answer = browser.post("/set-up/decrypted", data={"csrf_token": desk.token(browser), "host": typed})
    assert answer.status_code == 400
    assert "That is no host" in answer.get_data(as_text=True)
    assert "left_encrypted" not in desk.settings.values


def test_the_set_up_page_lists_what_is_left(browser, desk):
    assert "None so far." in page(browser, "/set-up/decrypted")
    desk.settings.values["left_encrypted"] = ["bank.test", "*.pinned.test", 7]
    shown = page(browser, "/set-up/decrypted")
    assert "bank.test" in shown
    assert "*.pinned.test" in shown
    assert shown.count('name="remove"') == 2


def test_all_refusals_by_client_and_host(browser, captures):
    shown = page(browser, "/certificates/refused")
    assert shown.index("A program that does not say its name") < shown.index("curl 8.5")
    assert "at 192.0.2.9" in shown
    assert "on this computer" in shown
    assert "2 times" in shown
    assert "For everything in one terminal" in shown


def test_an_empty_list_says_what_would_appear(browser, desk):
    desk.captures.__init__(made(1))
    assert "Nothing was refused." in page(browser, "/certificates/refused")


def test_records_that_are_gone_leave_the_row(browser, captures):
    captures.gone |= {number(2), number(3), number(4)}
    shown = page(browser, "/certificates/refused")
    assert "see the exchange" in shown
    assert "bank.test" in shown


def test_the_same_as_json(browser, captures):
    told = browser.get("/api/v1/refused").get_json()["clients"]
    assert [client["name"] for client in told] == ["", "curl 8.5"]
    [row] = told[1]["refused"]
    assert (row["host"], row["times"], row["cause"]["code"], row["cause"]["sure"]) == (
        "bank.test",
        2,
        "untrusted",
        "sure",
    )
    assert row["exchange"] == number(3).hex()
    assert row["cause"]["cures"][0]["whom"] == "curl"


def test_the_list_can_be_changed_as_json(browser, desk):
    token = {"X-CSRF-Token": desk.token(browser)}
    path = "/api/v1/left-encrypted"
    assert browser.get(path).get_json() == {"hosts": [], "only": [], "passthrough": []}
    told = browser.post(path, json={"host": "bank.test", "left": True}, headers=token).get_json()
    assert told["hosts"] == ["bank.test"]
    assert (
        browser.post(path, json={"host": "bank.test", "left": False}, headers=token).get_json()["hosts"] == []
    )
    for wrong in ([], {"host": "bank.test"}, {"host": 5, "left": True}, {"host": "a b", "left": True}):
        assert browser.post(path, json=wrong, headers=token).status_code == 400


def test_names_from_strangers_are_text(browser, captures):
    captures.add(refused(5, "<b>.test", agent="<script>alert(1)</script>"))
    assert "<script>alert" not in page(browser, "/certificates/refused")
    assert "<script>alert" not in page(browser, f"/exchange/{number(5).hex()}")


@pytest.mark.parametrize(
    ("host", "maker"),
    [
        ("mitmdetection.services.mozilla.com", "Firefox"), ("update.googleapis.com", "Chrome"), ("r4---sn.gvt1.com", "Chrome"),
        ("www.mozilla.org", ""), ("accounts.google.com", ""), ("example.com", ""), ("", ""), ("notmozilla.net", ""),
    ],
)  # fmt: skip
def test_what_a_browser_asks_by_itself_is_known(host, maker):
    assert whose(host) == maker
