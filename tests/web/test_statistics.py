"""Statistics as pages, plots, tables and JSON; each value is a link to a narrower filter."""

from __future__ import annotations

import csv
import html
import io
import re
from typing import Any
from urllib.parse import parse_qs, unquote_plus, urlsplit
from xml.etree import ElementTree as ET

import pytest
from flask.testing import FlaskClient
from web_fakes import EPOCH, made

from inspector.web.present.plots import LAYOUTS, PLOTS, Cell, said
from inspector.web.present.scales import counts, moment_words, sizes, times, written_moment
from inspector.web.statistics import narrowed


@pytest.fixture
def busy(desk: Any) -> Any:
    """Ten exchanges: two sites, an error of each kind."""
    for n in range(1, 11):
        desk.captures.add(made(n, host=("shop.test", "other.test")[n % 2], duration=n / 10))
    desk.captures.add(made(3, status=404, reason="Not Found"))
    desk.captures.add(made(4, status=503))
    desk.captures.add(made(5, state="failed", status=502, fault="dns-unknown"))
    return desk


def page_of(browser: FlaskClient, address: str = "/traffic/statistics") -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    return html.unescape(answer.get_data(as_text=True))


def test_the_page_says_how_many_how_they_ended_and_how_long(busy: Any, browser: FlaskClient) -> None:
    text = " ".join(re.sub(r"<[^>]+>", " ", page_of(browser)).split())
    assert "All 10 exchanges that are kept." in text
    assert "400 and above, or failed 3" in text
    assert "By site" in text
    assert "no whole answer" in text


def test_a_bar_and_a_line_narrow_the_filter_and_keep_the_rest(busy: Any, browser: FlaskClient) -> None:
    page = page_of(browser, "/traffic/statistics?q=method:GET+since:2025-01-01")
    links = [unquote_plus(link) for link in re.findall(r'href="(/traffic/statistics\?q=[^"]+)"', page)]
    assert any("since:2026-01" in link and "before:20" in link and "since:2025-01-01" not in link and "method:GET" in link for link in links)  # fmt: skip
    assert any("status:404" in link and "since:2025-01-01" in link for link in links)


@pytest.mark.parametrize(
    ("text", "fields", "wanted", "found"),
    [
        ("", ("host",), "host:=a", "host:=a"),
        ("host:b x", ("host",), "host:=a", "x host:=a"),
        ("a OR b", ("host",), "host:=c", "(a OR b) host:=c"),
        ("status:>=400", ("status",), "status:404", "status:404"),
        ("status:>=", ("status",), "status:404", "status:404"),
    ],
)
def test_a_filter_is_narrowed(desk: Any, text: str, fields: tuple[str, ...], wanted: str, found: str) -> None:
    with desk.app.test_request_context("/"):
        url = narrowed(text, fields, wanted)
    assert parse_qs(urlsplit(url).query)["q"] == [found]


def test_the_api_tells_the_same(busy: Any, browser: FlaskClient) -> None:
    told = browser.get("/api/v1/statistics").json
    assert told is not None
    assert told["all"]["exchanges"] == 10
    assert (told["all"]["client_errors"], told["all"]["server_errors"], told["all"]["failed"]) == (1, 1, 1)
    assert sum(cell["exchanges"] for cell in told["over_time"]) == 10
    assert {each["host"] for each in told["by"]["host"]} >= {"shop.test", "other.test"}
    assert told["complete"]
    assert told["all"]["p50"] == pytest.approx(0.2, rel=0.03)
    assert browser.get("/api/v1/statistics?q=status:").status_code == 400


def test_only_what_fits_the_filter_is_counted(busy: Any, browser: FlaskClient) -> None:
    told = browser.get("/api/v1/statistics?q=status:404").json
    assert told is not None
    assert told["all"]["exchanges"] == 1
    assert "Nothing that is kept fits this filter" in page_of(
        browser, "/traffic/statistics?q=host:nobody.test"
    )


def test_with_nothing_captured_the_page_says_what_would_be_here(desk: Any, browser: FlaskClient) -> None:
    desk.captures.exchanges.clear()
    assert "Nothing captured yet" in page_of(browser)


def test_what_was_not_counted_yet_is_said_and_gone_on_with(busy: Any, browser: FlaskClient) -> None:
    busy.captures.counted = 4
    page = page_of(browser)
    assert "Counted so far: the newest 4 of 10 exchanges." in " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert "Go on counting" in page
    assert 'hx-trigger="load' in page


@pytest.mark.parametrize("name", ["time", "host", "kind", "status", "method", "program"])
def test_numbers_are_saved_as_csv(busy: Any, browser: FlaskClient, name: str) -> None:
    answer = browser.get(f"/traffic/statistics.csv?table={name}")
    assert answer.mimetype == "text/csv"
    lines = list(csv.reader(io.StringIO(answer.get_data(as_text=True))))
    assert lines[0][1:] == ["exchanges", "client_errors", "server_errors", "failed", "received", "sent", "p50", "p90", "p99"]  # fmt: skip
    assert sum(int(line[1]) for line in lines[1:]) == 10


def test_no_cell_of_the_csv_is_a_formula(busy: Any, browser: FlaskClient) -> None:
    busy.captures.add(made(11, agent='=HYPERLINK("http://evil.test")'))
    lines = list(
        csv.reader(io.StringIO(browser.get("/traffic/statistics.csv?table=program").get_data(as_text=True)))
    )
    assert all(not line[0].startswith("=") for line in lines)


@pytest.mark.parametrize("name", list(PLOTS))
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_plot_is_saved_as_a_picture(busy: Any, browser: FlaskClient, name: str, theme: str) -> None:
    answer = browser.get(f"/traffic/statistics/{name}.svg?theme={theme}&save=1")
    assert "attachment" in answer.headers["Content-Disposition"]
    root = ET.fromstring(answer.get_data(as_text=True))
    assert root.get("width") == "1200"
    assert "var(--" not in answer.get_data(as_text=True)
    assert not list(root.iter("{http://www.w3.org/2000/svg}a"))
    assert browser.get("/traffic/statistics/nothing.svg").status_code == 404


def test_what_stands_in_captures_is_text(busy: Any, browser: FlaskClient) -> None:
    evil = '"><script>alert(1)</script>'
    busy.captures.add(made(11, host=evil, agent=evil, method=evil))
    assert "<script>alert" not in browser.get("/traffic/statistics").get_data(as_text=True)


@pytest.mark.parametrize(
    ("most", "end", "words"),
    [(0, 1, ["0", "1"]), (3, 3, ["0", "1", "2", "3"]), (52, 60, ["0", "20", "40", "60"]), (1_234, 1_500, ["0", "500", "1,000", "1,500"])],
)  # fmt: skip
def test_an_axis_has_round_numbers(most: float, end: float, words: list[str]) -> None:
    found, ticks = counts(most)
    assert found == end
    assert [tick.words for tick in ticks] == words
    assert [ticks[0].at, ticks[-1].at] == [0, 1]


def test_an_axis_of_bytes_and_one_of_times() -> None:
    assert [tick.words for tick in sizes(500_000)[1]] == ["0 B", "200 KB", "400 KB", "600 KB"]
    assert [tick.words for tick in times(0.004, 3)[1]] == ["1.0 ms", "10 ms", "100 ms", "1.00 s", "10.00 s"]
    assert [tick.words for tick in times(0.00002, 0.00002)[1]][:2] == ["0.01 ms", "0.1 ms"]


def test_a_moment_is_no_finer_than_it_needs() -> None:
    assert len(moment_words(EPOCH, 0.1)) == len("14:03:22.250")
    assert len(moment_words(EPOCH, 60)) == len("14:03")
    assert written_moment(EPOCH).endswith(".250")
    assert written_moment(60.0).count(":") == 1


def test_a_stretch_says_all_its_numbers() -> None:
    cell = Cell(EPOCH, 60, 5, 1, 0, 2, 2048, 0, (0.01, 0.2, None))
    assert (
        said(cell)
        == "5 exchanges, 1 400 to 499, 2 without a whole answer, 2.0 KB received, 0 B sent; p50 10 ms, p90 200 ms"
    )
    assert said(Cell(EPOCH, 60, 0, 0, 0, 0, 0, 0, (None, None, None))) == "0 exchanges"


def test_each_plot_stays_within_its_plane() -> None:
    cells = [Cell(EPOCH + n, 1, n, 0, 0, 0, n * 1000, 0, (0.001 * n or None, None, 5.0)) for n in range(30)]
    for make in PLOTS.values():
        for layout in LAYOUTS.values():
            plot = make(cells, layout)
            for column in plot.columns:
                assert layout.left <= column.x <= layout.width - layout.right
                assert all(
                    layout.top - 0.2 <= shape.y <= layout.top + layout.high + 0.2 for shape in column.shapes
                )
