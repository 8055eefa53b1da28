"""An app that isn't ours: Flaskr, as Flask's tutorial builds it, with one line added. Route, template and every query are right."""

from __future__ import annotations

import pytest

ALICE = {"username": "alice", "password": "sesame-open-42"}
USER = "SELECT * FROM user WHERE id = ?"
POST = (
    "SELECT p.id, title, body, created, author_id, username"
    " FROM post p JOIN user u ON p.author_id = u.id"
)  # fmt: skip


@pytest.fixture
def alice(flaskr, visiting):
    """A visitor who has signed in."""
    from flaskr.db import get_db

    with flaskr.app_context():
        get_db().execute("INSERT INTO user (username, password) VALUES ('alice', 'a hash')")
        get_db().commit()
    visit = visiting(flaskr)
    with visit.client.session_transaction() as session:
        session["user_id"] = 1
    return visit


def queries(report):
    return [
        (" ".join(each.statement.split()), [value for _, value in each.parameters], each.rows)
        for each in report.queries
    ]


def test_a_redirect_tells_its_route_its_view_and_its_query(flaskr, visiting):
    report = visiting(flaskr).post("/auth/register", data=ALICE)
    assert (report.status, report.route.rule, report.route.endpoint) == (
        302,
        "/auth/register",
        "auth.register",
    )
    assert report.route.methods == ("GET", "POST")
    assert report.view.name == "flaskr.auth.register"
    assert report.view.source.file == "flaskr/auth.py"
    assert report.view.source.text.startswith('@bp.route("/register"')
    ((statement, (name, hashed), rows),) = queries(report)
    assert (statement, name, rows) == ("INSERT INTO user (username, password) VALUES (?, ?)", "'alice'", 1)
    assert hashed.startswith("'scrypt:")
    assert report.templates == ()


def test_a_page_tells_its_template_with_the_names_it_was_given(alice):
    alice.post("/create", data={"title": "Tea", "body": "Hot"})
    report = alice.get("/")
    assert (report.status, report.route.rule, report.view.name) == (200, "/", "flaskr.blog.index")
    assert [(each.name, each.context) for each in report.templates] == [("blog/index.html", ("posts",))]
    assert queries(report) == [(USER, ["1"], 1), (f"{POST} ORDER BY created DESC", [], 1)]
    assert report.user == "alice"
    assert [(each.name, each.kind) for each in report.session] == [("user_id", "int")]


def test_functions_before_the_view_and_after_the_response_have_their_times(alice):
    report = alice.get("/")
    assert [(each.role, each.name) for each in report.functions] == [
        ("before", "flaskr.auth.load_logged_in_user"),
        ("view", "flaskr.blog.index"),
        ("teardown", "flaskr.db.close_db"),
    ]
    assert all(each.took is not None for each in report.functions)
    assert [each.answered for each in report.functions] == [False, True, False]
    began = [each.began for each in report.functions]
    assert began == sorted(began)


def test_each_query_names_the_line_that_asked(alice):
    report = alice.get("/")
    lines = {each.source.file: each.source.line for each in report.queries}
    assert lines.keys() == {"flaskr/auth.py", "flaskr/blog.py"}
    view = report.view.source
    asked = view.text.splitlines()[lines["flaskr/blog.py"] - view.line]
    assert "db.execute(" in asked


def test_a_rules_variables_are_told_with_what_they_stood_for(alice):
    alice.post("/create", data={"title": "Tea", "body": "Hot"})
    report = alice.get("/1/update")
    assert (report.route.rule, report.route.values) == ("/<int:id>/update", {"id": "1"})
    assert queries(report)[1] == (f"{POST} WHERE p.id = ?", ["1"], 1)


def test_a_page_for_an_exception_tells_where_it_was_raised(alice):
    report = alice.get("/77/update")
    assert report.status == 404
    assert (report.exception.type, report.exception.handled) == ("werkzeug.exceptions.NotFound", True)
    own = [(frame.file, frame.function) for frame in report.exception.frames if frame.own]
    assert own == [
        ("flaskr/auth.py", "wrapped_view"),
        ("flaskr/blog.py", "update"),
        ("flaskr/blog.py", "get_post"),
    ]
    assert queries(report)[1] == (f"{POST} WHERE p.id = ?", ["77"], 0)


def test_an_exception_that_nobody_caught_has_its_traceback(flaskr, visiting):
    flaskr.config["PROPAGATE_EXCEPTIONS"] = False
    flaskr.add_url_rule("/broken", "broken", lambda: 1 / 0)
    report = visiting(flaskr).get("/broken")
    assert (report.status, report.exception.type, report.exception.handled) == (
        500,
        "ZeroDivisionError",
        False,
    )
    assert any("Exception on /broken" in line.message for line in report.log)


def test_an_address_without_a_rule_has_no_route(alice):
    report = alice.get("/nowhere")
    assert (report.status, report.route, report.view) == (404, None, None)


def test_a_query_that_the_database_refused_says_why(alice):
    report = alice.post("/auth/register", data=ALICE)
    assert report.status == 200
    assert report.queries[1].error == "IntegrityError: UNIQUE constraint failed: user.username"
    assert report.templates[0].name == "auth/register.html"
