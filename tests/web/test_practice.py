"""The page of practice sites: what there is, a copy to take home, the learner's own site stopped and started; by form and by the API."""

from __future__ import annotations

import re

import msgspec
import pytest
from web_fakes import FakeCaptures, FakeSettings

from inspector.lab.applying.keeping import Shown
from inspector.lab.applying.steps import STEPS
from inspector.lab.control import LabUnreachableError
from inspector.lab.mine.server import State
from inspector.lab.sites.practice import SITES
from inspector.web.app import create_app
from inspector.web.settings import WebSettings
from inspector.web.tickets import Keys

HOST = "http://inspector.localhost:8081"


class FakeLab:
    """The lab's answers, and what it was asked."""

    def __init__(self):
        self.asked = []
        self.state = State(folder="/somewhere/mine")
        self.gone = False

    def __call__(self, door, run, wish):
        if self.gone:
            raise LabUnreachableError("It does not answer.")
        self.asked.append((wish.do, wish.folder or wish.site))
        if wish.do in {"start", "stop"}:
            self.state = msgspec.structs.replace(
                self.state,
                state="running" if wish.do == "start" else "stopped",
                folder=wish.folder or self.state.folder,
            )
        return self.state


@pytest.fixture(scope="module")
def dashboard(tmp_path_factory):
    """Made once: compiling its templates takes longer than a test."""
    home = tmp_path_factory.mktemp("home")
    (home / "run").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("inspector.web.assets.Assets.__call__", lambda _, name: f"/static/dist/{name}")
        settings = WebSettings(
            run=str(home / "run"), certs=str(home / "certs"), lab=True, lab_door="127.0.0.1:9"
        )
        client = create_app(settings, FakeCaptures(), FakeSettings(), lambda: ()).test_client()
        ticket = Keys.load_or_create(home / "run").mint()
        client.get("/sign-in", base_url=HOST, query_string={"ticket": ticket})
        yield home, client


@pytest.fixture
def lab(monkeypatch):
    fake = FakeLab()
    monkeypatch.setattr("inspector.web.practice.ask", fake)
    return fake


@pytest.fixture
def home(dashboard):
    return dashboard[0]


@pytest.fixture
def page(dashboard, lab):
    return lambda: dashboard[1].get("/learn/practice", base_url=HOST).get_data(as_text=True)


@pytest.fixture
def post(dashboard, page):
    token = re.findall(r'name="csrf_token" value="([^"]+)"', page())[-1]

    def send(path, /, **form):
        if path.startswith("/api"):
            return dashboard[1].post(path, base_url=HOST, json=form, headers={"X-CSRF-Token": token})
        return dashboard[1].post(path, base_url=HOST, data={"csrf_token": token, **form})

    return send


def test_every_site_is_there_with_its_accounts(page):
    shown = page()
    for site in SITES:
        assert site.host in shown
        assert all(password in shown for _, password, _ in site.accounts)


def test_a_copy_is_taken_home_and_served(home, post, lab, page):
    assert post("/learn/practice/take", site="static").status_code == 303
    assert (home / "sites" / "static" / "app.py").is_file()
    assert lab.asked[-1] == ("start", str(home / "sites" / "static"))
    assert "Stop the server" in page()
    again = post("/api/v1/practice/take", site="static").get_json()
    assert again["copy"] == "static-2"
    assert "<option>static-2</option>" in page()


def test_it_is_stopped_and_started(post, lab, page):
    post("/learn/practice/start")
    assert lab.asked[-1] == ("start", "")
    assert "Stop the server" in page()
    post("/learn/practice/stop")
    assert "Start the server" in page()
    assert post("/api/v1/practice/mine", do="start").get_json()["mine"]["state"] == "running"
    assert post("/api/v1/practice/mine", do="stop").get_json()["mine"]["state"] == "stopped"


@pytest.mark.parametrize(
    ("path", "form", "status"),
    [
        ("/learn/practice/take", {"site": "../shop"}, 404),
        ("/learn/practice/start", {"copy": "../../etc"}, 404),
        ("/learn/practice/start", {"copy": "/etc"}, 404),
        ("/learn/practice/reset", {"host": "example.com"}, 404),
        ("/api/v1/practice/mine", {"do": "explode"}, 400),
    ],
)
def test_what_is_not_there_is_refused(post, path, form, status):
    assert post(path, **form).status_code == status


def test_a_site_goes_back_to_its_beginning(post, lab):
    assert post("/learn/practice/reset", host="shop.inspector.test").status_code == 303
    assert lab.asked[-1] == ("reset", "shop.inspector.test")


def test_a_lab_that_does_not_answer_is_said_and_the_page_is_there_all_the_same(dashboard, post, lab, page):
    lab.gone = True
    assert "Practice sites" in page()
    answer = post("/learn/practice/stop")
    assert (answer.status_code, "It does not answer." in answer.get_data(as_text=True)) == (503, True)
    assert dashboard[1].get("/api/v1/practice", base_url=HOST).get_json()["mine"] is None


def test_what_the_process_said_is_text_and_is_kept_from_the_presenters_view(dashboard, lab, page, post):
    lab.state = State(state="running", folder="/mine", said=("<b>token=s3cret</b>",))
    assert "&lt;b&gt;token=s3cret" in page()
    with dashboard[1].session_transaction(base_url=HOST) as session:
        session["presenter"] = True
    assert "s3cret" not in page()
    with dashboard[1].session_transaction(base_url=HOST) as session:
        session["presenter"] = False


def test_applying_goes_step_by_step_and_says_what_failed(dashboard, lab, post):
    def shown():
        return dashboard[1].get("/learn/practice/certificate", base_url=HOST).get_data(as_text=True)

    lab.state = State(state="running", application=Shown(done=2, said={"directory": "At <b>x</b>"}))
    page = shown()
    assert (page.count("Do this step"), "At &lt;b&gt;x" in page) == (1, True)
    assert post("/learn/practice/certificate", do="next").headers["Location"].endswith("#now")
    assert lab.asked[-1][0] == "apply"
    lab.state = State(application=Shown(done=len(STEPS), failed="no <i>answer</i>"))
    page = shown()
    assert all(words in page for words in ("Renew it", "no &lt;i&gt;answer", "is stopped"))
    steps = post("/api/v1/practice/certificate", do="renew").get_json()["steps"]
    assert all(step["done"] for step in steps)
    assert post("/api/v1/practice/certificate", do="something").status_code == 400


CHANGES = (
    "/learn/practice/start", "/learn/practice/stop", "/learn/practice/take", "/learn/practice/reset", "/learn/practice/certificate",
    "/learn/certificate", "/api/v1/practice/certificate", "/api/v1/practice/mine", "/api/v1/practice/take", "/api/v1/practice/reset",
)  # fmt: skip


@pytest.mark.parametrize("path", CHANGES)
def test_nothing_is_done_for_another_sites_page_nor_for_a_stranger(dashboard, post, lab, path):
    asked, client = list(lab.asked), dashboard[1]
    token = re.findall(
        r'name="csrf_token" value="([^"]+)"',
        client.get("/learn/practice", base_url=HOST).get_data(as_text=True),
    )[-1]
    right = {"X-CSRF-Token": token}
    assert client.post(path, base_url=HOST, json={}).status_code == 403
    assert client.post(path, base_url=HOST, json={}, headers={"X-CSRF-Token": "x" * 32}).status_code == 403
    for wrong in (
        {"Origin": "http://evil.example"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"},
    ):
        assert client.post(path, base_url=HOST, json={}, headers=right | wrong).status_code == 403
    assert (
        client.post(path, base_url="http://rebound.example:8081", json={}, headers=right).status_code == 421
    )
    assert (
        client.application.test_client().post(path, base_url=HOST, json={}, headers=right).status_code == 401
    )
    assert lab.asked[len(asked) :] == [each for each in lab.asked[len(asked) :] if each[0] == "state"]


def test_every_changing_route_is_in_the_table(dashboard):
    rules = dashboard[1].application.url_map.iter_rules()
    changing = {rule.rule for rule in rules if "POST" in rule.methods}
    assert {
        rule
        for rule in changing
        if rule.startswith(("/learn/practice/", "/api/v1/practice/", "/learn/certificate"))
    } == set(CHANGES)


def test_apps_at_names_of_their_own_are_shown_with_what_they_said(lab, page):
    assert "run --mount api.shop.test=shop:app" in page()
    app = State(
        state="running", app="shop:app", host="api.shop.test", folder="/somewhere", said=("<b>boom</b>",)
    )
    lab.state = msgspec.structs.replace(lab.state, mounted=(app,))
    shown = page()
    for words in ("api.shop.test", "<code>shop:app</code>", "&lt;b&gt;boom&lt;/b&gt;"):
        assert words in shown
    assert "Running" in shown
    lab.state = msgspec.structs.replace(
        lab.state, mounted=(msgspec.structs.replace(app, broken="NameError: <i>"),)
    )
    shown = page()
    assert "be loaded" in shown
    assert "<code>NameError: &lt;i&gt;</code>" in shown
    assert " Running" not in shown
