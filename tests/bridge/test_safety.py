"""What an app must never notice: without Inspector, in production, with a forged field, with a dashboard that hangs up, the extension does nothing."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading

import pytest
from bridge_standin import KEY
from flask import Flask, Response, abort, g, render_template_string, stream_with_context

from inspector.bridge import Inspector
from inspector.bridge.door import Door
from inspector.bridge.recording import MOST_QUERIES, active, current
from inspector.bridge.whereabouts import FILE, Finder, proof_of

ID = "0123456789abcdef" * 2
GOOD = f"{ID}.{proof_of(ID, KEY)}"


def small_app():
    app = Flask("small")

    @app.get("/")
    def home():
        return "home" if current.get() is None else "followed"

    return app


def test_without_the_field_nothing_is_followed_and_nothing_is_put_in_place(dashboard):
    app = small_app()
    ensure, handle = app.ensure_sync, app.handle_user_exception
    Inspector(app, home=dashboard.home, enabled=True, ask=False)
    assert app.test_client().get("/").text == "home"
    assert (app.ensure_sync, app.handle_user_exception) == (ensure, handle)
    assert dashboard.posted == []


class Environ(dict):
    """Notes what is asked of it."""

    looked = 0

    def __contains__(self, name):
        self.looked += 1
        return super().__contains__(name)


def test_without_the_field_a_request_costs_one_look_into_a_dict():
    door = Door(lambda *_: [b"home"], pytest.fail, pytest.fail, lambda _: None)
    door(Environ(), None)
    environ = Environ()
    assert door(environ, None) == [b"home"]
    assert environ.looked == 1


FORGED = ["", "x", ID, f"{ID}.", f"{ID}.{'0' * 32}", f"{ID}.{proof_of(ID, bytes(32))}", GOOD + "0", GOOD.upper(), f"{'0' * 32}.{proof_of(ID, KEY)}"]  # fmt: skip


@pytest.mark.parametrize("field", FORGED)
def test_a_forged_field_is_ignored(visiting, field):
    visit = visiting(small_app())
    assert visit.ask("GET", "/", field=field).text == "home"
    assert visit.dashboard.posted == []


def test_the_app_does_not_see_the_field(visiting):
    app = Flask("echo")
    app.add_url_rule("/", view_func=lambda: str("Inspector-Exchange" in __import__("flask").request.headers))
    assert visiting(app).ask("GET", "/").text == "False"


MODES = {
    "production": (False, None, "", "home"),
    "debug mode": (True, None, "", "followed"),
    "asked for in production": (False, True, "", "followed"),
    "refused in debug mode": (True, False, "", "home"),
    "the variable on": (False, None, "on", "followed"),
    "the variable off": (True, True, "off", "home"),
}


@pytest.mark.parametrize("mode", MODES)
def test_it_works_in_debug_mode_or_where_it_was_asked_for(visiting, monkeypatch, mode):
    debug, enabled, variable, said = MODES[mode]
    monkeypatch.setenv("INSPECTOR_BRIDGE", variable)
    app = small_app()
    app.debug = debug
    assert visiting(app, enabled=enabled).ask("GET", "/").text == said


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_a_file_that_others_can_read_is_not_believed(dashboard, mode):
    place = dashboard.home / "run" / FILE
    assert Finder(dashboard.home).find() is not None
    place.chmod(mode)
    assert Finder(dashboard.home).find() is None


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"[]", b"{", b"null", b'{"host":"x","port":1,"token":"t","key":"xyz"}', b"x" * 9000],
)
def test_a_file_that_makes_no_sense_is_no_inspector(tmp_path, content):
    (tmp_path / "run").mkdir()
    place = tmp_path / "run" / FILE
    place.write_bytes(content)
    place.chmod(0o600)
    assert Finder(tmp_path).find() is None
    assert Finder(tmp_path).exchange_of(GOOD) is None


def test_an_inspector_that_was_restarted_is_found_again(visiting, dashboard):
    visit = visiting(small_app())
    port = json.loads((dashboard.home / "run" / FILE).read_text())["port"]
    assert visit.get("/").status == 200
    other = bytes(reversed(KEY))
    dashboard.write(port, key=other.hex())
    assert visit.ask("GET", "/", field=f"{ID}.{proof_of(ID, other)}").text == "followed"


def test_where_nobody_listens_the_app_answers_all_the_same(visiting, dashboard, unused_port):
    dashboard.write(unused_port)
    app = small_app()
    visit = visiting(app)
    assert [visit.ask("GET", "/").text for _ in range(3)] == ["followed"] * 3
    assert app.extensions["inspector"].sender.wait(10)


@pytest.fixture
def unused_port():
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]  # bound, and nobody listens


def test_a_queue_that_is_full_drops_reports_and_delays_nobody(visiting, dashboard):
    app = small_app()
    visit = visiting(app)
    sender = app.extensions["inspector"].sender
    held, let_go = threading.Event(), threading.Event()

    def slow():
        held.set()
        let_go.wait(20)
        return b"{}"

    sender.put(slow)
    assert held.wait(10)
    for _ in range(200):
        sender.put(lambda: b"{}")
    assert visit.ask("GET", "/").text == "followed"
    assert sender._queue.full()
    let_go.set()
    assert sender.wait(20)


def test_a_hook_that_fails_leaves_its_part_out(visiting, monkeypatch):
    from inspector.bridge.hooks import flask_app

    def fail(*_):
        raise RuntimeError("a Flask of another year")

    monkeypatch.setattr(flask_app, "_look_around", fail)
    report = visiting(small_app()).get("/")
    assert (report.status, report.route, report.view.name) == (
        200,
        None,
        "tests.bridge.test_safety.small_app.<locals>.home",
    )


def test_a_streamed_answer_is_followed_to_its_end(visiting):
    app = Flask("streaming")

    @app.get("/")
    def stream():
        def pieces():
            yield "a"
            logging.getLogger("streaming").warning("half way")
            yield "b" if current.get() is not None else "lost"

        return Response(stream_with_context(pieces()))

    visit = visiting(app)
    assert visit.ask("GET", "/").text == "ab"
    assert current.get() is None
    report = visit.report()
    assert [line.message for line in report.log] == ["half way"]
    assert report.route.rule == "/"


def test_requests_side_by_side_are_not_mixed_up(visiting, dashboard):
    app = Flask("threads")
    together = threading.Barrier(4, timeout=20)

    @app.get("/<name>")
    def wait(name):
        together.wait()
        logging.getLogger("threads").warning("this is %s", name)
        together.wait()
        return name

    visit = visiting(app)
    threads = []
    for number in range(4):
        id = f"{number:032x}"
        field = {"Inspector-Exchange": f"{id}.{proof_of(id, KEY)}"}
        threads.append(
            threading.Thread(
                target=lambda n=number, f=field: app.test_client().get(f"/{n}", headers=f).close()
            )
        )
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    reports = visit.dashboard.reports(4)
    assert {(each.route.values["name"], each.log[0].message) for each in reports} == {
        (str(n), f"this is {n}") for n in range(4)
    }
    assert all(len(each.log) == 1 for each in reports)


def test_what_it_prints_and_logs_is_what_it_always_did(visiting, caplog):
    app = small_app()
    app.add_url_rule("/log", view_func=lambda: app.logger.warning("careful: %s", "hot") or "said")
    report = visiting(app).get("/log")
    assert [line.message for line in report.log] == ["careful: hot"]
    assert [record.getMessage() for record in caplog.records] == ["careful: hot"]


def test_too_many_queries_are_counted_and_not_kept(visiting, tmp_path):
    import sqlite3

    app = Flask("busy")

    @app.get("/")
    def busy():
        line = sqlite3.connect(":memory:")
        for number in range(MOST_QUERIES + 20):
            line.execute("SELECT ?", (number,)).fetchall()
        line.close()
        return "done"

    report = visiting(app).get("/")
    assert len(report.queries) == MOST_QUERIES
    assert report.left_out == {"queries": 20}


def test_a_report_that_would_be_too_large_loses_what_takes_most_room(visiting):
    import sqlite3

    app = Flask("large")

    @app.get("/")
    def large():
        line = sqlite3.connect(":memory:")
        for number in range(300):
            line.execute(f"SELECT {number} /* {'x' * 15_000} */").fetchall()
        line.close()
        return "done"

    report = visiting(app).get("/")
    assert 0 < len(report.queries) <= 300
    assert report.route.rule == "/"


def test_an_after_function_and_one_that_answers_itself(visiting):
    app = Flask("functions")

    @app.before_request
    def closed():
        return "closed"

    @app.after_request
    def stamped(response):
        response.headers["X-Stamp"] = "1"
        return response

    @app.get("/")
    def never():
        raise AssertionError

    report = visiting(app).get("/")
    assert [(each.role, each.answered) for each in report.functions] == [("before", True), ("after", False)]
    assert report.view is None


def test_an_error_page_of_the_apps_own(visiting):
    app = Flask("errors")

    @app.errorhandler(404)
    def lost(error):
        return render_template_string("lost {{ where }}", where="here"), 404

    @app.get("/")
    def home():
        g.user = {"username": "ada"}
        abort(404)

    report = visiting(app).get("/")
    assert [each.role for each in report.functions] == ["view", "error"]
    assert (report.exception.handled, report.user) == (True, "ada")
    assert report.templates[0].context == ("where",)


def test_the_import_costs_nothing_but_the_standard_library():
    code = "import sys; import inspector; inspector.Inspector; print(sorted({n.partition('.')[0] for n in sys.modules} & {'flask', 'sqlalchemy', 'msgspec', 'werkzeug', 'requests', 'cryptography'}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_nothing_is_recorded_outside_of_a_request():
    assert active() is None
