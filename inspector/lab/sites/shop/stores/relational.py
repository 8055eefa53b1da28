"""The shop in tables: SQLite, PostgreSQL or MySQL, by SQLAlchemy Core, whose expressions read much like the SQL that they become."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    Executable,
    Row,
    Table,
    delete,
    func,
    insert,
    inspect,
    or_,
    select,
    update,
)
from werkzeug.security import generate_password_hash

from ..model import Line, Order, OutOfStockError, Product, Review, Wish, seed
from . import Heap
from .notes import counted, note
from .tables import basket_lines, customers, marker, metadata, order_lines, orders, products, reviews, wishes

_SHOWN = 50
_SORTED = {"name": products.c.name, "price": products.c.price}


class NotOursError(Exception):
    """The database has tables of these names that are not a practice shop's: they are left alone."""


class Relational:
    """The store. The tables are made when they are missing."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        with engine.connect() as connection:
            version = ".".join(str(part) for part in connection.dialect.server_version_info or ())
            self.program = f"{_name_of(connection)} {version}".strip()
        there = set(inspect(engine).get_table_names())
        if marker.name not in there:
            if there & set(metadata.tables):
                raise NotOursError(
                    f"The database at {engine.url.render_as_string()} already has tables called "
                    f"{', '.join(sorted(there & set(metadata.tables)))}. Give the practice shop a database of its own."
                )
            self.reset()

    # --- products ----------------------------------------------------------------------------------------

    def products(self, kind: str, words: str, sort: str) -> list[Product]:
        query = select(products).order_by(_SORTED[sort], products.c.slug)
        if kind:
            query = query.where(products.c.kind == kind)
        if words:
            # `autoescape`: a % that was typed is a %, and does not stand for anything.
            name = func.lower(products.c.name).contains(words.lower(), autoescape=True)
            query = query.where(
                or_(name, func.lower(products.c.words).contains(words.lower(), autoescape=True))
            )
        with self.engine.connect() as connection:
            return [Product(**row._mapping) for row in _read(connection, query)]

    def product(self, slug: str) -> Product | None:
        """Two questions: the product, and what was written about it. A join would repeat the product in each row."""
        about = select(reviews.c.author, reviews.c.stars, reviews.c.text, reviews.c.written).where(
            reviews.c.product == slug
        )
        with self.engine.connect() as connection:
            rows = _read(connection, select(products).where(products.c.slug == slug))
            if not rows:
                return None
            written = _read(connection, about.order_by(reviews.c.id))
        return Product(**rows[0]._mapping, reviews=tuple(Review(**row._mapping) for row in written))

    def add_review(self, slug: str, review: Review) -> None:
        values = {
            "author": review.author,
            "stars": review.stars,
            "text": review.text,
            "written": review.written,
        }
        with self._transaction() as connection:
            _write(connection, insert(reviews).values(product=slug, **values))

    # --- basket and orders -------------------------------------------------------------------------------

    def basket(self, owner: str) -> list[Line]:
        query = (
            select(products.c.slug, products.c.name, products.c.price, basket_lines.c.count)
            .join(products, products.c.slug == basket_lines.c.product)
            .where(basket_lines.c.owner == owner)
            .order_by(products.c.name)
        )
        with self.engine.connect() as connection:
            return [Line(**row._mapping) for row in _read(connection, query)]

    def put(self, owner: str, slug: str, count: int) -> None:
        this = (basket_lines.c.owner == owner) & (basket_lines.c.product == slug)
        with self._transaction() as connection:
            _write(connection, delete(basket_lines).where(this))
            if count:
                _write(connection, insert(basket_lines).values(owner=owner, product=slug, count=count))

    def place(self, order: Order, owner: str) -> None:
        """One transaction: if one thing is sold out, the `with` block ends by an exception and all is rolled back."""
        with self._transaction() as connection:
            for line in order.lines:
                # The condition stands in the statement, so that of two who want the last one only one gets it.
                enough = (products.c.slug == line.slug) & (products.c.stock >= line.count)
                taken = update(products).where(enough).values(stock=products.c.stock - line.count)
                if not _write(connection, taken):
                    raise OutOfStockError(line.name)
            _write(
                connection,
                insert(orders).values(
                    number=order.number, customer=order.customer, placed=order.placed, address=order.address
                ),
            )
            for line in order.lines:
                _write(
                    connection,
                    insert(order_lines).values(
                        number=order.number, product=line.slug, price=line.price, count=line.count
                    ),
                )
            _write(connection, delete(basket_lines).where(basket_lines.c.owner == owner))

    def order(self, number: str) -> Order | None:
        with self.engine.connect() as connection:
            rows = _read(connection, select(orders).where(orders.c.number == number))
            return _with_lines(connection, rows[0]) if rows else None

    def orders(self, customer: str) -> list[Order]:
        newest = select(orders).where(orders.c.customer == customer).order_by(orders.c.placed.desc())
        with self.engine.connect() as connection:
            return [_with_lines(connection, row) for row in _read(connection, newest.limit(_SHOWN))]

    # --- wishes ------------------------------------------------------------------------------------------

    def wishes(self) -> list[Wish]:
        with self.engine.connect() as connection:
            rows = _read(connection, select(wishes).order_by(wishes.c.votes.desc(), wishes.c.id))
        return [Wish(**row._mapping) for row in rows]

    def wish(self, id: str) -> Wish | None:
        with self.engine.connect() as connection:
            rows = _read(connection, select(wishes).where(wishes.c.id == id))
        return Wish(**rows[0]._mapping) if rows else None

    def save_wish(self, wish: Wish) -> None:
        values = {"title": wish.title, "note": wish.note, "votes": wish.votes}
        with self._transaction() as connection:
            there = _read(connection, select(wishes.c.id).where(wishes.c.id == wish.id))
            if there:
                _write(connection, update(wishes).where(wishes.c.id == wish.id).values(**values))
            else:
                _write(connection, insert(wishes).values(id=wish.id, **values))

    def drop_wish(self, id: str) -> bool:
        with self._transaction() as connection:
            return bool(_write(connection, delete(wishes).where(wishes.c.id == id)))

    # --- all of it ---------------------------------------------------------------------------------------

    def contents(self) -> list[Heap]:
        with self.engine.connect() as connection:
            return [_heap(connection, table) for table in metadata.sorted_tables if table is not marker]

    def reset(self) -> None:
        """In one transaction where the database has such for tables too (SQLite and PostgreSQL), so that nobody finds half a shop."""
        content = seed()
        for person in content["customers"]:
            # Never the password itself: what is kept only serves to recognise it.
            person["password_hash"] = _hash(person.pop("password"))
        with self.engine.connect() as connection:
            _clear(connection)
            metadata.create_all(connection)
            for table in (products, reviews, customers, wishes):
                connection.execute(insert(table), content[table.name])
            connection.commit()
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA foreign_keys = ON")

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        """All or nothing: COMMIT at the end of the block, ROLLBACK if it ends by an exception."""
        began = time.perf_counter()
        with self.engine.connect() as connection:
            with connection.begin():
                note("BEGIN", began)
                try:
                    yield connection
                except BaseException:
                    note("ROLLBACK", time.perf_counter())
                    raise
                began = time.perf_counter()
            note("COMMIT", began)


def _clear(connection: Connection) -> None:
    """Take everything of the shop away, whatever was built on it or put in its place meanwhile."""
    kind = connection.dialect.name
    if kind == "sqlite":
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        query = "SELECT type, name FROM sqlite_master WHERE type != 'index' AND name NOT LIKE 'sqlite%' ORDER BY type = 'table'"
        for what, name in connection.exec_driver_sql(query).all():
            connection.exec_driver_sql(f"DROP {what} IF EXISTS {_quoted(name)}")
        return
    cascade = " CASCADE" if kind == "postgresql" else ""
    if not cascade:
        connection.exec_driver_sql("SET FOREIGN_KEY_CHECKS = 0")
    for name in set(inspect(connection).get_view_names()) & set(metadata.tables):
        connection.exec_driver_sql(f"DROP VIEW {name}{cascade}")
    for name in metadata.tables:
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {name}{cascade}")
    if not cascade:
        connection.exec_driver_sql("SET FOREIGN_KEY_CHECKS = 1")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


@cache
def _hash(password: str) -> str:
    """Slow on purpose, so for the seed it is done once."""
    return generate_password_hash(password)


def _read(connection: Connection, query: Executable) -> list[Row[Any]]:
    began = time.perf_counter()
    result = connection.execute(query)
    rows = list(result.all())
    sample = [dict(row._mapping) for row in rows[:3]]
    text, values = _said(result)
    note(text, began, values=values, answer=counted(len(rows), "row"), sample=sample)
    return rows


def _write(connection: Connection, statement: Executable) -> int:
    """How many rows it changed."""
    began = time.perf_counter()
    result = connection.execute(statement)
    text, values = _said(result)
    note(text, began, values=values, answer=f"{counted(result.rowcount, 'row')} changed")
    return result.rowcount


def _said(result: Any) -> tuple[str, object]:
    """The SQL that was really sent, and the values that went beside it."""
    values = result.context.parameters[0]
    return result.context.statement.replace(" \n", "\n"), values


def _with_lines(connection: Connection, row: Row[Any]) -> Order:
    query = (
        select(products.c.slug, products.c.name, order_lines.c.price, order_lines.c.count)
        .join(products, products.c.slug == order_lines.c.product)
        .where(order_lines.c.number == row.number)
        .order_by(products.c.name)
    )
    lines = tuple(Line(**line._mapping) for line in _read(connection, query))
    return Order(row.number, row.customer, row.placed, row.address, lines)


def _heap(connection: Connection, table: Table) -> Heap:
    rows = connection.execute(select(table).limit(_SHOWN)).all()
    total = connection.execute(select(func.count()).select_from(table)).scalar_one()
    shown = tuple(tuple("" if value is None else str(value) for value in row) for row in rows)
    return Heap(table.name, tuple(table.columns.keys()), shown, total)


def _name_of(connection: Connection) -> str:
    if getattr(connection.dialect, "is_mariadb", False):
        return "MariaDB"
    return {"sqlite": "SQLite", "postgresql": "PostgreSQL", "mysql": "MySQL"}.get(
        connection.dialect.name, connection.dialect.name
    )
