"""Who has an account here."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from functools import cache

from werkzeug.security import check_password_hash, generate_password_hash

# For practice, so everybody may know them. Grace has the same e-mail address in the shop: see what the shop makes of that.
FIRST = (
    ("q-1815", "ada", "Ada Quay", "ada.quay@identity.test", "salt and rope"),
    ("q-1906", "grace", "Grace Harbour", "grace@example.org", "bell and buoy"),
)
_NOBODY = generate_password_hash("nobody has this password")


@dataclass(frozen=True, slots=True)
class Person:
    """`sub` (subject) is what other sites know them by."""

    sub: str
    login: str
    name: str
    email: str


def seed(connection: sqlite3.Connection) -> None:
    for sub, login, name, email, password in FIRST:
        row = (sub, login, name, email, _hash(password))
        connection.execute("INSERT INTO people VALUES (?, ?, ?, ?, ?)", row)


@cache
def _hash(password: str) -> str:
    """Slow on purpose, so for the seed it is done once."""
    return generate_password_hash(password)


def find(connection: sqlite3.Connection, sub: str) -> Person | None:
    row = connection.execute("SELECT sub, login, name, email FROM people WHERE sub = ?", (sub,)).fetchone()
    return Person(*row) if row else None


def check(connection: sqlite3.Connection, login: str, password: str) -> Person | None:
    """The person, if the password is right. It takes as long when there is nobody of that name."""
    row = connection.execute("SELECT * FROM people WHERE login = ?", (login.lower(),)).fetchone()
    right = check_password_hash(row["password_hash"] if row else _NOBODY, password)
    return Person(row["sub"], row["login"], row["name"], row["email"]) if row and right else None
