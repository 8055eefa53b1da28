from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from inspector.exchange.model import Summary
from inspector.store import schema
from inspector.store.database import Line, StoreProblem, open_engine, prepare, version
from inspector.store.migrations import config

LINES: list[tuple[Line, sa.MetaData, str]] = [
    ("index", schema.index, schema.INDEX_VERSION),
    ("control", schema.control, schema.CONTROL_VERSION),
]


@pytest.mark.parametrize(("line", "metadata", "newest"), LINES)
def test_migrations_lead_to_the_schema(
    tmp_path: Path, line: Line, metadata: sa.MetaData, newest: str
) -> None:
    path = tmp_path / "x.db"
    prepare(line, path)
    engine = open_engine(path)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": f"{line}_version"})
        assert compare_metadata(context, metadata) == []
        assert _shapes(connection) == _made_from(metadata)
        assert version(line, connection) == newest
    engine.dispose()
    assert ScriptDirectory.from_config(config(line)).get_current_head() == newest


def _shapes(connection: sa.Connection) -> set[str]:
    rows = connection.exec_driver_sql(
        "SELECT sql FROM sqlite_master WHERE sql NOT LIKE '%_version%'"
    ).scalars()
    return {" ".join(sql.split()) for sql in rows if sql}


def _made_from(metadata: sa.MetaData) -> set[str]:
    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection:
        metadata.create_all(connection)
        shapes = _shapes(connection)
    engine.dispose()
    return shapes


def test_an_exchange_row_begins_with_a_summarys_fields_in_order() -> None:
    fields = Summary.__struct_fields__
    assert tuple(schema.exchange.c.keys())[: len(fields)] == fields


def test_the_tables_compile_for_postgresql_with_uuids() -> None:
    dialect = postgresql.dialect()
    for table in (*schema.index.sorted_tables, *schema.control.sorted_tables):
        assert "BLOB" not in str(CreateTable(table).compile(dialect=dialect))
    assert "id UUID" in str(CreateTable(schema.exchange).compile(dialect=dialect))
    bound = schema.Id().process_bind_param(b"0123456789abcdef", dialect)
    assert schema.Id().process_result_value(bound, dialect) == b"0123456789abcdef"


def test_a_database_of_today_opens_without_alembic(tmp_path: Path) -> None:
    path = tmp_path / "index.db"
    prepare("index", path)
    code = f"""
import pathlib, sys
from inspector.store.database import prepare
prepare('index', pathlib.Path({str(path)!r}))
sys.exit('alembic' in sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_database_of_a_newer_inspector_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "index.db"
    prepare("index", path)
    engine = open_engine(path)
    with engine.connect() as connection:
        connection.exec_driver_sql("UPDATE index_version SET version_num = 'index_9999'")
    with pytest.raises(StoreProblem, match="newer Inspector"):
        prepare("index", path)
    engine.dispose()


def test_an_older_database_is_brought_to_todays_shape_with_all_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "index.db"
    engine = open_engine(path)
    with engine.connect() as connection:
        command.upgrade(config("index", connection), "index_1")
        connection.exec_driver_sql("INSERT INTO fact (name, value) VALUES ('birth', 'kept')")
        connection.commit()
    prepare("index", path)
    with engine.connect() as connection:
        assert version("index", connection) == schema.INDEX_VERSION
        assert connection.exec_driver_sql("SELECT value FROM fact").scalars().all() == ["kept"]
        assert _shapes(connection) == _made_from(schema.index)
    engine.dispose()


def test_many_processes_may_prepare_at_once(tmp_path: Path) -> None:
    path = tmp_path / "index.db"
    code = "import pathlib, sys; from inspector.store.database import prepare; prepare('index', pathlib.Path(sys.argv[1]))"
    running = [subprocess.Popen([sys.executable, "-c", code, str(path)]) for _ in range(2)]
    assert [each.wait() for each in running] == [0, 0]


@pytest.mark.parametrize(("network", "mode"), [(False, "wal"), (True, "truncate")])
def test_a_network_drive_gets_no_write_ahead_log(tmp_path: Path, network: bool, mode: str) -> None:
    path = tmp_path / "index.db"
    prepare("index", path, network=network)
    engine = open_engine(path)
    with engine.connect() as connection:
        if not network:
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == mode
    engine.dispose()
    assert (path.read_bytes()[18] == 2) is (mode == "wal")


def test_the_files_are_their_owners_alone(home: Path) -> None:
    path = home / "captures" / "index.db"
    prepare("index", path)
    engine = open_engine(path)
    with engine.connect() as connection:
        connection.exec_driver_sql("INSERT INTO fact (name, value) VALUES ('a', 'b')")
        for file in path.parent.iterdir():
            assert file.stat().st_mode & 0o077 == 0, file
    assert path.parent.stat().st_mode & 0o077 == 0
    engine.dispose()
