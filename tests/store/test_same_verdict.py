"""The filter's matcher says what a filter means; the store answers with SQL over its rows and with its index of words. This holds them together:
for each field, in each way in which it can be asked, about exchanges full of what databases, patterns and Unicode have trouble with."""

from __future__ import annotations

from collections import Counter
from contextlib import closing, suppress
from pathlib import Path as Folder
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from store_hostile import ASKED, BEGAN, NAMES, NOW, NUMBERS, Chance, connections, written

from inspector.exchange.mark import NO_MARK, Mark
from inspector.exchange.model import Exchange, Summary
from inspector.filter.conditions import (
    Begins,
    Below,
    Condition,
    Contains,
    Is,
    Like,
    OneOf,
    Present,
    Within,
)
from inspector.filter.errors import FilterMistake
from inspector.filter.fields import FIELDS, Source
from inspector.filter.kinds import Choice, Host, Number, Path, Text, Version, When
from inspector.filter.matching import matcher
from inspector.filter.parsing import parse
from inspector.filter.subject import Subject
from inspector.filter.tree import Node, Not, terms
from inspector.store.rows import COLUMNS, row_of
from inspector.store.schema import exchange as table
from inspector.store.schema import index
from inspector.store.where import clause_for, exact, pushed
from inspector.store.wordblock import BlockMaker
from inspector.store.wordbooks import Block, read_book, words_path
from inspector.store.wordplan import ask_for
from inspector.store.wordreader import WordReader

PLACE = {"engine": 1, "segment": 1, "position": 0, "length": 1}
_connection = {each.id: each for each in connections}.get


@pytest.fixture(scope="module")
def database():
    engine = sa.create_engine("sqlite://")
    index.create_all(engine, [table])
    with engine.connect() as connection:
        yield connection
    engine.dispose()


class Known:
    """Some exchanges: as the matcher has them, as rows of a database, and as a block of the word index."""

    def __init__(
        self, database: sa.Connection, folder: Folder, found: list[Exchange], added: list[Mark]
    ) -> None:
        database.execute(sa.delete(table))
        database.execute(sa.insert(table), [{**_row(each), **PLACE} for each in found])
        rows = [
            row_of(values)
            for values in database.execute(sa.select(*COLUMNS, table.c.engine).order_by(table.c.id))
        ]
        assert [msgspec.structs.asdict(row) for row in rows] == [
            {**_row(each), "engine": 1} for each in found
        ]
        self._database = database
        self._marks = {each.id: mark for each, mark in zip(found, added, strict=False) if not mark.blank}
        self._subjects = [
            Subject(row, each, connection=_connection, mark=self._marks.get(each.id, NO_MARK))
            for row, each in zip(rows, found, strict=True)
        ]
        self._block = _block(folder, self._subjects, found)
        self._ids = [each.id for each in found]

    def compare(self, filters: dict[str, Node]) -> None:
        """The three verdicts about each of these filters, and about its opposite."""
        asked = [(text, each) for text, node in filters.items() for each in (node, Not(node))]
        clauses = [clause_for(pushed(node), NOW, self._marks) for _, node in asked]
        labelled = (clause.label(f"c{number}") for number, clause in enumerate(clauses))
        found = self._database.execute(sa.select(*labelled).select_from(table).order_by(table.c.id)).all()
        with closing(WordReader(set())) as words:
            for (text, node), by_sql in zip(asked, zip(*found, strict=True), strict=True):
                self._one(text, node, by_sql, words)

    def _one(self, text: str, node: Node, by_sql: tuple[Any, ...], words: WordReader) -> None:
        told = f"{'not ' if isinstance(node, Not) else ''}{text!r}"
        fits = matcher(node, NOW)
        meant = [fits(subject) for subject in self._subjects]
        assert None not in by_sql, f"{told}: NULL is no verdict"
        if exact(pushed(node)):
            assert list(map(bool, by_sql)) == meant, told
        assert all(yes for yes, wanted in zip(by_sql, meant, strict=True) if wanted), (
            f"{told}: SQL leaves some out"
        )
        answer = ask_for(pushed(node), NOW, self._marks)(words, self._block)
        may, do = ([bits >> at & 1 for at in range(len(meant))] for bits in answer)
        assert all(yes for yes, wanted in zip(may, meant, strict=True) if wanted), (
            f"{told}: the words leave some out"
        )
        assert all(wanted for yes, wanted in zip(do, meant, strict=True) if yes), (
            f"{told}: the words let others in"
        )


def _row(each: Exchange) -> dict[str, Any]:
    return {name: getattr(each, name) for name in Summary.__struct_fields__}


def _block(folder: Folder, subjects: list[Subject], found: list[Exchange]) -> Block:
    maker = BlockMaker(0)
    for position, (subject, each) in enumerate(zip(subjects, found, strict=True)):
        maker.add(subject, each, position)
    path = words_path(folder / ("0" * 32), 1)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(maker.bytes("0" * 32, 1, 0))
    book = read_book(path)
    assert book is not None
    [block] = book.blocks
    return block


def allowed(texts: list[str]) -> dict[str, Node]:
    """Those that the language allows."""
    found = {}
    for text in texts:
        with suppress(FilterMistake):
            found[text] = parse(text, NOW)
    return found


# What a field of each kind was asked at least, so that none is passed over.
WAYS = {
    Text: {Like}, Path: {Begins, Contains, Is, Like, Present}, Host: {Below, Is, Like, Present}, Choice: {OneOf}, Version: {OneOf, Present},
    Number: {Within}, When: set(),
}  # fmt: skip
BOUNDED = settings(
    max_examples=6, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)


@pytest.mark.parametrize("field", ASKED, ids=lambda field: field.name if field else "anywhere")
def test_sql_and_words_say_what_the_matcher_says(database, tmp_path, field):
    met: Counter[type[Condition]] = Counter()

    @BOUNDED
    @given(st.integers(0, 2**32))
    def held(seed: int) -> None:
        chance = Chance(seed)
        found = [chance.exchange() for _ in range(6)]
        added = [chance.mark() for _ in range(3)]
        value, name = chance.asked(found, added), chance.choice(NAMES)
        filters = allowed(written(field, name, value, chance.choice(NUMBERS), chance.choice(BEGAN)))
        met.update(type(term.condition) for node in filters.values() for term in terms(node))
        Known(database, tmp_path, found, added).compare(filters)

    held()
    assert met.keys() >= WAYS[type(field.kind) if field else Text]


@settings(BOUNDED, max_examples=40)
@given(st.integers(0, 2**32))
def test_so_they_do_where_several_fields_are_asked_at_once(database, tmp_path_factory, seed):
    chance = Chance(seed)
    found, added = [chance.exchange() for _ in range(6)], [chance.mark() for _ in range(3)]
    parts = []
    for field in chance.choices(ASKED, k=3) + chance.choices(ADDED, k=2):
        ways = written(
            field,
            chance.choice(NAMES),
            chance.asked(found, added),
            chance.choice(NUMBERS),
            chance.choice(BEGAN),
        )
        parts += chance.sample(sorted(allowed(ways)), 1)
    joined = allowed(
        [" ".join(parts), " OR ".join(parts), f"({parts[0]} OR {parts[3]}) NOT ({parts[1]} {parts[4]})"]
    )
    Known(database, tmp_path_factory.mktemp("joined"), found, added).compare(joined)


ADDED = [field for field in FIELDS if field.source is Source.MARK]
