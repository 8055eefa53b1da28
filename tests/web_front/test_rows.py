"""The list's pure parts, as the browser runs them: the window of rows, and numbers in words."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from inspector.web import words

pytestmark = pytest.mark.browser

ROWS = """async ([begin, steps]) => {
    const { Rows, LIMIT } = await import('/static/js/traffic/rows.js');
    const row = (number, change = 1) => ({ id: String(number).padStart(32, '0'), change, engine: 1 });
    const many = (from, to) => Array.from({ length: to - from + 1 }, (_, index) => row(from + index));
    const rows = new Rows();
    if (begin) rows.reset({ rows: many(...begin), has_older: true, has_newer: false });
    const said = steps.map(([step, ...given]) => ({
        take: (numbers, follow) => rows.take(numbers.map((each) => row(...[each].flat())), { follow }),
        older: (from, to, more) => rows.addOlder({ rows: many(from, to), has_older: more }),
        newer: (from, to, more) => rows.addNewer({ rows: many(from, to), has_newer: more }),
    })[step](...given) ?? null);
    return { ids: rows.list.map(({ id }) => Number(id)), changes: rows.list.map(({ change }) => change),
        older: rows.hasOlder, newer: rows.hasNewer, said, found: rows.list.every(({ id }, index) => rows.indexOf(id) === index), LIMIT };
}"""


@pytest.fixture
def page(signed_in: Any) -> Page:
    page: Page = signed_in().new_page()
    page.goto("/start")
    return page


@pytest.fixture
def after(page: Page) -> Any:
    """What the rows are after these steps: after([first, last], ["take", [1, 2], True], …)."""

    def run(begin: list[int] | None, *steps: list[Any]) -> Any:
        result = page.evaluate(ROWS, [begin, list(steps)])
        assert result["found"], "every row can be found where it is"
        return result

    return run


def test_followed_rows_join_the_end_in_order(after: Any) -> None:
    assert after([1, 3], ["take", [6, 4, 5], True])["ids"] == [1, 2, 3, 4, 5, 6]


def test_a_row_that_comes_twice_at_once_is_there_once_with_its_latest_change(after: Any) -> None:
    result = after([1, 2], ["take", [[3, 7], [3, 9], [3, 8]], True])
    assert result["ids"] == [1, 2, 3]
    assert result["changes"][-1] == 9
    assert result["said"] == [{"added": 1, "waiting": 0, "changed": 0}]


def test_an_older_change_does_not_undo_a_newer(after: Any) -> None:
    result = after([1, 2], ["take", [[2, 5]], False], ["take", [[2, 4]], False])
    assert result["changes"] == [1, 5]


def test_without_following_new_rows_wait_and_are_counted_once(after: Any) -> None:
    result = after([1, 2], ["take", [3, 4], False], ["take", [[3, 2], 5], False])
    assert result["ids"] == [1, 2]
    assert result["newer"]
    assert [said["waiting"] for said in result["said"]] == [2, 1]


def test_while_rows_wait_following_skips_none(after: Any) -> None:
    result = after([1, 2], ["take", [3], False], ["take", [4], True], ["newer", 3, 4, False])
    assert result["ids"] == [1, 2, 3, 4]
    assert not result["newer"]


def test_the_first_row_of_an_empty_list_is_taken_in_any_case(after: Any) -> None:
    assert after(None, ["take", [1], False])["ids"] == [1]


def test_a_late_row_goes_between_and_one_from_before_stays_out(after: Any) -> None:
    assert after([10, 12], ["take", [3], True])["ids"] == [10, 11, 12]
    result = after([10, 12], ["newer", 15, 16, False], ["take", [14], False])
    assert result["ids"] == [10, 11, 12, 14, 15, 16]


def test_the_window_never_holds_more_than_its_limit(after: Any) -> None:
    result = after([2001, 3000], ["take", list(range(3001, 3301)), True])
    assert (result["ids"][0], result["ids"][-1], len(result["ids"])) == (2301, 3300, 1000)
    result = after([2001, 3000], ["older", 1801, 2000, False])
    assert (result["ids"][0], result["ids"][-1], len(result["ids"])) == (1801, 2800, 1000)
    assert result["newer"]
    assert not result["older"]
    result = after([2001, 3000], ["newer", 3001, 3200, True])
    assert (result["ids"][0], len(result["ids"]), result["older"], result["newer"]) == (
        2201,
        1000,
        True,
        True,
    )


def test_pages_that_overlap_are_joined(after: Any) -> None:
    assert after([5, 8], ["older", 3, 6, False], ["newer", 7, 10, False])["ids"] == list(range(3, 11))


SECONDS = [
    None,
    0,
    0.00004,
    0.0034,
    0.0094,
    0.0096,
    0.024,
    0.4567,
    0.9994,
    0.9996,
    1.2,
    12.5,
    59.99,
    60,
    61.7,
    3725.2,
]
SIZES = [
    0,
    1,
    812,
    1023,
    1024,
    5_214,
    10_239,
    10_240,
    245_000,
    1_048_575,
    1_048_576,
    12_345_678,
    5 * 2**30,
    2_000 * 2**30,
]


def test_script_and_server_say_numbers_alike(page: Page) -> None:
    said = page.evaluate(
        """async ([seconds, sizes]) => {
            const { took, size } = await import('/static/js/traffic/words.js');
            return [seconds.map(took), sizes.map(size)];
        }""",
        [SECONDS, SIZES],
    )
    assert said == [[words.took(each) for each in SECONDS], [words.size(each) for each in SIZES]]


def test_script_and_server_say_the_time_alike(page: Page) -> None:
    moments = [1_767_225_600.25, 1_767_225_600.4819, 1_767_268_799.999]
    said = page.evaluate(
        "async (moments) => { const { clock } = await import('/static/js/traffic/words.js'); return moments.map(clock); }",
        moments,
    )
    assert said == [words.clock(each) for each in moments]
