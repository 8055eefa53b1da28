"""The Server tab: there where an app told its half, with everything that it told as text, and nothing of it that is secret while somebody presents."""

from __future__ import annotations

import re
from html import unescape

import msgspec
import pytest
from page_faults import faults
from web_fakes import EPOCH, made, message, number

from inspector.exchange.model import Leg
from inspector.exchange.report import (
    Frame,
    Function,
    LogLine,
    Named,
    Query,
    Raised,
    Report,
    Route,
    Source,
    Span,
    Template,
)

ID = number(1).hex()
HOSTILE = "<script>alert(1)</script>"
CODE = '@app.get("/cart/<int:item>")\ndef cart(item):\n    goods = ask(item)\n    return render_template("cart.html", goods=goods)\n'


def rich(**changes):
    """One of everything; `goods` were asked for one by one."""
    again = [
        Query("sqlite", "SELECT name FROM goods WHERE id = ?", (("", str(n)),), rows=1, began=0.003 + n / 10_000, took=0.00005, source=Source("shop/views.py", 12))
        for n in range(5)
    ]  # fmt: skip
    whole = Report(
        EPOCH + 1.0165, 0.005, "flask", "Python 3.12.4", "Flask 3.1.3", "shop", 200,
        Route("/cart/<int:item>", "cart", ("GET",), {"item": "17"}),
        (
            Function("before", "shop.users.load", 0.0001, 0.0005, Source("shop/users.py", 5)),
            Function("view", "shop.views.cart", 0.001, 0.0035, Source("shop/views.py", 10, CODE), answered=True),
            Function("teardown", "shop.db.close", 0.0048, 0.0001),
        ),
        (Template("cart.html", ("goods", "title"), 0.0037, 0.0008, Source("shop/templates/cart.html")),),
        (
            Query("sqlite", "SELECT id FROM basket WHERE owner = ?", (("", "'ada'"),), rows=5, began=0.002, took=0.0005, source=Source("shop/views.py", 12), through="sqlite3", database="shop.db"),
            *again,
            Query("redis", "GET session:tok-1234567890", began=0.004, took=0.0001, error="ConnectionError: refused"),
        ),
        (Named("user_id", "int"), Named("csrf", "str, 32 characters")),
        "ada",
        (LogLine(0.002, "WARNING", "shop", "only 2 left", Source("shop/views.py", 13)),),
        left_out={"queries": 12},
    )  # fmt: skip
    return msgspec.structs.replace(whole, **changes)


RAISED = Raised("shop.errors.SoldOut", f"no {HOSTILE} left", (
    Frame("flask/app.py", 900, "dispatch", "return view()"), Frame("shop/views.py", 12, "cart", "goods = ask(item)", own=True),
), at=0.004)  # fmt: skip


def told(desk, report, **changes):
    desk.captures.__init__(made(1, **changes))
    desk.captures.reports[number(1)] = report


def tab(browser, which="server"):
    return browser.get(f"/exchange/{ID}?tab={which}").get_data(as_text=True)


def text_of(html):
    """The words of a page, with single spaces, and none before a sign that ends a word."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


def part_of(html, begin, end):
    """From one mark to the next."""
    return html.partition(begin)[2].partition(end)[0]


def test_the_tab_is_there_only_where_an_app_told_something(desk, browser):
    assert 'id="tab-server"' not in tab(browser, "story")
    assert 'class="server"' not in tab(browser)
    assert browser.get(f"/api/v1/exchanges/{ID}/server").status_code == 404
    told(desk, rich())
    assert 'id="tab-server"' in tab(browser, "story")
    assert 'class="server"' in tab(browser)
    assert browser.get(f"/api/v1/exchanges/{ID}/server").get_json()["route"]["rule"] == "/cart/<int:item>"


def test_everything_that_was_told_stands_there(desk, browser):
    told(desk, rich())
    text = text_of(tab(browser))
    for part in (
        "made with Flask 3.1.3, Python 3.12.4", "app shop", "/cart/ <int:item> is 17", "for GET", "before the view load shop/users.py:5",
        "It was given goods title", "user_id int", "The app took the browser for ada", "warning only 2 left", "12 other queries were too many",
        "ConnectionError: refused", "owner 'ada'", "5 rows", "by sqlite3", "SQLite shop.db",
    ):  # fmt: skip
        assert part in text, part


def test_a_question_that_was_asked_again_and_again_is_shown_once_and_said_to_be(desk, browser):
    told(desk, rich())
    page = tab(browser)
    assert "The same question, 5 times" in text_of(page)
    assert "“N+1”" in text_of(page)
    assert len(re.findall(r'<li class="server-query', page)) == 3
    others = part_of(page, 'class="server-others"', "</ol>")
    assert re.findall(r'<li id="([^"]+)"', others) == [f"server-query-{n}" for n in range(3, 7)]
    assert "the same 4 times more" in text_of(page)


def test_the_lines_that_asked_lead_to_what_they_asked(desk, browser):
    told(desk, rich())
    page = tab(browser)
    (line,) = re.findall(r'<li class="server-code-line server-code-asked">(.*?)</li>', page)
    assert "goods = ask ( item )" in text_of(line)
    leads = set(re.findall(r'href="#([^"]+)"', part_of(page, 'class="server"', "</article>")))
    assert "server-query-2" in leads
    assert leads <= set(re.findall(r'id="([^"]+)"', page))


@pytest.mark.parametrize("handled", [True, False])
def test_an_exception_comes_first_with_the_apps_own_lines(desk, browser, handled):
    told(desk, rich(exception=msgspec.structs.replace(RAISED, handled=handled)))
    page = tab(browser)
    raised = text_of(part_of(page, 'aria-labelledby="server-exception"', "</section>"))
    assert "SoldOut" in raised
    assert ("answered with a page" in raised) == handled
    assert "shop/views.py :12 in cart" in raised.replace(":12", " :12").replace("  ", " ")
    assert "The whole traceback, 2 calls" in raised
    assert page.index("server-exception") < page.index("server-order")


def test_what_an_app_says_is_text(desk, browser):
    hostile = rich(
        app=HOSTILE, user=HOSTILE, framework=HOSTILE, exception=RAISED, session=(Named(HOSTILE, HOSTILE),),
        route=Route(f"/{HOSTILE}/<x>", HOSTILE, (HOSTILE,), {"x": HOSTILE}), templates=(Template(HOSTILE, (HOSTILE,)),),
        functions=(Function("view", HOSTILE, source=Source(HOSTILE, 1, HOSTILE)),), log=(LogLine(0, HOSTILE, HOSTILE, HOSTILE),),
        queries=(Query(HOSTILE, HOSTILE, ((HOSTILE, HOSTILE),), error=HOSTILE, source=Source(HOSTILE, 1), through=HOSTILE, database=HOSTILE),),
        spans=(Span("1", HOSTILE, error=HOSTILE, attributes={HOSTILE: HOSTILE}),),
    )  # fmt: skip
    told(desk, hostile)
    for which in ("server", "story", "timing"):
        answer = browser.get(f"/exchange/{ID}?tab={which}")
        assert answer.status_code == 200
        assert HOSTILE not in answer.get_data(as_text=True)


STRANGE = {
    "nothing": Report(0.0),
    "a clock of another year": rich(started=1.0),
    "a clock that is far ahead": rich(started=EPOCH * 2),
    "less than no time": rich(took=-1.0, queries=(Query("x", "", began=-5.0, took=-1.0),)),
    "more than for ever": rich(took=1e300, functions=(Function("view", "", 1e300, 1e300),)),
    "an empty statement, many times": rich(queries=tuple(Query("", "") for _ in range(10))),
    "code without an end": rich(functions=(Function("view", "x", source=Source("a", 1, '"""' + "(" * 9000)),)),
    "a very long statement": rich(queries=(Query("sqlite", "SELECT " + "x, " * 6000),)),
    "one long line of quotes": rich(queries=(Query("sqlite", "'" * 20_001),)),
    "by spans": Report(EPOCH, 0.1, "opentelemetry", spans=(Span("1", "GET", kind="server", took=0.1), Span("2", "middleware", "1", began=0.01, took=None))),
}  # fmt: skip


@pytest.mark.parametrize("what", STRANGE)
def test_whatever_an_app_says_there_is_a_page(desk, browser, what):
    told(desk, STRANGE[what])
    for which in ("server", "story", "timing"):
        assert browser.get(f"/exchange/{ID}?tab={which}").status_code == 200


def test_timing_draws_the_apps_work_under_the_wait(desk, browser):
    told(desk, rich())
    starts = ("The app at work, shop", "its 7 queries", "its template")
    rows = [
        text_of(row).strip()
        for row in re.findall(r'<tr class="phase-inside">(.*?)</tr>', tab(browser, "timing"), re.DOTALL)
    ]
    assert [row[: len(start)] for row, start in zip(rows, starts, strict=True)] == list(starts)


def test_the_story_has_a_step_for_it(desk, browser):
    told(desk, rich())
    said = text_of(part_of(tab(browser, "story"), 'id="step-server"', 'class="step '))
    assert (
        "Flask found the rule /cart/<int:item> for this address, and called the function that belongs to it: cart"
        in said
    )
    assert "It asked its databases (SQLite, Redis) 19 times" in said
    assert "cart.html" in said


def test_while_somebody_presents_no_secret_is_on_it(desk, browser):
    secrets = ("tok-1234567890", "sesame-open-42", "scrypt:99887766aabb")
    form = b"user=ada&password=sesame-open-42"
    request = message(
        "POST / HTTP/1.1",
        "Cookie: session=tok-1234567890",
        "Content-Type: application/x-www-form-urlencoded",
        body=form,
    )
    leg = Leg(number(901), request)
    insert = Query(
        "sqlite",
        "INSERT INTO user (name, password) VALUES (?, ?)",
        (("", "'ada'"), ("", "'scrypt:99887766aabb'")),
    )
    report = rich(queries=(*rich().queries, insert), log=(LogLine(0.1, "INFO", "x", "sesame-open-42"),))
    told(desk, report, client_leg=leg, server_leg=leg)
    assert all(secret in str(browser.get(f"/api/v1/exchanges/{ID}/server").get_json()) for secret in secrets)
    browser.post(
        "/preferences", data={"presenter": "on", "next": "/traffic", "csrf_token": desk.token(browser)}
    )
    for place in (
        f"/exchange/{ID}?tab=server",
        f"/exchange/{ID}?tab=story",
        f"/exchange/{ID}?tab=timing",
        f"/api/v1/exchanges/{ID}/server",
    ):
        answer = browser.get(place)
        assert answer.status_code == 200
        assert not [secret for secret in secrets if secret in answer.get_data(as_text=True)], place


@pytest.mark.browser
@pytest.mark.parametrize(("width", "theme", "level"), [(1280, "light", "new"), (400, "dark", "details")])
def test_axe_finds_nothing_and_nothing_sticks_out(running, chromium, width, theme, level):
    running.captures.add(made(1))
    running.captures.reports[number(1)] = rich(exception=RAISED)
    context = chromium.new_context(viewport={"width": width, "height": 800}, color_scheme=theme)
    page = context.new_page()
    page.goto(running.link())
    page.wait_for_url("**/traffic*")
    page.evaluate(
        """level => fetch("/preferences", {method: "POST", headers: {"Content-Type": "application/json", "Accept": "application/json",
            "X-CSRF-Token": document.querySelector("meta[name=csrf-token]").content}, body: JSON.stringify({level})})""",
        level,
    )
    for which in ("server", "timing", "story"):
        page.goto(f"{running.base}/exchange/{ID}?tab={which}")
        assert faults(page) == [], which
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    context.close()
