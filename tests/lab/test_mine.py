"""The learner's own site: served from a folder in a process of its own, started anew when a file is saved, stopped and started; and whatever their
code does, a page says it and the lab goes on."""

from __future__ import annotations

import asyncio
import http.client
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from inspector.lab.control import HOST, Ask, ControlApp, LabUnreachableError, ask, new_token
from inspector.lab.mine.handing import share_port
from inspector.lab.mine.place import MOST_CHALLENGES, Place
from inspector.lab.mine.server import Mine
from inspector.lab.mine.watching import look
from inspector.lab.serving.conversation import Desk
from inspector.lab.serving.doors import AppDoors
from inspector.lab.sites.practice import MINE
from inspector.lab.sites.take_home import begin, take_home

PATIENCE = 30.0
GOOD = "from flask import Flask\napp = Flask(__name__)\n@app.get('/')\ndef home():\n    return 'hello'\n"


def eventually(question):
    ends = time.monotonic() + PATIENCE
    while not (found := question()):
        assert time.monotonic() < ends
        threading.Event().wait(0.02)
    return found


class Site:
    """The learner's site in `folder`, and somebody who visits it."""

    def __init__(self, root):
        self.folder = root / "site"
        self.folder.mkdir()
        self.place = Place(root / "mine")
        self._held = [socket.socket() for _ in range(2)]
        for sock in self._held:
            share_port(sock)
            sock.bind(("127.0.0.1", 0))
        self.door = self._held[0].getsockname()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self.mine = Mine(
            self.place, tuple(each.getsockname() for each in self._held), b"", {}, patience=PATIENCE
        )

    def call(self, work):
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE)

    def start(self, code=None):
        if code is not None:
            self.write(code)
        return self.call(self.mine.start(str(self.folder)))

    def write(self, code, name="app.py"):
        (self.folder / name).write_text(code)

    def get(self, path="/", host=MINE):
        connection = http.client.HTTPConnection(*self.door, timeout=PATIENCE)
        try:
            connection.request("GET", path, headers={"Host": host})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def close(self):
        self.call(self.mine.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE)
        self._loop.close()
        for sock in self._held:
            sock.close()


@pytest.fixture
def site(tmp_path):
    made = Site(tmp_path)
    yield made
    made.close()


def test_stopped_it_refuses_and_started_it_answers(site):
    with pytest.raises(ConnectionRefusedError):
        site.get()
    assert site.start(GOOD).state == "running"
    assert site.get() == (200, "hello")
    assert site.call(site.mine.stop()).state == "stopped"
    with pytest.raises(ConnectionRefusedError):
        site.get()
    assert site.call(site.mine.start()).state == "running"
    assert site.get() == (200, "hello")


def test_a_saved_file_counts_and_nobody_is_refused_meanwhile(site):
    site.start(GOOD)
    site.write(GOOD.replace("hello", "good day"))

    def changed():
        return site.get() == (200, "good day")

    eventually(changed)
    assert site.mine.state.starts == 2


TROUBLE = {
    "a slip": ("def x(:\n", "SyntaxError"),
    "a missing module": ("import nowhere_at_all\n", "No module named"),
    "an exception": ("def f():\n    return 1 / 0\nf()\n", "return 1 / 0"),
    "a call of exit": ("exit(3)\n", "the code called exit(3)"),
    "an end of the process": ("import os\nprint('so long', flush=True)\nos._exit(7)\n", "with status 7"),
    "no app": ("apple = 1\n", "no variable called app"),
    "markup": ("raise ValueError('<script>alert(1)</script>')\n", "&lt;script&gt;alert(1)"),
}


def test_whatever_the_code_does_a_page_says_it_and_mending_is_enough(site):
    site.start(GOOD)
    for code, words in TROUBLE.values():
        site.write(code)

        def said(words=words):
            status, page = site.get()
            assert "<script" not in page
            return status == 500 and words in page

        eventually(said)
        eventually(lambda: site.mine.state.broken)
    site.write(GOOD)
    eventually(lambda: site.get() == (200, "hello"))
    assert site.mine.state.broken == ""


def test_what_runs_and_cannot_be_loaded_says_so(site):
    state = site.start("def x(:\n")
    assert (state.state, state.broken, state.said) == ("running", "SyntaxError: invalid syntax", ())
    assert site.call(site.mine.stop()).broken == ""


def test_code_that_does_not_come_to_its_end_is_shown_where_it_is(site):
    site.mine._patience = 0.5
    site.write("import threading\nthreading.Event().wait()\n")
    site.start()
    status, page = site.get()
    assert (status, "threading.Event().wait()" in page) == (503, True)


def test_app_run_is_passed_over_as_under_flask_run(site, monkeypatch):
    monkeypatch.setenv("FLASK_RUN_FROM_CLI", "true")
    site.start(GOOD + "app.run(port=1)\n")
    assert site.get() == (200, "hello")


def test_an_exception_of_a_view_shows_the_line_unless_the_app_has_a_page_for_it(site):
    failing = GOOD + "@app.get('/x')\ndef x():\n    return {}['nothing']\n"
    site.start(failing)
    status, page = site.get("/x")
    assert (status, "KeyError" in page, "flask/app.py" in page) == (500, True, False)
    assert site.get() == (200, "hello")
    assert any("KeyError" in line for line in site.mine.state.said)
    site.start(failing + "@app.errorhandler(500)\ndef sorry(error):\n    return 'sorry', 500\n")
    assert site.get("/x") == (500, "sorry")


def test_a_view_that_ends_the_process_is_started_anew(site):
    site.start("import os\n" + GOOD + "@app.get('/end')\ndef end():\n    os._exit(1)\n")
    with pytest.raises((http.client.HTTPException, ConnectionError)):
        site.get("/end")

    def answers():
        try:
            return site.get()[0] in {200, 500}
        except (http.client.HTTPException, ConnectionError):  # taken in by the one that is ending
            return False

    eventually(answers)
    assert any("ended by itself, with status 1" in line for line in site.mine.state.said)


@pytest.mark.parametrize(
    ("write", "words"),
    [(lambda folder: take_home("shop", folder), "Leaf &amp; Kettle"), (begin, "Hello, Ada!")],
    ids=["shop", "hello"],
)
def test_a_site_taken_home_runs_there(site, write, words):
    write(site.folder)
    site.start()
    status, page = site.get("/?name=Ada")
    assert (status, words in page) == (200, True)


def test_a_folder_that_is_gone_is_said(site):
    state = site.call(site.mine.start("/nowhere/at/all"))
    assert (state.state, state.trouble) == ("stopped", "There is no folder /nowhere/at/all.")


def test_what_was_at_work_is_so_again_after_the_labs_end(site):
    site.start(GOOD)
    site.call(site.mine.close())
    again = Mine(site.place, site.mine._doors, b"", {})
    site.mine = again
    site.call(again.begin())
    assert site.get() == (200, "hello")


def test_a_challenge_is_answered_before_the_app_is_asked(site):
    site.place.answer("a-token_1", "a-token_1.thumbprint")
    site.start("def x(:\n")
    assert site.get("/.well-known/acme-challenge/a-token_1") == (200, "a-token_1.thumbprint")
    for other in ("another", "..%2fmine.json", ""):
        assert site.get(f"/.well-known/acme-challenge/{other}")[0] == 500


def test_answers_to_challenges_have_an_end(site):
    for number in range(MOST_CHALLENGES + 5):
        site.place.answer(f"t{number}", "x")
    assert len(list(site.place.challenges.iterdir())) == MOST_CHALLENGES


def test_what_an_app_writes_and_what_is_no_code_is_not_watched(tmp_path):
    for name in ("app.py", "sites/seed.json", "data/shop.db", "data/x.py", "venv/lib/y.py", ".git/z.py", "notes.txt"):  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    assert {each.removeprefix(f"{tmp_path}/") for each in look(tmp_path)} == {"app.py", "sites/seed.json"}


class TestControl:
    @pytest.fixture
    def door(self, site, tmp_path):
        sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
        self.reset = []
        app = ControlApp(
            new_token(tmp_path), site.mine, self.reset.append, lambda: self.applicant, site._loop
        )

        async def open():
            doors = AppDoors(Desk({HOST: app}.get), lambda _: None)
            await doors.open(sockets[:1], sockets[1:])
            return doors

        doors = site.call(open())
        yield sockets[0].getsockname()
        site.call(doors.close())

    def test_the_dashboard_starts_stops_and_resets(self, site, door, tmp_path):
        site.write(GOOD)
        assert ask(door, tmp_path, Ask(do="state")).state == "stopped"
        started = ask(door, tmp_path, Ask(do="start", folder=str(site.folder)))
        assert (started.state, started.folder) == ("running", str(site.folder))
        assert ask(door, tmp_path, Ask(do="stop")).state == "stopped"
        ask(door, tmp_path, Ask(do="reset", site="shop.inspector.test"))
        assert self.reset == ["shop.inspector.test"]

    def test_two_who_press_the_button_at_once_do_one_step_after_the_other(self, door, tmp_path):
        at_work, most = [], []

        class Applicant:
            def step(self):
                at_work.append("step")
                most.append(len(at_work))
                threading.Event().wait(0.1)
                at_work.pop()

        self.applicant = Applicant()
        with ThreadPoolExecutor(3) as pool:
            list(pool.map(lambda _: ask(door, tmp_path, Ask(do="apply")), range(3)))
        assert most == [1, 1, 1]

    def test_whoever_has_no_token_is_refused(self, door, tmp_path):
        (tmp_path / "lab.token").write_text("guessed")
        with pytest.raises(LabUnreachableError, match="403"):
            ask(door, tmp_path, Ask(do="state"))

    def test_a_lab_that_is_not_there_is_said(self, door, tmp_path):
        with socket.create_server(("127.0.0.1", 0)) as gone:
            nobody = gone.getsockname()
        with pytest.raises(LabUnreachableError, match="does not answer"):
            ask(nobody, tmp_path, Ask(do="state"))
        with pytest.raises(LabUnreachableError, match="does not answer"):
            ask(door, tmp_path / "elsewhere", Ask(do="state"))
