"""The insecure log-in. Every mistake is marked with WRONG, and with what would be RIGHT."""

from __future__ import annotations

import contextlib
import secrets
import sqlite3
import time
from typing import NamedTuple

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    g,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
)
from flask.typing import ResponseReturnValue

from ..basics.sqlite import database

blueprint = Blueprint("insecure", __name__)
_MOST_SESSIONS, _MOST_PEOPLE = 500, 200


class Mistake(NamedTuple):
    """One mistake: what is done, what comes of it, and what is right."""

    title: str
    done: str
    harm: str
    right: str


MISTAKES = (
    Mistake("Passwords as they were typed", "The table of members holds them.", "One leak, and everybody's password is known, for other sites too.", "Keep a slow hash with a salt (scrypt, Argon2)."),
    Mistake("The session is not renewed", "The session's name may come in the address (?sid=…), and stays the same after the log-in.", "An attacker sends you a link with a session that he knows, you log in, and he is you.", "A new session at every log-in, never from the address."),
    Mistake("No token in the forms", "Any form that arrives with your cookie is obeyed, wherever it was written.", "A page of another site sends your coins away.", "A secret in each form, compared on the server; SameSite on the cookie."),
    Mistake("GET changes things", "/send?to=…&coins=… sends coins.", "A link is enough, or a picture.", "Change things only by POST, PUT, PATCH, DELETE."),
    Mistake("A cookie that anybody may have", "No HttpOnly; over https SameSite=None.", "Scripts read it, and other sites' pages bring it along.", "HttpOnly, Secure, SameSite=Lax."),
    Mistake("SQL made of strings", "What you type as name becomes a part of the statement.", "ada' -- logs in without a password.", "Values beside the statement, never in it."),
    Mistake("It says too much", "“There is nobody called …”, “The password is wrong”.", "Anybody can find out who is a member.", "One sentence for both."),
    Mistake("No https wanted", "The log-in is served over http as well.", "Who shares the network reads the password.", "Redirect to https; Strict-Transport-Security."),
)  # fmt: skip


@blueprint.before_request
def find_session() -> None:
    # WRONG: a session's name is taken from the address, and from anybody who brings one. RIGHT: only from a cookie that we have set.
    sid = (request.args.get("sid") or request.cookies.get("sid") or "")[:64]
    row = (
        database().execute("SELECT sid, login FROM sessions WHERE sid = ?", (sid,)).fetchone()
        if sid
        else None
    )
    g.sid = sid if row or request.args.get("sid") else ""
    g.login = row["login"] if row else None


@blueprint.after_request
def keep_session(response: Response) -> Response:
    if g.get("sid") and request.cookies.get("sid") != g.sid:
        # WRONG: no HttpOnly; SameSite=None where the browser takes it. RIGHT: httponly=True, secure=True, samesite="Lax".
        same_site = "None" if request.is_secure else None
        response.set_cookie("sid", g.sid, secure=request.is_secure, samesite=same_site)
    return response


@blueprint.get("/")
def home() -> str:
    return render_template("home.html", mistakes=MISTAKES)


@blueprint.get("/log-in")
def log_in_form() -> str:
    return render_template("log-in.html", wrong="", login="")


@blueprint.post("/log-in")
def log_in() -> ResponseReturnValue:
    login, password = request.form.get("login", "")[:100], request.form.get("password", "")[:100]
    # WRONG: what was typed becomes SQL. RIGHT: execute("… WHERE login = ? AND password = ?", (login, password)).
    statement = f"SELECT login FROM people WHERE login = '{login}' AND password = '{password}'"  # noqa: S608 (that is the point)
    try:
        row = _run(statement)
    except (sqlite3.Error, MemoryError) as error:
        # WRONG: the database's own words, and the statement. RIGHT: "that did not work", and the rest into the log.
        return render_template("log-in.html", wrong=f"{error}: {statement}", login=login), 500
    if row is None:
        return render_template("log-in.html", wrong=_why_not(login), login=login), 401
    # WRONG: the session keeps its name. RIGHT: g.sid = secrets.token_urlsafe(16), always.
    g.sid = g.sid or secrets.token_urlsafe(6)
    _keep(g.sid, str(row[0]))
    return redirect("/account", 303)


@blueprint.route("/log-out", methods=["GET", "POST"])
def log_out() -> ResponseReturnValue:
    with database() as connection:
        connection.execute("DELETE FROM sessions WHERE sid = ?", (g.sid,))
    response = make_response(redirect("/", 303))
    g.sid = ""
    response.delete_cookie("sid")
    return response


@blueprint.post("/register")
def register() -> ResponseReturnValue:
    login, password = request.form.get("login", "").strip()[:40], request.form.get("password", "")[:100]
    if not login or not password:
        abort(400, "A name and a password are needed.")
    with database() as connection:
        if connection.execute("SELECT COUNT(*) FROM people").fetchone()[0] >= _MOST_PEOPLE:
            abort(409, "There are enough members. Reset the site first.")
        with contextlib.suppress(sqlite3.IntegrityError):
            # WRONG: the password itself. Look at /members.
            connection.execute("INSERT INTO people VALUES (?, ?, 50)", (login, password))
    return redirect("/log-in", 303)


@blueprint.get("/account")
def account() -> ResponseReturnValue:
    if g.login is None:
        return redirect("/log-in", 303)
    row = database().execute("SELECT * FROM people WHERE login = ?", (g.login,)).fetchone()
    return render_template("account.html", person=row, sid=g.sid)


@blueprint.route("/send", methods=["GET", "POST"])
def send() -> ResponseReturnValue:
    """WRONG twice: GET changes something, and nothing proves that the form is ours. RIGHT: POST only, and a token."""
    if g.login is None:
        return render_template("sent.html", done=False, why="Nobody is logged in, so nothing was sent."), 401
    to, coins = request.values.get("to", "")[:40], request.values.get("coins", "")
    with database() as connection:
        if not coins.isdecimal() or not 0 < int(coins[:6]) <= _coins(g.login) or _coins(to) < 0:
            return render_template(
                "sent.html", done=False, why="There is no such member, or not so many coins."
            ), 422
        connection.execute("UPDATE people SET coins = coins - ? WHERE login = ?", (int(coins[:6]), g.login))
        connection.execute("UPDATE people SET coins = coins + ? WHERE login = ?", (int(coins[:6]), to))
    return render_template("sent.html", done=True, to=to, coins=int(coins[:6]))


@blueprint.get("/balance.json")
def balance() -> Response:
    # WRONG: any origin may read this with your cookie. RIGHT: no such fields, or the one origin that needs it.
    response = jsonify(login=g.login, coins=_coins(g.login) if g.login else None)
    response.headers["Access-Control-Allow-Origin"] = request.headers.get("Origin", "*")
    response.headers["Access-Control-Allow-Credentials"] = "true"
    return response


@blueprint.get("/members")
def members() -> str:
    """What a thief of the database would see."""
    return render_template(
        "members.html", people=database().execute("SELECT * FROM people ORDER BY login").fetchall()
    )


@blueprint.post("/reset")
def reset() -> ResponseReturnValue:
    current_app.extensions["reset"]()
    return redirect("/", 303)


def _run(statement: str) -> sqlite3.Row | None:
    """Even here a stranger's SQL may not take long, nor hold much."""
    connection = database()
    ends = time.monotonic() + 1
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 100_000)
    connection.execute("PRAGMA query_only = ON")
    connection.set_progress_handler(lambda: time.monotonic() > ends, 10_000)
    try:
        row: sqlite3.Row | None = connection.execute(statement).fetchone()
        return row
    finally:
        connection.set_progress_handler(None, 0)
        connection.execute("PRAGMA query_only = OFF")


def _why_not(login: str) -> str:
    # WRONG: two sentences, so anybody can find out who is a member. RIGHT: the same one for both.
    known = database().execute("SELECT 1 FROM people WHERE login = ?", (login,)).fetchone()
    return "The password is wrong." if known else f"There is nobody called {login}."


def _keep(sid: str, login: str) -> None:
    with database() as connection:
        connection.execute("INSERT OR REPLACE INTO sessions VALUES (?, ?, ?)", (sid, login, int(time.time())))
        oldest = "SELECT sid FROM sessions ORDER BY made DESC, sid LIMIT -1 OFFSET ?"
        connection.execute(f"DELETE FROM sessions WHERE sid IN ({oldest})", (_MOST_SESSIONS,))  # noqa: S608 (no stranger's words in it)


def _coins(login: str) -> int:
    row = database().execute("SELECT coins FROM people WHERE login = ?", (login,)).fetchone()
    return int(row["coins"]) if row else -1
