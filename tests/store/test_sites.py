from __future__ import annotations

from collections.abc import Callable

import pytest
from store_samples import Played, take_in

from inspector.store import sites
from inspector.store.captures import Captures
from inspector.store.recorder import Recorder

Make = Callable[..., Played]


@pytest.fixture
def engine(played: Make, recorder: Recorder) -> Played:
    """Five exchanges with three hosts, one of them below another, and a page of Inspector's own."""
    engine = played()
    for host in ("a.test", "b.test", "www.a.test", "a.test"):
        engine.put(host=host)
    engine.put(host="b.test", state="failed", status=0)
    engine.put(host="inspector.test", kind="page")
    engine.put(host="", state="failed")
    engine.on_disk()
    take_in(recorder)
    return engine


def test_hosts_are_counted_the_last_one_first(captures: Captures, engine: Played) -> None:
    found = captures.sites()
    assert [(row.host, row.exchanges, row.failed) for row in found] == [
        ("b.test", 2, 1),
        ("a.test", 2, 0),
        ("www.a.test", 1, 0),
    ]
    assert len(captures.sites(2)) == 2


def test_an_empty_home_has_no_sites(captures: Captures) -> None:
    assert captures.sites() == ()
    assert captures.of_host("a.test") == ()


def test_the_exchanges_of_a_host_come_whole_and_oldest_first(captures: Captures, engine: Played) -> None:
    first, last = captures.of_host("a.test")
    assert first.id < last.id
    assert first.client_leg is not None
    assert [each.host for each in captures.of_host("a.test", below=True)] == [
        "a.test",
        "www.a.test",
        "a.test",
    ]
    assert captures.of_host("a.test", limit=1) == (last,)
    assert captures.of_host("a.test", before=last.id) == (first,)
    assert captures.of_host("a.test", after=first.id) == (last,)


def test_a_name_is_no_pattern(captures: Captures, engine: Played) -> None:
    assert captures.of_host("%", below=True) == ()
    assert captures.of_host("_.test", below=True) == ()


def test_no_more_than_so_many_are_looked_at(
    captures: Captures, engine: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sites.places_of, "__kwdefaults__", sites.places_of.__kwdefaults__ | {"looked_at": 3})
    assert captures.of_host("a.test") == ()
