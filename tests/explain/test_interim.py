"""Words on the way: what an interim answer says, and the one that was asked for and never came."""

from __future__ import annotations

import explain_fakes as fakes
import msgspec
import pytest
from explain_fakes import made, message, request

from inspector.exchange.model import Message
from inspector.explain.story import tell
from inspector.explain.story.interim import meaning

EARLY = message("HTTP/1.1 103 Early Hints", "Link: </style.css>; rel=preload; as=style", "Link: </a.js>; rel=preload; as=script")  # fmt: skip
CONTINUE = message("HTTP/1.1 100 Continue")
EXPECTING = request("Expect: 100-continue", start="POST /cart HTTP/1.1", body=b"x=1")
UNSENT = request("Expect: 100-continue", start="POST /cart HTTP/1.1")


def told(*interim, asked=None, passed=True):
    exchange = made(asked=asked)
    legs = {
        "client_leg": msgspec.structs.replace(exchange.client_leg, interim=interim if passed else tuple(Message(b"") for _ in interim)),
        "server_leg": msgspec.structs.replace(exchange.server_leg, interim=interim),
    }  # fmt: skip
    return tell(fakes.case(msgspec.structs.replace(exchange, **legs))).step("interim")


@pytest.mark.parametrize(
    ("interim", "asked", "says"),
    [
        ((CONTINUE,), EXPECTING, "`100 Continue`: go on, send the body. It sends the body that it held back. Your browser had asked for that word before it sent its body (`Expect`)."),
        ((CONTINUE,), None, "`100 Continue`: go on, send the body."),
        ((EARLY,), None, "one word on the way"),
        ((EARLY,), None, "`103 Early Hints`: here is what the page will need"),
        ((EARLY, CONTINUE), None, "sent 2 words on the way"),
        ((message("HTTP/1.1 199 Odd"),), None, "a number that is not registered"),
        ((message("HTTP/1.1 what"),), None, "on the way"),
    ],
)  # fmt: skip
def test_what_an_interim_answer_says(interim, asked, says):
    step = told(*interim, asked=asked)
    assert step.state == "done"
    assert says.replace("`", "").replace("one word", "1 word") in str(step.plain)


def test_early_hints_are_explained_link_by_link():
    (part,) = told(EARLY).parts
    assert "/style.css" in str(part.precise)
    assert "/a.js" in str(part.precise)


def test_an_old_browser_gets_none_of_them_and_that_is_said():
    step = told(EARLY, passed=False)
    assert "HTTP/1.0" in str(step.marks[0])


@pytest.mark.parametrize(
    ("asked", "says"),
    [(EXPECTING, "sent the body all the same"), (UNSENT, "The site answered at once instead")],
)
def test_a_word_that_never_came_is_told_as_skipped(asked, says):
    step = told(asked=asked)
    assert step.state == "skipped"
    assert says in str(step.why)


def test_nothing_is_told_where_nobody_waited_for_one():
    assert told() is None


def test_a_stranger_s_start_line_is_only_text():
    assert str(meaning(message("HTTP/1.1 103 <b>`[[x]]`"))).startswith("103 Early Hints")
