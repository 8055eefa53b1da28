"""The desk of the breakpoints, over a table in memory: how messages wait, and everything that may end that."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from inspector.engine import desk as module
from inspector.engine.desk import Desk
from inspector.exchange.consulting import Consultation, Draft, Reply
from inspector.exchange.decisions import DECISIONS, say
from inspector.exchange.held import Word, waits
from inspector.exchange.model import Decision
from inspector.rules.effects import Hold

DRAFT = Draft(b"POST /pay HTTP/1.1\r\nHost: shop.test\r\n\r\n", b"\xff")
NEW = Draft(b"POST /tip HTTP/1.1\r\nHost: shop.test\r\n\r\n")
ANSWER = Draft(b"HTTP/1.1 418 \r\n\r\n", b"no")
ASKED = Consultation(b"x" * 16, "request", "http://shop.test/pay", DRAFT, rule="mine", timeout=60.0)
NAME = f"{(b'x' * 16).hex()}-request"


class Table:
    """What `store.held.HeldMessages` does for an engine, and what a test sees of it."""

    def __init__(self) -> None:
        self.rows, self.contents, self.ended, self.words, self.looks = {}, {}, {}, [], 0
        self.more = []
        self.room, self.fails, self.closed = True, None, False

    def put(self, row, content, *, engine, worker):
        if self.fails:
            raise self.fails
        self.rows[row.id], self.contents[row.id] = row, content
        return self.room

    def take(self, engine):
        self.looks += 1
        taken, self.words = tuple(self.words), []
        return taken

    def end(self, id, state, decision):
        if any(each.id == id for each in self.words):
            return False
        self.ended[id] = (state, decision)
        return True

    def time_up(self, id, until):
        more = self.more.pop(0) if self.more else 0
        return until + more if more else until if self.end(id, "decided", "timed-out") else None

    def close(self):
        self.closed = True


@pytest.fixture
def table():
    return Table()


def run(table, scenario):
    """A scenario over a desk; the desk is closed behind it."""

    async def whole():
        desk = Desk(lambda: table, engine=b"e" * 16, worker=1, every=0.001)
        try:
            return await asyncio.wait_for(scenario(desk), 20)
        finally:
            await desk.close()

    with ThreadPoolExecutor(1) as aside:  # where browsers are tested too, this thread has a loop already
        return aside.submit(asyncio.run, whole()).result(30)


async def until(true):
    while not true():  # noqa: ASYNC110 (a table in memory tells nobody)
        await asyncio.sleep(0.001)


def flow(made_by="browser", side="request"):
    return SimpleNamespace(made_by=made_by, ruled=SimpleNamespace(holds=[("mine", Hold(side, 9.0))]))


@pytest.mark.parametrize(
    ("which", "moment", "wanted"),
    [
        (flow(), "request", True),
        (flow(), "response", False),
        (flow(side="both"), "response", True),
        (flow(side="both"), "error", False),
        (flow("composer"), "request", False),
        (flow("gateway"), "request", True),
        (SimpleNamespace(made_by="browser", ruled=None), "request", False),
    ],
)
def test_it_wants_what_a_rule_holds_but_for_what_was_just_written_in_the_dashboard(
    which, moment, wanted
) -> None:
    assert Desk(Table, engine=b"", worker=1).wants(which, moment) is wanted


def test_a_rule_that_was_turned_off_meanwhile_does_not_hold_the_response() -> None:
    on = {"mine"}
    desk = Desk(Table, engine=b"", worker=1, in_force=on.__contains__)
    assert desk.wants(flow(side="both"), "request")
    on.clear()
    assert not desk.wants(flow(side="both"), "response")


@pytest.mark.parametrize(
    ("word", "do", "draft", "code"),
    [
        (Word(NAME, "go-on"), "go-on", None, "held"),
        (Word(NAME, "go-on", NEW), "go-on", NEW, "held-edited"),
        (Word(NAME, "drop"), "drop", None, "held-dropped"),
        (Word(NAME, "answer", ANSWER), "answer", ANSWER, "held-answered"),
    ],
)
def test_a_message_waits_until_it_is_decided_and_the_exchange_says_so(table, word, do, draft, code) -> None:
    async def scenario(desk):
        asking = asyncio.create_task(desk.ask(ASKED))
        await until(lambda: NAME in table.rows)
        row = table.rows[NAME]
        assert (row.method, row.url, row.rule, row.size) == ("POST", "http://shop.test/pay", "mine", 1)
        assert row.until - row.since == pytest.approx(60.0)
        assert table.contents[NAME].draft == DRAFT
        table.words.append(word)
        return await asking

    reply = run(table, scenario)
    assert (reply.do, reply.draft) == (do, draft)
    [(said, detail, rule)] = reply.notes
    assert (said, rule) == (code, "mine")
    assert "for you" in say(said, detail)
    [wait] = waits([Decision(said, detail, rule, 5.0)])
    assert (wait.moment, wait.end) == ("request", 5.0)
    assert wait.start == pytest.approx(5.0, abs=1.0)


def test_a_response_is_shown_with_the_request_it_answers(table) -> None:
    async def scenario(desk):
        asked = Consultation(b"x" * 16, "response", "http://shop.test/pay", ANSWER, DRAFT, "mine")
        asking = asyncio.create_task(desk.ask(asked))
        name = NAME.replace("request", "response")
        await until(lambda: name in table.rows)
        assert table.rows[name].method == "POST"
        assert table.rows[name].until - table.rows[name].since == pytest.approx(module.USUALLY)
        assert table.contents[name].request == DRAFT.head
        table.words.append(Word(name, "go-on"))
        return await asking

    assert run(table, scenario).do == "go-on"


def test_who_gets_more_time_waits_that_long(table) -> None:
    async def scenario(desk):
        table.more = [0.001, 60.0]
        asking = asyncio.create_task(
            desk.ask(Consultation(b"x" * 16, "request", "", DRAFT, rule="mine", timeout=0.001))
        )
        await until(lambda: not table.more)
        table.words.append(Word(NAME, "drop"))
        return await asking

    assert run(table, scenario).do == "drop"
    assert NAME not in table.ended


def test_when_its_time_is_up_it_goes_on_as_it_was(table) -> None:
    async def scenario(desk):
        return await desk.ask(Consultation(b"x" * 16, "request", "", DRAFT, rule="mine", timeout=0.001))

    reply = run(table, scenario)
    assert (reply.do, reply.draft, reply.notes[0][0]) == ("go-on", None, "hold-timed-out")
    assert table.ended[NAME] == ("decided", "timed-out")


def test_a_decision_at_the_last_moment_counts(table) -> None:
    end = table.end

    def decided_meanwhile(id, state, decision):
        table.words.append(Word(NAME, "drop"))
        return end(id, state, decision)

    table.end = decided_meanwhile

    async def scenario(desk):
        return await desk.ask(Consultation(b"x" * 16, "request", "", DRAFT, rule="mine", timeout=0.001))

    assert run(table, scenario).do == "drop"


def test_a_browser_that_leaves_takes_its_message_along(table) -> None:
    async def scenario(desk):
        asking = asyncio.create_task(desk.ask(ASKED))
        await until(lambda: NAME in table.rows)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        await until(lambda: NAME in table.ended)

    run(table, scenario)
    assert table.ended[NAME] == ("gone", "browser-left")


def test_an_engine_that_stops_lets_nothing_go_on_unseen(table) -> None:
    async def scenario(desk):
        asking = asyncio.create_task(desk.ask(ASKED))
        await until(lambda: NAME in table.rows)
        await desk.close()
        return await asking, await desk.ask(ASKED)

    for reply in run(table, scenario):
        assert (reply.do, reply.notes[0][0]) == ("drop", "held-stopped")
    assert table.ended[NAME] == ("lost", "engine-stopped")
    assert table.closed


@pytest.mark.parametrize("fault", ["no room", "no table"])
def test_what_cannot_be_held_goes_on_and_the_exchange_says_why(table, fault) -> None:
    table.room = fault != "no room"
    table.fails = OSError("disk full") if fault == "no table" else None
    reply = run(table, lambda desk: desk.ask(ASKED))
    assert reply == Reply(notes=(("hold-refused", reply.notes[0][1], "mine"),))
    assert {"no room": "does so already", "no table": "disk full"}[fault] in reply.notes[0][1]


def test_it_looks_only_while_something_waits(table) -> None:
    async def scenario(desk):
        for _ in range(2):
            asking = asyncio.create_task(desk.ask(ASKED))
            await until(lambda: NAME in table.rows)
            table.words.append(Word(NAME, "go-on"))
            await asking
            table.rows.clear()
            looking = desk._looking
            await looking
        return table.looks

    assert run(table, scenario) >= 2


def test_each_code_of_a_wait_has_its_sentence() -> None:
    from inspector.exchange.held import CODES

    assert set(CODES) <= set(DECISIONS)
    assert waits([Decision("ruled", "the request waited 3 s"), Decision("held", "nonsense")]) == ()
