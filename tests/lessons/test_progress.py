"""A step ticks by exchanges that came after it began, in order, and by nothing else."""

from __future__ import annotations

import time

import pytest
from web_fakes import FakeCaptures, made, message, number

from inspector.exchange.model import Leg
from inspector.lessons.asking import choices_of, read_question
from inspector.lessons.functions import FUNCTIONS
from inspector.lessons.model import Lesson, Step
from inspector.lessons.progress import advance, answer, begin, exchange_of, hint, moment_id, waits_for_answer
from inspector.lessons.seeing import look_for, read_seen, sentences
from inspector.web.lessons.looking import CapturesLook

NOTHING = number(0)


def exchange(n, path="/", *fields, answer=(), method="GET", status=200, line=901, body=b"", came=b"", **more):
    request = message(f"{method} {path} HTTP/1.1", "Host: shop.inspector.test", *fields, body=body)
    response = message(f"HTTP/1.1 {status} X", "Content-Type: text/html", *answer, body=came)
    return made(
        n, path=path, method=method, status=status, host="shop.inspector.test", scheme="http", port=80, response_size=len(came),
        client_leg=Leg(number(line), request, response), server_leg=Leg(number(902), request, response), **more,
    )  # fmt: skip


def looked(*exchanges):
    return CapturesLook(FakeCaptures(*exchanges))  # type: ignore[arg-type]


def found(block, *exchanges, before=(), after=NOTHING):
    look = looked(*exchanges)
    return look_for(read_seen(block, 1), after, [look.witness(number(n)) for n in before], look)


def lesson(*blocks):
    steps = tuple(Step(f"Step {n}", n, seen=read_seen(each, 1)) for n, each in enumerate(blocks, 1))
    return Lesson("x", "X", "C", 1, "first", "G", (), "", steps)


RUN = begin(0.0)


def test_each_step_takes_the_first_exchange_after_the_one_before_it():
    look = looked(exchange(1, "/b"), exchange(2, "/a"), exchange(3, "/x"), exchange(4, "/b"))
    run = advance(lesson("path:=/a", "path:=/b"), RUN, look, 5.0)
    assert run.seen == ((number(2).hex(),), (number(4).hex(),))
    assert run.finished == 5.0


def test_what_was_captured_before_the_lesson_began_does_not_count():
    now = time.time()
    early = exchange(1, "/a")
    look = looked(early)
    run = begin(now)
    assert early.id < moment_id(now)
    assert advance(lesson("path:=/a"), run, look, now) == run


def test_steps_are_not_skipped():
    look = looked(exchange(1, "/b"))
    assert advance(lesson("path:=/a", "path:=/b"), RUN, look, 1.0).at == 0


@pytest.mark.parametrize(
    ("state", "status", "counts"), [("open", 0, False), ("open", 200, True), ("failed", 0, True), ("done", 200, True)]
)  # fmt: skip
def test_one_that_is_not_answered_yet_does_not_count(state, status, counts):
    assert bool(found("path:=/a", exchange(1, "/a", state=state, status=status))) is counts


def test_several_have_to_come_one_after_the_other():
    both = "method:POST\nthen path:=/done"
    assert found(both, exchange(1, "/done"), exchange(2, "/a", method="POST")) == ()
    assert found(both, exchange(2, "/a", method="POST"), exchange(3, "/done")) == (number(2), number(3))
    assert found("path:/\ntimes 3", exchange(1), exchange(2)) == ()
    assert found("path:/\ntimes 3", exchange(1), exchange(2), exchange(3)) == (
        number(1),
        number(2),
        number(3),
    )


def test_several_over_one_connection():
    block = "path:/\ntimes 2\nsame connection"
    assert found(block, exchange(1, line=1), exchange(2, line=2)) == ()
    assert found(block, exchange(1, line=1), exchange(2, line=2), exchange(3, line=2)) == (
        number(2),
        number(3),
    )


SETS = exchange(
    1, "/", answer=("Set-Cookie: shop=abc; Path=/",), came=b"<input name=token value=abcdefgh>" * 4
)
ELSEWHERE = exchange(1, "/old?a=1", answer=("Location: /new", 'ETag: "v1"'), status=303, came=b"long long")


@pytest.mark.parametrize(
    ("function", "before", "right", "wrong"),
    [
        ("same-cookie shop", SETS, exchange(2, "/", "Cookie: a=1; shop=abc"), exchange(2, "/", "Cookie: shop=other")),
        ("no-cookie shop", SETS, exchange(2), exchange(2, "/", "Cookie: shop=abc")),
        ("other-cookie shop", SETS, exchange(2, "/", "Cookie: shop=new"), exchange(2, "/", "Cookie: shop=abc")),
        ("same-address", SETS, exchange(2, "/"), exchange(2, "/?a")),
        ("other-query", ELSEWHERE, exchange(2, "/old?a=2"), exchange(2, "/new?a=2")),
        ("followed-redirect", ELSEWHERE, exchange(2, "/new"), exchange(2, "/newer")),
        ("asked-again", ELSEWHERE, exchange(2, "/", 'If-None-Match: "v1"'), exchange(2, "/", 'If-None-Match: "v2"')),
        ("same-connection", SETS, exchange(2), exchange(2, line=7)),
        ("new-connection", SETS, exchange(2, line=7), exchange(2)),
        ("smaller", ELSEWHERE, exchange(2, came=b"short"), exchange(2, came=b"much longer than that")),
        ("same-text", ELSEWHERE, exchange(2, came=b"long long"), exchange(2, came=b"other")),
        ("token token", SETS, exchange(2, method="POST", body=b"a=1&token=abcdefgh"), exchange(2, body=b"token=ijklmnop")),
    ],
    ids=lambda each: each.split()[0] if isinstance(each, str) else "",
)  # fmt: skip
def test_functions_hold_for_what_they_say_and_for_nothing_else(function, before, right, wrong):
    block = f"host:shop.inspector.test\nand {function}"
    assert found(block, before, right, before=[1], after=number(1)) == (number(2),)
    assert found(block, before, wrong, before=[1], after=number(1)) == ()
    assert found(block, right, after=number(1)) == ()


def test_every_function_is_tried_and_said_in_the_docs(checkout):
    text = (checkout / "docs" / "lessons.md").read_text("utf-8")
    for name, function in FUNCTIONS.items():
        assert f"| `{f'{name} {function.takes}'.strip()}` | {function.sentence} |" in text


def test_what_is_waited_for_is_said_in_words():
    told = sentences(read_seen("method:POST\ntimes 2\nsame connection\nand same-address", 1))
    assert told[0].endswith(", 2 times.")
    assert told[1:] == ("All of them over one connection.", FUNCTIONS["same-address"].sentence)


ASK = 'question = "Which?"\nbecause = "Yes."\notherwise = "Not {choice}."\n'


def ask(more):
    return read_question(ASK + more, 1)


@pytest.mark.parametrize(
    ("more", "right", "among"),
    [
        ('from = "response.fields"\nright = "set-cookie"', "set-cookie", "content-type"),
        ('from = "request.fields"\nright = "host"', "host", "cookie"),
        ('from = "status"', "303", "200"),
        ('from = "method"', "POST", "GET"),
        ('from = "cookies"\nright = "seen"', "seen", "shop"),
        ('from = "form"\nright = "count"', "count", "token"),
        ('from = "address"\nright = "path"', "path", "host"),
        ('from = "count"\ncount = "host:shop.inspector.test"', "1", "2"),
        ('choices = ["a", "b"]\nright = "a"', "a", "b"),
    ],
    ids=lambda each: each.partition("\n")[0] if "\n" in each or "=" in each else "",
)  # fmt: skip
def test_choices_are_made_of_the_exchange(more, right, among):
    own = exchange(
        1, "/basket?x=1", "Cookie: seen=1; shop=2", "Content-Type: application/x-www-form-urlencoded", method="POST", status=303,
        answer=("Set-Cookie: other=1",), body=b"token=abc&count=2",
    )  # fmt: skip
    look = looked(own)
    witness = look.witness(number(1))
    choices = choices_of(ask(more), witness, lambda node: look.count(node, witness))
    assert [each.key for each in choices if each.right] == [right]
    assert among in [each.key for each in choices]
    assert all(each.why == "Not {choice}." for each in choices)


def test_hostile_values_are_cut_and_made_printable():
    own = exchange(1, "/", answer=("X-Evil: " + "\x1b[2J" + "A" * 10_000, "Set-Cookie: a=b"))
    choices = choices_of(
        ask('from = "response.fields"\nright = "set-cookie"'), looked(own).witness(number(1)), lambda _: 0
    )
    evil = next(each for each in choices if each.key == "x-evil")
    assert evil.value.isprintable()
    assert len(evil.value) <= 60


def test_of_many_fields_the_right_one_is_always_there():
    own = exchange(1, "/", answer=[f"X-{n}: {n}" for n in range(300)] + ["Retry-After: 30"])
    choices = choices_of(
        ask('from = "response.fields"\nright = "retry-after"'), looked(own).witness(number(1)), lambda _: 0
    )
    assert len(choices) == 7
    assert choices[-1].right


def test_an_exchange_that_is_gone_leaves_nothing_to_ask():
    assert choices_of(ask('from = "status"'), None, lambda _: 0) == ()


def test_a_question_ends_its_step_by_the_right_answer_alone():
    asked = lesson("path:=/a", "path:=/b")
    steps = (
        Step("One", 1, seen=asked.steps[0].seen, question=ask('choices = ["a", "b"]\nright = "a"')),
        asked.steps[1],
    )
    both = Lesson("x", "X", "C", 1, "first", "G", (), "", steps)
    look = looked(exchange(1, "/a"), exchange(2, "/b"))
    run = advance(both, RUN, look, 1.0)
    assert waits_for_answer(both, run)
    wrong = answer(both, run, "b", lambda key: key == "a", 2.0)
    assert (wrong.at, wrong.wrong) == (0, ("b",))
    right = answer(both, wrong, "a", lambda key: key == "a", 1_767_225_700.0)
    assert (right.at, right.wrong, right.took) == (1, (), (1_767_225_700.0,))
    assert advance(both, right, look, 9e9).at == 1  # what came while the question stood does not count
    assert exchange_of(right, 0) == exchange_of(right, 1) == number(1).hex()


def test_there_are_three_hints():
    run = RUN
    for _ in range(5):
        run = hint(run)
    assert run.hints == 3
