"""Searching: the store and the matcher give the same verdicts, whatever is indexed; pages, patience, damage."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from store_corpus import CONNECTIONS, play
from store_samples import take_in

from inspector.exchange.mark import NO_MARK, Mark
from inspector.filter.fields import FIELDS, FLAGS
from inspector.filter.matching import matcher
from inspector.filter.parsing import parse
from inspector.filter.subject import Subject
from inspector.filter.written import quoted
from inspector.store import finding, spans, unindexed, wordblock
from inspector.store.captures import Captures
from inspector.store.marks import Marks
from inspector.store.recorder import Recorder
from inspector.store.where import clause_for, exact, pushed

NUMBER = 420
NOW = time.time()
TEXTS = (
    "stock", "Out of Stock", "größe", "GRÖSSE", "k", "a", "session", "needle", "x" * 70, "日本", "nginx", "shop.test", "/", "?", "=", "%", "_",
    "\\", "item=17", "a b", "a_b", "a-b", "text/html", "set-cookie", "HTTP/1.1", "17", "grün", "{}", "sto", "\n", "two stock", "é", "nothing here",
)  # fmt: skip
PATTERNS = ("*stock", "out*stock", "*", "s*t", "/static*", "*.js", "a*b*c", "*=17", "**", "*ö*")
MARKS = (
    Mark(pinned=True), Mark(colour="red"), Mark(comment="Out of stock: größe?"), Mark(True, "blue", "needle", ("stock", "17")), Mark(tags=("session",)),
)  # fmt: skip
NAMES = {"header.": ("set-cookie", "x-empty", "content-type", "x-odd", "x-folded", "x-umlaut", "nothing"), "cookie.": ("session", "theme", "a"),
         "set-cookie.": ("session", "theme"), "query.": ("item", "q", "x", "v")}  # fmt: skip
NUMBERS = {"port": ("443", ">80", "0"), "status": ("404", ">=400", "4xx", "200..301", "*", "{200 TO 500}", "0"), "size": (">0", "0", "<30", "1..50"),
           "request.size": (">0", "0"), "time": (">10ms", "<=0.5s", "*", "0s.."), "since": ("1m", "1h", "2d"), "before": ("20s", "10m")}  # fmt: skip


def leaves() -> st.SearchStrategy[str]:
    return st.sampled_from(FIELDS).flatmap(_leaf) | texts()


def _leaf(field: Any) -> st.SearchStrategy[str]:
    if field.name in NUMBERS:
        return st.sampled_from(NUMBERS[field.name]).map(
            lambda value: f"{field.name}:{value if ' ' not in value else '[' + value[1:]}".replace(
                "[200 TO 500}", "[200 TO 500]"
            )
        )
    if field.name == "is":
        return st.sampled_from(list(FLAGS)).map(lambda flag: f"is:{flag}")
    if field.kind.offers and field.name in ("kind", "scheme", "origin", "pinned"):
        return st.sampled_from([f"{field.name}:{offer.text}" for offer in field.kind.offers])
    if "version" in field.name:
        return st.sampled_from(
            [
                f"{field.name}:{value}"
                for value in ("1.1", ">=1.1", "<1.1", "*")
                if not (field.name == "version" and value == "9")
            ]
        )
    if field.family:
        names = NAMES[next(name for name in NAMES if field.name.endswith(name))]
        return st.tuples(st.sampled_from(names), texts()).map(lambda pair: f"{field.name}{pair[0]}:{pair[1]}")
    if field.name == "host":
        return st.sampled_from(
            [
                "host:shop.test",
                "host:=shop.test",
                "host:*shop*",
                "host:localhost",
                "host:test",
                "host:*",
                "host:bücher.example",
            ]
        )
    return (
        texts()
        .filter(lambda text: not (field.name == "path" and "?" in text))
        .map(lambda text: f"{field.name}:{text}")
    )


def texts() -> st.SearchStrategy[str]:
    plain = st.sampled_from(TEXTS).map(lambda text: quoted(text) if text.strip() else f'"{text}"')
    return (
        plain.map(lambda text: text if ":" not in text or text.startswith('"') else f'"{text}"')
        | st.sampled_from(PATTERNS)
        | plain
    )


def filters() -> st.SearchStrategy[str]:
    def joined(part: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        return st.one_of(
            st.lists(part, min_size=2, max_size=3).map(" ".join),
            st.lists(part, min_size=2, max_size=3).map(lambda parts: f"({' OR '.join(parts)})"),
            part.map(lambda each: f"NOT ({each})"),
        )

    return st.recursive(leaves(), joined, max_leaves=5)


class Stored:
    """A store, and what the matcher says about what is in it."""

    def __init__(self, home: Path, indexed: str, seed: int) -> None:
        found = play(home, NUMBER, seed, NOW)
        recorder = Recorder(home, lookaround=0.0)
        take_in(recorder)
        if indexed != "none":
            while recorder.index_words(1.0):
                pass
        recorder.close()
        if indexed == "half":
            words = sorted((home / "captures").glob("*/*.words"))
            for path in words[1::2]:
                path.unlink()
            damaged = bytearray(words[0].read_bytes())
            damaged[len(damaged) // 2] ^= 0xFF
            words[0].write_bytes(damaged)
        self.captures = Captures(home)
        connections = {each.id: each for each in CONNECTIONS}
        marks = dict(zip(sorted(found)[::7], itertools.cycle(MARKS), strict=False))
        with closing(Marks(home)) as kept:
            kept.put_all(marks)
        # the rows as they are listed: what was open when the engine stopped has failed
        self.subjects = {
            id: Subject(
                self.captures.row(id),
                exchange,
                read=partial(self.captures.body, id),
                connection=connections.get,
                mark=marks.get(id, NO_MARK),
            )
            for id, exchange in sorted(found.items())
        }

    def expected(self, text: str) -> list[bytes]:
        """What fits, by the matcher."""
        fits = matcher(parse(text, NOW), NOW)
        return [id for id, subject in self.subjects.items() if fits(subject)]

    def search(self, text: str, **given: Any) -> finding.Found:
        return self.captures._finder.find(parse(text, NOW), now=NOW, patience=60, **given)


@pytest.fixture(scope="module", params=["none", "half", "all"])
def stored(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stored]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wordblock, "DOCUMENTS", 40)
        patch.setattr(spans, "SIZE", 60)
        patch.setattr(finding, "_FEW", 25)
        patch.setattr(finding, "_CHUNK", 7)
        patch.setattr(unindexed, "FEW", 100 if request.param == "half" else 20_000)
        made = Stored(tmp_path_factory.mktemp("finding"), request.param, 7)
        yield made
        made.captures.close()


ANY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@ANY
@given(text=filters())
def test_the_store_finds_what_the_matcher_says(stored: Stored, text: str) -> None:
    assert [row.id for row in stored.search(text, limit=NUMBER).rows] == stored.expected(text)


@ANY
@given(text=leaves())
def test_each_condition_and_its_opposite_are_all_there_is(stored: Stored, text: str) -> None:
    yes, no = ([row.id for row in stored.search(sign + text, limit=NUMBER).rows] for sign in ("", "-"))
    assert sorted(yes + no) == list(stored.subjects)
    assert yes == stored.expected(text)


@settings(ANY, max_examples=40)  # what is indexed is nothing to it
@given(text=filters())
def test_sql_is_right_where_it_decides_and_lets_enough_through_elsewhere(stored: Stored, text: str) -> None:
    import sqlalchemy as sa

    from inspector.store.schema import exchange

    node = pushed(parse(text, NOW))
    with stored.captures._access.reading() as reading:
        marks = stored.captures._marks.all()
        found = set(reading.execute(sa.select(exchange.c.id).where(clause_for(node, NOW, marks))).scalars())
    expected = set(stored.expected(text))
    assert found == expected if exact(node) else found >= expected


@settings(max_examples=15, deadline=None)
@given(text=filters(), limit=st.integers(5, 40))
def test_pages_are_the_whole_cut_up(stored: Stored, text: str, limit: int) -> None:
    whole = stored.expected(text)
    backwards: list[bytes] = []
    page = stored.search(text, limit=limit)
    while True:
        backwards = [row.id for row in page.rows] + backwards
        if not page.has_older:
            break
        page = stored.search(text, limit=limit, before=page.rows[0].id)
        assert page.has_newer
    assert backwards == whole
    forwards: list[bytes] = []
    page = stored.search(text, limit=limit, after=bytes(16))
    while True:
        forwards += [row.id for row in page.rows]
        if not page.has_newer:
            break
        page = stored.search(text, limit=limit, after=page.rows[-1].id)
    assert forwards == whole


def test_without_patience_it_says_how_far_it_has_come(stored: Stored) -> None:
    text = "stock"
    collected: list[bytes] = []
    before, rounds = None, 0
    while True:
        found = stored.captures._finder.find(parse(text), before=before, limit=NUMBER, patience=0.0, now=NOW)
        collected = [row.id for row in found.rows] + collected
        rounds += 1
        if found.reached is None:
            break
        assert found.has_older
        assert 0 <= found.searched <= 1
        before = found.reached
    assert collected == stored.expected(text)
    assert rounds > 1


def test_how_much_is_indexed_is_told(stored: Stored, request: pytest.FixtureRequest) -> None:
    share = stored.search("stock").indexed
    low, high = {"none": (0, 0), "half": (0.1, 0.9), "all": (0.9, 1)}[request.node.callspec.params["stored"]]
    assert low <= share <= high


@pytest.mark.parametrize(
    "text", ["host:example.test", "status:404", "hello", "body:hello status:404", "-body:hello", "is:open"]
)
def test_changes_are_those_that_fit(
    home: Path, played: Any, recorder: Recorder, captures: Captures, text: str
) -> None:
    engine = played()
    engine.put()
    engine.on_disk()
    take_in(recorder)
    cursor = captures.changes("").cursor
    put = [
        engine.put(),
        engine.put(status=404),
        engine.put(host="other.test", state="open", duration=None),
        engine.put(client_leg=None, server_leg=None),
    ]
    engine.on_disk()
    take_in(recorder)
    fits = matcher(parse(text), time.time())
    answer = captures.changes(cursor, 200, parse(text))
    assert {row.id for row in answer.rows} == {each.id for each in put if fits(Subject(each, each))}
    assert answer.skipped == 0
    assert captures.changes(answer.cursor, 200, parse(text)).rows == ()
