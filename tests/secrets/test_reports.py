"""The server's half as others may see it: what is secret by its column, by its name, by its look, or because it was so in the exchange."""

from __future__ import annotations

import pytest

from inspector.exchange.report import Frame, Function, LogLine, Query, Raised, Report, Route, Source, Span
from inspector.secrets import Hider, is_mark
from inspector.secrets.reports import columns_of, hide_report

COLUMNS = [
    ("SELECT * FROM user WHERE id = ?", 1, ("id",)),
    ("SELECT * FROM user WHERE u.name LIKE %s AND `password` = %s", 2, ("name", "password")),
    ("INSERT INTO user (username, password) VALUES (?, ?)", 2, ("username", "password")),
    ('INSERT INTO "user" ("name", "at", "token") VALUES ($1, now(), $2)', 2, ("name", "token")),
    ("UPDATE t SET a = :a, secret=:b WHERE c IN (:c)", 3, ("a", "secret", "c")),
    ("SELECT ?", 1, ("",)),
    ("", 2, ("", "")),
    ("SELECT a::text FROM t WHERE x = ?", 1, ("x",)),
]


@pytest.mark.parametrize(("statement", "count", "columns"), COLUMNS, ids=range(len(COLUMNS)))
def test_which_column_a_parameter_is_for(statement, count, columns):
    assert columns_of(statement, count) == columns


def hidden(report):
    hider = Hider(b"key")
    hider.head(b"POST / HTTP/1.1\r\nCookie: session=cookie-4f1e77c9\r\n\r\n")
    hider.body(b"user=ada&password=sesame-open-42", "application/x-www-form-urlencoded")
    return hide_report(hider, report)


def query(statement="SELECT 1", *parameters):
    return hidden(Report(1.0, queries=(Query("sqlite", statement, parameters),))).queries[0]


def test_a_secret_column_hides_its_parameter_and_no_other():
    told = query("INSERT INTO user (username, password) VALUES (?, ?)", ("", "'ada'"), ("", "'a-hash-of-it'"))
    assert told.parameters[0] == ("", "'ada'")
    assert is_mark(told.parameters[1][1])
    assert len(told.parameters[1][1]) == len("'a-hash-of-it'")


SECRETS = {
    "a parameter's own name": Query("mysql", "SELECT 1", (("api_key", "'tok-99887766'"),)),
    "a hash by its look": Query("sqlite", "SELECT ?", (("", "'scrypt:32768:8:1$salt$99887766'"),)),
    "what was typed into the form": Query("sqlite", "SELECT ?", (("", "'sesame-open-42'"),)),
    "the cookie as a key": Query("redis", "GET session:cookie-4f1e77c9"),
    "a literal in the statement": Query("sqlite", "SELECT * FROM u WHERE password = 'tok-99887766'"),
    "what the database says": Query("sqlite", "SELECT 1", error="no such user: sesame-open-42"),
}


@pytest.mark.parametrize("what", SECRETS)
def test_no_secret_is_left_of_a_query(what):
    told = str(hidden(Report(1.0, queries=(SECRETS[what],))))
    assert not any(secret in told for secret in ("99887766", "sesame-open-42", "cookie-4f1e77c9"))
    assert "**" in told


def test_no_secret_is_left_of_the_rest():
    report = Report(
        1.0,
        route=Route("/reset/<token>", values={"token": "tok-99887766", "page": "7"}),
        functions=(Function("view", "log_in", source=Source("a.py", 1, 'SECRET_KEY = "tok-99887766"\nx = 1')),),
        log=(LogLine(0.1, "INFO", "app", "signed in with sesame-open-42"),),
        exception=Raised("KeyError", "sesame-open-42", (Frame("a.py", 1, "f", "password = 'tok-99887766'"),), text="x sesame-open-42"),
        spans=(Span("1", "GET", attributes={"http.request.header.authorization": "tok-99887766", "url.full": "http://x/?token=tok-99887766"}),),
    )  # fmt: skip
    told = hidden(report)
    assert told.route.values["page"] == "7"
    assert told.functions[0].source.text.endswith("x = 1")
    assert not any(secret in str(told) for secret in ("99887766", "sesame-open-42"))


def test_a_report_without_secrets_stays_as_it_is():
    report = Report(
        1.0, 0.5, queries=(Query("sqlite", "SELECT title FROM post WHERE id = ?", (("", "7"),), rows=1),)
    )
    assert hidden(report) == report
