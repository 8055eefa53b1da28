"""An app with Flask-SQLAlchemy: queries by SQLAlchemy's events, for a page, a JSON answer, a redirect, an exception."""

from __future__ import annotations

import pytest
from flask import Flask, jsonify, redirect, render_template_string, session
from flask_sqlalchemy import SQLAlchemy

from inspector.explain.server_half import repeated


@pytest.fixture
def library(tmp_path):
    app = Flask(__name__)
    app.secret_key = "dev"
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{tmp_path}/library.db"
    app.config["PROPAGATE_EXCEPTIONS"] = False
    db = SQLAlchemy(app)

    class Author(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        name = db.Column(db.String)

    class Book(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        title = db.Column(db.String)
        author_id = db.Column(db.ForeignKey("author.id"))
        author = db.relationship(Author)

    @app.get("/books")
    def books():
        found = db.session.scalars(db.select(Book).order_by(Book.id)).all()
        page = "{% for book in books %}{{ book.author.name }} {% endfor %}"
        return render_template_string(page, books=found)

    @app.get("/api/books/<int:number>")
    def book(number):
        return jsonify(title=db.get_or_404(Book, number).title)

    @app.post("/books")
    def add():
        db.session.add_all([Book(title="New", author_id=1), Book(title="Newer", author_id=1)])
        db.session.commit()
        session["added"] = 2
        return redirect("/books")

    @app.get("/broken")
    def broken():
        return db.session.execute(db.text("SELECT title FROM nowhere WHERE id = :id"), {"id": 7}).scalar()

    with app.app_context():
        db.create_all()
        db.session.add_all([Book(title=f"Book {n}", author=Author(name=f"Author {n}")) for n in range(5)])
        db.session.commit()
        db.session.remove()
    yield app
    with app.app_context():
        db.engine.dispose()


def told(report):
    return [(" ".join(each.statement.split()), [value for _, value in each.parameters], each.rows, each.through) for each in report.queries]  # fmt: skip


def test_a_page_tells_each_query_once_with_its_rows(library, visiting):
    report = visiting(library).get("/books")
    first, *others = told(report)
    assert first == (
        "SELECT book.id, book.title, book.author_id FROM book ORDER BY book.id",
        [],
        5,
        "SQLAlchemy",
    )
    assert others == [
        ("SELECT author.id, author.name FROM author WHERE author.id = ?", [str(n)], 1, "SQLAlchemy")
        for n in range(1, 6)
    ]
    assert {each.system for each in report.queries} == {"sqlite"}
    assert {each.database for each in report.queries} == {"library.db"}
    assert report.templates[0].name == "(written in the code)"


def test_one_question_for_each_entry_of_a_list_is_recognised(library, visiting):
    report = visiting(library).get("/books")
    (again,) = repeated(report.queries)
    assert (again.count, again.places, again.before) == (5, (1, 2, 3, 4, 5), 0)


def test_a_json_answer(library, visiting):
    report = visiting(library).get("/api/books/3")
    assert (report.status, report.route.rule, report.route.values) == (
        200,
        "/api/books/<int:number>",
        {"number": "3"},
    )
    assert [rows for _, _, rows, _ in told(report)] == [1]
    assert report.templates == ()


def test_a_redirect_after_a_change(library, visiting):
    report = visiting(library).post("/books")
    assert report.status == 302
    assert [each.name for each in report.session] == ["added"]
    assert [statement.partition(" (")[0] for statement, _, _, _ in told(report)] == ["INSERT INTO book"] * 2
    assert {rows for _, _, rows, _ in told(report)} == {
        None
    }  # SQLAlchemy takes the new ids before anybody can count them


def test_an_exception_of_the_database(library, visiting):
    report = visiting(library).get("/broken")
    assert (report.status, report.exception.handled) == (500, False)
    assert report.exception.type == "sqlalchemy.exc.OperationalError"
    (query,) = report.queries
    assert (query.parameters, query.error) == ((("", "7"),), "OperationalError: no such table: nowhere")
    assert [frame.function for frame in report.exception.frames if frame.own] == ["broken"]


def test_a_second_app_in_the_same_process_tells_its_own(library, visiting, dashboard):
    other = Flask("other")
    other.add_url_rule("/", view_func=lambda: "hello")
    first, second = visiting(library), visiting(other)
    assert first.get("/api/books/1").app == library.name
    second.count = first.count
    assert second.get("/").app == "other"
