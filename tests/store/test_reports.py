"""What apps told: kept beside the captures, bounded, forgotten, and never in the way."""

from __future__ import annotations

import os
import sqlite3
import stat

import pytest

from inspector.exchange.report import Query, Report, Span
from inspector.exchange.spans import KeptSpan
from inspector.store import reports as module
from inspector.store.reports import FILE, Reports

ONE, TWO = b"\x01" * 16, b"\x02" * 16


@pytest.fixture
def reports(tmp_path):
    opened = Reports(tmp_path)
    yield opened
    opened.close()


def span(id="a" * 16, started=1.0, **other):
    return KeptSpan(Span(id, "GET /", kind="server", took=0.5), started, **other)


def test_before_the_first_report_there_is_no_file(reports, tmp_path):
    assert (reports.of(ONE), reports.spans(ONE), reports.among([ONE])) == (None, (), frozenset())
    reports.prune()
    reports.forget()
    reports.delete([ONE])
    assert list(tmp_path.iterdir()) == []


def test_a_report_comes_back_as_it_was(reports):
    report = Report(1.5, 0.25, app="shop", queries=(Query("sqlite", "SELECT 1", (("", "7"),), rows=1),))
    assert reports.put(ONE, report)
    assert reports.of(ONE) == report
    assert reports.of(TWO) is None


def test_the_first_report_of_an_exchange_stays(reports):
    assert reports.put(ONE, Report(1.0, app="first"))
    assert not reports.put(ONE, Report(2.0, app="second"))
    assert reports.of(ONE).app == "first"


def test_spans_become_a_report_and_the_extensions_goes_before(reports):
    assert reports.put_spans([(ONE, span()), (ONE, span()), (TWO, span("b" * 16))]) == 2
    assert (reports.of(ONE).told_by, reports.of(ONE).took) == ("opentelemetry", 0.5)
    reports.put(ONE, Report(1.0, app="own"))
    assert reports.of(ONE).app == "own"
    assert reports.of(b"\x03" * 16, TWO).told_by == "opentelemetry"  # by the trace that its request carried
    assert reports.among([ONE, TWO, b"\x04" * 16]) == {ONE, TWO}


def test_nobody_else_can_read_the_file(reports, tmp_path):
    reports.put(ONE, Report(1.0))
    assert stat.S_IMODE((tmp_path / "captures" / FILE).stat().st_mode) == 0o600


def test_forgetting_leaves_nothing_in_the_file(reports, tmp_path):
    reports.put(ONE, Report(1.0, app="x", user="Ada Lovelace of St James's Square"))
    place = tmp_path / "captures" / FILE
    reports.forget()
    assert reports.of(ONE) is None
    with sqlite3.connect(place) as line:
        assert line.execute("SELECT count(*) FROM report").fetchone() == (0,)
    line.close()
    reports.put(TWO, Report(1.0))
    assert reports.of(TWO) is not None


def test_the_oldest_go_when_there_are_too_many(reports, monkeypatch):
    monkeypatch.setattr(module, "MOST", 20)
    for number in range(30):
        reports.put(number.to_bytes(16, "big"), Report(1.0))
    reports.prune()
    kept = [number for number in range(30) if reports.of(number.to_bytes(16, "big"))]
    assert kept
    assert len(kept) <= 20
    assert kept == list(range(30 - len(kept), 30))


def test_what_is_older_than_the_oldest_exchange_goes(reports):
    reports.put_spans([(ONE, span(started=1.0)), (TWO, span(started=4e9))])
    reports.prune()
    assert reports.of(ONE) is None
    assert reports.of(TWO) is not None


def test_with_its_exchange_goes_what_was_told_of_it(reports):
    reports.put(ONE, Report(1.0))
    reports.put_spans([(TWO, span())])
    reports.delete([ONE, TWO])
    assert (reports.of(ONE), reports.of(TWO)) == (None, None)


@pytest.mark.parametrize("content", [b"", b"no database" * 500, b"SQLite format 3\x00" + os.urandom(500)])
def test_a_damaged_file_is_made_anew(reports, tmp_path, content):
    place = tmp_path / "captures" / FILE
    place.parent.mkdir()
    place.write_bytes(content)
    assert reports.put(ONE, Report(1.0, app="here"))
    assert reports.of(ONE).app == "here"


def test_a_report_that_cannot_be_read_is_none(reports, tmp_path):
    reports.put(ONE, Report(1.0))
    with sqlite3.connect(tmp_path / "captures" / FILE) as line:
        line.execute("UPDATE report SET data = x'00'")
    line.close()
    assert reports.of(ONE) is None
