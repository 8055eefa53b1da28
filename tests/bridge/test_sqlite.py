"""sqlite3 by itself: every way to ask it, and everything that an app may have changed about it."""

from __future__ import annotations

import sqlite3

import pytest
from flask import Flask


@pytest.fixture
def asked(visiting):
    """What is told of a function that is called with a fresh connection's maker."""

    def ask(work):
        app = Flask("sqlite")
        app.add_url_rule("/", view_func=lambda: work() or "done")
        return visiting(app).get("/").queries

    return ask


def test_each_way_of_asking_is_told_once(asked):
    def work():
        line = sqlite3.connect(":memory:")
        line.executescript("CREATE TABLE t (a, b)")
        line.executemany("INSERT INTO t VALUES (?, ?)", ((n, "x") for n in range(3)))
        cursor = line.cursor()
        cursor.execute("SELECT * FROM t WHERE a > :least", {"least": 0})
        assert cursor.fetchone() == (1, "x")
        assert len(list(cursor)) == 1
        line.execute("UPDATE t SET b = 'y'")
        line.close()

    script, inserted, selected, updated = asked(work)
    assert (script.statement, script.rows) == ("CREATE TABLE t (a, b)", None)
    assert (inserted.sets, inserted.rows, inserted.parameters) == (3, 3, (("", "0"), ("", "'x'")))
    assert (selected.rows, selected.parameters) == (2, (("least", "0"),))
    assert updated.rows == 3
    assert {each.through for each in (script, inserted, selected, updated)} == {"sqlite3"}


def test_an_apps_own_classes_stay_what_they_are(asked):
    class Connection(sqlite3.Connection):
        def pages(self):
            return self.execute("PRAGMA page_count").fetchone()[0]

    class Cursor(sqlite3.Cursor):
        def first(self):
            return self.fetchone()[0]

    def work():
        line = sqlite3.connect(":memory:", factory=Connection)
        assert isinstance(line, Connection)
        assert line.pages() == 0
        cursor = line.cursor(Cursor)
        assert cursor.execute("SELECT 7").first() == 7
        line.row_factory = sqlite3.Row
        assert line.execute("SELECT 1 AS one").fetchone()["one"] == 1
        line.close()

    assert [(each.statement, each.rows) for each in asked(work)] == [
        ("PRAGMA page_count", 1),
        ("SELECT 7", 1),
        ("SELECT 1 AS one", 1),
    ]


def test_what_a_mistake_raises_is_raised(asked):
    def work():
        line = sqlite3.connect(":memory:")
        with pytest.raises(sqlite3.OperationalError, match="no such table"):
            line.execute("SELECT * FROM nowhere")
        with pytest.raises(sqlite3.ProgrammingError):
            line.execute("SELECT ?", ())
        line.close()

    assert [bool(each.error) for each in asked(work)] == [True, True]


def test_large_and_binary_values_are_only_measured(asked):
    def work():
        line = sqlite3.connect(":memory:")
        line.execute("SELECT ?, ?, ?", (b"\x00" * 5000, "é" * 5000, None)).fetchall()
        line.close()

    ((query),) = asked(work)
    values = [value for _, value in query.parameters]
    assert values[0] == "5,000 bytes"
    assert len(values[1]) <= 300
    assert values[2] == "None"
