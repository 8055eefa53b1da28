"""One click, browser to database and back: lanes from evidence only, one time scale, no secret, and whatever an app says fits on the picture."""

from __future__ import annotations

import msgspec
import pytest

from inspector.exchange.model import Body, Connection, Exchange, Leg, Message, Timeline, Tls
from inspector.exchange.report import Function, Query, Raised, Report, Route, Template
from inspector.explain.case import Case
from inspector.web.present.click_picture import TITLE, TITLE_WITHOUT, draw, headline
from inspector.web.present.drawing import HEIGHT, HIDDEN, LAYOUTS
from inspector.web.present.journey import journey
from inspector.web.present.systems import system_name

BEGAN = 1_767_225_600.0
LINE = b"\x01" * 16
NEW = Timeline(0.0004, 0.0011, 0.0019, 0.0019, 0.0026, 0.0026, 0.0071, 0.0074, 0.0076, 0.0265, 0.0274, -0.0042, -0.0006)  # fmt: skip
KEPT_OPEN = Timeline(0.0004, send_start=0.0011, send_end=0.0012, response_start=0.0265, response_end=0.0274)
PATH = "/products?page=2&token=feedc0de99"


def case(timeline=NEW, *, turn=1, body=b"", duration=0.0279, status=200, **other):
    request = Message(
        b"POST %b HTTP/1.1\r\nHost: shop.example\r\nCookie: session=4f1e77c9abcd\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n" % PATH.encode(),
        Body(len(body), len(body), body),
    )  # fmt: skip
    response = Message(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    legs = (Leg(LINE, request, response, turn=turn) for _ in range(2))
    exchange = Exchange(
        bytes(16), 1, "done" if duration is not None else "open", "http", "browser", BEGAN, duration, "POST", "https", "shop.example", 443, PATH,
        "HTTP/1.1", status, "OK" if status else "", "text/html", "page", len(body), 4200, "127.0.0.1:5", "Firefox 143", "decrypted", "TLSv1.3",
        "192.0.2.7:443", False, "", 0, client_leg=next(legs), server_leg=next(legs), timeline=timeline,
    )  # fmt: skip
    exchange = msgspec.structs.replace(exchange, **other)
    server = Connection(
        LINE, "server", BEGAN, "192.0.2.7", 443, "192.0.2.1", 5, "shop.example", tls=Tls("TLSv1.3")
    )
    return Case(exchange, None, server, (), BEGAN + 60)


def report(*queries, **other):
    told = {
        "started": BEGAN + 0.0079, "took": 0.0181, "framework": "Flask 3.1", "route": Route("/products"),
        "functions": (Function("before", "load_user", 0.0008, 0.0009), Function("view", "products", 0.0019, 0.0158)),
        "templates": (Template("products.html", (), 0.0123, 0.0051),), "queries": queries,
    }  # fmt: skip
    return Report(**(told | other))


def query(statement="SELECT name FROM product WHERE id = ?", began=0.003, took=0.0005, system="sqlite", **other):  # fmt: skip
    return Query(system, statement, began=began, took=took, **other)


def names(told):
    return [lane.name for lane in told.lanes]


@pytest.mark.parametrize(
    ("told", "lanes"),
    [
        (journey(case(), report(query())), ["browser", "inspector", "site", "app", "database"]),
        (journey(case(), report()), ["browser", "inspector", "site", "app"]),
        (journey(case()), ["browser", "inspector", "site"]),
        (journey(case(Timeline(), server_leg=None, status=502)), ["browser"]),
        (journey(case(Timeline(0.0004, 0.001, None), duration=None, server_leg=None, status=0)), ["browser", "inspector"]),
    ],
    ids=["all told", "no question", "the app told nothing", "nothing known", "still looking up the name"],
)  # fmt: skip
def test_only_lanes_with_evidence_are_drawn(told, lanes):
    assert names(told) == lanes
    for layout in LAYOUTS.values():
        assert draw(told, BEGAN, layout).tracks[0].title == "Your browser"


def test_what_nobody_told_is_said():
    assert any("not visible from here" in note for note in journey(case()).notes)
    assert journey(case(), report(query())).notes == ()
    assert headline(journey(case())) == TITLE_WITHOUT
    assert headline(journey(case(), report(query()))) == TITLE


def test_the_app_stands_where_its_own_clock_says():
    told = journey(case(), report(query()))
    whole, view = told.lane("app")[0], told.lane("app")[2]
    assert whole.start == pytest.approx(0.0079, abs=1e-5)
    assert (view.code, view.words) == ("view", "products()")
    assert told.lane("database")[0].start == pytest.approx(0.0109, abs=1e-5)


@pytest.mark.parametrize("started", [BEGAN - 3600, BEGAN + 3600, 0.0, 1e18])
def test_another_clock_puts_the_app_in_the_middle_of_the_wait_and_says_so(started):
    told = journey(case(), report(query(), started=started))
    whole = told.lane("app")[0]
    assert 0.0074 < whole.start < whole.end < 0.0274
    assert "clock differs" in told.notes[0]


def test_a_handshake_long_before_is_said_and_not_drawn():
    early = msgspec.structs.replace(NEW, client_tls_start=-9.0, client_tls_end=-8.9)
    told = journey(case(early))
    assert told.begin == 0.0
    assert told.notes[0] == "TLS with the browser was done 8.90 s before."


def test_a_connection_that_was_open_already_is_said():
    assert "The connection to the site was open already." in journey(case(KEPT_OPEN, turn=4)).notes


def test_the_same_question_asked_often_is_one_line_with_its_sum():
    told = journey(case(), report(*(query(began=0.003 + n / 1e4, took=0.0005, rows=2) for n in range(12)), query("SELECT 1")))  # fmt: skip
    assert [(each.number, each.words) for each in told.asked] == [(1, "12 times, 24 rows, 6.0 ms"), (2, "0.5 ms")]  # fmt: skip
    assert [each.number for each in told.lane("database")] == [1] * 12 + [2]


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=lambda layout: layout.name)
def test_no_secret_is_on_it(layout):
    asked = (
        query("SELECT * FROM user WHERE name = 'ada' AND password = 'hunter2'"),
        query("GET session:4f1e77c9abcd", system="redis"),
        query('SELECT "correct+horse+battery"'),
    )  # fmt: skip
    told = repr(draw(journey(case(body=b"user=ada&password=correct+horse+battery"), report(*asked)), BEGAN, layout))  # fmt: skip
    for secret in ("hunter2", "'ada'", "4f1e77c9abcd", "horse", "feedc0de99"):
        assert secret not in told
    assert HIDDEN in told
    assert "password = '…'" in told


def test_questions_that_the_app_left_out_are_counted():
    picture = draw(journey(case(), report(query(), left_out={"queries": 312})), BEGAN, LAYOUTS["wide"])
    assert picture.rows[-1].lines == ("and 312 more questions",)
    assert picture.tracks[-1].who == "313 questions"


def test_the_wide_picture_always_fits():
    many = tuple(query(f"SELECT {n} FROM {'t' * 300}", began=n / 1e5, took=1e-5) for n in range(1000))
    picture = draw(journey(case(), report(*many)), BEGAN, LAYOUTS["wide"])
    assert picture.height == HEIGHT
    assert picture.rows[-1].y < HEIGHT - 40
    assert picture.rows[-1].lines[0].startswith("and 995 more questions")
    for track in picture.tracks:
        for bar in track.bars:
            assert picture.left <= bar.x
            assert bar.x + bar.width <= picture.right + 3
    assert len(picture.ways) < 100


@pytest.mark.parametrize(
    "odd",
    [
        {"took": 1e300},
        {"took": -5.0},
        {"took": None},
        {"functions": (Function("view", "x" * 5000, -1e300, 1e300),)},
        {"functions": (Function("teardown", "bye", 1e9, None),), "exception": Raised("ValueError", "no")},
        {"templates": (Template("\u202eevil\x00.html", (), 5.0, 5.0),)},
        {"queries": (Query("", "", took=1e300, error="locked"),), "framework": "", "route": None, "app": "\u202e"},
    ],
)  # fmt: skip
def test_whatever_an_app_says_fits(odd):
    told = journey(case(), report(**odd))
    for layout in LAYOUTS.values():
        picture = draw(told, BEGAN, layout)
        assert "\u202e" not in repr(picture)
        assert len(picture.ticks) < 20
        assert all(bar.x <= picture.right for track in picture.tracks for bar in track.bars)
    assert told.end <= 0.0279 * 1.6


def test_the_words_of_the_whole_tell_every_lane():
    told = draw(journey(case(), report(query(rows=3))), BEGAN, LAYOUTS["wide"]).alternative
    assert told.startswith("One click, browser to database and back. POST /products?page=2&token=")
    for words in ("Your browser (Firefox 143)", "looking up the name: 0.8 ms", "products(): 16 ms", "question 1, SELECT name", "SQLite (1 question)"):  # fmt: skip
        assert words in told


@pytest.mark.parametrize(
    ("system", "name"), [("postgresql", "PostgreSQL"), ("TinyDB", "TinyDB"), ("", "Database"), ("own", "own")]
)
def test_databases_have_their_own_spelling(system, name):
    assert system_name(system) == name
