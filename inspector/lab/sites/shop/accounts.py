"""Who may log in. Accounts are kept in tables whatever the shop runs on: each address once, which a table can promise.

A password is not kept. What is kept is the outcome of a slow calculation with it (scrypt) and a random salt: enough to recognise the password,
useless for finding it. Two customers with the same password have different hashes.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine, Row, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from werkzeug.security import check_password_hash, generate_password_hash

from .stores.tables import customers

MOST = 1000
# Checked when there is no such customer, so that the answer takes as long and nobody learns by the clock who is one.
_NOBODY = generate_password_hash("nobody has this password")


@dataclass(frozen=True, slots=True)
class Customer:
    """Somebody with an account. `elsewhere`: they sign in with another site, and have no password here."""

    id: int
    email: str
    name: str
    address: str
    staff: bool
    elsewhere: bool


class TakenError(Exception):
    """There is an account with this e-mail address already."""


class Accounts:
    """The table of customers."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def get(self, id: int) -> Customer | None:
        with self._engine.connect() as connection:
            row = connection.execute(select(customers).where(customers.c.id == id)).first()
        return _customer(row) if row else None

    def check(self, email: str, password: str) -> Customer | None:
        """The customer, if the password is right."""
        with self._engine.connect() as connection:
            row = connection.execute(select(customers).where(customers.c.email == email.lower())).first()
        right = check_password_hash(row.password_hash if row and row.password_hash else _NOBODY, password)
        return _customer(row) if row and right else None

    def register(self, email: str, name: str, password: str) -> Customer:
        """A new one. Raises TakenError."""
        return self._add(
            email=email.lower(), name=name, password_hash=generate_password_hash(password), identity=None
        )

    def of_identity(self, identity: str, email: str, name: str) -> Customer:
        """Who signs in with another site, known by what that site calls them. Raises TakenError: whoever has the
        same address there need not be the same person."""
        with self._engine.connect() as connection:
            row = connection.execute(select(customers).where(customers.c.identity == identity)).first()
        return (
            _customer(row)
            if row
            else self._add(email=email.lower(), name=name, password_hash=None, identity=identity)
        )

    def move(self, id: int, address: str) -> None:
        """The customer has another address now."""
        with self._engine.begin() as connection:
            connection.execute(update(customers).where(customers.c.id == id).values(address=address))

    def _add(self, **values: str | None) -> Customer:
        try:
            with self._engine.begin() as connection:
                if connection.execute(select(func.count()).select_from(customers)).scalar_one() >= MOST:
                    raise TakenError(
                        "The practice shop has all the customers it can keep. Reset it on the page Databases."
                    )
                connection.execute(insert(customers).values(**values, address="", staff=False))
                row = connection.execute(select(customers).where(customers.c.email == values["email"])).one()
        except IntegrityError as error:
            raise TakenError("There is an account with this e-mail address already.") from error
        return _customer(row)


def _customer(row: Row[tuple[object, ...]]) -> Customer:
    return Customer(
        row.id, row.email, row.name, row.address, bool(row.staff), elsewhere=row.password_hash is None
    )
