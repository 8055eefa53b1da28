"""Tokens of the API: HOME/run/tokens.db, readable by its owner alone, beside the secret that browsers sign in with.

A token is 32 random bytes, told once to who made it. What is kept is its SHA-256, which is enough for something that nobody can guess, so whoever reads the
file can't use it. Not in control.db, since engines read that again whenever it changes, and when a token was used last changes often.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import sqlalchemy as sa

from inspector.store.database import immediate, open_engine, private_file

FILE = "tokens.db"
PREFIX = "insp_"
MOST = 200
LONGEST_NAME = 80
_NOTED_EVERY = 60.0

_shape = sa.MetaData()
_token = sa.Table(
    "token",
    _shape,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("hash", sa.LargeBinary, nullable=False, unique=True),
    sa.Column("scopes", sa.Text, nullable=False),
    sa.Column("made", sa.Double, nullable=False),
    sa.Column("expires", sa.Double, nullable=False),  # 0: never
    sa.Column("used", sa.Double, nullable=False),  # 0: not yet
)


class Token(NamedTuple):
    """A token without what makes it one. Times in seconds since 1970; `expires` 0: never, `used` 0: not yet."""

    id: str
    name: str
    scopes: tuple[str, ...]
    made: float
    expires: float
    used: float

    @property
    def over(self) -> bool:
        return bool(self.expires) and self.expires <= time.time()


class TooManyTokens(Exception):  # noqa: N818 - an answer, told to a person
    """There is no room for another."""


class Tokens:
    """The tokens of one home. Safe to use from many threads and processes; the file is made with the first token."""

    def __init__(self, run: Path) -> None:
        self._path = run / FILE
        self._made: sa.Engine | None = None
        self._making = threading.Lock()

    def _engine(self, *, make: bool = False) -> sa.Engine | None:
        with self._making:
            if self._made is None and (make or self._path.exists()):
                private_file(self._path)
                self._made = open_engine(self._path)
                _shape.create_all(self._made)
            return self._made

    def close(self) -> None:
        if self._made is not None:
            self._made.dispose()

    def make(self, name: str, scopes: Iterable[str], lasts: float = 0.0) -> tuple[Token, str]:
        """A new token that counts for `lasts` seconds (0: until it is revoked), and its text, which is told only now."""
        engine = self._engine(make=True)
        assert engine is not None
        text, now = PREFIX + secrets.token_urlsafe(32), time.time()
        token = Token(secrets.token_hex(4), name, tuple(scopes), now, now + lasts if lasts else 0.0, 0.0)
        with engine.connect() as connection, immediate(connection):
            if (connection.scalar(sa.select(sa.func.count()).select_from(_token)) or 0) >= MOST:
                raise TooManyTokens
            connection.execute(
                _token.insert().values(token._asdict() | {"scopes": " ".join(token.scopes), "hash": _hash(text)})
            )  # fmt: skip
        return token, text

    def all(self) -> tuple[Token, ...]:
        """Every token, the oldest first."""
        engine = self._engine()
        if engine is None:
            return ()
        with engine.connect() as connection:
            rows = connection.execute(sa.select(_token).order_by(_token.c.made, _token.c.id)).all()
        return tuple(_told(row) for row in rows)

    def of(self, text: str) -> Token | None:
        """The token with this text, if it counts; notes, once a minute at most, that it was used."""
        engine = self._engine()
        if engine is None or not text.startswith(PREFIX) or not text.isascii():
            return None
        with engine.connect() as connection:
            row = connection.execute(sa.select(_token).where(_token.c.hash == _hash(text))).first()
        token = _told(row) if row is not None else None
        if token is None or token.over:
            return None
        now = time.time()
        if now - token.used > _NOTED_EVERY:
            with engine.connect() as connection:
                connection.execute(_token.update().where(_token.c.id == token.id).values(used=now))
        return token

    def revoke(self, id: str) -> bool:
        """Let a token count no more; whether there was one."""
        engine = self._engine()
        if engine is None:
            return False
        with engine.connect() as connection:
            return bool(connection.execute(_token.delete().where(_token.c.id == id)).rowcount)


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _told(row: sa.Row[tuple[object, ...]]) -> Token:
    known = row._mapping
    return Token(
        known["id"], known["name"], tuple(known["scopes"].split()), known["made"], known["expires"], known["used"]
    )  # fmt: skip
