"""Hook files read, and their functions asked: what can be wrong with a file, and what one hook's failure leaves to the next."""

from __future__ import annotations

import asyncio
import textwrap
from concurrent.futures import ThreadPoolExecutor

import pytest

from inspector.exchange.consulting import Consultation, Draft
from inspector.hooks.calling import Caller, Ready
from inspector.hooks.loading import load

REQUEST = Draft(b"POST /things HTTP/1.1\r\nHost: shop.test\r\n\r\n", b"body")
RESPONSE = Draft(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n", b"hello")
ASKED = {
    "request": Consultation(b"\1" * 16, "request", "http://shop.test/things", REQUEST),
    "response": Consultation(b"\1" * 16, "response", "http://shop.test/things", RESPONSE, REQUEST),
    "error": Consultation(
        b"\1" * 16, "error", "http://shop.test/things", Draft(b""), REQUEST, fault="dns-unknown"
    ),
    "message": Consultation(b"\1" * 16, "message", "ws://shop.test/things", Draft(b"", b"hello")),
}


@pytest.fixture
def read(tmp_path):
    def read(code, name="mine.py"):
        path = tmp_path / name
        path.write_text(textwrap.dedent(code))
        return load(path, 0)

    return read


@pytest.fixture
def ask(read):
    """What the hooks of some code say at a moment, the troubles, and the counts."""

    def ask(code, moment="request", timeout=5.0):
        loaded = read(code)
        assert not loaded.file.trouble, loaded.file
        hooks = [
            Ready(hook, loaded.functions[hook.key], loaded.file.path, "mine.py")
            for hook in loaded.file.hooks
            if hook.moment == moment
        ]
        troubles, counts = [], []
        caller = Caller(timeout, troubles.append, lambda key, failed: counts.append((key, failed)))
        with ThreadPoolExecutor(1) as aside:  # where a browser is driven, the main thread has a loop already
            asked = aside.submit(asyncio.run, caller.ask(hooks, ASKED[moment])).result(30)
        return asked, troubles, counts

    return ask


IMPORT = "from inspector.hooks import Request, Response, when\n"


def test_functions_are_found_by_name_and_by_mark(read):
    loaded = read(
        IMPORT
        + '''
from requests import request as other
def helper(): ...
@when("host:shop.test method:POST", body=False)
def request(request):
    """Say no."""
async def response(exchange, response): ...
@when(at="request")
def late(asked): ...
'''
    )
    assert [(hook.name, hook.moment, hook.when, hook.body, hook.doc) for hook in loaded.file.hooks] == [
        ("request", "request", "host:shop.test method:POST", False, "Say no."),
        ("response", "response", "", True, ""),
        ("late", "request", "", True, ""),
    ]
    assert loaded.file.hooks[0].says.startswith("Exchanges whose host is shop.test")


WRONG = {
    "a slip": ("def request(request):\n  x = (\n", 2, "was never closed"),
    "an exception": ("x = 1\ny = x / 0\n", 2, "ZeroDivisionError"),
    "an exit": ("exit(3)", 1, "exit(3)"),
    "no hook": ("def reqest(request): ...", 0, "There is no hook in it"),
    "parameters": ("\ndef response(response): ...", 2, "def response(exchange, response)"),
    "a filter": (IMPORT + "@when('hst:x')\ndef request(request): ...", 2, "Perhaps: host:x"),
    "a filter that knows too late": (IMPORT + "@when('status:404')\ndef request(request): ...", 2, "not known yet"),
    "a mark without moment": (IMPORT + "@when('host:x')\ndef mine(request): ...", 2, "for which moment"),
    "an import": ("import nowhere_at_all", 1, "No module named"),
    "bytes": ("x = '\0'", 0, "null"),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_with_a_file_is_said_with_its_line(read, what):
    code, line, words = WRONG[what]
    file = read(code).file
    assert words in file.trouble
    assert file.line == line
    assert not file.hooks


def test_a_file_that_is_gone_says_so(tmp_path):
    assert "can't be read" in load(tmp_path / "gone.py", 0).file.trouble


def test_one_hook_after_the_other_sees_what_the_first_has_left(ask):
    asked, troubles, counts = ask(
        IMPORT
        + """
def request(request):
    request.headers["X-One"] = "1"
    request.exchange.state["seen"] = request.text
    request.exchange.note("noted")
@when(at="request")
def raises(request):
    request.headers["X-Two"] = "2"
    request.args[0]
@when(at="request", body=False)
async def last(request):
    assert request.headers["X-One"] == "1" and "X-Two" not in request.headers
    request.headers["X-Three"] = request.exchange.state["seen"]
"""
    )
    reply = asked.reply
    assert reply.do == "go-on"
    assert reply.draft.body == b"body"
    assert reply.draft.head.endswith(b"X-One: 1\r\nX-Three: body\r\n\r\n")
    assert [(code, rule) for code, _, rule in reply.notes] == [
        ("hooked", "mine.py:request"),
        ("hook-noted", "mine.py:request"),
        ("hook-failed", "mine.py:raises"),
        ("hooked", "mine.py:last"),
    ]
    assert reply.notes[2][1].startswith("mine.py, line 10: KeyError: 0")
    assert "request.args[0]" in reply.notes[2][1]
    assert "calling.py" not in reply.notes[2][1]
    assert [trouble.hook for trouble in troubles] == ["mine.py:raises"]
    assert counts == [("0:request", False), ("0:raises", True), ("0:last", False)]


OUTCOMES = {
    "an answer": ("request", "def request(request): return Response('mine', 418)", "answer", b"mine", "hook-answered"),
    "a drop": ("request", "def request(request): request.drop()", "drop", None, "hook-dropped"),
    "an answer instead": ("response", "def response(e, response): return Response(response.text + '!')", "answer", b"hello!", "hook-answered"),
    "the response itself": ("response", "def response(e, response):\n response.text += '?'\n return response", "go-on", b"hello?", "hooked"),
    "the request is there": ("response", "def response(e, response): response.text = e.request.text", "go-on", b"body", "hooked"),
    "an error's page": ("error", "def error(e, fault): return Response(fault.sentence, fault.status)", "answer",
                        b"There is no address for the name shop.test.", "hook-answered"),
    "an error left alone": ("error", "def error(e, fault): print(fault)", "go-on", None, None),
    "a message": ("message", "def message(e, message): message.text = message.text.upper()", "go-on", b"HELLO", "hooked"),
    "a message less": ("message", "def message(e, message): message.drop()", "drop", None, "hook-dropped"),
    "text returned": ("request", "def request(request): return 'text'", "go-on", None, "hook-failed"),
    "a field that can't be": ("request", "def request(request): request.headers['X'] = '日'", "go-on", None, "hook-failed"),
    "an exit": ("request", "def request(request): exit(1)", "go-on", None, "hook-failed"),
    "nothing": ("request", "def request(request): print(request)", "go-on", None, None),
}  # fmt: skip


@pytest.mark.parametrize("what", OUTCOMES)
def test_what_a_hook_says_becomes_a_reply(ask, what):
    moment, code, do, body, note = OUTCOMES[what]
    reply = ask(IMPORT + code, moment)[0].reply
    assert reply.do == do
    assert (reply.draft.body if reply.draft else None) == body
    assert [code for code, *_ in reply.notes] == ([note] if note else [])


def test_a_hook_that_takes_too_long_is_not_waited_for(ask):
    stop = "import threading, asyncio\nstop = threading.Event()\n"
    asked, troubles, _ = ask(
        stop + "async def request(request):\n    await asyncio.Event().wait()\n", timeout=0.05
    )
    assert [code for code, *_ in asked.reply.notes] == ["hook-slow"]
    assert "line 4, in request" in asked.reply.notes[0][1]
    assert not asked.stuck
    asked, troubles, _ = ask(stop + "def request(request):\n    stop.wait(1)\n", timeout=0.05)
    assert asked.stuck
    assert "line 4, in request" in troubles[0].what
