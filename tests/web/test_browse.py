"""Captured windows from the dashboard: who may open one, what is passed on, and what is said of it."""

from __future__ import annotations

import pytest
from web_fakes import FakeCaptures, FakeSettings

from inspector.web import browse as web_browse
from inspector.web.app import create_app
from inspector.web.browse import Outcome
from inspector.web.settings import WebSettings
from inspector.web.tickets import Keys

HOST = "http://inspector.localhost:8081"


class Windows:
    def __init__(self):
        self.asked = []
        self.outcome = Outcome(True, "Chromium is open.", notes=("It runs without its sandbox.",))

    def open(self, url, place):
        self.asked.append((url, place))
        return self.outcome


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    run = tmp_path_factory.mktemp("run")
    windows = Windows()
    app = create_app(WebSettings(run=str(run)), FakeCaptures(), FakeSettings(), lambda: (), windows.open)
    return app, Keys.load_or_create(run), windows


@pytest.fixture
def windows(made):
    made[2].__init__()
    return made[2]


@pytest.fixture
def person(made, windows, monkeypatch):
    """Somebody signed in, on this computer or on another one."""
    app, keys, _ = made
    monkeypatch.setattr("inspector.web.assets.Assets.__call__", lambda _, name: f"/static/dist/{name}")

    def sign_in(address="127.0.0.1"):
        client = app.test_client()
        client.get("/sign-in", base_url=HOST, query_string={"ticket": keys.mint()})

        def ask(path, form=None, **more):
            more = {"base_url": HOST, "environ_base": {"REMOTE_ADDR": address}} | more
            if form is None:
                return client.get(path, **more)
            with client.session_transaction(base_url=HOST) as session:
                token = session.get("csrf") or session.setdefault("csrf", "t" * 32)
            return client.post(path, data={"csrf_token": token} | form, **more)

        return ask

    return sign_in


def text(answer):
    return answer.get_data(as_text=True)


def test_the_button_is_on_every_page_and_the_address_box_on_the_first(person):
    ask = person()
    assert text(ask("/set-up")).count('action="/browse"') == 1
    first = text(ask("/start"))
    assert first.count('action="/browse"') == 3
    assert "Watch a site" in first


def test_a_window_is_opened_and_the_page_says_so(person, windows):
    answer = person()("/browse", {"url": " localhost:5000 ", "place": "800,0,800,900", "next": "/traffic"})
    assert windows.asked == [("localhost:5000", "800,0,800,900")]
    assert answer.status_code == 200
    for words in ("The window is open", "Chromium is open.", "without its sandbox", 'href="/traffic"'):
        assert words in text(answer)


def test_what_went_wrong_is_said_with_the_cure(person, windows):
    windows.outcome = Outcome(False, "There is no screen here.", "Type: <inspector env>")
    page = text(person()("/browse", {"next": "https://elsewhere.example/"}))
    for words in ("No window was opened", "There is no screen here.", "&lt;inspector env&gt;", 'href="/"'):
        assert words in page


def test_a_script_gets_it_as_json(person):
    answer = person()("/browse", {"url": "x"}, headers={"Accept": "application/json"})
    assert answer.get_json() == {
        "opened": True,
        "sentence": "Chromium is open.",
        "cure": "",
        "notes": ["It runs without its sandbox."],
    }


@pytest.mark.parametrize(
    "place", ["", "1,2,3", "1,2,3,4,5", "a,b,c,d", "1,2,3,4 --headless", "1;2;3;4", "999999,0,1,1"]
)
def test_a_place_that_is_none_is_left_out(person, windows, place):
    person()("/browse", {"place": place})
    assert windows.asked == [("", "")]


def test_an_endless_address_is_cut(person, windows):
    person()("/browse", {"url": "x" * 100_000})
    assert len(windows.asked[0][0]) == web_browse._LONGEST


def test_another_computer_is_offered_none_and_gets_none(person, windows):
    ask = person("192.0.2.7")
    assert "/browse" not in text(ask("/start"))
    answer = ask("/browse", {"url": "x"})
    assert (answer.status_code, windows.asked) == (403, [])
    assert "on another one" in text(answer)


def test_this_computer_by_its_other_address_is_this_computer(person, windows):
    person("::1")("/browse", {})
    person("127.0.0.2")("/browse", {})
    assert len(windows.asked) == 2


def test_nobody_elses_page_opens_one(person, windows):
    ask = person()
    for refused in (
        {"headers": {"Origin": "https://evil.example"}},
        {"headers": {"Sec-Fetch-Site": "cross-site"}},
    ):
        assert ask("/browse", {"url": "x"}, **refused).status_code == 403
    assert ask("/browse", {"url": "x", "csrf_token": "wrong"}).status_code == 403
    assert windows.asked == []


def test_a_visitor_who_has_not_signed_in_opens_none(made, windows):
    assert made[0].test_client().post("/browse", base_url=HOST, data={"url": "x"}).status_code == 401
    assert windows.asked == []


def test_a_dashboard_that_cannot_open_any_offers_none(made, person, tmp_path):
    app = create_app(WebSettings(run=str(tmp_path)), FakeCaptures(), FakeSettings(), lambda: ())
    client = app.test_client()
    client.get("/sign-in", base_url=HOST, query_string={"ticket": Keys.load_or_create(tmp_path).mint()})
    page = text(client.get("/start", base_url=HOST))
    assert "/browse" not in page
    assert "button-primary" in page
