"""The waterfall: phases on one clock, idle time shortened, as a table, a picture, CSV and JSON."""

from __future__ import annotations

import csv
import html
import io
import re
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from flask.testing import FlaskClient
from web_fakes import EPOCH, made, number

from inspector.exchange.model import Timeline
from inspector.exchange.report import Report
from inspector.web.present.clock import Clock, clock_for
from inspector.web.present.waterfall import bars, clock_of, fall_json, falls, strip


def test_a_clock_keeps_proportions_and_shortens_long_idle_time() -> None:
    clock = clock_for([(100, 101), (100.5, 102), (110, 112), (1_000_110, 1_000_112)])
    assert clock.place(100) == 0
    assert clock.place(101) == 1
    assert len(clock.gaps) == 2
    assert clock.place(112) - clock.place(110) == pytest.approx(2)
    assert clock.place(1_000_112) == pytest.approx(clock.length)
    assert clock.length < 8
    moments = [99, 100, 101.5, 102, 105, 110, 112, 500_000, 1_000_111]
    places = [clock.place(moment) for moment in moments]
    assert places == sorted(places)


@pytest.mark.parametrize(
    "stretches",
    [[], [(5, 5)], [(1, 2), (1, 2)], [(0, 0), (1e9, 1e9)], [(2, 1), (3, 4)], [(n * 100, n * 100 + 1) for n in range(1000)]],
    ids=["nothing", "a moment", "twice", "far apart", "backwards", "a thousand gaps"],
)  # fmt: skip
def test_any_stretches_make_a_clock(stretches: list[tuple[float, float]]) -> None:
    clock = clock_for(stretches)
    assert clock.length > 0
    assert all(gap.until > gap.at for gap in clock.gaps)
    assert sum(gap.until - gap.at for gap in clock.gaps) <= 0.25 * clock.length or len(stretches) < 3


def test_nothing_is_shortened_where_something_goes_on() -> None:
    assert clock_for([(0, 100), (1, 2), (50, 60)]).gaps == ()


def rows(desk: Any) -> Any:
    return desk.captures.rows()


def test_an_exchange_falls_into_its_phases(desk: Any) -> None:
    (first, _) = falls(rows(desk), desk.captures.timed([number(1)]))
    assert [each.code for each in first.stretches] == ["name", "connection", "tls", "sending", "waiting", "receiving"]  # fmt: skip
    assert first.stretches[0].start == pytest.approx(EPOCH + 1 + 0.0002)
    assert "Waiting for the first byte 5.8 ms" in first.said
    assert first.turn == 1


def test_of_one_whose_record_is_gone_the_whole_is_left(desk: Any) -> None:
    (first, *_) = falls(rows(desk), {})
    assert [each.code for each in first.stretches] == ["rest"]
    assert first.connection == ""


def test_one_that_is_open_lasts_until_now(desk: Any) -> None:
    line = Timeline(0.1, send_start=0.1, send_end=0.2)
    desk.captures.add(made(3, state="open", duration=None, status=0, timeline=line))
    found = falls(rows(desk), desk.captures.timed([number(3)]))[-1]
    assert found.status == "on its way"
    assert found.stretches[-1].end is None
    assert found.end(EPOCH + 10) == EPOCH + 10
    assert fall_json(found)["phases"][-1]["end"] is None
    drawn = bars(found, Clock(found.start, 10, ()), 100, EPOCH + 10)
    assert drawn[-1].width > 50


def test_a_phase_that_was_cut_short_ended_with_its_exchange(desk: Any) -> None:
    line = Timeline(0.1, send_start=0.1, send_end=0.2)
    desk.captures.add(
        made(3, state="failed", duration=0.7, status=502, fault="server-timeout", timeline=line)
    )
    desk.captures.add(made(4, state="failed", duration=None, status=0, fault="inspector-stopped", timeline=line))  # fmt: skip
    found = falls(rows(desk), desk.captures.timed([number(3), number(4)]))[-2:]
    assert found[0].stretches[-1].end == pytest.approx(EPOCH + 3.7)
    assert found[1].stretches[-1].end == pytest.approx(EPOCH + 4.2)
    assert found[1].end(EPOCH + 1_000) == pytest.approx(EPOCH + 4.2)


def test_the_apps_own_half_stands_within_the_wait(desk: Any) -> None:
    report = Report(started=EPOCH + 1.017, took=0.004, app="shop")
    found = falls(rows(desk)[:1], desk.captures.timed([number(1)]), {number(1): report})[0]
    assert found.stretches[-1].code == "app"
    assert "The app at work, shop 4.0 ms" in found.said


def test_a_list_gets_a_strip_for_each_of_its_rows(desk: Any) -> None:
    found = strip(falls(rows(desk), desk.captures.timed([number(1), number(2)])))
    assert set(found) == {number(1), number(2)}
    assert all(bar.x >= 0 and bar.x + bar.width <= 102 for drawn in found.values() for bar in drawn)


def test_bars_stay_on_the_clock(desk: Any) -> None:
    for n in range(3, 40):
        desk.captures.add(made(n, started=EPOCH + n * 37, duration=n / 10))
    found = falls(rows(desk), desk.captures.timed([number(n) for n in range(1, 40)]))
    clock = clock_of(found, EPOCH + 5_000)
    assert all(-0.01 <= bar.x <= 1000 for fall in found for bar in bars(fall, clock, 1000, EPOCH + 5_000))


def test_the_page_is_a_table_without_script(desk: Any, browser: FlaskClient) -> None:
    for n in range(3, 6):
        desk.captures.add(made(n, started=EPOCH + 86_400 * n))
    page = html.unescape(browser.get("/traffic/waterfall").get_data(as_text=True))
    assert page.count('class="waterfall-bars"') == 5
    assert "in which nothing happened are shortened" in page
    assert "Waiting for the first byte 5.8 ms" in page
    assert f'href="/exchange/{number(5).hex()}"' in page


def test_the_filter_narrows_it_and_goes_along_to_the_other_views(desk: Any, browser: FlaskClient) -> None:
    desk.captures.add(made(3, host="other.test"))
    page = browser.get("/traffic/waterfall?q=host:other.test").get_data(as_text=True)
    assert page.count('class="waterfall-bars"') == 1
    for view in ("/traffic?", "/traffic/sites?", "/traffic/statistics?"):
        assert re.search(re.escape(f'href="{view}') + r"q=host(:|%3A)other\.test", page)
    assert "Nothing that is kept fits" in browser.get("/traffic/waterfall?q=host:no.test").get_data(
        as_text=True
    )
    desk.captures.exchanges.clear()
    assert "Nothing captured yet" in browser.get("/traffic/waterfall").get_data(as_text=True)


def test_the_api_tells_the_phases(desk: Any, browser: FlaskClient) -> None:
    told = browser.get("/api/v1/waterfall?limit=1").json
    assert told is not None
    assert told["has_older"]
    (row,) = told["rows"]
    assert row["id"] == number(2).hex()
    assert row["phases"][0] == {"code": "name", "words": "Looking up the name", "start": 0.0002, "end": 0.004}
    named = browser.get(f"/api/v1/waterfall?ids={number(1).hex()},nonsense,{'0' * 32}").json
    assert named is not None
    assert [each["id"] for each in named["rows"]] == [number(1).hex()]
    assert browser.get("/api/v1/waterfall?q=status:").status_code == 400


def test_it_is_saved_as_csv_a_phase_a_line(desk: Any, browser: FlaskClient) -> None:
    desk.captures.add(made(3, host="=cmd()", method="@SUM"))
    lines = list(csv.reader(io.StringIO(browser.get("/traffic/waterfall.csv").get_data(as_text=True))))
    assert lines[0][:3] == ["id", "began", "method"]
    assert len(lines) == 1 + 3 * 6
    assert not any(cell[:1] in "=@" for line in lines for cell in line if cell)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_is_saved_as_a_picture(desk: Any, browser: FlaskClient, theme: str) -> None:
    for n in range(3, 60):
        desk.captures.add(made(n, started=EPOCH + n * n, path="/" + '<&">' * 30))
    answer = browser.get(f"/traffic/waterfall.svg?theme={theme}&save=1")
    assert "attachment" in answer.headers["Content-Disposition"]
    root = ET.fromstring(answer.get_data(as_text=True))
    assert (root.get("width"), root.get("height")) == ("1200", "630")
    some = browser.get(f"/traffic/waterfall.svg?ids={number(1).hex()},{number(2).hex()}").get_data(
        as_text=True
    )
    assert "2 exchanges on one clock" in some
    assert browser.get(f"/traffic/waterfall.svg?ids={'0' * 32}").status_code == 404


def test_captured_addresses_are_text(desk: Any, browser: FlaskClient) -> None:
    evil = '"><script>alert(1)</script>'
    desk.captures.add(made(3, host=evil, path=f"/{evil}", method=evil))
    for address in ("/traffic/waterfall", "/traffic/waterfall.svg"):
        assert "<script>alert" not in browser.get(address).get_data(as_text=True)


def test_while_somebody_presents_secrets_in_addresses_are_replaced(desk: Any, browser: FlaskClient) -> None:
    desk.captures.add(made(3, path="/in?token=abcdefgh12345678"))
    browser.post("/preferences", data={"presenter": "on", "csrf_token": desk.token(browser), "next": "/"})
    for address in ("/traffic/waterfall", "/traffic/waterfall.svg", "/traffic/waterfall.csv", "/api/v1/waterfall"):  # fmt: skip
        assert "abcdefgh" not in browser.get(address).get_data(as_text=True)
