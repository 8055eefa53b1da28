"""Drivers without SQLAlchemy, against real servers where they are here: psycopg, PyMySQL and redis-py; PyMongo by what it tells its listeners."""

from __future__ import annotations

import asyncio
import importlib.util
import tempfile
from pathlib import Path

import pytest
from flask import Flask

from inspector.bridge.hooks import mongodb
from inspector.bridge.recording import Recording, current

_path = Path(__file__).parents[1] / "lab" / "sites" / "database_servers.py"
_spec = importlib.util.spec_from_file_location("bridge_database_servers", _path)
servers = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(servers)


@pytest.fixture
def asked(visiting):
    """What is told of a function."""

    def ask(work):
        app = Flask("drivers")
        app.add_url_rule("/", view_func=lambda: work() or "done")
        return visiting(app).get("/").queries

    return ask


@pytest.fixture
def short_folder():
    """Sockets have short names, and a server may run as somebody else."""
    with tempfile.TemporaryDirectory(prefix="db", dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.mark.servers
def test_redis(asked, short_folder):
    import redis
    import redis.asyncio

    with servers.redis(short_folder) as url:

        def work():
            store = redis.Redis.from_url(url)
            store.set("tea", "green")
            assert store.get("tea") == b"green"
            with store.pipeline() as several:
                several.incr("count").incr("count")
                assert several.execute() == [1, 2]
            store.close()
            asyncio.run(later())

        async def later():
            store = redis.asyncio.Redis.from_url(url)
            assert await store.get("count") == b"2"
            await store.aclose()

        told = asked(work)
    assert [(each.system, each.statement) for each in told] == [
        ("redis", "SET tea"),
        ("redis", "GET tea"),
        ("redis", "INCRBY count\nINCRBY count"),
        ("redis", "GET count"),
    ]
    assert told[0].parameters == (("", "'green'"),)
    assert all(each.took is not None for each in told)


@pytest.mark.servers
def test_psycopg(asked, short_folder):
    import psycopg
    from psycopg import sql

    with servers.postgresql(short_folder) as urls:
        url = urls["practice"].replace("+psycopg", "")

        def work():
            with psycopg.connect(url) as line:
                line.execute("CREATE TEMP TABLE t (a int)")
                with line.cursor() as cursor:
                    cursor.executemany("INSERT INTO t VALUES (%s)", [(1,), (2,)])
                    cursor.execute(
                        sql.SQL("SELECT {} FROM t WHERE a > %(least)s").format(sql.Identifier("a")),
                        {"least": 0},
                    )
                    assert len(cursor.fetchall()) == 2
                with pytest.raises(psycopg.errors.UndefinedTable):
                    line.execute(b"SELECT * FROM nowhere")

        told = asked(work)
    made, inserted, selected, failed = told
    assert (made.system, made.through) == ("postgresql", "psycopg")
    assert (inserted.sets, inserted.parameters, inserted.rows) == (2, (("", "1"),), 2)
    assert (selected.statement, selected.parameters, selected.rows) == (
        'SELECT "a" FROM t WHERE a > %(least)s', (("least", "0"),), 2,
    )  # fmt: skip
    assert failed.error.startswith("UndefinedTable")


def test_pymongo_by_what_it_tells_its_listeners(monkeypatch, tmp_path):
    from pymongo import monitoring

    listeners = []
    monkeypatch.setattr(monitoring, "register", listeners.append)
    mongodb.install(None)
    (listener,) = listeners

    class Event:
        def __init__(self, **what):
            self.__dict__.update(what)

    recording = Recording("0" * 32, "", None)
    monkeypatch.setattr(recording, "code", Event(caller=lambda: None))
    token = current.set(recording)
    try:
        command = {"find": "pets", "filter": {"kind": "cat"}, "lsid": "noise", "$db": "zoo"}
        listener.started(Event(command_name="find", command=command, request_id=1, database_name="zoo"))
        listener.succeeded(Event(request_id=1, reply={"cursor": {"firstBatch": [{}, {}]}}))
        listener.started(
            Event(command_name="insert", command={"insert": "pets"}, request_id=2, database_name="zoo")
        )
        listener.failed(Event(request_id=2, failure={"errmsg": "not today"}))
        listener.started(Event(command_name="ping", command={"ping": 1}, request_id=3, database_name="zoo"))
        listener.succeeded(Event(request_id=9, reply={}))
    finally:
        current.reset(token)
    found, inserted = recording.queries
    assert (found.statement, found.rows, found.database) == ("find pets", 2, "zoo")
    assert found.parameters == [["filter", "{kind: 'cat'}"]]
    assert inserted.error == "RuntimeError: not today"
