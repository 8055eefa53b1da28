"""A driver's methods are called with just what the app said: in their order or by name, asked at once or awaited."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial

import pytest

from inspector.bridge.hooks.statements import telling
from inspector.bridge.recording import Recording, current


class NoCode:
    def caller(self):
        return None


class Cursor:
    """As PyMySQL's and psycopg's: its parameters have a name, and another default than None."""

    rowcount = 2
    NOTHING = object()

    def execute(self, query, params=NOTHING, *, prepare=False):
        if query == "broken":
            raise LookupError("no such table")
        return query, params, prepare

    async def later(self, query, params=NOTHING):
        await asyncio.sleep(0)
        return self.execute(query, params)


@pytest.fixture
def recording():
    made = Recording("0" * 32, "", NoCode())
    token = current.set(made)
    yield made
    current.reset(token)


@pytest.mark.parametrize(
    ("args", "named", "told"),
    [
        (("SELECT ?", (1,)), {}, [["", "1"]]),
        (("SELECT ?",), {"params": (1,), "prepare": True}, [["", "1"]]),
        ((), {"query": "SELECT ?", "params": {"least": 0}}, [["least", "0"]]),
        (("SELECT ?",), {}, []),
    ],
)
def test_what_the_app_said_goes_on_unchanged(recording, args, named, told):
    execute = telling(Cursor.execute, "postgresql", "psycopg", many=False)
    assert execute(Cursor(), *args, **named) == Cursor().execute(*args, **named)
    (query,) = recording.queries
    assert (query.statement, query.parameters, query.rows, recording.asking) == ("SELECT ?", told, 2, 0)


def test_one_that_is_awaited_is_told_when_it_has_ended(recording):
    later = telling(Cursor.later, "postgresql", "psycopg", many=False)
    ask = partial(asyncio.run, later(Cursor(), "SELECT 1", params=(3,)))
    with ThreadPoolExecutor(1) as aside:  # a browser of another test may have its loop in this thread
        assert aside.submit(copy_context().run, ask).result(10) == ("SELECT 1", (3,), False)
    (query,) = recording.queries
    assert (query.parameters, query.rows, recording.asking) == ([["", "3"]], 2, 0)


def test_what_fails_is_told_and_raised(recording):
    with pytest.raises(LookupError):
        telling(Cursor.execute, "postgresql", "psycopg", many=False)(Cursor(), "broken")
    (query,) = recording.queries
    assert (query.error, query.rows, recording.asking) == ("LookupError: no such table", None, 0)


def test_several_sets_of_parameters_are_counted(recording):
    telling(Cursor.execute, "mysql", "PyMySQL", many=True)(Cursor(), "INSERT", params=[(1,), (2,)])
    (query,) = recording.queries
    assert (query.sets, query.parameters) == (2, [["", "1"]])
