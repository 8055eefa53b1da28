from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from store_samples import Played, take_in

from inspector.explain.refusals import History
from inspector.store import refused
from inspector.store.captures import Captures
from inspector.store.database import index_path, open_engine
from inspector.store.recorder import Recorder

Make = Callable[..., Played]
FAILED = {"kind": "tls", "state": "failed", "fault": "tls-client-alert", "protection": "sealed", "status": 0}


@pytest.fixture
def engine(played: Make) -> Played:
    return played()


def test_failures_come_newest_first_and_alone(captures: Captures, engine: Played, recorder: Recorder) -> None:
    engine.put()
    first = engine.put(**FAILED, host="a.test")
    engine.put(status=502, fault="dns-unknown")
    second = engine.put(**FAILED, host="b.test")
    door = engine.put(fault="not-http", state="failed", host="")
    engine.on_disk()
    take_in(recorder)
    assert [row.id for row in captures.refused()] == [door.id, second.id, first.id]
    assert [row.id for row in captures.refused(1)] == [door.id]


def test_nothing_failed_in_an_empty_home(captures: Captures) -> None:
    assert captures.refused() == ()


def test_a_client_that_never_got_through(captures: Captures, engine: Played, recorder: Recorder) -> None:
    engine.put(agent="Firefox 153")  # another program
    engine.put(client="192.0.2.9:4000")  # another computer
    engine.put(protection="none", scheme="http")  # nothing that would need trust
    engine.put(**FAILED)
    failed = engine.put(**FAILED, client="127.0.0.1:60001")
    engine.on_disk()
    take_in(recorder)
    assert captures.history(failed) == History(refused=2)


def test_a_client_that_uses_other_hosts(captures: Captures, engine: Played, recorder: Recorder) -> None:
    used = engine.put(host="other.test")
    failed = engine.put(**FAILED, host="bank.test")
    engine.put(host="later.test")
    engine.on_disk()
    take_in(recorder)
    assert captures.history(failed) == History(used.started, "other.test", None, 1, 0)


def test_what_it_did_to_this_host_counts_from_its_last_success(
    captures: Captures, engine: Played, recorder: Recorder
) -> None:
    engine.put(**FAILED, host="shop.test")
    engine.put(**FAILED, host="cdn.test")
    used = engine.put(host="shop.test")
    engine.put(**FAILED, host="shop.test")
    failed = engine.put(**FAILED, host="shop.test")
    engine.on_disk()
    take_in(recorder)
    assert captures.history(failed) == History(used.started, "shop.test", used.started, 2, 1)


def test_of_a_program_without_a_name_only_refusals_are_known(
    captures: Captures, engine: Played, recorder: Recorder
) -> None:
    engine.put(agent="")
    engine.put(**FAILED, agent="")
    failed = engine.put(**FAILED, agent="")
    engine.on_disk()
    take_in(recorder)
    assert captures.history(failed) == History(refused=2)


def test_percent_signs_and_missing_addresses_do_no_harm(
    captures: Captures, engine: Played, recorder: Recorder
) -> None:
    engine.put(**FAILED)
    odd = engine.put(**FAILED, client="%:1", agent="100%_")
    none = engine.put(**FAILED, client="")
    engine.on_disk()
    take_in(recorder)
    assert captures.history(odd).refused == 1
    assert captures.history(none) == History()


def test_failed_handshakes_are_found_by_their_own_index(home: Path, captures: Captures) -> None:
    captures.page()
    reading = open_engine(index_path(home))
    with reading.connect() as connection:
        count = sa.select(sa.func.count()).where(refused._TLS, refused._X.host == "a.test")
        plan = connection.exec_driver_sql(
            f"EXPLAIN QUERY PLAN {count.compile(compile_kwargs={'literal_binds': True})}"
        )
        assert "exchange_tls" in str(plan.all())
    reading.dispose()


def test_questions_to_a_browser_are_no_refusals_of_a_site(
    captures: Captures, engine: Played, recorder: Recorder
) -> None:
    asked = engine.put(**FAILED, host="a1b2.probe.inspector.test")
    engine.put(**FAILED, host="a1b2.alone.inspector.test")
    failed = engine.put(**FAILED, host="shop.test")
    engine.on_disk()
    take_in(recorder)
    assert [row.id for row in captures.refused()] == [failed.id]
    assert captures.history(failed) == History()
    found = captures.failure_for("a1b2.probe.inspector.test")
    assert found is not None
    assert found.id == asked.id
    assert captures.failure_for("nobody.test") is None
