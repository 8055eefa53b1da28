"""One SQL statement, typed by a visitor and run: on the practice database alone, for two seconds at most, 200 rows of what comes back."""

from __future__ import annotations

import time
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from .guard import MOST_SECONDS

MOST_ROWS = 200
MOST_LETTERS = 200

# What a server is asked before a stranger's statement, so that it stops by itself.
_TIME_LIMITS = {
    "postgresql": f"SET LOCAL statement_timeout = {int(MOST_SECONDS * 1000)}",
    "mariadb": f"SET SESSION max_statement_time = {MOST_SECONDS}",
    "mysql": f"SET SESSION max_execution_time = {int(MOST_SECONDS * 1000)}",
}
# Questions whose answer is "yes" for somebody who could reach files or other programs of the server's computer.
_GRANTS = (
    "SELECT COUNT(*) > 0 FROM information_schema.user_privileges"
    " WHERE privilege_type IN ('FILE', 'SUPER', 'CREATE USER')"
)
_TOO_MIGHTY = {
    "postgresql": "SELECT rolsuper OR pg_has_role(oid, 'pg_execute_server_program', 'member')"
    " OR pg_has_role(oid, 'pg_read_server_files', 'member') OR pg_has_role(oid, 'pg_write_server_files', 'member')"
    " FROM pg_roles WHERE rolname = current_user",
    "mysql": _GRANTS,
    "mariadb": _GRANTS,
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a statement: rows with their columns, or `changed` rows, or an `error` in the database's own words."""

    statement: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    more: bool = False
    changed: int = -1
    took: float = 0.0
    error: str = ""


def run(engine: Engine, statement: str) -> Outcome:
    """Run it, and keep what it changed unless it failed."""
    began = time.perf_counter()
    try:
        with engine.connect() as connection:
            refused = _prepare(connection)
            if refused:
                return Outcome(statement, error=refused)
            with connection.begin():
                outcome = _run(connection, statement)
    except SQLAlchemyError as error:
        return Outcome(statement, error=_in_its_own_words(error), took=_since(began))
    except (MemoryError, OverflowError, ValueError) as error:
        return Outcome(
            statement, error=f"Too much for the practice database: {error or 'memory'}", took=_since(began)
        )
    return Outcome(
        statement, outcome.columns, outcome.rows, outcome.more, outcome.changed, _since(began), outcome.error
    )


def _prepare(connection: Connection) -> str:
    """Set the time limit; or why this database role runs no strangers' statements."""
    kind = _kind(connection)
    question = _TOO_MIGHTY.get(kind)
    if question and connection.execute(text(question)).scalar():
        return (
            "This database was opened by a role that may reach the server's files or other users. "
            "Statements are run only for a role that can do no harm: make one of its own for the practice shop."
        )
    connection.rollback()  # the next transaction is the visitor's
    if kind in {"mysql", "mariadb"}:
        connection.exec_driver_sql(_TIME_LIMITS[kind])
        connection.rollback()
    return ""


def _kind(connection: Connection) -> str:
    return "mariadb" if getattr(connection.dialect, "is_mariadb", False) else connection.dialect.name


def _run(connection: Connection, statement: str) -> Outcome:
    if _kind(connection) == "postgresql":
        connection.exec_driver_sql(_TIME_LIMITS["postgresql"])
        # PostgreSQL takes several statements at once, unless it is asked to prepare them. SQLite and MySQL take one anyway.
        connection.connection.driver_connection.prepare_threshold = 0  # type: ignore[union-attr]  # psycopg's
    # `no_parameters`: a % in the statement is a %, and no place for a value.
    result = connection.execution_options(no_parameters=True).exec_driver_sql(statement)
    if not result.returns_rows:
        return Outcome(statement, changed=result.rowcount)
    columns = tuple(result.keys())
    # One row at a time, cut before the next comes: two hundred rows of the largest values would not fit into memory.
    shown = tuple(
        tuple(_cell(value) for value in row) for row in islice(iter(result.fetchone, None), MOST_ROWS)
    )
    more = result.fetchone() is not None
    result.close()
    return Outcome(statement, columns, shown, more=more)


def _cell(value: Any) -> str:
    if value is None:
        return "NULL"
    said = str(value)
    return said if len(said) <= MOST_LETTERS else said[:MOST_LETTERS] + " …"


def _in_its_own_words(error: SQLAlchemyError) -> str:
    original = getattr(error, "orig", None) or error
    said = str(original.args[-1] if original.args else original).strip()
    if said == "interrupted":
        return f"It took longer than {MOST_SECONDS:g} seconds and was stopped."
    if said == "not authorized":
        return "not authorized: here, a statement may do nothing beyond the practice database."
    return said[:500]


def _since(began: float) -> float:
    return (time.perf_counter() - began) * 1000
